// SPDX-License-Identifier: GPL-2.0
/*
 * tail_options.c - what rstwhy tail was asked for
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "tail_options.h"

#include "command.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES_DEFAULT 10
#define LINES_MAX 100000

static const char help[] =
	"usage: rstwhy tail [OPTION]...\n"
	"\n"
	"The resets of the log, for people: the last ones, then each as it comes.\n"
	"\n"
	"  -n, --lines N            how many of the log's last records that pass the filter (10)\n"
	"      --no-follow          stop then\n"
	"      --class CLASS,...    only these: idle-timeout, firewall-reject, application, stale-state, noise, unknown\n"
	"      --cause CAUSE,...    only these; `rstwhy explain` lists them\n"
	"      --addr PREFIX,...    only connections with such an end: 10.0.0.0/8, 2001:db8::1, 10.0.0.1:443, [2001:db8::1]:443\n"
	"      --port PORT,...      only connections with such a port\n"
	"      --min-confidence C   only verdicts at least that sure, 0 to 1\n"
	"      --all                noise too: resets that killed nothing\n"
	"      --json               the records as they are in the log\n"
	"  -f, --file FILE          the log; default log.json of the daemon's settings; - is standard input\n"
	"  -c, --config FILE        the daemon's settings; default " CONFIG_DEFAULT_FILE "\n"
	"\n"
	"Colours only on a terminal and without NO_COLOR in the environment. Times are UTC.\n";

enum {
	OPTION_NO_FOLLOW = 256,
	OPTION_CLASS,
	OPTION_CAUSE,
	OPTION_ADDR,
	OPTION_PORT,
	OPTION_MIN_CONFIDENCE,
	OPTION_ALL,
	OPTION_JSON,
};

static const struct option longs[] = {
	{ "lines", required_argument, NULL, 'n' },
	{ "no-follow", no_argument, NULL, OPTION_NO_FOLLOW },
	{ "class", required_argument, NULL, OPTION_CLASS },
	{ "cause", required_argument, NULL, OPTION_CAUSE },
	{ "addr", required_argument, NULL, OPTION_ADDR },
	{ "port", required_argument, NULL, OPTION_PORT },
	{ "min-confidence", required_argument, NULL, OPTION_MIN_CONFIDENCE },
	{ "all", no_argument, NULL, OPTION_ALL },
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "file", required_argument, NULL, 'f' },
	{ "config", required_argument, NULL, 'c' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static bool set_lines(size_t *lines, const char *text, char *error)
{
	size_t digits = strspn(text, "0123456789");

	*lines = digits && digits < 10 ? strtoul(text, NULL, 10) : LINES_MAX + 1UL;
	if (!text[digits] && *lines <= LINES_MAX)
		return true;
	snprintf(error, FILTER_ERROR_MAX, "\"%.40s\" is no number of lines; allowed: 0 to %d", text, LINES_MAX);
	return false;
}

static bool set_file(char *file, const char *path, char *error)
{
	if (strlen(path) < CONFIG_PATH_MAX) {
		strcpy(file, path);
		return true;
	}
	snprintf(error, FILTER_ERROR_MAX, "the name of the file is too long");
	return false;
}

/* One option that takes an argument. */
static bool take_argument(struct tail_options *options, int option, char *error)
{
	switch (option) {
	case 'n':
		return set_lines(&options->lines, optarg, error);
	case 'f':
		return set_file(options->file, optarg, error);
	case OPTION_CLASS:
		return filter_add_classes(&options->filter, optarg, error);
	case OPTION_CAUSE:
		return filter_add_causes(&options->filter, optarg, error);
	case OPTION_ADDR:
		return filter_add_addresses(&options->filter, optarg, error);
	case OPTION_PORT:
		return filter_add_ports(&options->filter, optarg, error);
	case OPTION_MIN_CONFIDENCE:
		return filter_set_confidence(&options->filter, optarg, error);
	default:
		error[0] = '\0'; /* getopt has told */
		return false;
	}
}

static bool take(struct tail_options *options, int option, char *error)
{
	switch (option) {
	case OPTION_NO_FOLLOW:
		options->follow = false;
		return true;
	case OPTION_ALL:
		options->filter.all = true;
		return true;
	case OPTION_JSON:
		options->json = true;
		return true;
	default:
		return take_argument(options, option, error);
	}
}

/* The log that the daemon writes. */
static bool file_of_config(const char *config_file, char *file, char *error)
{
	struct config_error why;
	struct config config;

	config_defaults(&config);
	if (!config_load(&config, config_file ? config_file : CONFIG_DEFAULT_FILE, !config_file, &why)) {
		snprintf(error, FILTER_ERROR_MAX, "%.500s", why.text);
		return false;
	}
	if (config.json[0] == '/')
		return set_file(file, config.json, error);
	snprintf(error, FILTER_ERROR_MAX, "the daemon's settings name no file in log.json; give one with -f");
	return false;
}

static bool usage_error(const char *error, int *status)
{
	if (error[0])
		complain("%s", error);
	fputs("try rstwhy tail --help\n", stderr);
	*status = STATUS_USAGE;
	return false;
}

bool tail_options_parse(int argc, char **argv, struct tail_options *options, int *status)
{
	const char *config_file = NULL;
	char error[FILTER_ERROR_MAX] = "";
	int option;

	*options = (struct tail_options){ .lines = LINES_DEFAULT, .follow = true };
	while ((option = getopt_long(argc, argv, "n:f:c:h", longs, NULL)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			*status = STATUS_OK;
			return false;
		}
		if (option == 'c')
			config_file = optarg;
		else if (!take(options, option, error))
			return usage_error(error, status);
	}
	if (optind < argc)
		return usage_error("tail takes options only", status);
	if (!options->file[0] && !file_of_config(config_file, options->file, error))
		return usage_error(error, status);
	return true;
}
