// SPDX-License-Identifier: GPL-2.0
/*
 * daemon_text.c - tests of a record for people
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
#include <unistd.h>

#include <cmocka.h>

#include "../../userspace/record/example.h"

static char buf[RECORD_LINE_MAX];
static struct record record;

static int set_up(void **state)
{
	(void)state;
	record_init(&record, RECORD_RESET);
	record.ts_ns = 1795342333123456789ULL;
	record.class = "idle-timeout";
	record.cause = "remote-on-next-packet";
	record.confidence = 0.97;
	record.stage = "established";
	record.sender = "server";
	record.by = "transit";
	record.direction = "reply";
	record.client = (struct record_host){ .ip = "10.1.0.2", .port = 51234 };
	record.server = (struct record_host){ .ip = "10.2.0.2", .port = 443 };
	record.gap_ms = 350412;
	record.count = 1;
	record.evidence.item[0] = "the client's next segment was answered by RST in 0.3 ms";
	record.evidence.count = 1;
	record.candidates.item[0] = "AWS NLB 350 s";
	record.candidates.count = 1;
	record.advice = "set keepalive below 350 s";
	return 0;
}

static const char *text(bool colour)
{
	struct line line;

	line_init(&line, buf, sizeof(buf));
	record_text(&line, &record, colour);
	return buf;
}

static bool tells(const char *what)
{
	return strstr(text(false), what) != NULL;
}

static void record_text__idle_timeout__who_when_why_how_sure_what_to_do(void **state)
{
	(void)state;
	assert_string_equal(text(false),
			    "10:12:13.123 idle-timeout/remote-on-next-packet  server side \xe2\x86\x92 10.1.0.2:51234  for 10.2.0.2:443\n"
			    "             established, after 350.4 s of silence; the client's next segment was answered by RST in 0.3 ms\n"
			    "             candidates: AWS NLB 350 s \xc2\xb7 97 % \xc2\xb7 set keepalive below 350 s\n");
}

static void record_text__sender_client__goes_to_the_server(void **state)
{
	(void)state;
	record.sender = "client";
	assert_true(tells("client side \xe2\x86\x92 10.2.0.2:443  from 10.1.0.2:51234\n"));
}

static void record_text__gateway_itself__direction_tells_whom(void **state)
{
	(void)state;
	record.by = "gateway-reject";
	record.sender = "gateway";
	assert_true(tells("this gateway \xe2\x86\x92 10.1.0.2:51234  for"));
	record.direction = "original";
	assert_true(tells("this gateway \xe2\x86\x92 10.2.0.2:443  from"));
}

static void record_text__confidence__rounded_to_whole_percents(void **state)
{
	(void)state;
	record.confidence = 0.29; /* as a double a little less */
	assert_true(tells(" 29 % "));
	record.confidence = 1.0;
	assert_true(tells(" 100 % "));
}

static void record_text__ipv6__in_brackets(void **state)
{
	(void)state;
	record.client = (struct record_host){ .ip = "2001:db8::1", .port = 5 };
	assert_true(tells("[2001:db8::1]:5"));
}

static void record_text__nat_both_ends_train__told(void **state)
{
	(void)state;
	record.both_ends = true;
	record.count = 3;
	record.nat_client = (struct record_host){ .ip = "192.0.2.1", .port = 40001 };
	assert_true(tells("and the other end, too"));
	assert_true(tells("  \xc3\x97" "3\n"));
	assert_true(tells("(NAT: 192.0.2.1:40001 \xe2\x86\x92 10.2.0.2:443)"));
}

static void record_text__bounds_only__both_told(void **state)
{
	(void)state;
	record.gap_ms = -1;
	record.gap_min_ms = 500;
	record.gap_max_ms = 30000;
	assert_true(tells("after 500 ms to 30 s of silence"));
}

static void record_text__nothing_known__still_a_record(void **state)
{
	(void)state;
	record_init(&record, RECORD_RESET);
	assert_string_equal(text(false), "00:00:00.000 unknown/ambiguous  somebody \xe2\x86\x92 ?  for ?\n             stage unknown\n             0 %\n");
}

