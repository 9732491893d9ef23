// SPDX-License-Identifier: GPL-2.0
/*
 * daemon_hostile.c - what came from the network or from a file forges no line and reaches no terminal, wherever it is shown
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../userspace/daemon/announce.h"
#include "../../userspace/record/record.h"
#include "../../userspace/tool/terminal.h"
#include "../../userspace/tool/timeouts.h"

/* Escape sequences, C1 controls as a byte and as UTF-8, a bidirectional override, lines, a NUL's neighbours, what is no UTF-8, JSON. */
static const char *const hostile[] = {
	"\x1b[2J\x1b]0;owned\x07", "\x9b" "31m", "\xc2\x9b" "31m", "\xe2\x80\xae" "gnp", "a\nb\r\n{\"v\":1}", "\xff\xfe\x80\xc3", "\x7f\x01\x08",
	"\",\"kind\":\"reset\"}", "\\\"\\", "\xe2\x81\xa6\xf0\x9f\x92\xa9",
};
#define HOSTILE (sizeof(hostile) / sizeof(hostile[0]))

static bool is_plain(char c)
{
	return c >= 0x20 && c <= 0x7e;
}

/* So many lines, each of printable ASCII but for our own signs. */
static void assert_shown(const char *text, size_t len, size_t lines)
{
	static const char *const signs[] = { "\xe2\x86\x92", "\xc2\xb7", "\xc3\x97" };
	size_t found = 0;

	for (size_t i = 0; i < len; i++) {
		bool ours = false;

		for (size_t s = 0; s < 3; s++)
			if (!strncmp(text + i, signs[s], strlen(signs[s]))) {
				i += strlen(signs[s]) - 1;
				ours = true;
				break;
			}
		found += text[i] == '\n';
		if (!ours && !is_plain(text[i]) && text[i] != '\n')
			fail_msg("byte %02x is shown", (unsigned char)text[i]);
	}
	assert_int_equal(found, lines);
}

static void fill_list(struct record_list *list, const char *text)
{
	list->count = 2;
	list->item[0] = list->item[1] = text;
}

/* This text in each place that takes one. */
static void fill(struct record *record, enum record_kind kind, const char *text)
{
	record_init(record, kind);
	snprintf(record->id, sizeof(record->id), "%s", text);
	snprintf(record->client.ip, sizeof(record->client.ip), "%s", text);
	snprintf(record->server.ip, sizeof(record->server.ip), "%s", text);
	snprintf(record->nat_client.ip, sizeof(record->nat_client.ip), "%s", text);
	record->amends = kind == RECORD_AMENDMENT ? text : NULL;
	record->gateway = record->class = record->cause = record->stage = record->sender = record->by = record->direction = text;
	record->ct_state = record->in = record->out = record->advice = record->where = record->source = text;
	fill_list(&record->also, text);
	fill_list(&record->evidence, text);
	fill_list(&record->candidates, text);
	fill_list(&record->related, text);
	record->have_rst = true;
	record->rst = (struct record_rst){ .flags = text, .seq_match = text, .payload = text, .payload_len = strlen(text) };
}

static size_t lines_of_text(enum record_kind kind)
{
	return kind == RECORD_LOSS || kind == RECORD_SUMMARY ? 1 : 4;
}

static void assert_record_shown(const struct record *record)
{
	static char buf[RECORD_LINE_MAX];
	struct line line;

	line_init(&line, buf, sizeof(buf));
	record_json(&line, record);
	assert_shown(line.data, line.len, 1);
	line_init(&line, buf, sizeof(buf));
	record_text(&line, record, false);
	assert_shown(line.data, line.len, lines_of_text(record->kind));
}

static void record__hostile_text_in_every_place__one_plain_line(void **state)
{
	static struct record record;

	(void)state;
	for (size_t i = 0; i < HOSTILE; i++)
		for (enum record_kind kind = RECORD_RESET; kind <= RECORD_SUMMARY; kind++) {
			fill(&record, kind, hostile[i]);
			assert_record_shown(&record);
		}
}

/* What a reader finds in the log is that text again, and no other member. */
static void record__hostile_text__comes_back_from_the_log(void **state)
{
	static struct record record, read;
	static char buf[RECORD_LINE_MAX];
	struct record_document *document;
	struct line line;

	(void)state;
	for (size_t i = 0; i < HOSTILE; i++) {
		fill(&record, RECORD_RESET, hostile[i]);
		line_init(&line, buf, sizeof(buf));
		record_json(&line, &record);
		document = record_parse(line.data, line.len, &read);
		assert_non_null(document);
		assert_int_equal(read.rst.payload_len, strlen(hostile[i]));
		assert_memory_equal(read.rst.payload, hostile[i], strlen(hostile[i]));
		record_release(document);
	}
}

