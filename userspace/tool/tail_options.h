/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tail_options.h - what rstwhy tail was asked for
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_TAIL_OPTIONS_H
#define RSTWHY_TAIL_OPTIONS_H

#include "selection.h"

#include "../daemon/config.h"

#define TAIL_ALL_LINES SIZE_MAX

/* Borrows from argv. */
struct tail_options {
	struct selection selection;
	const char *config; /* the daemon's settings; NULL: the default file */
	char file[CONFIG_PATH_MAX];
	size_t lines; /* how many of those there are already; or TAIL_ALL_LINES */
	bool follow;
	bool json;
};

/* True: go on. False: stop with *status; help or the error has been printed. */
bool tail_options_parse(int argc, char **argv, struct tail_options *options, int *status);

#endif