static void record_text__hostile_strings__no_control_characters(void **state)
{
	(void)state;
	record.class = "\x1b[31m";
	record.evidence.item[0] = "forged\n10:00:00.000 line\r\x9b";
	record.advice = "\x1b]0;title\x07";
	record.rst = (struct record_rst){ .payload = "a\n\x1b[2J\0b", .payload_len = 8 };
	text(false);
	for (const char *c = buf; *c; c++)
		assert_true(*c >= 0x20 || *c == '\n' || *c < 0);
	assert_null(strstr(buf, "\n10:00:00.000"));
	assert_non_null(strstr(buf, "the RST says \"a\\x0a\\x1b[2J\\x00b\""));
}

static void record_text__long_evidence__goes_on_in_further_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < 4; i++)
		record.evidence.item[i] = "a sentence of some length that tells a thing about the reset";
	record.evidence.count = 4;
	text(false);
	for (char *line = strtok(buf, "\n"); line; line = strtok(NULL, "\n"))
		assert_true(strlen(line) < 130);
}

static void record_text__colour__only_when_asked(void **state)
{
	(void)state;
	assert_null(strchr(text(false), '\x1b'));
	assert_non_null(strchr(text(true), '\x1b'));
}

static void record_text__loss__in_one_line(void **state)
{
	(void)state;
	record_init(&record, RECORD_LOSS);
	record.lost = 12;
	record.where = "netlink";
	assert_true(tells(" -- 12 records lost (netlink)"));
	record.lost = 1;
	assert_true(tells(" -- 1 record lost (netlink)"));
	record.lost = -1;
	record.where = "restart";
	assert_true(tells(" -- an unknown number of records lost (restart)"));
}

static void record_text__summary__in_one_line(void **state)
{
	(void)state;
	record_init(&record, RECORD_SUMMARY);
	record.class = "noise";
	record.cause = "probe";
	record.source = "10.0.0.1";
	record.count = 120;
	assert_true(tells("noise/probe  120 more from 10.0.0.1 since "));
}

static void record_day__told_when_it_changes(void **state)
{
	struct line line;
	uint64_t day = 0;

	(void)state;
	line_init(&line, buf, sizeof(buf));
	record_day(&line, 1795342333123456789ULL, &day);
	record_day(&line, 1795342333123456789ULL + 1000, &day);
	record_day(&line, 1795342333123456789ULL + 86400000000000ULL, &day);
	assert_string_equal(buf, "-- 2026-11-22 UTC\n-- 2026-11-23 UTC\n");
}

/* As the log has it, and of the cause that it is an example of; it survives the way through the log. */
static void record_example__every_cause__whole(void **state)
{
	static struct record parsed;

	(void)state;
	for (enum cause cause = 0; cause < CAUSE_COUNT; cause++) {
		struct record_document *document;
		struct line line;

		record_example(&record, cause);
		assert_true(record.evidence.count && record.evidence.item[0] && record.confidence > 0);
		assert_true(tells(cause_path(cause)) && tells(cause_text(cause)->advice) && tells(" % "));
		assert_true(tells("10.1.0.2:51234") && tells("10.2.0.2:443"));
		assert_int_equal(strncmp(text(false) + 13, cause_path(cause), strlen(cause_path(cause))), 0);
		line_init(&line, buf, sizeof(buf));
		record_json(&line, &record);
		document = record_parse(line.data, line.len, &parsed);
		assert_non_null(document);
		assert_string_equal(parsed.class, class_name(cause_text(cause)->class));
		assert_string_equal(parsed.cause, cause_name(cause));
		record_release(document);
	}
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(record_text__idle_timeout__who_when_why_how_sure_what_to_do),
		TEST(record_example__every_cause__whole),
		TEST(record_text__sender_client__goes_to_the_server),
		TEST(record_text__gateway_itself__direction_tells_whom),
		TEST(record_text__confidence__rounded_to_whole_percents),
		TEST(record_text__ipv6__in_brackets),
		TEST(record_text__nat_both_ends_train__told),
		TEST(record_text__bounds_only__both_told),
		TEST(record_text__nothing_known__still_a_record),
		TEST(record_text__hostile_strings__no_control_characters),
		TEST(record_text__long_evidence__goes_on_in_further_lines),
		TEST(record_text__colour__only_when_asked),
		TEST(record_text__loss__in_one_line),
		TEST(record_text__summary__in_one_line),
		TEST(record_day__told_when_it_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
