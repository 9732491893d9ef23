// SPDX-License-Identifier: GPL-2.0
/*
 * record_scan.c - tests of reading a record in place, against the reader that keeps it
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../userspace/record/example.h"
#include "../../userspace/record/record_scan.h"

#define FULL                                                                                                                          \
	"{\"v\":1,\"kind\":\"amendment\",\"id\":\"5f-4-2\",\"amends\":\"5f-4-1\",\"ts\":\"2026-02-28T23:59:59.123456Z\",\"gateway\":\"g\\u0000w\","  \
	"\"class\":\"idle-timeout\",\"cause\":\"silent-drop\",\"confidence\":0.97,\"also\":[\"a/b\",7,\"c\\\\d\"],\"stage\":\"established\","        \
	"\"sender\":\"server\",\"both_ends\":true,\"by\":\"transit\",\"direction\":\"reply\",\"client\":{\"ip\":\"2001:db8::1\",\"port\":51234},"     \
	"\"server\":{\"port\":443,\"ip\":\"10.2.0.2\",\"x\":{\"y\":[1,{}]}},\"nat\":{\"client\":{\"ip\":\"192.0.2.1\",\"port\":40001}},"              \
	"\"gap_ms\":350412.25,\"gap_min_ms\":1e3,\"blind\":true,\"idle_ms\":0.3,\"ct_state\":null,\"rst\":{\"flags\":\"R\",\"payload\":\"\\\"}\"},"     \
	"\"count\":3,\"in\":\"\\u00c3\\ud83d\\ude00\\ud800x\",\"netns\":4026531840,\"evidence\":[\"one\",\"two \\u20ac\"],\"held\":false,"            \
	"\"later\":[[[]],-1.5e-3,true],\"lost_before\":2}"

static void same_text(const char *a, const char *b)
{
	assert_int_equal(a == NULL, b == NULL);
	if (a)
		assert_string_equal(a, b);
}

static void same_list(const struct record_list *a, const struct record_list *b)
{
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++)
		assert_string_equal(a->item[i], b->item[i]);
}

static void same_host(const struct record_host *a, const struct record_host *b)
{
	assert_string_equal(a->ip, b->ip);
	assert_int_equal(a->port, b->port);
}

static void same_number(double a, double b)
{
	assert_true(a - b < 1e-6 && b - a < 1e-6);
}

static void same_texts(const struct record *a, const struct record *b)
{
	assert_string_equal(a->id, b->id);
	same_text(a->amends, b->amends);
	same_text(a->gateway, b->gateway);
	same_text(a->class, b->class);
	same_text(a->cause, b->cause);
	same_text(a->stage, b->stage);
	same_text(a->sender, b->sender);
	same_text(a->by, b->by);
	same_text(a->direction, b->direction);
	same_text(a->ct_state, b->ct_state);
	same_text(a->in, b->in);
	same_text(a->out, b->out);
	same_text(a->advice, b->advice);
	same_text(a->where, b->where);
	same_text(a->source, b->source);
}

static void same_record(const struct record *a, const struct record *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_true(a->ts_ns == b->ts_ns || a->ts_ns == 0); /* sscanf() takes more than real times */
	assert_true(a->from_ns == b->from_ns && a->to_ns == b->to_ns);
	assert_true(a->count == b->count && a->netns == b->netns && a->lost_before == b->lost_before);
	assert_true(a->blind == b->blind && a->both_ends == b->both_ends && a->held == b->held);
	same_texts(a, b);
	same_number(a->confidence, b->confidence);
	same_number(a->gap_ms, b->gap_ms);
	same_number(a->gap_min_ms, b->gap_min_ms);
	same_number(a->gap_max_ms, b->gap_max_ms);
	same_number(a->idle_ms, b->idle_ms);
	same_number(a->age_ms, b->age_ms);
	same_number(a->lost, b->lost);
	same_host(&a->client, &b->client);
	same_host(&a->server, &b->server);
	same_host(&a->nat_client, &b->nat_client);
	same_host(&a->nat_server, &b->nat_server);
	same_list(&a->also, &b->also);
	same_list(&a->evidence, &b->evidence);
	same_list(&a->candidates, &b->candidates);
}

