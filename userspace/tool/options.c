// SPDX-License-Identifier: GPL-2.0
/*
 * options.c - the command line of a subcommand, read the same way by each
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "options.h"

#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool options_refuse(const struct options_syntax *syntax, const char *error, int *status)
{
	if (error[0])
		complain("%s", error);
	fprintf(stderr, "try rstwhy %s --help\n", syntax->command);
	*status = STATUS_USAGE;
	return false;
}

bool options_read(const struct options_syntax *syntax, int argc, char **argv, void *options, int *status)
{
	char error[OPTIONS_ERROR_MAX] = "";
	int option;

	while ((option = getopt_long(argc, argv, syntax->shorts, syntax->longs, NULL)) != -1) {
		if (option == 'h') {
			fputs(syntax->help, stdout);
			*status = STATUS_OK;
			return false;
		}
		if (option == '?' || !syntax->take(options, option, error)) /* of a '?' getopt has told */
			return options_refuse(syntax, error, status);
	}
	if (optind == argc || syntax->operands)
		return true;
	snprintf(error, sizeof(error), "%s takes options only", syntax->command);
	return options_refuse(syntax, error, status);
}

bool options_number(size_t *number, const char *option, size_t least, size_t most, char error[OPTIONS_ERROR_MAX])
{
	size_t digits = strspn(optarg, "0123456789");

	*number = digits > 0 && digits < 10 ? strtoul(optarg, NULL, 10) : most + 1;
	if (!optarg[digits] && *number >= least && *number <= most)
		return true;
	snprintf(error, OPTIONS_ERROR_MAX, "%s: \"%.40s\" is not possible; allowed: %zu to %zu", option, optarg, least, most);
	return false;
}
