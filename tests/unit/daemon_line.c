// SPDX-License-Identifier: GPL-2.0
/*
 * daemon_line.c - tests of the bounded line and the JSON writer
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
#include <inttypes.h>

#include "../../userspace/record/json.h"

#include <time.h>

static char buf[256];
static struct line line;

static int set_up(void **state)
{
	(void)state;
	line_init(&line, buf, sizeof(buf));
	return 0;
}

static void line_bytes__more_than_fits__cut_and_terminated(void **state)
{
	char small[8];

	(void)state;
	memset(small, 'X', sizeof(small));
	line_init(&line, small, 5);
	line_text(&line, "abcdefgh");
	line_text(&line, "i");
	line_u64(&line, 12345);
	assert_string_equal(small, "abcd");
	assert_true(line.cut);
	assert_int_equal(small[5], 'X');
}

static void line_decimal__values__at_most_three_decimals(void **state)
{
	static const struct {
		double value;
		const char *text;
	} cases[] = {
		{ 0, "0" }, { 0.3, "0.3" }, { 350412.0, "350412" }, { 350412.5, "350412.5" }, { 1.0004, "1" }, { 1.0006, "1.001" },
		{ 0.05, "0.05" }, { 0.97, "0.97" }, { 432000000, "432000000" }, { -5, "0" }, { 0.9999, "1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		line_init(&line, buf, sizeof(buf));
		line_decimal(&line, cases[i].value);
		assert_string_equal(buf, cases[i].text);
	}
}

static void line_decimal__monsters__a_number_all_the_same(void **state)
{
	static const struct {
		double value;
		const char *text;
	} cases[] = {
		{ 0.0 / 0.0, "0" }, { -1.0 / 0.0, "0" }, { 1.0 / 0.0, "9000000000000" }, { 1e300, "9000000000000" }, { 1e18, "9000000000000" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		line_init(&line, buf, sizeof(buf));
		line_decimal(&line, cases[i].value);
		assert_string_equal(buf, cases[i].text);
	}
}

static void line_numbers__widths_and_bases(void **state)
{
	(void)state;
	line_padded(&line, 7, 3);
	line_char(&line, ' ');
	line_hex(&line, 0x5f0c2a71d3e8b604ULL, 16);
	line_char(&line, ' ');
	line_hex(&line, 1, 16);
	line_char(&line, ' ');
	line_u64(&line, UINT64_MAX);
	assert_string_equal(buf, "007 5f0c2a71d3e8b604 0000000000000001 18446744073709551615");
}

/* Numbers take ways of their own below 10, 100 and 1000, and by fours of digits. */
static void line_u64__around_each_power__as_printf_has_it(void **state)
{
	uint64_t power = 1;

	(void)state;
	for (int i = 0; i < 20; i++, power *= 10) {
		for (uint64_t value = power - (i > 0); value <= power + 1; value++) {
			char expected[3 * DIGITS_U64 + 8];

			line_init(&line, buf, sizeof(buf));
			line_u64(&line, value);
			line_char(&line, ' ');
			line_hex(&line, value, 1);
			line_char(&line, ' ');
			line_padded(&line, value, 4);
			snprintf(expected, sizeof(expected), "%" PRIu64 " %" PRIx64 " %04" PRIu64, value, value, value);
			assert_string_equal(buf, expected);
		}
	}
}

/* Whole where there is room for it and the longest number besides; never more than the room, and whoever did not fit says so. */
static void json_member__any_room__whole_or_cut(void **state)
{
	static const char whole[] = "{\"n\":12345,\"d\":0.25,\"t\":\"ab\"}";

	(void)state;
	for (size_t size = 1; size <= sizeof(whole) + DIGITS_DECIMAL; size++) {
		char small[sizeof(whole) + DIGITS_DECIMAL + 1];
		struct json json;

		memset(small, 'X', sizeof(small));
		line_init(&line, small, size);
		json = json_begin(&line);
		json_open(&json, NULL, '{');
		json_u64(&json, KEY("n"), 12345);
		json_decimal(&json, KEY("d"), 0.25);
		json_string(&json, KEY("t"), "ab");
		json_close(&json, '}');
		json_end(&json);
		assert_int_equal(small[size], 'X');
		assert_int_equal(small[line.len], '\0');
		assert_int_equal(strncmp(small, whole, line.len), 0);
		assert_true(line.cut == (line.len < sizeof(whole) - 1));
		assert_true(!line.cut || size < sizeof(whole) + DIGITS_DECIMAL);
	}
}

static void line_times__are_utc(void **state)
{
	(void)state;
	setenv("TZ", "EST5", 1);
	tzset();
	line_timestamp(&line, 1795342333123456789ULL);
	line_char(&line, ' ');
	line_clock(&line, 1795342333123456789ULL);
	line_char(&line, ' ');
	line_date(&line, 1795342333123456789ULL);
	assert_string_equal(buf, "2026-11-22T10:12:13.123456Z 10:12:13.123 2026-11-22");
}