/* In memory of its own, so that the sanitizer sees a step too far. True: both readers take the line, and say the same. */
static bool scans_as_parsed(const char *text, size_t len)
{
	char *copy = malloc(len + 1);
	struct record_document *document;
	struct record scanned, parsed;
	bool good;

	assert_non_null(copy);
	memcpy(copy, text, len);
	good = record_scan(copy, len, &scanned);
	document = record_parse(text, len, &parsed);
	if (good) {
		if (!document)
			fail_msg("scanned, not parsed: %.*s", (int)len, text);
		same_record(&scanned, &parsed);
	}
	record_release(document);
	free(copy);
	return good;
}

static void scan__every_cause__as_parsed(void **state)
{
	static char buf[RECORD_LINE_MAX];
	struct record record;
	struct line line;

	(void)state;
	for (enum cause cause = 0; cause < CAUSE_COUNT; cause++) {
		record_example(&record, cause);
		line_init(&line, buf, sizeof(buf));
		record_json(&line, &record);
		assert_true(scans_as_parsed(line.data, line.len));
	}
}

static void scan__all_that_json_may_hold__as_parsed(void **state)
{
	char text[] = FULL;
	struct record record;

	(void)state;
	assert_true(scans_as_parsed(FULL, strlen(FULL)));
	assert_true(record_scan(text, strlen(text), &record));
	assert_true(record.ts_ns == 1772323199123456000ULL);
	assert_string_equal(record.in, "\xc3\x83\xf0\x9f\x98\x80\xef\xbf\xbdx");
	assert_string_equal(record.also.item[1], "c\\d");
	same_number(record.gap_min_ms, 1000);
}

static void scan__cut_anywhere__refused(void **state)
{
	(void)state;
	for (size_t len = 0; len < strlen(FULL); len++)
		assert_false(scans_as_parsed(FULL, len));
}

static void scan__bytes_changed__never_other_than_parsed(void **state)
{
	static const char bytes[] = "\"\\{}[]:,0e-. u\x01\xff";
	size_t len = strlen(FULL), taken = 0;
	char text[sizeof(FULL)];

	(void)state;
	for (size_t at = 0; at < len; at++)
		for (size_t i = 0; i < sizeof(bytes); i++) {
			memcpy(text, FULL, sizeof(FULL));
			text[at] = bytes[i];
			taken += scans_as_parsed(text, len);
		}
	assert_true(taken > len);
}

static void scan__not_a_record__refused(void **state)
{
	static const char *const lines[] = {
		"", "null", "[]", "{}", "{\"v\":1}", "{\"v\":2,\"kind\":\"reset\"}", "{\"v\":1,\"kind\":\"tea\"}", "{\"v\":1,\"kind\":\"reset\"} x",
		"{\"v\":1,\"kind\":\"reset\",}", "{\"v\":1 \"kind\":\"reset\"}", "{\"v\":1,\"kind\":\"reset\",\"x\":[1,]}",
		"{\"v\":1,\"kind\":\"reset\",\"x\":\"\\q\"}", "{\"v\":1,\"kind\":\"reset\",\"x\":\"\\u12\"}", "{\"v\":1,\"kind\":\"reset\",\"x\":1x}",
		"{\"v\":1,\"kind\":\"reset\",\"x\":[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char text[128];
		struct record record;

		snprintf(text, sizeof(text), "%s", lines[i]);
		if (record_scan(text, strlen(text), &record))
			fail_msg("taken: %s", lines[i]);
	}
}

static void scan__times__only_real_ones(void **state)
{
	static const char *const times[] = { "2026-13-01T00:00:00.000000Z", "2026-00-01T00:00:00.000000Z", "1969-12-31T23:59:59.999999Z",
					     "2026-11-22 10:12:13.123456Z", "2026-11-22T24:00:00.000000Z", "2026-11-2xT10:12:13.123456Z" };

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		char text[128];
		struct record record;

		snprintf(text, sizeof(text), "{\"v\":1,\"kind\":\"loss\",\"ts\":\"%s\"}", times[i]);
		assert_true(record_scan(text, strlen(text), &record));
		assert_true(record.ts_ns == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scan__every_cause__as_parsed),
		cmocka_unit_test(scan__all_that_json_may_hold__as_parsed),
		cmocka_unit_test(scan__cut_anywhere__refused),
		cmocka_unit_test(scan__bytes_changed__never_other_than_parsed),
		cmocka_unit_test(scan__not_a_record__refused),
		cmocka_unit_test(scan__times__only_real_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
