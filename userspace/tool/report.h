/* SPDX-License-Identifier: GPL-2.0 */
/*
 * report.h - what a report is made from, once the log has been read
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_REPORT_H
#define RSTWHY_REPORT_H

#include "last_lines.h"
#include "tally.h"
#include "timeouts.h"

#include <stdio.h>

struct report {
	struct tally *tally;
	struct last_lines *last; /* log lines for the page's table */
	struct hints hints;
	struct timeouts_row *learned; /* worst first */
	size_t learned_count;
	size_t top;
	uint64_t made_ns;
	uint64_t lines, unreadable; /* lines of the log; those that are no records of ours */
};

/* For people. */
void report_text(const struct report *report, FILE *out);

/* One HTML page that needs nothing else. */
void report_html(const struct report *report, FILE *out);

#endif