/* The members of a record, each @ standing for the text. */
static const char members[] = "\"id\":\"@\",\"ts\":\"@\",\"gateway\":\"@\",\"class\":\"@\",\"cause\":\"@\",\"stage\":\"@\",\"amends\":\"@\","
			      "\"where\":\"@\",\"source\":\"@\",\"evidence\":[\"@\"],\"advice\":\"@\",\"client\":{\"ip\":\"@\"},\"also\":[\"@\"],"
			      "\"server\":{\"ip\":\"@\"},\"candidates\":[\"@\"],\"rst\":{\"payload\":\"@\"},\"lost\":-5,\"gap_max_ms\":3,\"in\":\"@\"}";

static size_t compose(char *text, const char *kind, const char *value)
{
	char *to = text + sprintf(text, "{\"v\":1,\"kind\":\"%s\",", kind);

	for (const char *from = members; *from; from++)
		if (*from == '@')
			to = stpcpy(to, value);
		else
			*to++ = *from;
	*to = '\0';
	return (size_t)(to - text);
}

/* A log that somebody else wrote: escapes that JSON itself allows, and bytes that it does not. */
static void tool__log_with_hostile_contents__shown_plainly(void **state)
{
	static const char *const values[] = { "\\u001b[2J", "\\u009b31m", "\\u202egnp", "a\\nb\\r", "\\u2066\\ud83d\\ude00", "\xe2\x80\xae raw", "\x9b" };
	static struct record record;
	static char buf[RECORD_LINE_MAX], text[2048];
	unsigned int shown = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		for (enum record_kind kind = RECORD_RESET; kind <= RECORD_SUMMARY; kind++) {
			size_t len = compose(text, record_kind_name(kind), values[i]);
			struct record_document *document = record_parse(text, len, &record);
			struct line line;

			if (!document)
				continue;
			line_init(&line, buf, sizeof(buf));
			record_text(&line, &record, false);
			assert_shown(line.data, line.len, lines_of_text(kind));
			record_release(document);
			shown++;
		}
	assert_true(shown >= 25);
}

static void tool__timeouts__hostile_interface_and_device(void **state)
{
	struct learn *learn = learn_new(4, LEARN_HALF_LIFE_DAYS);
	struct hints hints = { .count = 0 };
	struct timeouts_row row;
	char buf[TIMEOUTS_LINE_MAX];
	struct line line;

	(void)state;
	for (size_t i = 0; i < HOSTILE; i++) {
		struct path path = { .family = 4, .port = 443, .prefix = { 10, 2, (uint8_t)i } };
		struct hint hint = { .seconds = 350, .kinds = HINT_NEXT };

		learn_free(learn);
		learn = learn_new(4, LEARN_HALF_LIFE_DAYS);
		snprintf(path.in, sizeof(path.in), "%.15s", hostile[i]);
		snprintf(hint.name, sizeof(hint.name), "%s", hostile[i]);
		hints.count = 0;
		hints_add(&hints, &hint);
		for (uint64_t peer = 1; peer <= 4; peer++)
			learn_killed(learn, &path, peer, 351000, 1795000000);
		timeouts_rows(learn, &hints, 1795000100, &row);
		line_init(&line, buf, sizeof(buf));
		timeouts_text(&line, &row, 1795000100);
		assert_shown(line.data, line.len, 5);
		line_init(&line, buf, sizeof(buf));
		timeouts_json(&line, &row);
		assert_shown(line.data, line.len, 1);
	}
	learn_free(learn);
}

/* What a function writes to standard error, as a string for the caller to free. */
static char *said(void (*say)(const char *), const char *text)
{
	int kept = dup(STDERR_FILENO);
	FILE *file = tmpfile();
	char *got = calloc(1, 4096);
	ssize_t len;

	fflush(stderr);
	dup2(fileno(file), STDERR_FILENO);
	say(text);
	fflush(stderr);
	dup2(kept, STDERR_FILENO);
	close(kept);
	len = pread(fileno(file), got, 4095, 0);
	fclose(file);
	assert_true(len > 0);
	return got;
}

static void say_announce(const char *text)
{
	announce("state.file %s: nothing", text);
}

static void say_terminal(const char *text)
{
	terminal_text(stderr, text);
	fputc('\n', stderr);
}

static void messages__hostile_names__one_plain_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < HOSTILE; i++) {
		char *text = said(say_announce, hostile[i]);

		assert_shown(text, strlen(text), 1);
		free(text);
		text = said(say_terminal, hostile[i]);
		assert_shown(text, strlen(text), 1);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(record__hostile_text_in_every_place__one_plain_line),
		cmocka_unit_test(record__hostile_text__comes_back_from_the_log),
		cmocka_unit_test(tool__log_with_hostile_contents__shown_plainly),
		cmocka_unit_test(tool__timeouts__hostile_interface_and_device),
		cmocka_unit_test(messages__hostile_names__one_plain_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
