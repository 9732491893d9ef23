/* SPDX-License-Identifier: GPL-2.0 */
/*
 * serve.h - the daemon's loop
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_SERVE_H
#define RSTWHY_SERVE_H

#include "flowtable.h"
#include "group.h"
#include "intake.h"
#include "meter.h"
#include "options.h"
#include "paths.h"
#include "plain.h"
#include "report.h"
#include "status.h"
#include "timeline.h"

#include "../capture/recording.h"
#include "../engine/correlate.h"
#include "../engine/hints.h"

#define SERVE_SLACK_NS 200000000ULL /* evidence may reach us this late: the clock less this is evidence time */

/* All that the loop drives; owned by main.c. */
struct serve {
	const struct options *options;
	struct config *config;
	struct loss *loss;
	struct report *report;
	struct paths *paths;
	struct hints hints; /* what the rules point to */
	struct correlate *correlate;
	struct timeline *timeline;
	struct recording *recording; /* NULL: nothing is kept */
	struct intake *intake;
	struct group *group;
	struct flowtable *flowtable; /* NULL: not told to the module */
	bool flowtable_built_in;     /* module_state.h */
	struct plain *plain; /* what plain log rules feed, and its group; NULL: none */
	struct group *plain_group;
	struct meter meter;
	struct status status;
	int signal_fd;
};

/*
 * Where the module's counting stands: what is missing from here on is a loss. To be called when the group is bound, before anybody
 * is told that we are ready: a daemon that was held up in between took what it had missed for older than itself.
 */
void serve_begin(struct serve *serve);

/* Read, judge and write until SIGTERM or SIGINT; what is held is written then. Returns the exit status. */
int serve_run(struct serve *serve);

/* What was left unsaid, on standard error. */
void serve_tell_counts(const struct serve *serve);

/* The settings of the rules that the configuration asks for. */
struct verdict_settings serve_verdict_settings(const struct serve *serve);

/* A verdict is due: a correlate_emit_fn; serve is what owns report and paths. */
void serve_incident(void *serve, const struct incident *incident, const struct verdict *verdict, bool held);

#endif
