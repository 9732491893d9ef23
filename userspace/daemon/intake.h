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

#include "ifnames.h"
#include "loss.h"
#include "module_state.h"
#include "paths.h"
#include "timeline.h"

#include "../engine/correlate.h"

struct intake; /* opaque, by intake_new() and intake_free() */

struct intake_settings {
	uint64_t epoch;
	uint32_t netns;	 /* the inode of ours: interface indices of others mean nothing here */
	struct correlate *correlate;
	struct loss *loss;
	struct paths *paths; /* told what was survived; NULL: nobody is */
	struct timeline *timeline;
	bool (*current_epoch)(uint64_t *epoch); /* ask the module; NULL: epochs change by intake_epoch() alone */
	ifnames_look_fn *interface;		/* NULL: interfaces are named by intake_interface() alone */
	struct recording *recording;		/* NULL: nothing is kept */
};

struct intake_counts {
	uint64_t foreign; /* other log rules on the group, or forged */
	uint64_t malformed;
	/* since the module's counters were first read, or read anew after it was loaded again */
	uint64_t resets;	   /* RSTs of our namespace */
	uint64_t others;	   /* messages of other kinds */
	uint64_t malformed_resets; /* of the RSTs (of any namespace), those whose packet cannot be read */
	uint64_t elsewhere;	   /* RSTs of other namespaces */
	uint64_t early;		   /* RSTs that the module told of before */
};

/* NULL: no memory. */
struct intake *intake_new(const struct intake_settings *settings);
void intake_free(struct intake *intake);

/* A logged packet: a group_packet_fn. */
void intake_packet(void *intake, const uint8_t *message, size_t len);

/* What the module's /proc file says, at this moment of evidence time: a new epoch, counters of our namespace. */
void intake_state(struct intake *intake, const struct module_state *state, uint64_t boottime_ns, uint64_t realtime_ns);

/* The same from a recording. */
void intake_epoch(struct intake *intake, uint64_t epoch);
void intake_interface(struct intake *intake, uint32_t index, const char *name);

/* The names it goes by, for whoever else reads packets of this namespace; they live as long as the intake. */
struct ifnames *intake_names(const struct intake *intake);

/* The end of the run is kept in the recording. */
void intake_end(struct intake *intake);

/* The module's counting stands at this number: what has a higher one is counted as new. */
void intake_count_from(struct intake *intake, uint64_t sequence);

/* Our namespace. */
uint32_t intake_netns(const struct intake *intake);

const struct intake_counts *intake_counts(const struct intake *intake);

#endif
