// SPDX-License-Identifier: GPL-2.0
/*
 * options.c - the command line of rstwhyd
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "options.h"

#include "announce.h"

#include "../version.h"
#include "../../module/uapi/rstwhy.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#define USAGE_ERROR 2

static const char help[] =
	"usage: rstwhyd [-c FILE] [-s KEY=VALUE]... [--check] [--record FILE | --replay FILE]\n"
	"\n"
	"Reads what the module nf_rstwhy saw of TCP resets and writes one line a reset: who, when, why, how sure, what to change.\n"
	"Runs in the foreground.\n"
	"\n"
	"  -c, --config FILE    settings; default " CONFIG_DEFAULT_FILE ", which may be absent\n"
	"  -s, --set KEY=VALUE  one setting, over those of the file; may be given again\n"
	"      --check          only look at the settings: exit 0 or 2\n"
	"      --record FILE    also keep what comes in, as a capture (DLT_NFLOG) that tcpdump and Wireshark read; FILE is overwritten\n"
	"      --replay FILE    judge such a recording instead (- is standard input): no module, no privileges. The records go where the\n"
	"                       settings say, and are those of the recorded run if settings and gateway.name are; -s log.json=- shows them\n"
	"  -h, --help           this\n"
	"  -V, --version        the version of rstwhyd and of the interface to the module\n"
	"\n"
	"SIGHUP reopens the logs and reads the settings again; SIGTERM writes what is held and ends.\n"
	"Exit: 0 ended by a signal or the end of the recording, 1 run-time failure or a damaged recording, 2 usage, settings, or no\n"
	"recording.\n";

static bool add_assignment(struct options *options, const char *assignment)
{
	if (options->assignments == OPTIONS_ASSIGNMENTS_MAX) {
		announce("-s: at most %d times", OPTIONS_ASSIGNMENTS_MAX);
		return false;
	}
	options->assignment[options->assignments++] = assignment;
	return true;
}

static bool usage_error(int *status)
{
	fputs("try rstwhyd --help\n", stderr);
	*status = USAGE_ERROR;
	return false;
}

/* One option; true: go on with the next. */
static bool take(int option, struct options *options, int *status)
{
	*status = 0;
	switch (option) {
	case 'c':
		options->config_file = optarg;
		return true;
	case 's':
		return add_assignment(options, optarg) || usage_error(status);
	case 'C':
		options->check = true;
		return true;
	case 'R':
		options->record = optarg;
		return true;
	case 'P':
		options->replay = optarg;
		return true;
	case 'h':
		fputs(help, stdout);
		return false;
	case 'V':
		printf("rstwhyd %s, ABI %d.%d\n", RSTWHY_VERSION, RSTWHY_ABI_MAJOR, RSTWHY_ABI_MINOR);
		return false;
	default:
		return usage_error(status);
	}
}

bool options_parse(int argc, char **argv, struct options *options, int *status)
{
	static const struct option longs[] = {
		{ "config", required_argument, NULL, 'c' }, { "set", required_argument, NULL, 's' }, { "check", no_argument, NULL, 'C' },
		{ "help", no_argument, NULL, 'h' },	    { "version", no_argument, NULL, 'V' },   { "record", required_argument, NULL, 'R' },
		{ "replay", required_argument, NULL, 'P' }, { 0 },
	};
	int option;

	*options = (struct options){ 0 };
	while ((option = getopt_long(argc, argv, "c:s:hV", longs, NULL)) != -1)
		if (!take(option, options, status))
			return false;
	if (optind == argc && !(options->record && options->replay))
		return true;
	if (optind < argc)
		announce("\"%s\" is no option", argv[optind]);
	else
		announce("--record and --replay exclude each other: a replay has nothing new to keep");
	return usage_error(status);
}

/* An error of -s, told as such. */
static bool fail_assignment(struct config_error *error)
{
	struct config_error whole;

	snprintf(whole.text, sizeof(whole.text), "-s: %.*s", (int)sizeof(whole.text) - 8, error->text);
	*error = whole;
	return false;
}

bool options_config(const struct options *options, struct config *config, struct config_error *error)
{
	const char *file = options->config_file ? options->config_file : CONFIG_DEFAULT_FILE;

	config_defaults(config);
	if (!config_load(config, file, !options->config_file, error))
		return false;
	for (size_t i = 0; i < options->assignments; i++)
		if (!config_assign(config, options->assignment[i], error))
			return fail_assignment(error);
	return config_check(config, error);
}