/* Every day that a uint64_t of nanoseconds can name, as the C library has it. */
static void line_date__every_day__as_gmtime_has_it(void **state)
{
	(void)state;
	for (uint64_t day = 0; day <= UINT64_MAX / 86400000000000ULL; day++) {
		time_t seconds = (time_t)(day * 86400);
		char expected[16];
		struct tm tm;

		gmtime_r(&seconds, &tm);
		strftime(expected, sizeof(expected), "%Y-%m-%d", &tm);
		line_init(&line, buf, sizeof(buf));
		line_date(&line, day * 86400000000000ULL + day % 86400 * 1000000000ULL);
		assert_string_equal(buf, expected);
	}
}

static const char *quoted(const char *bytes, size_t len)
{
	struct json json;

	line_init(&line, buf, sizeof(buf));
	json = json_begin(&line);
	json_bytes(&json, NULL, bytes, len);
	json_end(&json);
	assert_false(line.cut);
	return buf;
}

/* Texts are looked at in pieces of sixteen, eight and four bytes: an odd one is found at each place of each length. */
static void json_bytes__any_byte_at_any_place__escaped_or_as_it_is(void **state)
{
	char text[48], expected[128];

	(void)state;
	for (size_t len = 0; len < sizeof(text); len++)
		for (size_t at = 0; at < (len ? len : 1); at++)
			for (unsigned int c = 0; c < 256; c++) {
				bool plain = c >= 0x20 && c <= 0x7e && c != '"' && c != '\\';
				char odd[8];

				memset(text, 'a', sizeof(text));
				text[at] = (char)c;
				snprintf(odd, sizeof(odd), plain ? "%c" : c == '"' || c == '\\' ? "\\%c" : "\\u%04x", c);
				snprintf(expected, sizeof(expected), "\"%.*s%s%.*s\"", (int)at, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
					 len ? odd : "", len ? (int)(len - at - 1) : 0, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
				assert_string_equal(quoted(text, len), expected);
			}
}

/* Where the room ends in the middle of a text that is escaped. */
static void json__less_room_than_needed__cut_and_terminated(void **state)
{
	char small[24];

	(void)state;
	for (size_t size = 1; size < sizeof(small); size++) {
		struct line less;
		struct json json;

		memset(small, 'X', sizeof(small));
		line_init(&less, small, size);
		json = json_begin(&less);
		json_open(&json, NULL, '{');
		json_string(&json, KEY("key"), "a\nb\n\n");
		json_u64(&json, KEY("n"), 12345);
		json_end(&json);
		assert_true(less.cut);
		assert_true(less.len < size);
		assert_int_equal(small[less.len], '\0');
		for (size_t i = size; i < sizeof(small); i++)
			assert_int_equal(small[i], 'X');
	}
}

static void json_bytes__hostile_bytes__one_escape_each(void **state)
{
	(void)state;
	assert_string_equal(quoted("a\"b\\c\n\0\x1b[2J\x7f\xff\xc3\xa9", 15),
			    "\"a\\\"b\\\\c\\u000a\\u0000\\u001b[2J\\u007f\\u00ff\\u00c3\\u00a9\"");
}

static void line_plain_escaped__hostile_bytes__no_terminal_sees_them(void **state)
{
	(void)state;
	line_plain_escaped(&line, "a\\b\r\n\x1b]0;x\x07\xe2\x86\x92", 14);
	assert_string_equal(buf, "a\\\\b\\x0d\\x0a\\x1b]0;x\\x07\\xe2\\x86\\x92");
}

static void json__nested__commas_are_right(void **state)
{
	struct json json = json_begin(&line);

	(void)state;
	json_open(&json, NULL, '{');
	json_u64(&json, KEY("a"), 1);
	json_open(&json, KEY("b"), '[');
	json_close(&json, ']');
	json_open(&json, KEY("c"), '[');
	json_string(&json, NULL, "x");
	json_string(&json, NULL, "y");
	json_close(&json, ']');
	json_open(&json, KEY("d"), '{');
	json_bool(&json, KEY("e"), false);
	json_close(&json, '}');
	json_known_decimal(&json, KEY("f"), -1);
	json_known_decimal(&json, KEY("g"), 0);
	json_hex(&json, KEY("h"), 0xab, 4);
	json_close(&json, '}');
	json_end(&json);
	assert_string_equal(buf, "{\"a\":1,\"b\":[],\"c\":[\"x\",\"y\"],\"d\":{\"e\":false},\"g\":0,\"h\":\"00ab\"}");
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(line_bytes__more_than_fits__cut_and_terminated),
		TEST(line_decimal__values__at_most_three_decimals),
		TEST(line_decimal__monsters__a_number_all_the_same),
		TEST(line_numbers__widths_and_bases),
		TEST(line_u64__around_each_power__as_printf_has_it),
		TEST(json_member__any_room__whole_or_cut),
		TEST(line_times__are_utc),
		TEST(line_date__every_day__as_gmtime_has_it),
		TEST(json_bytes__any_byte_at_any_place__escaped_or_as_it_is),
		TEST(json__less_room_than_needed__cut_and_terminated),
		TEST(json_bytes__hostile_bytes__one_escape_each),
		TEST(line_plain_escaped__hostile_bytes__no_terminal_sees_them),
		TEST(json__nested__commas_are_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
