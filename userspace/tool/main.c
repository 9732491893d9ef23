// SPDX-License-Identifier: GPL-2.0
/*
 * main.c - rstwhy: which subcommand
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "command.h"
#include "terminal.h"

#include "../daemon/nearest.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
};

static const struct command commands[] = {
	{ "tail", command_tail, "follow the log, for people; filter it" },
	{ "top", command_top, "who resets whom and why, live" },
	{ "report", command_report, "the log added up, as text or as an HTML page" },
	{ "doctor", command_doctor, "why it does not work here, and the fix" },
	{ "explain", command_explain, "what a cause means, how it is recognised, what to do" },
	{ "timeouts", command_timeouts, "learned per path: what survives, what is killed, the keepalive that holds" },
	{ "analyze", command_analyze, "the resets in a capture file, judged offline" },
	{ "version", command_version, "of this tool, its interface, and the loaded module" },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

void complain(const char *format, ...)
{
	char text[4096];
	va_list args;

	fputs("rstwhy: ", stderr);
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	terminal_text(stderr, text);
	fputc('\n', stderr);
}

static void print_help(FILE *to)
{
	fputs("usage: rstwhy COMMAND [ARGUMENT]...\n\nWho reset this connection, and why.\n\n", to);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(to, "  %-9s %s\n", commands[i].name, commands[i].summary);
	fputs("\n`rstwhy COMMAND --help` tells its arguments.\n", to);
}

static int refuse(const char *name)
{
	const struct command *nearest = &commands[0];

	for (size_t i = 1; i < COMMANDS; i++)
		if (nearest_distance(name, commands[i].name) < nearest_distance(name, nearest->name))
			nearest = &commands[i];
	complain("there is no command \"%s\" (%s?)", name, nearest->name);
	fputs("try rstwhy --help\n", stderr);
	return STATUS_USAGE;
}

/* getopt's messages begin with argv[0]: with "tail" alone they would be another program's. */
static int run(const struct command *command, int argc, char **argv)
{
	char name[32];

	snprintf(name, sizeof(name), "rstwhy %s", command->name);
	argv[0] = name;
	return command->run(argc, argv);
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		print_help(stderr);
		return STATUS_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		print_help(stdout);
		return STATUS_OK;
	}
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V"))
		return command_version(1, argv + 1);
	for (size_t i = 0; i < COMMANDS; i++)
		if (!strcmp(argv[1], commands[i].name))
			return run(&commands[i], argc - 1, argv + 1);
	return refuse(argv[1]);
}
