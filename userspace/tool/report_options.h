/* SPDX-License-Identifier: GPL-2.0 */
/*
 * report_options.h - what rstwhy report was asked for
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_REPORT_OPTIONS_H
#define RSTWHY_REPORT_OPTIONS_H

#include "log_files.h"
#include "selection.h"

/* Borrows from argv. */
struct report_options {
	struct selection selection;
	const char *html;  /* NULL: text on standard output; "-": the page there */
	struct config settings; /* the daemon's, which the next two are of where nothing else is said */
	const char *state; /* what was learned */
	const char *known; /* known timeouts */
	size_t rows;	   /* of the page's table */
	size_t top;	   /* of the text's lists */
	const char *config; /* the daemon's settings; NULL: the default file */
	char log[CONFIG_PATH_MAX]; /* where no file is named: the daemon's, with its rotated ones */
	char **files;
	size_t files_count;
};

/* True: go on. False: stop with *status; help or the error has been printed. */
bool report_options_parse(int argc, char **argv, struct report_options *options, int *status);

#endif
