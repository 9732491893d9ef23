// SPDX-License-Identifier: GPL-2.0
/*
 * engine_amend.c - a connection that shows only after its record was written that it lives
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <string.h>

#include "engine_feed.h"

/* A box reset one end of a silent connection, which that end ignored; nobody had anything to say for a while. */
static uint64_t silent_reset(void)
{
	uint64_t ref;

	scene_last_segments(&s, 350000, 350000);
	scene_event(&s)->seg.ttl = 255;
	ref = feed(0);
	correlate_advance(c, START + 2000 * MS);
	assert_int_equal(count, 1);
	assert_int_equal(records[0].cause, CAUSE_REMOTE_AT_EXPIRY);
	return ref;
}

static void amend__went_on_after_the_hold__ignored(void **state)
{
	uint64_t ref = silent_reset();

	(void)state;
	feed_after(RSTWHY_AFTER_PEER_DATA, ref, 20000, 0, SERVER_END);
	assert_int_equal(count, 1);
	feed_after(RSTWHY_AFTER_SENDER_ACK, ref, 20010, 0, CLIENT_END + 100);
	assert_int_equal(count, 2);
	assert_int_equal(records[1].incident.kind, INCIDENT_AMENDMENT);
	assert_int_equal(records[1].incident.first.ev.seq, ref);
	assert_int_equal(records[1].cause, CAUSE_IGNORED);
	feed_after(RSTWHY_AFTER_PEER_ACK, ref, 20020, 0, SERVER_END + 100);
	assert_int_equal(count, 2);
}

/* The module follows a train's later RST by that one's number. */
static void amend__follows_a_later_reset_of_the_train__ignored(void **state)
{
	uint64_t ref;

	(void)state;
	scene_last_segments(&s, 350000, 350000);
	scene_event(&s)->seg.ttl = 255;
	feed(0);
	ref = feed(1200);
	correlate_advance(c, START + 3000 * MS);
	assert_int_equal(count, 1);
	assert_int_equal(records[0].incident.count, 2);
	feed_after(RSTWHY_AFTER_PEER_DATA, ref + 1, 20000, 0, SERVER_END);
	feed_after(RSTWHY_AFTER_SENDER_ACK, ref + 1, 20005, 0, CLIENT_END + 100);
	assert_int_equal(count, 1); /* of another RST */
	feed_after(RSTWHY_AFTER_PEER_DATA, ref, 20010, 0, SERVER_END);
	feed_after(RSTWHY_AFTER_SENDER_ACK, ref, 20020, 0, CLIENT_END + 100);
	assert_int_equal(count, 2);
	assert_int_equal(records[1].incident.kind, INCIDENT_AMENDMENT);
	assert_int_equal(records[1].incident.first.ev.seq, ref - 1);
	assert_int_equal(records[1].cause, CAUSE_IGNORED);
}

/* Its end is one of its own, no straggler of the reset that was none. */
static void amend__later_reset_of_the_living__judged_anew(void **state)
{
	uint64_t ref = silent_reset();

	(void)state;
	feed_after(RSTWHY_AFTER_PEER_ACK, ref, 3000, 0, SERVER_END + 100);
	assert_int_equal(records[1].cause, CAUSE_IGNORED);
	scene_established(&s);
	scene_active(&s);
	feed(4000);
	correlate_flush(c);
	assert_int_equal(count, 3);
	assert_int_equal(records[2].cause, CAUSE_ABORT);
}

/* Whoever was not told speaks on to somebody who is gone. */
static void amend__one_side_alone_speaks__stands(void **state)
{
	uint64_t ref = silent_reset();

	(void)state;
	feed_after(RSTWHY_AFTER_SENDER_DATA, ref, 30000, SERVER_END + 500, CLIENT_END);
	feed_after(RSTWHY_AFTER_SENDER_SEGMENT, ref, 31000, SERVER_END, CLIENT_END);
	correlate_flush(c);
	assert_int_equal(count, 1);
}

/* Only one side crosses here: its words may be those of a new connection. */
static void amend__seen_one_way_only__stands(void **state)
{
	uint64_t ref;

	(void)state;
	scene_active(&s);
	scene_mem(&s)->last_ms[CLIENT] = RSTWHY_NEVER;
	ref = feed(0);
	correlate_advance(c, START + 2000 * MS);
	feed_after(RSTWHY_AFTER_SENDER_ACK, ref, 20010, 0, CLIENT_END + 100);
	correlate_flush(c);
	assert_int_equal(count, 1);
}

static void amend__noise__stands(void **state)
{
	uint64_t ref;

	(void)state;
	scene_event(&s)->seg.seq = SERVER_END - 500;
	ref = feed(0);
	correlate_advance(c, START + 2000 * MS);
	feed_after(RSTWHY_AFTER_PEER_ACK, ref, 3000, 0, SERVER_END + 100);
	correlate_flush(c);
	assert_int_equal(count, 1);
	assert_int_equal(records[0].cause, CAUSE_OUT_OF_WINDOW);
}

/* In the client's name, amid its download: the client goes on acknowledging, the server sending, before and long after. */
static void held__the_same_kinds_again_and_late__ignored(void **state)
{
	uint64_t ref;

	(void)state;
	scene_rst_from(&s, CLIENT);
	ref = feed(0);
	feed_after(RSTWHY_AFTER_PEER_DATA, ref, 2, SERVER_END + 1000, CLIENT_END);
	feed_after(RSTWHY_AFTER_SENDER_ACK, ref, 4, 0, SERVER_END + 1000);
	assert_int_equal(count, 0);
	feed_after(RSTWHY_AFTER_PEER_DATA, ref, 1100, SERVER_END + 90000, CLIENT_END);
	assert_int_equal(count, 1);
	assert_int_equal(records[0].cause, CAUSE_IGNORED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, feed_begin, feed_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(amend__went_on_after_the_hold__ignored),
		TEST(amend__follows_a_later_reset_of_the_train__ignored),
		TEST(amend__later_reset_of_the_living__judged_anew),
		TEST(amend__one_side_alone_speaks__stands),
		TEST(amend__seen_one_way_only__stands),
		TEST(amend__noise__stands),
		TEST(held__the_same_kinds_again_and_late__ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
