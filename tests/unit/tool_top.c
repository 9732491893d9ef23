// SPDX-License-Identifier: GPL-2.0
/*
 * tool_top.c - tests of what top remembers, groups and draws
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../userspace/tool/top_screen.h"

#define SECOND 1000000000ULL
#define NOW (1795342200ULL * SECOND)

static struct top_events *events;
static struct top_view view;
static struct top_settings settings;
static struct record record;
static char screen_text[TOP_SCREEN_MAX];

static int set_up(void **state)
{
	(void)state;
	events = top_events_new();
	settings = (struct top_settings){ .window = TOP_FIVE };
	return events ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	top_events_free(events);
	return 0;
}

static struct record *told(enum cause cause, unsigned int number, uint64_t seconds_ago)
{
	record_init(&record, RECORD_RESET);
	snprintf(record.id, sizeof(record.id), "5f-1-%u", number);
	record.ts_ns = NOW - seconds_ago * SECOND;
	record.class = class_name(cause_text(cause)->class);
	record.cause = cause_name(cause);
	record.sender = "server";
	record.count = 1;
	strcpy(record.client.ip, "10.1.0.77");
	strcpy(record.server.ip, "10.2.0.2");
	record.server.port = 443;
	return &record;
}

static void add(enum cause cause, unsigned int number, uint64_t seconds_ago)
{
	top_events_add(events, told(cause, number, seconds_ago));
}

static void make(void)
{
	assert_true(top_view_make(&view, events, &settings, NOW));
}

static void window__older_ones__are_not_in_it(void **state)
{
	(void)state;
	add(CAUSE_ABORT, 1, 30);
	add(CAUSE_ABORT, 2, 200);
	add(CAUSE_ABORT, 3, 2000);
	for (settings.window = 0; settings.window < TOP_WINDOWS; settings.window++) {
		static const uint64_t want[] = { 1, 2, 3, 3 };

		make();
		assert_int_equal(view.events, want[settings.window]);
	}
}

static void amendment__of_a_remembered_one__changes_it(void **state)
{
	(void)state;
	add(CAUSE_ABORT, 1, 30);
	told(CAUSE_CRASH, 2, 30)->kind = RECORD_AMENDMENT;
	record.amends = "5f-1-1";
	top_events_add(events, &record);
	make();
	assert_int_equal(view.events, 1);
	assert_int_equal(top_row_cause(&view.row[0]), CAUSE_CRASH);
}

static void amendment__passed_over__its_event_is_not_shown(void **state)
{
	(void)state;
	add(CAUSE_ABORT, 1, 30);
	add(CAUSE_CRASH, 2, 30);
	told(CAUSE_HOST_LOST, 3, 30)->kind = RECORD_AMENDMENT;
	record.amends = "5f-1-1";
	top_events_pass_over(events, &record);
	make();
	assert_int_equal(view.events, 1);
	assert_int_equal(view.rows, 1);
	assert_int_equal(top_row_cause(&view.row[0]), CAUSE_CRASH);
}

static void noise__hidden__until_asked_for(void **state)
{
	(void)state;
	told(CAUSE_PROBE, 1, 10)->kind = RECORD_SUMMARY;
	record.count = 40;
	top_events_add(events, &record);
	add(CAUSE_ABORT, 2, 10);
	make();
	assert_int_equal(view.events, 1);
	settings.noise = true;
	make();
	assert_int_equal(view.events, 41);
	assert_int_equal(view.row[0].count, 40);
}

static void groups__by_each__are_right(void **state)
{
	static const size_t want[] = { [TOP_BY_PATH] = 3, [TOP_BY_CAUSE] = 2, [TOP_BY_SERVER] = 2, [TOP_BY_CLIENT] = 2 };

	(void)state;
	add(CAUSE_ABORT, 1, 10);
	add(CAUSE_REFUSED, 2, 10);
	strcpy(told(CAUSE_ABORT, 3, 10)->client.ip, "10.1.0.78"); /* the same network */
	top_events_add(events, &record);
	strcpy(told(CAUSE_ABORT, 4, 10)->server.ip, "2001:db8::1");
	top_events_add(events, &record);
	for (settings.by = 0; settings.by < TOP_BYS; settings.by++) {
		make();
		assert_int_equal(view.rows, want[settings.by]);
	}
}

static void sort__latest_first__or_most(void **state)
{
	(void)state;
	add(CAUSE_ABORT, 1, 50);
	add(CAUSE_ABORT, 2, 40);
	add(CAUSE_REFUSED, 3, 5);
	make();
	assert_int_equal(top_row_cause(&view.row[0]), CAUSE_ABORT);
	settings.sort = TOP_SORT_LAST;
	make();
	assert_int_equal(top_row_cause(&view.row[0]), CAUSE_REFUSED);
}

static void flood__more_than_remembered__is_said(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < TOP_EVENTS + 10; i++)
		add(CAUSE_ABORT, i, 10);
	make();
	assert_int_equal(view.events, TOP_EVENTS);
	assert_true(view.short_memory);
}

static size_t columns_of(const char *text, size_t len)
{
	size_t columns = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\033')
			i += strcspn(text + i, "m");
		else
			columns += ((unsigned char)text[i] & 0xc0) != 0x80;
	}
	return columns;
}

