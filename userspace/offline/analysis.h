/* SPDX-License-Identifier: GPL-2.0 */
/*
 * analysis.h - a capture's packets in, records out
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Ordinary frames go through the flow memory (observer.h), evidence of the module (a recording of rstwhyd, or any capture of its
 * NFLOG group) straight to the verdict engine. No clock, no files; memory is bounded by the settings.
 */
#ifndef RSTWHY_ANALYSIS_H
#define RSTWHY_ANALYSIS_H

#include "observer.h"

#include "../capture/savefile.h"
#include "../record/record.h"

struct analysis; /* opaque, by analysis_new() and analysis_free() */

struct analysis_settings {
	int link;	/* of the capture, one that link_known() */
	uint32_t flows; /* remembered at once */
	uint32_t incidents; /* held at once; 0: as many as the daemon does */
	struct verdict_settings rules;
	const char *name; /* what stands for the gateway's name in the records */
	void (*record)(void *user, const struct record *record); /* in the order in which they are due */
	void *user;
};

struct analysis_counts {
	uint64_t packets;
	uint64_t not_ip;
	uint64_t evidence; /* messages of the module */
	uint64_t records;
	struct observer_counts observer;
};

/* NULL: no memory. */
struct analysis *analysis_new(const struct analysis_settings *settings);
void analysis_free(struct analysis *analysis);

void analysis_packet(struct analysis *analysis, const struct savefile_packet *packet);

/* The end of the capture: what is held is handed out. */
void analysis_finish(struct analysis *analysis);

struct analysis_counts analysis_counts(const struct analysis *analysis);

#endif
