// SPDX-License-Identifier: GPL-2.0
/*
 * engine_follow.c - what comes after: segments of a connection that lives, stragglers of one handed out
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <string.h>

#include "engine_feed.h"

static void straggler__after_the_record__duplicate(void **state)
{
	(void)state;
	scene_active(&s);
	feed(0);
	correlate_advance(c, START + 1500 * MS);
	feed_reset_noted(1600);
	scene_mem(&s)->last_ms[SERVER] = 2000;
	scene_passive(&s);
	feed(1600);
	correlate_flush(c);
	assert_int_equal(count, 2);
	assert_int_equal(records[1].cause, CAUSE_DUPLICATE);
}

static void straggler__of_an_unknown_flow__duplicate_or_after_close(void **state)
{
	(void)state;
	scene_unknown(&s);
	feed(0);
	correlate_advance(c, START + 1500 * MS);
	feed(3000);
	correlate_advance(c, START + 4500 * MS);
	scene_event(&s)->seg.tuple = (struct rstwhy_tuple){0};
	scene_established(&s);
	scene_rst_from(&s, CLIENT);
	memset(scene_mem(&s), 0, sizeof(*scene_mem(&s)));
	memset(scene_ct(&s), 0, sizeof(*scene_ct(&s)));
	feed(5000);
	correlate_flush(c);
	assert_int_equal(count, 3);
	assert_int_equal(records[0].cause, CAUSE_BACKSCATTER);
	assert_int_equal(records[1].cause, CAUSE_DUPLICATE);
	assert_int_equal(records[2].cause, CAUSE_AFTER_CLOSE);
}

static void straggler__after_the_linger__judged_anew(void **state)
{
	(void)state;
	scene_unknown(&s);
	feed(0);
	correlate_flush(c);
	feed(5001);
	correlate_flush(c);
	assert_int_equal(records[1].cause, CAUSE_BACKSCATTER);
}

static void straggler__of_an_ignored_reset__judged_anew(void **state)
{
	uint64_t ref;

	(void)state;
	ref = feed(0);
	feed_after(RSTWHY_AFTER_PEER_ACK, ref, 5, 0, SERVER_END + 100);
	assert_int_equal(records[0].cause, CAUSE_IGNORED);
	scene_active(&s);
	feed(2000);
	correlate_flush(c);
	assert_int_equal(records[1].cause, CAUSE_ABORT);
}

static void straggler__of_new_life__judged_anew(void **state)
{
	(void)state;
	scene_active(&s);
	feed(0);
	correlate_flush(c);
	scene_mem(&s)->age_ms = 500;
	feed(2000);
	correlate_flush(c);
	assert_int_equal(records[1].cause, CAUSE_ABORT);
}

static void after__peer_acknowledges__ignored_at_once(void **state)
{
	uint64_t ref;

	(void)state;
	scene_active(&s);
	ref = feed(0);
	feed_after(RSTWHY_AFTER_PEER_ACK, ref, 30, 0, SERVER_END + 100);
	assert_int_equal(count, 1);
	assert_int_equal(records[0].cause, CAUSE_IGNORED);
	assert_true(records[0].incident.after_ms[RSTWHY_AFTER_PEER_ACK] == 30);
}

static void after__overtaken_segments__not_ignored(void **state)
{
	uint64_t ref;

	(void)state;
	scene_active(&s);
	scene_event(&s)->seg.seq = SERVER_END + 1000;
	ref = feed(0);
	feed_after(RSTWHY_AFTER_SENDER_DATA, ref, 1, SERVER_END + 1000, 0);
	feed_after(RSTWHY_AFTER_PEER_ACK, ref, 2, 0, SERVER_END + 1000);
	correlate_flush(c);
	assert_int_equal(records[0].cause, CAUSE_ABORT);
}

static void after__of_another_reset__not_attached(void **state)
{
	(void)state;
	scene_active(&s);
	feed(0);
	feed_after(RSTWHY_AFTER_PEER_ACK, 99, 30, 0, SERVER_END + 100);
	assert_int_equal(count, 0);
}

static void after__refers_to_the_train__attached(void **state)
{
	uint64_t second;

	(void)state;
	scene_active(&s);
	feed(0);
	second = feed(1);
	feed_after(RSTWHY_AFTER_PEER_ACK, second, 30, 0, SERVER_END + 100);
	assert_int_equal(count, 1);
	assert_int_equal(records[0].cause, CAUSE_IGNORED);
}

static void after__hostile_kind__ignored(void **state)
{
	uint64_t ref;

	(void)state;
	ref = feed(0);
	for (unsigned int what = 0; what < 256; what++)
		feed_after((enum rstwhy_after)what, ref, 1, 0, 0);
	correlate_flush(c);
	assert_int_equal(count, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, feed_begin, feed_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(straggler__after_the_record__duplicate),	TEST(straggler__of_an_unknown_flow__duplicate_or_after_close),
		TEST(straggler__after_the_linger__judged_anew), TEST(straggler__of_an_ignored_reset__judged_anew),
		TEST(straggler__of_new_life__judged_anew),	TEST(after__peer_acknowledges__ignored_at_once),
		TEST(after__overtaken_segments__not_ignored),	TEST(after__of_another_reset__not_attached),
		TEST(after__refers_to_the_train__attached),	TEST(after__hostile_kind__ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
