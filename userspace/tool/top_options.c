// SPDX-License-Identifier: GPL-2.0
/*
 * top_options.c - what rstwhy top was asked for
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "top_options.h"

#include "log_files.h"
#include "options.h"

#include "../daemon/clock.h"

#include <stdio.h>
#include <string.h>

static const char help[] =
	"usage: rstwhy top [OPTION]...\n"
	"\n"
	"Who resets whom, and why, as it happens. In it, h shows the keys.\n"
	"\n"
	"      --by GROUP           path (who resets whom; the start), cause, server, client\n"
	"      --window WINDOW      1m, 5m (the start), 1h, all (what is remembered: the last 65536, at first from the log's last 32 MB)\n"
	"      --once               print one listing and end\n"
	SELECTION_HELP
	"  -f, --file FILE          the log; default log.json of the daemon's settings\n"
	"  -c, --config FILE        the daemon's settings; default " CONFIG_DEFAULT_FILE "\n"
	"\n"
	"Colours without NO_COLOR in the environment. Times are UTC. Exit: 0, 1 it could not be shown, 2 usage, or no terminal.\n";

enum {
	OPTION_BY = SELECTION_END,
	OPTION_WINDOW,
	OPTION_ONCE,
};

static const struct option longs[] = {
	SELECTION_LONGS,
	{ "by", required_argument, NULL, OPTION_BY },
	{ "window", required_argument, NULL, OPTION_WINDOW },
	{ "once", no_argument, NULL, OPTION_ONCE },
	{ "file", required_argument, NULL, 'f' },
	{ "config", required_argument, NULL, 'c' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static bool set_by(enum top_by *by, char *error)
{
	for (*by = 0; *by < TOP_BYS; (*by)++)
		if (!strcmp(optarg, top_by_name(*by)))
			return true;
	snprintf(error, FILTER_ERROR_MAX, "--by: \"%.40s\" is no group; allowed: path, cause, server, client", optarg);
	return false;
}

static bool set_window(enum top_window *window, char *error)
{
	static const char *const names[] = { [TOP_MINUTE] = "1m", [TOP_FIVE] = "5m", [TOP_HOUR] = "1h", [TOP_ALL] = "all" };

	for (*window = 0; *window < TOP_WINDOWS; (*window)++)
		if (!strcmp(optarg, names[*window]))
			return true;
	snprintf(error, FILTER_ERROR_MAX, "--window: \"%.40s\" is no window; allowed: 1m, 5m, 1h, all", optarg);
	return false;
}

static bool set_file(char *file, char *error)
{
	if (strlen(optarg) < CONFIG_PATH_MAX && strcmp(optarg, "-") != 0) {
		strcpy(file, optarg);
		return true;
	}
	snprintf(error, FILTER_ERROR_MAX, "--file: a log that grows, by its name, at most %d bytes", CONFIG_PATH_MAX - 1);
	return false;
}

static bool take(void *to, int option, char *error)
{
	struct top_options *options = to;

	if (selection_is_option(option))
		return selection_take(&options->selection, option, optarg, clock_realtime_ns(), error);
	switch (option) {
	case OPTION_BY:
		return set_by(&options->by, error);
	case OPTION_WINDOW:
		return set_window(&options->window, error);
	case OPTION_ONCE:
		return options->once = true;
	case 'f':
		return set_file(options->file, error);
	default:
		options->config = optarg;
		return true;
	}
}

static const struct options_syntax syntax = {
	.command = "top", .help = help, .shorts = "f:c:h", .longs = longs, .take = take,
};

/* Noise that was asked for is shown; what the keys may show later is let in. */
static void settle_noise(struct top_options *options)
{
	struct filter *filter = &options->selection.filter;

	options->noise = filter->all || filter->classes || filter->causes;
	filter->all = true;
}

bool top_options_parse(int argc, char **argv, struct top_options *options, int *status)
{
	char error[OPTIONS_ERROR_MAX];

	*options = (struct top_options){ .window = TOP_FIVE };
	if (!options_read(&syntax, argc, argv, options, status))
		return false;
	if (!options->file[0] && !log_files_default(options->config, options->file, error))
		return options_refuse(&syntax, error, status);
	settle_noise(options);
	return true;
}
