/* SPDX-License-Identifier: GPL-2.0 */
/*
 * report.h - from verdicts to lines in the logs
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Leaves out what the configuration ignores, caps the noise, renders each record once per form and hands it to the sinks. Log lines are in
 * the file after report_flush() at the latest: the lines of one batch of messages share a write.
 */
#ifndef RSTWHY_REPORT_H
#define RSTWHY_REPORT_H

#include "config.h"
#include "loss.h"
#include "metrics.h"

#include "../engine/verdict.h"

struct report; /* opaque, by report_new() and report_free() */

struct report_counts {
	uint64_t written; /* resets */
	uint64_t ignored; /* by the list `ignore` */
	uint64_t noise;	  /* held back by log.noise */
	uint64_t unwritten; /* records of any kind that the first log that is on has not */
	/* RSTs: sums of count */
	uint64_t resets_written, resets_summarized, resets_ignored, resets_unlogged, resets_unwritten;
	uint64_t log_written, log_summarized; /* to the JSON log since it was opened */
	uint64_t log_inode, log_offset;	      /* which file that is, and how long it was then; 0: no file */
};

/* loss is asked for lost_before; it and config outlive the report. NULL: no memory. */
struct report *report_new(const struct config *config, struct loss *loss);
void report_free(struct report *report);

/* Open the logs that the configuration names, or open them again; names may have changed. False: *path could not be opened, errno tells; the old logs stay. */
bool report_open(struct report *report, const struct config *config, const char **path);

/* A verdict is due: a correlate_emit_fn. */
void report_incident(void *report, const struct incident *incident, const struct verdict *verdict, bool held);

/* Evidence time goes on: summaries of noise are written. With flush, all. */
void report_advance(struct report *report, uint64_t boottime_ns, bool flush);

/* Write the lines that were taken. Before the loop sleeps, and before anybody looks at what is in the log. */
void report_flush(struct report *report);

/* Records were lost; found at realtime_ns. */
void report_loss(struct report *report, enum loss_where where, uint64_t lost, uint64_t realtime_ns);

/* RSTs held back as noise, whose summary is still to come. */
uint64_t report_pending(const struct report *report);

/* Bytes written to the JSON log since it was opened. */
uint64_t report_log_bytes(const struct report *report);

const struct report_counts *report_counts(const struct report *report);
/* Counts of the records written. */
const struct metrics *report_metrics(const struct report *report);

#endif
