// SPDX-License-Identifier: GPL-2.0
/*
 * learn_bound.c - tests of one bound: who agrees, who lies, what is old
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

#include "../../userspace/learn/bound.h"

#define DAY 86400ULL
#define HALF (7 * DAY)
#define NOW 1780000000ULL

static struct bound b;

static int begin(void **state)
{
	(void)state;
	memset(&b, 0, sizeof(b));
	return 0;
}

static void add(enum bound_kind kind, uint64_t peer, uint64_t gap_ms, uint64_t when_s)
{
	bound_add(&b, kind, &(struct bound_peer){ peer, gap_ms, when_s }, HALF);
}

static double value(enum bound_kind kind, uint64_t now_s)
{
	double ms = -1;

	assert_true(bound_value(&b, kind, now_s, HALF, &ms) == (ms >= 0));
	return ms;
}

static void weight__halves_and_ends(void **state)
{
	(void)state;
	assert_true(bound_weight(NOW, NOW, HALF) == 1.0);
	assert_true(bound_weight(NOW, NOW + HALF, HALF) == 0.5);
	assert_true(bound_weight(NOW, NOW + 2 * HALF, HALF) == 0.25);
	assert_true(bound_weight(NOW, NOW + HALF / 2, HALF) == 0.75);
	assert_true(bound_weight(NOW, NOW + 4 * HALF, HALF) == 0);
	assert_true(bound_weight(NOW, 0, HALF) == 0);
	assert_true(bound_weight(UINT64_MAX, 0, HALF) == 0);
	assert_true(bound_weight(NOW + HALF, NOW, HALF) == 0.5);
}

static void value__two_peers__not_known(void **state)
{
	(void)state;
	add(BOUND_SURVIVED, 1, 1000, NOW);
	add(BOUND_SURVIVED, 2, 1000, NOW);
	for (int i = 0; i < 100; i++)
		add(BOUND_SURVIVED, 2, 2000, NOW);
	assert_true(value(BOUND_SURVIVED, NOW) < 0);
	assert_int_equal(b.peers, 2);
	assert_int_equal(b.samples, 102);
}

static void value__three_agree__is_what_all_have_shown(void **state)
{
	(void)state;
	add(BOUND_SURVIVED, 1, 300000, NOW);
	add(BOUND_SURVIVED, 2, 349000, NOW);
	add(BOUND_SURVIVED, 3, 340000, NOW);
	assert_true(value(BOUND_SURVIVED, NOW) == 300000);
	memset(&b, 0, sizeof(b));
	add(BOUND_KILLED, 1, 400000, NOW);
	add(BOUND_KILLED, 2, 351000, NOW);
	add(BOUND_KILLED, 3, 360000, NOW);
	assert_true(value(BOUND_KILLED, NOW) == 400000);
}

static void value__one_liar__moves_nothing(void **state)
{
	(void)state;
	for (uint64_t peer = 1; peer <= 4; peer++)
		add(BOUND_KILLED, peer, 350000 + peer, NOW);
	add(BOUND_KILLED, 99, 5000, NOW);
	assert_true(value(BOUND_KILLED, NOW) == 350002);
	memset(&b, 0, sizeof(b));
	for (uint64_t peer = 1; peer <= 4; peer++)
		add(BOUND_SURVIVED, peer, 340000 + peer, NOW);
	for (int i = 0; i < 50; i++)
		add(BOUND_SURVIVED, 99, 90000000, NOW);
	assert_true(value(BOUND_SURVIVED, NOW) == 340003);
}

/* A box that forgets after 350 s, connections of many clients with silences of any length. */
static void value__many_samples__converge_to_the_timeout(void **state)
{
	struct bound killed = { 0 };
	double low, high;
	uint64_t x = 12345;

	(void)state;
	for (uint64_t i = 0; i < 5000; i++) {
		struct bound_peer sample;

		x = x * 6364136223846793005ULL + 1442695040888963407ULL;
		sample = (struct bound_peer){ x >> 60, (x >> 33) % 700000, NOW + i };
		bound_add(sample.gap_ms < 350000 ? &b : &killed, sample.gap_ms < 350000 ? BOUND_SURVIVED : BOUND_KILLED, &sample, HALF);
	}
	low = value(BOUND_SURVIVED, NOW + 5000);
	assert_true(bound_value(&killed, BOUND_KILLED, NOW + 5000, HALF, &high));
	assert_true(low > 345000 && low < 350000);
	assert_true(high >= 350000 && high < 355000);
}

