// SPDX-License-Identifier: GPL-2.0
/*
 * daemon_filter.c - tests of what rstwhy tail shows
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

#include "../../userspace/tool/filter.h"

static struct filter filter;
static struct record record;
static char error[FILTER_ERROR_MAX];

static int set_up(void **state)
{
	(void)state;
	memset(&filter, 0, sizeof(filter));
	error[0] = '\0';
	record_init(&record, RECORD_RESET);
	record.class = "application";
	record.cause = "refused";
	record.confidence = 0.8;
	record.client = (struct record_host){ .ip = "10.1.0.2", .port = 51234 };
	record.server = (struct record_host){ .ip = "2001:db8::2", .port = 443 };
	return 0;
}

static bool passes(void)
{
	return filter_match(&filter, &record);
}

static void filter_match__no_criterion__all_but_noise(void **state)
{
	(void)state;
	assert_true(passes());
	record.class = "noise";
	record.cause = "probe";
	assert_false(passes());
	filter.all = true;
	assert_true(passes());
}

static void filter_match__noise_asked_for_by_name__shown(void **state)
{
	(void)state;
	record.class = "noise";
	record.cause = "probe";
	assert_true(filter_add_causes(&filter, "probe", error));
	assert_true(passes());
	set_up(state);
	record.class = "noise";
	assert_true(filter_add_classes(&filter, "noise", error));
	assert_true(passes());
}

static void filter_match__classes__any_of_them(void **state)
{
	(void)state;
	assert_true(filter_add_classes(&filter, "idle-timeout,application", error));
	assert_true(passes());
	record.class = "unknown";
	assert_false(passes());
}

static void filter_match__causes__by_either_spelling(void **state)
{
	(void)state;
	assert_true(filter_add_causes(&filter, "application/refused", error));
	assert_true(passes());
	record.cause = "abort";
	assert_false(passes());
	assert_true(filter_add_causes(&filter, "abort", error));
	assert_true(passes());
}

static void filter_match__address__any_end_also_translated(void **state)
{
	(void)state;
	assert_true(filter_add_addresses(&filter, "192.0.2.0/24", error));
	assert_false(passes());
	record.nat_client = (struct record_host){ .ip = "192.0.2.9", .port = 7 };
	assert_true(passes());
	set_up(state);
	assert_true(filter_add_addresses(&filter, "2001:db8::/32", error));
	assert_true(passes());
	set_up(state);
	assert_true(filter_add_addresses(&filter, "10.1.0.2:80", error));
	assert_false(passes());
}

static void filter_match__port__any_end(void **state)
{
	(void)state;
	assert_true(filter_add_ports(&filter, "80,443", error));
	assert_true(passes());
	record.server.port = 444;
	assert_false(passes());
}

static void filter_match__confidence__at_least(void **state)
{
	(void)state;
	assert_true(filter_set_confidence(&filter, "0.8", error));
	assert_true(passes());
	record.confidence = 0.79;
	assert_false(passes());
}

static void filter_match__criteria_of_two_sorts__both_must_hold(void **state)
{
	(void)state;
	assert_true(filter_add_ports(&filter, "443", error));
	assert_true(filter_add_addresses(&filter, "10.9.0.0/16", error));
	assert_false(passes());
}

static void filter_match__loss__always_shown(void **state)
{
	(void)state;
	record_init(&record, RECORD_LOSS);
	assert_true(filter_add_causes(&filter, "refused", error));
	assert_true(filter_add_ports(&filter, "1", error));
	assert_true(passes());
}

static void filter_match__summary__by_class_and_source(void **state)
{
	(void)state;
	record_init(&record, RECORD_SUMMARY);
	record.class = "noise";
	record.cause = "probe";
	record.source = "10.1.0.2";
	assert_false(passes());
	filter.all = true;
	assert_true(passes());
	assert_true(filter_add_addresses(&filter, "10.2.0.0/16", error));
	assert_false(passes());
}

static void filter_match__cause_of_a_newer_daemon__shown_unless_others_asked_for(void **state)
{
	(void)state;
	record.class = "novelty";
	record.cause = "brand-new";
	assert_true(passes());
	assert_true(filter_add_causes(&filter, "refused", error));
	assert_false(passes());
}

static void filter_add__bad_words__refused_with_what_is_allowed(void **state)
{
	(void)state;
	assert_false(filter_add_classes(&filter, "application,idle", error));
	assert_non_null(strstr(error, "\"idle\" is no class; allowed: idle-timeout"));
	assert_false(filter_add_causes(&filter, "refusd", error));
	assert_non_null(strstr(error, "\"refusd\" is no cause (refused?)"));
	assert_false(filter_add_addresses(&filter, "10.0.0.1,foo", error));
	assert_non_null(strstr(error, "\"foo\""));
	assert_false(filter_add_ports(&filter, "70000", error));
	assert_false(filter_add_ports(&filter, "10.0.0.1", error));
	assert_false(filter_add_ports(&filter, ":80", error));
	assert_false(filter_set_confidence(&filter, "", error));
	assert_false(filter_set_confidence(&filter, "97 %", error));
	assert_false(filter_set_confidence(&filter, "nan", error));
	assert_false(filter_set_confidence(&filter, "1.01", error));
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(filter_match__no_criterion__all_but_noise),
		TEST(filter_match__noise_asked_for_by_name__shown),
		TEST(filter_match__classes__any_of_them),
		TEST(filter_match__causes__by_either_spelling),
		TEST(filter_match__address__any_end_also_translated),
		TEST(filter_match__port__any_end),
		TEST(filter_match__confidence__at_least),
		TEST(filter_match__criteria_of_two_sorts__both_must_hold),
		TEST(filter_match__loss__always_shown),
		TEST(filter_match__summary__by_class_and_source),
		TEST(filter_match__cause_of_a_newer_daemon__shown_unless_others_asked_for),
		TEST(filter_add__bad_words__refused_with_what_is_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
