// SPDX-License-Identifier: GPL-2.0
/*
 * explain.c - rstwhy explain: the vocabulary
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "command.h"

#include "../daemon/nearest.h"
#include "../engine/cause.h"
#include "../record/example.h"

#include <stdio.h>
#include <string.h>

#define WIDTH 100
#define NEAR 3 /* as many single-letter changes still mean the word */

static const char help[] = "usage: rstwhy explain [CAUSE]\n"
			   "\n"
			   "What a cause means, how it is recognised and what to do; without one, all of them, a sentence each.\n"
			   "CAUSE is as the log has it: remote-on-next-packet, or idle-timeout/remote-on-next-packet.\n";

/* Words of text in lines of WIDTH, indented. */
static void print_wrapped(const char *text)
{
	size_t column = 0;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (column > 0 && column + len + 1 > WIDTH) {
			putchar('\n');
			column = 0;
		}
		printf("%s%.*s", column ? " " : "    ", (int)len, text);
		column += len + (column ? 1 : 4);
		text += len + strspn(text + len, " ");
	}
	putchar('\n');
}

/* As the human log has it, indented. */
static void print_example(enum cause cause)
{
	static char text[RECORD_LINE_MAX];
	struct record record;
	struct line line;

	record_example(&record, cause);
	line_init(&line, text, sizeof(text));
	record_text(&line, &record, false);
	for (const char *at = text; *at;) {
		int len = (int)strcspn(at, "\n");

		printf("    %.*s\n", len, at);
		at += len + (at[len] != '\0');
	}
}

static void print_cause(enum cause cause)
{
	const struct cause_text *text = cause_text(cause);

	printf("%s\n\n  what happened\n", cause_path(cause));
	print_wrapped(text->meaning);
	fputs("\n  recognised by\n", stdout);
	print_wrapped(text->recognised);
	fputs("\n  what to do\n", stdout);
	print_wrapped(text->advice);
	fputs("\n  for example\n", stdout);
	print_example(cause);
}

static void print_all(void)
{
	for (enum cause cause = 0; cause < CAUSE_COUNT; cause++) {
		bool heading = cause == 0 || cause_text(cause)->class != cause_text(cause - 1)->class;

		if (heading)
			printf("%s%s\n", cause ? "\n" : "", class_name(cause_text(cause)->class));
		printf("  %s\n", cause_name(cause));
		print_wrapped(cause_text(cause)->meaning);
	}
}

static bool is_near(const char *name, enum cause cause)
{
	return strstr(cause_path(cause), name) || nearest_distance(name, cause_name(cause)) <= NEAR;
}

static int refuse(const char *name)
{
	const char *before = " Did you mean: ";

	fprintf(stderr, "rstwhy: there is no cause \"%s\".", name);
	for (enum cause cause = 0; cause < CAUSE_COUNT; cause++)
		if (is_near(name, cause)) {
			fprintf(stderr, "%s%s", before, cause_name(cause));
			before = ", ";
		}
	fputs("\n`rstwhy explain` lists all.\n", stderr);
	return STATUS_USAGE;
}

int command_explain(int argc, char **argv)
{
	enum cause cause;

	if (argc == 1) {
		print_all();
		return STATUS_OK;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		fputs(help, stdout);
		return STATUS_OK;
	}
	if (argc > 2 || argv[1][0] == '-') {
		fputs(help, stderr);
		return STATUS_USAGE;
	}
	if (!cause_by_name(argv[1], &cause))
		return refuse(argv[1]);
	print_cause(cause);
	return STATUS_OK;
}