static void value__ages__more_cautious_then_gone(void **state)
{
	(void)state;
	for (uint64_t peer = 1; peer <= 6; peer++)
		add(BOUND_SURVIVED, peer, peer * 10000, NOW);
	assert_true(value(BOUND_SURVIVED, NOW) == 40000);
	assert_true(value(BOUND_SURVIVED, NOW + HALF) == 30000);
	assert_true(value(BOUND_SURVIVED, NOW + 3 * HALF) == 10000);
	assert_true(value(BOUND_SURVIVED, NOW + 4 * HALF) < 0);
}

static void add__same_peer__keeps_its_extreme_until_stale(void **state)
{
	(void)state;
	add(BOUND_SURVIVED, 1, 5000, NOW);
	add(BOUND_SURVIVED, 1, 3000, NOW + DAY);
	assert_int_equal(b.peer[0].gap_ms, 5000);
	add(BOUND_SURVIVED, 1, 3000, NOW + 8 * DAY);
	assert_int_equal(b.peer[0].gap_ms, 3000);
}

static void add__full__who_says_least_gives_way(void **state)
{
	(void)state;
	for (uint64_t peer = 1; peer <= BOUND_PEERS; peer++)
		add(BOUND_KILLED, peer, peer * 1000, NOW);
	add(BOUND_KILLED, 50, 99000, NOW);
	for (int i = 0; i < BOUND_PEERS; i++)
		assert_int_not_equal(b.peer[i].peer, 50);
	add(BOUND_KILLED, 51, 500, NOW);
	assert_int_equal(b.peers, BOUND_PEERS);
	assert_int_equal(b.peer[BOUND_PEERS - 1].peer, 51);
}

static void add__full_of_stale__new_evidence_enters(void **state)
{
	(void)state;
	for (uint64_t peer = 1; peer <= BOUND_PEERS; peer++)
		add(BOUND_SURVIVED, peer, 3600000, NOW);
	for (uint64_t peer = 101; peer <= 100 + BOUND_PEERS; peer++)
		add(BOUND_SURVIVED, peer, 60000, NOW + 8 * DAY);
	assert_true(value(BOUND_SURVIVED, NOW + 8 * DAY) == 60000);
}

static void refute__three_survive_later__kill_was_something_else(void **state)
{
	struct bound killed = { 0 };
	struct bound_peer kill = { 7, 20000, NOW };

	(void)state;
	bound_add(&killed, BOUND_KILLED, &kill, HALF);
	for (uint64_t peer = 1; peer <= 3; peer++)
		add(BOUND_SURVIVED, peer, 30000, NOW);
	bound_refute(&killed, &b, NOW, HALF);
	assert_int_equal(killed.peers, 1); /* not later */
	add(BOUND_SURVIVED, 1, 30000, NOW + 1);
	add(BOUND_SURVIVED, 2, 30000, NOW + 1);
	bound_refute(&killed, &b, NOW + 1, HALF);
	assert_int_equal(killed.peers, 1); /* two only */
	add(BOUND_SURVIVED, 3, 30000, NOW + 1);
	bound_refute(&killed, &b, NOW + 1, HALF);
	assert_int_equal(killed.peers, 0);
}

static void peers__in_both__counted_once(void **state)
{
	struct bound other = { .peers = 2, .peer = { { 1, 5, NOW }, { 9, 5, NOW - 5 * HALF } } };

	(void)state;
	add(BOUND_SURVIVED, 1, 1000, NOW);
	add(BOUND_SURVIVED, 2, 1000, NOW);
	assert_int_equal(bound_peers(&b, &other, NOW, HALF), 2);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(weight__halves_and_ends),
		TEST(value__two_peers__not_known),
		TEST(value__three_agree__is_what_all_have_shown),
		TEST(value__one_liar__moves_nothing),
		TEST(value__many_samples__converge_to_the_timeout),
		TEST(value__ages__more_cautious_then_gone),
		TEST(add__same_peer__keeps_its_extreme_until_stale),
		TEST(add__full__who_says_least_gives_way),
		TEST(add__full_of_stale__new_evidence_enters),
		TEST(refute__three_survive_later__kill_was_something_else),
		TEST(peers__in_both__counted_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
