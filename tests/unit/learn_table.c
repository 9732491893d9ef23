// SPDX-License-Identifier: GPL-2.0
/*
 * learn_table.c - tests of the table of paths: brackets, worth, floods
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

#include "../../userspace/learn/learn.h"

#define DAY 86400ULL
#define NOW 1780000000ULL

static struct learn *l;

static int begin(void **state)
{
	(void)state;
	l = learn_new(16, LEARN_HALF_LIFE_DAYS);
	return l ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	learn_free(l);
	return 0;
}

static struct path path_of(unsigned int number)
{
	struct path path = { .family = 4, .port = 443, .in = "eth1" };

	path.prefix[0] = 10;
	path.prefix[1] = (uint8_t)(number >> 8);
	path.prefix[2] = (uint8_t)number;
	return path;
}

static void survived(unsigned int number, uint64_t peer, uint64_t gap_ms, uint64_t now_s)
{
	struct path path = path_of(number);

	learn_survived(l, &path, peer, gap_ms, now_s);
}

static void killed(unsigned int number, uint64_t peer, uint64_t gap_ms, uint64_t now_s)
{
	struct path path = path_of(number);

	learn_killed(l, &path, peer, gap_ms, now_s);
}

static struct path_bracket bracket(unsigned int number, uint64_t now_s)
{
	struct path path = path_of(number);
	struct path_bracket b;

	learn_bracket(l, &path, now_s, &b);
	return b;
}

/* A path that three clients have shown to expire at 350 s. */
static void known(unsigned int number, uint64_t now_s)
{
	for (uint64_t peer = 1; peer <= 3; peer++) {
		survived(number, peer, 349000, now_s);
		killed(number, peer, 351000, now_s);
	}
}

static void bracket__three_peers__holds_the_timeout(void **state)
{
	struct path_bracket b;

	(void)state;
	known(1, NOW);
	b = bracket(1, NOW);
	assert_true(b.have_survived && b.have_killed);
	assert_true(b.survived_ms == 349000 && b.killed_ms == 351000);
	assert_int_equal(b.samples, 6);
	assert_int_equal(b.peers, 3);
}

static void bracket__other_path__knows_nothing(void **state)
{
	struct path_bracket b;
	struct path path = path_of(1);

	(void)state;
	known(1, NOW);
	b = bracket(2, NOW);
	assert_false(b.have_survived || b.have_killed || b.samples);
	path.port = 80;
	learn_bracket(l, &path, NOW, &b);
	assert_int_equal(b.samples, 0);
	path = path_of(1);
	path.in[3] = '2';
	learn_bracket(l, &path, NOW, &b);
	assert_int_equal(b.samples, 0);
	path = path_of(1);
	path.side = PATH_CLIENT;
	learn_bracket(l, &path, NOW, &b);
	assert_int_equal(b.samples, 0);
}

static void bracket__one_client_only__knows_nothing(void **state)
{
	struct path_bracket b;

	(void)state;
	for (int i = 0; i < 1000; i++)
		killed(1, 77, 5000, NOW);
	b = bracket(1, NOW);
	assert_false(b.have_killed);
	assert_true(b.killed_ms == 0);
	assert_int_equal(b.peers, 1);
}

static void bracket__contradiction__stays_visible(void **state)
{
	struct path_bracket b;

	(void)state;
	known(1, NOW);
	for (uint64_t peer = 1; peer <= 3; peer++)
		killed(1, peer, 100000, NOW + 60);
	b = bracket(1, NOW + 60);
	assert_true(b.survived_ms == 349000 && b.killed_ms == 100000);
}

static void bracket__host_restarted__later_survivals_heal_it(void **state)
{
	struct path_bracket b;

	(void)state;
	known(1, NOW);
	for (uint64_t peer = 1; peer <= 3; peer++)
		killed(1, peer, 20000, NOW + 60);
	for (uint64_t peer = 4; peer <= 6; peer++)
		survived(1, peer, 345000, NOW + 4000);
	b = bracket(1, NOW + 4000);
	assert_true(b.have_survived);
	assert_false(b.have_killed && b.killed_ms <= b.survived_ms);
}

static void bracket__a_month_later__forgotten(void **state)
{
	(void)state;
	known(1, NOW);
	assert_true(bracket(1, NOW + 20 * DAY).have_killed);
	assert_false(bracket(1, NOW + 29 * DAY).have_killed);
	assert_false(bracket(1, NOW + 29 * DAY).have_survived);
}

static void learn__absurd_gap__left_out(void **state)
{
	(void)state;
	killed(1, 1, UINT64_MAX, NOW);
	survived(1, 1, LEARN_GAP_MOST_MS + 1, NOW);
	assert_int_equal(learn_count(l), 0);
	assert_int_equal(learn_changes(l), 0);
}

static void flood__of_new_paths__the_known_one_stays(void **state)
{
	(void)state;
	known(40000, NOW);
	for (unsigned int i = 0; i < 5000; i++)
		survived(i, i, 2000, NOW + i);
	assert_int_equal(learn_count(l), 16);
	assert_int_equal(learn_evicted(l), 5000 - 15);
	assert_true(bracket(40000, NOW + 5000).have_killed);
}

static void flood__newcomers_stay_findable(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 3000; i++) {
		survived(i, 1, 2000, NOW + i);
		assert_int_equal(bracket(i, NOW + i).samples, 1);
	}
	for (unsigned int i = 0; i < 3000; i++)
		assert_int_equal(bracket(i, NOW + 3000).samples, i >= 3000 - 16);
}

static void eviction__long_unheard_of__goes_before_the_young(void **state)
{
	(void)state;
	known(40000, NOW);
	for (unsigned int i = 0; i < 16; i++)
		survived(i, i, 2000, NOW + 40 * DAY);
	assert_int_equal(bracket(40000, NOW + 40 * DAY).samples, 0);
}

static void put__twice_or_full__refused(void **state)
{
	struct learn_entry e = { .path = path_of(1), .last_s = NOW };

	(void)state;
	assert_true(learn_put(l, &e));
	assert_false(learn_put(l, &e));
	for (unsigned int i = 2; i <= 16; i++) {
		e.path = path_of(i);
		assert_true(learn_put(l, &e));
	}
	e.path = path_of(17);
	assert_false(learn_put(l, &e));
	assert_int_equal(learn_evicted(l), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bracket__three_peers__holds_the_timeout),
		TEST(bracket__other_path__knows_nothing),
		TEST(bracket__one_client_only__knows_nothing),
		TEST(bracket__contradiction__stays_visible),
		TEST(bracket__host_restarted__later_survivals_heal_it),
		TEST(bracket__a_month_later__forgotten),
		TEST(learn__absurd_gap__left_out),
		TEST(flood__of_new_paths__the_known_one_stays),
		TEST(flood__newcomers_stay_findable),
		TEST(eviction__long_unheard_of__goes_before_the_young),
		TEST(put__twice_or_full__refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
