// SPDX-License-Identifier: GPL-2.0
/*
 * timeouts.c - rstwhy timeouts: what each path has shown of its idle timeout
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "timeouts.h"

#include "command.h"
#include "log_files.h"
#include "options.h"

#include "../learn/known_timeouts.h"
#include "../learn/state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PATHS_MOST 65536 /* more than any daemon keeps */

static const char help[] = "usage: rstwhy timeouts [-f STATE] [-k FILE] [-c FILE] [--json]\n"
			   "\n"
			   "Per path, which is the network of the far side (/24 or /64), the port and the interface: the longest silence that\n"
			   "survives, the shortest that is killed, what expires so, and the keepalive that holds. What hurts most comes first.\n"
			   "\n"
			   "  -f, --file STATE  what was learned; default state.file of the daemon's settings\n"
			   "  -k, --known FILE  known timeouts; default hints.file of the daemon's settings\n"
			   "  -c, --config FILE the daemon's settings; default " CONFIG_DEFAULT_FILE "\n"
			   "      --json        a JSON object a line\n";

static const struct option longs[] = {
	{ "file", required_argument, NULL, 'f' },
	{ "known", required_argument, NULL, 'k' },
	{ "config", required_argument, NULL, 'c' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

struct request {
	const char *state;
	const char *known;
	const char *config;
	bool json;
};

static bool take(void *to, int option, char *error)
{
	struct request *request = to;

	(void)error;
	switch (option) {
	case 'f':
		request->state = optarg;
		return true;
	case 'k':
		request->known = optarg;
		return true;
	case 'c':
		request->config = optarg;
		return true;
	default:
		return request->json = true;
	}
}

static const struct options_syntax syntax = {
	.command = "timeouts", .help = help, .shorts = "f:k:c:h", .longs = longs, .take = take,
};

static int print_rows(const struct timeouts_row *rows, size_t count, const struct request *request, uint64_t now_s)
{
	char buf[TIMEOUTS_LINE_MAX];
	struct line line;

	for (size_t i = 0; i < count; i++) {
		line_init(&line, buf, sizeof(buf));
		if (request->json)
			timeouts_json(&line, &rows[i]);
		else
			timeouts_text(&line, &rows[i], now_s);
		if (i && !request->json)
			putchar('\n');
		fwrite(line.data, 1, line.len, stdout);
	}
	if (fflush(stdout) == 0)
		return STATUS_OK;
	complain("standard output: %s", strerror(errno));
	return STATUS_FAILED;
}

static int print_learned(const struct learn *learned, const struct hints *hints, const struct request *request)
{
	struct timeouts_row *rows = calloc(learn_count(learned) + 1, sizeof(*rows));
	uint64_t now_s = (uint64_t)time(NULL);
	int status;

	if (!rows) {
		complain("no memory");
		return STATUS_FAILED;
	}
	timeouts_rows(learned, hints, now_s, rows);
	if (!learn_count(learned) && !request->json)
		puts("Nothing is learned yet: no silence of a second or more was seen to survive, or to be killed, on any path.");
	status = print_rows(rows, learn_count(learned), request, now_s);
	free(rows);
	return status;
}

static int show(struct learn *learned, const struct hints *hints, const struct request *request)
{
	char why[STATE_WHY_MAX];

	switch (state_load(request->state, learned, why)) {
	case STATE_READ:
		return print_learned(learned, hints, request);
	case STATE_ABSENT:
		if (!request->state[0])
			complain("the daemon's settings name no state.file: what is learned is not kept");
		else if (!request->json)
			printf("Nothing is learned yet: there is no %s. rstwhyd writes it (state.file) some minutes after the first silence\n"
			       "of a connection, and when it ends.\n", request->state);
		return STATUS_OK;
	default:
		complain("%s: %s", request->state, why);
		return STATUS_FAILED;
	}
}

/* What was not said is as the daemon has it. */
static bool settle(struct request *request, struct config *settings, int *status)
{
	char error[LOG_FILES_ERROR_MAX];

	if (request->state && request->known)
		return true;
	if (!log_files_settings(request->config, settings, error))
		return options_refuse(&syntax, error, status);
	if (!request->state)
		request->state = settings->state;
	if (!request->known)
		request->known = settings->hints;
	return true;
}

int command_timeouts(int argc, char **argv)
{
	struct request request = { 0 };
	struct config settings;
	struct known_timeouts_error error;
	struct hints hints;
	struct learn *learned;
	int status;

	if (!options_read(&syntax, argc, argv, &request, &status) || !settle(&request, &settings, &status))
		return status;
	if (!known_timeouts_load(request.known, &hints, &error)) {
		complain("%s", error.text);
		return STATUS_USAGE;
	}
	learned = learn_new(PATHS_MOST, LEARN_HALF_LIFE_DAYS);
	if (!learned) {
		complain("no memory");
		return STATUS_FAILED;
	}
	status = show(learned, &hints, &request);
	learn_free(learned);
	return status;
}
