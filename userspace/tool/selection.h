/* SPDX-License-Identifier: GPL-2.0 */
/*
 * selection.h - the options that say which records are wanted, the same in tail, top and report
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_SELECTION_H
#define RSTWHY_SELECTION_H

#include "filter.h"

struct selection {
	struct filter filter;
	uint64_t since_ns; /* 0: from the beginning */
	uint64_t until_ns; /* 0: to the end; else up to, not including */
};

/* Values of getopt_long() for SELECTION_LONGS; a command's own begin at SELECTION_END. */
enum {
	SELECTION_CLASS = 256,
	SELECTION_CAUSE,
	SELECTION_ADDR,
	SELECTION_PORT,
	SELECTION_MIN_CONFIDENCE,
	SELECTION_ALL,
	SELECTION_SINCE,
	SELECTION_UNTIL,
	SELECTION_END,
};

#define SELECTION_LONGS                                                                        \
	{ "class", required_argument, NULL, SELECTION_CLASS },                                 \
	{ "cause", required_argument, NULL, SELECTION_CAUSE },                                 \
	{ "addr", required_argument, NULL, SELECTION_ADDR },                                   \
	{ "port", required_argument, NULL, SELECTION_PORT },                                   \
	{ "min-confidence", required_argument, NULL, SELECTION_MIN_CONFIDENCE },               \
	{ "all", no_argument, NULL, SELECTION_ALL },                                           \
	{ "since", required_argument, NULL, SELECTION_SINCE },                                 \
	{ "until", required_argument, NULL, SELECTION_UNTIL }

#define SELECTION_HELP                                                                                                              \
	"      --class CLASS,...    only these: idle-timeout, firewall-reject, application, stale-state, noise, unknown\n"          \
	"      --cause CAUSE,...    only these; `rstwhy explain` lists them\n"                                                     \
	"      --addr PREFIX,...    only connections with such an end: 10.0.0.0/8, 2001:db8::1, 10.0.0.1:443, [2001:db8::1]:443\n"  \
	"      --port PORT,...      only connections with such a port\n"                                                           \
	"      --min-confidence C   only verdicts at least that sure, 0 to 1\n"                                                    \
	"      --all                noise too: resets that killed nothing\n"                                                       \
	"      --since TIME         only from then on: 90s, 10m, 2h, 3d, 1w (ago), 10:30, today, 2026-11-22, 2026-11-22T10:30\n"    \
	"      --until TIME         only before then\n"

/* Whether an option is one of these. */
bool selection_is_option(int option);

/* Take it. False: error says what is wrong and what is allowed. */
bool selection_take(struct selection *selection, int option, const char *argument, uint64_t now_ns, char error[FILTER_ERROR_MAX]);

/* Loss records pass but for their time: they say what a filter cannot know. */
bool selection_match(const struct selection *selection, const struct record *record);

#endif
