// SPDX-License-Identifier: GPL-2.0
/*
 * tool_tally.c - tests of what a report counts
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

#include "../../userspace/tool/tally.h"

#define SECOND 1000000000ULL
#define NOON (1763812800ULL * SECOND)

static struct tally *tally;
static struct record record;

static int set_up(void **state)
{
	(void)state;
	tally = tally_new();
	return tally ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	tally_free(tally);
	return 0;
}

/* One reset of the cause, told as the record number of the log. */
static struct record *told(enum cause cause, unsigned int number)
{
	record_init(&record, RECORD_RESET);
	snprintf(record.id, sizeof(record.id), "5f-1-%u", number);
	record.ts_ns = NOON + number * SECOND;
	record.gateway = "gw1";
	record.class = class_name(cause_text(cause)->class);
	record.cause = cause_name(cause);
	record.count = 3;
	strcpy(record.client.ip, "10.1.0.77");
	strcpy(record.server.ip, "10.2.0.2");
	record.server.port = 443;
	return &record;
}

static void tally__a_train__is_one_event(void **state)
{
	(void)state;
	tally_add(tally, told(CAUSE_ABORT, 1));
	assert_int_equal(tally->events, 1);
	assert_int_equal(tally->causes[CAUSE_ABORT], 1);
	assert_int_equal(tally->classes[CLASS_APPLICATION], 1);
}

static void tally__amendment__moves_the_event(void **state)
{
	struct tally_ranked ranked[4];

	(void)state;
	tally_add(tally, told(CAUSE_ABORT, 1));
	told(CAUSE_CRASH, 2)->kind = RECORD_AMENDMENT;
	record.amends = "5f-1-1";
	tally_add(tally, &record);
	assert_int_equal(tally->events, 1);
	assert_int_equal(tally->amended, 1);
	assert_int_equal(tally->causes[CAUSE_ABORT], 0);
	assert_int_equal(tally->causes[CAUSE_CRASH], 1);
	assert_int_equal(tally_rank(tally->paths, ranked, 4), 1);
	assert_int_equal(tally_main_cause(ranked[0].place), CAUSE_CRASH);
	assert_int_equal(tally_harm(ranked[0].place), 1);
}

static void tally__amendment_of_the_only_idle_kill__no_silence_is_left(void **state)
{
	struct tally_ranked ranked[4];

	(void)state;
	told(CAUSE_REMOTE_AT_EXPIRY, 1)->gap_ms = 350000;
	tally_add(tally, &record);
	told(CAUSE_HOST_LOST, 2)->kind = RECORD_AMENDMENT;
	record.amends = "5f-1-1";
	record.gap_ms = 350000;
	tally_add(tally, &record);
	assert_int_equal(tally_rank(tally->servers, ranked, 4), 1);
	assert_true(ranked[0].place->gap_max_ms == 0);
}

static void tally__second_amendment_of_one__moves_it_again(void **state)
{
	(void)state;
	tally_add(tally, told(CAUSE_ABORT, 1));
	for (unsigned int i = 2; i < 4; i++) {
		told(i == 2 ? CAUSE_CRASH : CAUSE_HOST_LOST, i)->kind = RECORD_AMENDMENT;
		record.amends = "5f-1-1";
		tally_add(tally, &record);
	}
	assert_int_equal(tally->events, 1);
	assert_int_equal(tally->causes[CAUSE_HOST_LOST], 1);
	assert_int_equal(tally->causes[CAUSE_CRASH], 0);
}

/* --class application, of what was amended to another class and back. */
static void tally__amendment_passed_over__takes_the_event_back(void **state)
{
	(void)state;
	tally_add(tally, told(CAUSE_ABORT, 1));
	tally_add(tally, told(CAUSE_ABORT, 2));
	told(CAUSE_HOST_LOST, 3)->kind = RECORD_AMENDMENT;
	record.amends = "5f-1-1";
	tally_pass_over(tally, &record);
	tally_pass_over(tally, &record);
	tally_pass_over(tally, told(CAUSE_HOST_LOST, 2));
	assert_int_equal(tally->events, 1);
	assert_int_equal(tally->causes[CAUSE_ABORT], 1);
	told(CAUSE_CRASH, 4)->kind = RECORD_AMENDMENT;
	record.amends = "5f-1-1";
	tally_add(tally, &record);
	assert_int_equal(tally->events, 2);
	assert_int_equal(tally->causes[CAUSE_CRASH], 1);
}

static void tally__amendment_of_what_was_not_read__counts(void **state)
{
	(void)state;
	told(CAUSE_CRASH, 2)->kind = RECORD_AMENDMENT;
	record.amends = "5f-1-1";
	tally_add(tally, &record);
	assert_int_equal(tally->events, 1);
	assert_int_equal(tally->amended, 0);
}

static void tally__summary__counts_as_many_as_it_says(void **state)
{
	(void)state;
	told(CAUSE_PROBE, 1)->kind = RECORD_SUMMARY;
	record.count = 250;
	tally_add(tally, &record);
	assert_int_equal(tally->events, 250);
	assert_int_equal(tally->classes[CLASS_NOISE], 250);
}

static void tally__losses__added_up_by_place(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		record_init(&record, RECORD_LOSS);
		record.where = i == 1 ? "rate" : "netlink";
		record.lost = i == 2 ? -1 : 10;
		tally_add(tally, &record);
	}
	assert_string_equal(tally->losses[0].where, "netlink");
	assert_int_equal(tally->losses[0].lost, 10);
	assert_int_equal(tally->losses[0].unknown, 1);
	assert_int_equal(tally->losses[1].lost, 10);
	assert_int_equal(tally->events, 0);
}

