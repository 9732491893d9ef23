/* SPDX-License-Identifier: GPL-2.0 */
/*
 * intake.h - from logged packets to events
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Tells evidence of the module from everything else that may come by the group, keeps the loss accounting and feeds the correlator.
 */
#ifndef RSTWHY_INTAKE_H
#define RSTWHY_INTAKE_H

#include "loss.h"
#include "module_state.h"
#include "paths.h"

#include "../engine/correlate.h"

struct intake; /* opaque, by intake_new() and intake_free() */

struct intake_settings {
	uint64_t epoch;
	bool fixed; /* nflog.epoch: never ask the module for another */
	uint32_t netns;	 /* the inode of ours: interface indices of others mean nothing here */
	struct correlate *correlate;
	struct loss *loss;
	struct paths *paths; /* told what was survived; NULL: nobody is */
};

struct intake_counts {
	uint64_t foreign; /* other log rules on the group, or forged */
	uint64_t malformed;
};

/* NULL: no memory. */
struct intake *intake_new(const struct intake_settings *settings);
void intake_free(struct intake *intake);

/* A logged packet: a group_packet_fn. */
void intake_packet(void *intake, const char *prefix, const uint8_t *payload, size_t len);

/* What the module's /proc file says now: a new epoch, counters of our namespace. */
void intake_state(struct intake *intake, const struct module_state *state, uint64_t now_ns);

const struct intake_counts *intake_counts(const struct intake *intake);

#endif
