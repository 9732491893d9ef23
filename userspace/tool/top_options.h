/* SPDX-License-Identifier: GPL-2.0 */
/*
 * top_options.h - what rstwhy top was asked for
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_TOP_OPTIONS_H
#define RSTWHY_TOP_OPTIONS_H

#include "selection.h"
#include "top_view.h"

#include "../daemon/config.h"

/* Borrows from argv. */
struct top_options {
	struct selection selection; /* noise passes: a key shows and hides it */
	const char *config; /* the daemon's settings; NULL: the default file */
	char file[CONFIG_PATH_MAX];
	enum top_by by;
	enum top_window window;
	bool noise; /* shown from the start */
	bool once;
};

/* True: go on. False: stop with *status; help or the error has been printed. */
bool top_options_parse(int argc, char **argv, struct top_options *options, int *status);

#endif
