// SPDX-License-Identifier: GPL-2.0
/*
 * shown.c - what a reader of logs and terminals may be shown
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "shown.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void shown_broken(const char *file, int line, const char *condition)
{
	fprintf(stderr, "%s:%d: must hold: %s\n", file, line, condition);
	abort();
}

static bool is_plain(char c)
{
	return c >= 0x20 && c <= 0x7e;
}

void shown_json(const char *text, size_t len)
{
	must(len > 2 && text[0] == '{' && text[len - 2] == '}' && text[len - 1] == '\n');
	for (size_t i = 0; i + 1 < len; i++)
		must(is_plain(text[i]));
}

/* Bytes of one of ours, 0: it is none. */
static size_t own_sign(const char *text, size_t len)
{
	static const char *const signs[] = { "\xe2\x86\x92", "\xc2\xb7", "\xc3\x97" };

	for (size_t i = 0; text[0] & 0x80 && i < sizeof(signs) / sizeof(signs[0]); i++)
		if (strlen(signs[i]) <= len && !memcmp(text, signs[i], strlen(signs[i])))
			return strlen(signs[i]);
	return 0;
}

void shown_text(const char *text, size_t len)
{
	must(len > 0 && text[len - 1] == '\n');
	for (size_t i = 0; i < len;) {
		size_t sign = own_sign(text + i, len - i);

		must(sign || is_plain(text[i]) || text[i] == '\n');
		i += sign ? sign : 1;
	}
}

void shown_record(const struct record *record)
{
	static char buf[RECORD_LINE_MAX];
	struct line line;

	line_init(&line, buf, sizeof(buf));
	record_json(&line, record);
	must(!line.cut);
	shown_json(line.data, line.len);
	line_init(&line, buf, sizeof(buf));
	record_text(&line, record, false);
	must(!line.cut);
	shown_text(line.data, line.len);
}

void shown_message(const char *text)
{
	for (; *text; text++)
		must((unsigned char)*text >= 0x20 && *text != 0x7f);
}
