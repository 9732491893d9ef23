// SPDX-License-Identifier: GPL-2.0
/*
 * tool_page.c - tests of text that goes into the report's page, and of the last lines kept for it
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

#include "../../userspace/tool/last_lines.h"
#include "../../userspace/tool/page_json.h"

static char *text;
static size_t text_len;

static void assert_text(const char *given, const char *want)
{
	FILE *out = open_memstream(&text, &text_len);
	struct page_json json = { .out = out };

	assert_non_null(out);
	page_json_text(&json, NULL, given);
	fclose(out);
	assert_string_equal(text, want);
	free(text);
}

static void text__markup__cannot_end_the_element(void **state)
{
	(void)state;
	assert_text("</script><!--&'\"\\", "\"\\u003c/script\\u003e\\u003c!--\\u0026\\u0027\\u0022\\u005c\"");
}

static void text__utf8__as_escapes(void **state)
{
	(void)state;
	assert_text("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\"\\u00e9\\u20ac\\ud83d\\ude00\"");
}

static void text__controls_and_direction__are_visible(void **state)
{
	(void)state;
	assert_text("\033[2J\r\n\x7f", "\"\\\\u001b[2J\\\\u000d\\\\u000a\\\\u007f\"");
	assert_text("a\xe2\x80\xae" "b\xc2\x9b\xef\xbb\xbf", "\"a\\\\u202eb\\\\u009b\\\\ufeff\"");
}

static void text__not_utf8__is_replaced(void **state)
{
	(void)state;
	assert_text("\xff", "\"\\ufffd\"");
	assert_text("\xc0\xaf", "\"\\ufffd\"");		/* overlong */
	assert_text("\xed\xa0\x80", "\"\\ufffd\"");	/* a surrogate */
	assert_text("\xe2\x82", "\"\\ufffd\"");		/* cut */
	assert_text("\xe2<b", "\"\\ufffd\\u003cb\""); /* what follows is not swallowed */
	assert_text("\xf5\x80\x80\x80", "\"\\ufffd\"");
}

static void members__unknown__left_out(void **state)
{
	FILE *out = open_memstream(&text, &text_len);
	struct page_json json = { .out = out };

	(void)state;
	page_json_open(&json, NULL, '{');
	page_json_text(&json, "a", NULL);
	page_json_known(&json, "b", -1);
	page_json_flag(&json, "c", false);
	page_json_number(&json, "d", 350412.25);
	page_json_open(&json, "e", '[');
	page_json_number(&json, NULL, 1);
	page_json_number(&json, NULL, 2);
	page_json_close(&json, ']');
	page_json_flag(&json, "f", true);
	page_json_close(&json, '}');
	fclose(out);
	assert_string_equal(text, "{\"d\":350412.25,\"e\":[1,2],\"f\":true}");
	free(text);
}

static void plain__text_of_an_element__is_no_markup(void **state)
{
	FILE *out = open_memstream(&text, &text_len);

	(void)state;
	page_put_text(out, "a<b>&\033\xe2\n");
	fclose(out);
	assert_string_equal(text, "a&lt;b&gt;&amp;??\n");
	free(text);
}

static void last__more_than_room__the_latest_first(void **state)
{
	struct last_lines *last = last_lines_new(3);
	size_t len;

	(void)state;
	for (int i = 0; i < 5; i++) {
		char line[16];

		last_lines_add(last, 7, line, (size_t)snprintf(line, sizeof(line), "line %d", i));
	}
	assert_int_equal(last_lines_count(last), 3);
	assert_string_equal(last_lines_at(last, 0, &len), "line 4");
	assert_string_equal(last_lines_at(last, 2, &len), "line 2");
	assert_int_equal(len, 6);
	last_lines_free(last);
}

/* As of two gateways, one log behind the other. */
static void last__any_order__the_latest_by_time(void **state)
{
	struct last_lines *last = last_lines_new(100);
	char line[16];
	size_t len;

	(void)state;
	for (unsigned int i = 0; i < 1000; i++) {
		unsigned int ts = i * 7919 % 1000; /* each once */

		last_lines_add(last, ts, line, (size_t)snprintf(line, sizeof(line), "%u", ts));
	}
	assert_int_equal(last_lines_count(last), 100);
	for (unsigned int i = 0; i < 100; i++)
		assert_int_equal(atoi(last_lines_at(last, i, &len)), 999 - i);
	last_lines_add(last, 899, "too old", 7);
	last_lines_add(last, 950, "again", 5);
	assert_int_equal(last_lines_count(last), 100);
	assert_string_equal(last_lines_at(last, 49, &len), "again");
	assert_string_equal(last_lines_at(last, 50, &len), "950");
	assert_string_equal(last_lines_at(last, 99, &len), "901");
	last_lines_free(last);
}

static void last__long_lines__let_the_oldest_go(void **state)
{
	struct last_lines *last = last_lines_new(1000);
	size_t size = LAST_LINES_BYTES / 4, len;
	char *line = calloc(1, size);

	(void)state;
	assert_non_null(line);
	for (int i = 0; i < 10; i++)
		last_lines_add(last, (uint64_t)i, line, size);
	assert_int_equal(last_lines_count(last), 4);
	last_lines_at(last, 3, &len);
	assert_int_equal(len, size);
	last_lines_free(last);
	free(line);
}

static void last__no_room__keeps_nothing(void **state)
{
	struct last_lines *last = last_lines_new(0);

	(void)state;
	last_lines_add(last, 1, "x", 1);
	assert_int_equal(last_lines_count(last), 0);
	last_lines_free(last);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text__markup__cannot_end_the_element),
		cmocka_unit_test(text__utf8__as_escapes),
		cmocka_unit_test(text__controls_and_direction__are_visible),
		cmocka_unit_test(text__not_utf8__is_replaced),
		cmocka_unit_test(members__unknown__left_out),
		cmocka_unit_test(plain__text_of_an_element__is_no_markup),
		cmocka_unit_test(last__more_than_room__the_latest_first),
		cmocka_unit_test(last__any_order__the_latest_by_time),
		cmocka_unit_test(last__long_lines__let_the_oldest_go),
		cmocka_unit_test(last__no_room__keeps_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
