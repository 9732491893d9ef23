/* SPDX-License-Identifier: GPL-2.0 */
/*
 * options.h - the command line of a subcommand, read the same way by each
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_OPTIONS_H
#define RSTWHY_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

#define OPTIONS_ERROR_MAX 512

/* What a subcommand takes. 'h' is help, and never comes to take(). */
struct options_syntax {
	const char *command;
	const char *help;
	const char *shorts; /* as getopt_long() has them */
	const struct option *longs;
	bool operands; /* false: it takes options only */
	/* One option; its argument is in optarg. False: error says what is wrong and what is allowed. */
	bool (*take)(void *options, int option, char error[OPTIONS_ERROR_MAX]);
};

/*
 * Hand each option to take(), with options. True: go on; argv[optind] is the first operand. False: stop with *status; help, or the error and
 * where to find help, has been printed.
 */
bool options_read(const struct options_syntax *syntax, int argc, char **argv, void *options, int *status);

/* Print the error ("" for one that was printed) and where to find help. Always false, with *status. */
bool options_refuse(const struct options_syntax *syntax, const char *error, int *status);

/* An argument that is a whole number from least to most (below 10^9). False: error names the option and what is allowed. */
bool options_number(size_t *number, const char *option, size_t least, size_t most, char error[OPTIONS_ERROR_MAX]);

#endif