static void assert_fits(size_t columns, size_t lines)
{
	struct top_screen screen = { .columns = columns, .lines = lines, .colour = true, .now_ns = NOW };
	struct line line;
	size_t have = 0;

	line_init(&line, screen_text, sizeof(screen_text));
	make();
	top_screen_draw(&line, &screen, &view, &settings, 7);
	assert_false(line.cut);
	for (const char *at = screen_text; *at; at += strcspn(at, "\n") + 1, have++)
		if (columns_of(at, strcspn(at, "\n")) > columns)
			fail_msg("%zu columns at %zux%zu: %.*s", columns_of(at, strcspn(at, "\n")), columns, lines, (int)strcspn(at, "\n"), at);
	assert_int_equal(have, lines);
}

static void screen__any_size__is_filled_and_not_passed(void **state)
{
	static const size_t sizes[][2] = { { 80, 24 }, { 40, 8 }, { 69, 10 }, { 70, 12 }, { 132, 43 }, { 400, 300 } };

	(void)state;
	for (unsigned int i = 0; i < 2000; i++) {
		told((enum cause)(i % CAUSE_COUNT), i, i % 200);
		snprintf(record.server.ip, sizeof(record.server.ip), "2001:db8:aaaa:bbbb:cccc:dddd:eeee:%x", i);
		snprintf(record.client.ip, sizeof(record.client.ip), "2001:db8:aaaa:%x:cccc:dddd:eeee:1", i);
		record.server.port = 65535;
		record.gap_ms = 86400000.0 * i;
		top_events_add(events, &record);
	}
	settings.noise = true;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (unsigned int mode = 0; mode < 3 * TOP_BYS; mode++) {
			settings.by = mode % TOP_BYS;
			settings.help = mode / TOP_BYS == 1;
			settings.details = mode / TOP_BYS == 2;
			settings.selected = mode * 40;
			assert_fits(sizes[i][0], sizes[i][1]);
		}
}

static void screen__80_columns__who_whom_and_why_are_whole(void **state)
{
	struct top_screen screen = { .columns = 80, .lines = 24, .now_ns = NOW };
	struct line line;

	(void)state;
	told(CAUSE_REMOTE_ON_NEXT_PACKET, 1, 3)->gap_ms = 350412;
	top_events_add(events, &record);
	make();
	line_init(&line, screen_text, sizeof(screen_text));
	top_screen_draw(&line, &screen, &view, &settings, 0);
	assert_non_null(strstr(screen_text, ">      1    3 s 10.2.0.2:443 \xe2\x86\x92 10.1.0.0/24"));
	assert_non_null(strstr(screen_text, " remote-on-next-packet 350.4 s"));
}

/* Whatever the age and the count, there is a space before the name: a row of 100 minutes once had none. */
static void screen__any_age_and_count__leave_the_name_apart(void **state)
{
	static const struct {
		uint64_t seconds, count;
		const char *numbers;
	} rows[] = { { 119, 1, "      1  119 s " },           { 120, 1, "      1  2 min " },        { 5969, 1, "      1 99 min " },
		     { 5970, 1, "      1    2 h " },          { 7199, 1, "      1    2 h " },       { 172799, 1, "      1   48 h " },
		     { 172800, 9999999, "9999999    2 d " },  { 86399999, 1, "      1 1000 d " },   { 1700000000, 10000000, "   10 M   54 y " },
		     { 3, 9999999999, " 4294 M    3 s " } };

	struct top_screen screen = { .columns = 80, .lines = 24, .now_ns = NOW };
	struct line line;

	(void)state;
	settings.window = TOP_ALL;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char wanted[64];

		top_events_free(events);
		events = top_events_new();
		told(CAUSE_ABORT, 1, rows[i].seconds)->count = rows[i].count;
		record.kind = rows[i].count > 1 ? RECORD_SUMMARY : RECORD_RESET;
		top_events_add(events, &record);
		make();
		line_init(&line, screen_text, sizeof(screen_text));
		top_screen_draw(&line, &screen, &view, &settings, 0);
		snprintf(wanted, sizeof(wanted), "%s10.", rows[i].numbers);
		if (!strstr(screen_text, wanted))
			fail_msg("no \"%s\" in %s", wanted, screen_text);
	}
}

static void screen__nothing_in_the_window__says_when_the_last_was(void **state)
{
	struct top_screen screen = { .columns = 80, .lines = 24, .now_ns = NOW };
	struct line line;

	(void)state;
	add(CAUSE_ABORT, 1, 3 * 3600);
	make();
	line_init(&line, screen_text, sizeof(screen_text));
	top_screen_draw(&line, &screen, &view, &settings, 0);
	assert_non_null(strstr(screen_text, "the latest was 3 h 0 min ago"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(window__older_ones__are_not_in_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(amendment__of_a_remembered_one__changes_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(amendment__passed_over__its_event_is_not_shown, set_up, tear_down),
		cmocka_unit_test_setup_teardown(noise__hidden__until_asked_for, set_up, tear_down),
		cmocka_unit_test_setup_teardown(groups__by_each__are_right, set_up, tear_down),
		cmocka_unit_test_setup_teardown(sort__latest_first__or_most, set_up, tear_down),
		cmocka_unit_test_setup_teardown(flood__more_than_remembered__is_said, set_up, tear_down),
		cmocka_unit_test_setup_teardown(screen__any_size__is_filled_and_not_passed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(screen__80_columns__who_whom_and_why_are_whole, set_up, tear_down),
		cmocka_unit_test_setup_teardown(screen__any_age_and_count__leave_the_name_apart, set_up, tear_down),
		cmocka_unit_test_setup_teardown(screen__nothing_in_the_window__says_when_the_last_was, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
