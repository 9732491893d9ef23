/* SPDX-License-Identifier: GPL-2.0 */
/*
 * analyze_options.h - what rstwhy analyze was asked for
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_ANALYZE_OPTIONS_H
#define RSTWHY_ANALYZE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

/* Borrows from argv. */
struct analyze_options {
	const char *file;
	bool json;
	size_t flows;
	size_t idle_min_ms;
};

/* True: go on. False: stop with *status; help or the usage error has been printed. */
bool analyze_options_parse(int argc, char **argv, struct analyze_options *options, int *status);

#endif