static void tally__gap__in_the_bar_of_its_class(void **state)
{
	int bar = gaps_bar(350000);

	(void)state;
	told(CAUSE_REMOTE_ON_NEXT_PACKET, 1)->gap_ms = 350000;
	tally_add(tally, &record);
	told(CAUSE_ABORT, 2)->gap_ms = 350000;
	tally_add(tally, &record);
	told(CAUSE_AFTER_CLOSE, 3)->gap_ms = 350000;
	tally_add(tally, &record);
	assert_int_equal(tally->gaps.idle[bar], 1);
	assert_int_equal(tally->gaps.other[bar], 1);
	assert_true(gaps_begin_ms((size_t)bar) <= 350000 && gaps_begin_ms((size_t)bar + 1) > 350000);
}

static void tally__unknown_words__are_other_and_unknown(void **state)
{
	(void)state;
	told(CAUSE_ABORT, 1)->class = "a-new-class";
	record.cause = "a-new-cause";
	tally_add(tally, &record);
	assert_int_equal(tally->causes[TALLY_OTHER], 1);
	assert_int_equal(tally->classes[CLASS_UNKNOWN], 1);
}

static void tally__worst_path__comes_first_and_noise_is_none(void **state)
{
	struct tally_ranked ranked[2];

	(void)state;
	for (unsigned int i = 0; i < 9; i++) {
		told(i < 4 ? CAUSE_PROBE : CAUSE_REFUSED, i);
		if (i < 4)
			strcpy(record.server.ip, "10.9.9.9");
		if (i >= 4 && i < 7)
			strcpy(record.server.ip, "2001:db8::7");
		tally_add(tally, &record);
	}
	assert_int_equal(tally_rank(tally->paths, ranked, 2), 2);
	assert_string_equal(ranked[0].key, "10.1.0.0/24\t[2001:db8::7]:443");
	assert_string_equal(ranked[1].key, "10.1.0.0/24\t10.2.0.2:443");
}

static void tally__flood_of_strangers__the_frequent_stay(void **state)
{
	struct tally_ranked ranked[1];

	(void)state;
	for (unsigned int i = 0; i < 200000; i++) {
		told(CAUSE_REFUSED, i);
		if (i % 3)
			snprintf(record.server.ip, sizeof(record.server.ip), "11.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
		tally_add(tally, &record);
	}
	assert_int_equal(tally_rank(tally->servers, ranked, 1), 1);
	assert_string_equal(ranked[0].key, "10.2.0.2:443");
	assert_true(tally_harm(ranked[0].place) > 60000);
	assert_true(heavy_left_out(tally->servers) > 100000);
	assert_int_equal(tally->events, 200000);
}

static void tally__address_that_is_none__is_a_question_mark(void **state)
{
	struct tally_ranked ranked[1];

	(void)state;
	strcpy(told(CAUSE_ABORT, 1)->server.ip, "<b>\t10.0.0.1");
	tally_add(tally, &record);
	assert_int_equal(tally_rank(tally->servers, ranked, 1), 1);
	assert_string_equal(ranked[0].key, "?");
}

static uint64_t all_of(const struct ages *ages)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < ages->bars; i++)
		for (size_t class = 0; class < AGES_CLASSES; class++)
			sum += ages->count[i][class];
	return sum;
}

static void ages__any_order__none_is_lost_and_bars_are_few(void **state)
{
	static struct ages ages;
	uint64_t seed = 1;

	(void)state;
	memset(&ages, 0, sizeof(ages));
	for (uint64_t i = 0; i < 5000; i++) {
		seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
		ages_add(&ages, NOON + (seed >> 40) % (1 + i * i) * SECOND, CLASS_APPLICATION, 1);
		assert_true(ages.bars <= AGES_BARS);
		assert_int_equal(all_of(&ages), i + 1);
	}
}

static void ages__widened__a_bar_holds_its_own(void **state)
{
	static struct ages ages;
	uint64_t width, at;

	(void)state;
	memset(&ages, 0, sizeof(ages));
	for (uint64_t s = 0; s < 7200; s++)
		ages_add(&ages, NOON + s * SECOND, CLASS_NOISE, 1);
	width = ages_width_s(&ages);
	assert_int_equal(width, 60);
	at = NOON / SECOND / width - ages.first;
	assert_int_equal(ages.count[at][CLASS_NOISE], 60);
	ages_add(&ages, NOON, CLASS_NOISE, -1);
	assert_int_equal(ages.count[at][CLASS_NOISE], 59);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(tally__a_train__is_one_event, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tally__amendment__moves_the_event, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tally__amendment_of_the_only_idle_kill__no_silence_is_left, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tally__second_amendment_of_one__moves_it_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tally__amendment_passed_over__takes_the_event_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tally__amendment_of_what_was_not_read__counts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tally__summary__counts_as_many_as_it_says, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tally__losses__added_up_by_place, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tally__gap__in_the_bar_of_its_class, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tally__unknown_words__are_other_and_unknown, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tally__worst_path__comes_first_and_noise_is_none, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tally__flood_of_strangers__the_frequent_stay, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tally__address_that_is_none__is_a_question_mark, set_up, tear_down),
		cmocka_unit_test(ages__any_order__none_is_lost_and_bars_are_few),
		cmocka_unit_test(ages__widened__a_bar_holds_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
