/* SPDX-License-Identifier: GPL-2.0 */
/*
 * options.h - the command line of rstwhyd
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_OPTIONS_H
#define RSTWHY_OPTIONS_H

#include "config.h"

#define OPTIONS_ASSIGNMENTS_MAX 64

/* Borrows from argv. */
struct options {
	const char *config_file; /* NULL: the default one, which may be absent */
	const char *assignment[OPTIONS_ASSIGNMENTS_MAX];
	size_t assignments;
	const char *record; /* keep what comes in; NULL: do not */
	const char *replay; /* read that instead of the group; NULL: do not */
	bool check; /* look at the configuration and stop */
};

/* True: go on. False: stop with *status; help or the usage error has been printed. */
bool options_parse(int argc, char **argv, struct options *options, int *status);

/* Defaults, file, then assignments in order. */
bool options_config(const struct options *options, struct config *config, struct config_error *error);

#endif
