// SPDX-License-Identifier: GPL-2.0
/*
 * analyze_options.c - what rstwhy analyze was asked for
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "analyze_options.h"

#include "options.h"


#define FLOWS_DEFAULT 262144
#define FLOWS_MAX 16777216
#define IDLE_MIN_MS 10000 /* verdict.idle_min_ms */
#define IDLE_MAX_MS 86400000

static const char help[] =
	"usage: rstwhy analyze [OPTION]... FILE\n"
	"\n"
	"The resets in a capture, judged by the same rules as on the gateway. FILE is pcap or pcapng, - is standard input: Ethernet\n"
	"(with VLAN tags), Linux cooked v1 and v2, raw IP, null/loopback, or a recording of `rstwhyd --record`. Any size.\n"
	"\n"
	"      --json            records as in the daemon's log, a line each\n"
	"      --flows N         how many connections are remembered at once (262144; 0.4 kB each)\n"
	"      --idle-min-ms N   the shortest silence that may be called idle (10000)\n"
	"\n"
	"Times are UTC. What a capture cannot tell: which timeouts the gateway had in force, whether it had forgotten a connection or\n"
	"translated it, and whether its rules, its stack or a program made a RST that the capturing host sent (by: unseen).\n"
	"Exit: 0, 1 the capture is damaged (what was read is judged and printed), 2 usage, or no capture that can be read.\n";

static const struct option longs[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "flows", required_argument, NULL, 'f' },
	{ "idle-min-ms", required_argument, NULL, 'i' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static bool take(void *to, int option, char *error)
{
	struct analyze_options *options = to;

	switch (option) {
	case 'j':
		options->json = true;
		return true;
	case 'f':
		return options_number(&options->flows, "--flows", 4, FLOWS_MAX, error);
	default:
		return options_number(&options->idle_min_ms, "--idle-min-ms", 0, IDLE_MAX_MS, error);
	}
}

static const struct options_syntax syntax = {
	.command = "analyze", .help = help, .shorts = "h", .longs = longs, .operands = true, .take = take,
};

bool analyze_options_parse(int argc, char **argv, struct analyze_options *options, int *status)
{
	*options = (struct analyze_options){ .flows = FLOWS_DEFAULT, .idle_min_ms = IDLE_MIN_MS };
	if (!options_read(&syntax, argc, argv, options, status))
		return false;
	if (optind + 1 != argc)
		return options_refuse(&syntax, "analyze takes one capture file", status);
	options->file = argv[optind];
	return true;
}
