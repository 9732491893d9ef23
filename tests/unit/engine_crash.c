// SPDX-License-Identifier: GPL-2.0
/*
 * engine_crash.c - many connections of one process, reset at one moment
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <string.h>

#include "engine_feed.h"

/* The server's socket of that client port, opened open_ms ago, the client having spoken age_ms ago and last. */
static void young_abort_of(uint16_t port, uint64_t open_ms, uint64_t age_ms, uint64_t at_ms)
{
	scene_established(&s);
	scene_mem(&s)->age_ms = open_ms;
	scene_last_segments(&s, age_ms, age_ms + 5);
	feed_other_flow(port);
	scene_active(&s);
	feed(at_ms);
}

static void abort_of(uint16_t port, uint64_t age_ms, uint64_t at_ms)
{
	young_abort_of(port, 3600000, age_ms, at_ms);
}

/* The server's socket of that client port, silent so long and all read. */
static void out_of_silence(uint16_t port, uint64_t silent_ms, uint64_t at_ms)
{
	scene_established(&s);
	scene_timestamps(&s);
	scene_last_segments(&s, silent_ms, silent_ms);
	feed_other_flow(port);
	scene_active(&s);
	feed(at_ms);
}

/* As told last of the RST of that number. */
static enum cause final_cause(uint64_t seq)
{
	enum cause cause = CAUSE_COUNT;

	for (size_t i = 0; i < count; i++)
		if (records[i].incident.first.ev.seq == seq)
			cause = records[i].cause;
	return cause;
}

/* All three are told so, last. */
static void assert_each(enum cause cause)
{
	for (uint64_t seq = 100; seq < 103; seq++)
		assert_int_equal(final_cause(seq), cause);
}

static void crash__three_within_milliseconds__told(void **state)
{
	(void)state;
	abort_of(1, 700, 0);
	abort_of(2, 900, 1);
	abort_of(3, 4000, 2);
	correlate_flush(c);
	assert_int_equal(count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(records[i].cause, CAUSE_CRASH);
		assert_int_equal(records[i].incident.related_count, 2);
	}
}

/* A process that is out of its CPU quota dies on in the next period. */
static void crash__in_two_slices__told(void **state)
{
	(void)state;
	abort_of(1, 700, 0);
	abort_of(2, 800, 100);
	abort_of(3, 10, 110); /* this one had just been spoken to */
	correlate_flush(c);
	assert_int_equal(records[0].cause, CAUSE_CRASH);
	assert_int_equal(records[0].incident.siblings, 2); /* the third by the blow that hit them all */
	assert_int_equal(records[1].cause, CAUSE_CRASH);
	feed_end(NULL);
	feed_begin(NULL);
	abort_of(1, 10, 0);
	abort_of(2, 10, 100);
	correlate_flush(c);
	assert_int_equal(records[0].cause, CAUSE_ABORT);
	assert_int_equal(records[1].cause, CAUSE_ABORT);
}

static void crash__half_a_second_apart__aborts(void **state)
{
	(void)state;
	abort_of(1, 700, 0);
	abort_of(2, 900, 500);
	correlate_flush(c);
	assert_int_equal(records[0].cause, CAUSE_ABORT);
	assert_int_equal(records[1].cause, CAUSE_ABORT);
}

/* On a host that is short of CPU a death takes long: the third, by its silence and those of both others, was hit with them. */
static void crash__third_comes_late__told(void **state)
{
	(void)state;
	out_of_silence(1, 41000, 0);
	abort_of(2, 900, 20);
	out_of_silence(3, 20000, 400);
	correlate_flush(c);
	assert_each(CAUSE_CRASH);
	feed_end(NULL);
	feed_begin(NULL);
	abort_of(1, 280, 0); /* PostgreSQL on a starved machine */
	abort_of(2, 246, 12);
	abort_of(3, 377, 185);
	correlate_flush(c);
	assert_each(CAUSE_CRASH);
}

/* Each for its own words or by its own timer, after as long; or it began when the others were over. */
static void crash__third_has_its_own_reason__not_of_it(void **state)
{
	(void)state;
	abort_of(1, 300, 0);
	abort_of(2, 310, 30);
	abort_of(3, 330, 300);
	correlate_flush(c);
	assert_int_equal(final_cause(101), CAUSE_CRASH);
	assert_int_equal(final_cause(102), CAUSE_ABORT);
	feed_end(NULL);
	feed_begin(NULL);
	abort_of(1, 280, 0);
	abort_of(2, 246, 12);
	young_abort_of(3, 100, 90, 185);
	correlate_flush(c);
	assert_int_equal(final_cause(101), CAUSE_CRASH);
	assert_int_equal(final_cause(102), CAUSE_ABORT);
	feed_end(NULL);
	feed_begin(NULL);
	out_of_silence(1, 60000, 0);
	out_of_silence(2, 60000, 20);
	out_of_silence(3, 60000, 400);
	correlate_flush(c);
	assert_each(CAUSE_ENDPOINT_TIMER);
}

static void crash__another_port_of_the_host__aborts(void **state)
{
	(void)state;
	abort_of(1, 700, 0);
	scene_established(&s);
	scene_mem(&s)->orig.dport = scene_mem(&s)->reply.sport = 99;
	scene_last_segments(&s, 700, 705);
	feed_other_flow(2);
	scene_active(&s);
	feed(1);
	correlate_flush(c);
	assert_int_equal(records[0].cause, CAUSE_ABORT);
	assert_int_equal(records[1].cause, CAUSE_ABORT);
}

/* Each was sent something at this moment, and the server does not like it. */
static void crash__all_prompted__requests_rejected(void **state)
{
	(void)state;
	for (uint16_t port = 1; port <= 3; port++) {
		scene_established(&s);
		scene_said_nothing(&s, SERVER);
		scene_in_flight(&s, CLIENT, 100);
		feed_other_flow(port);
		scene_active(&s);
		feed(port);
	}
	correlate_flush(c);
	assert_each(CAUSE_REQUEST_REJECTED);
}

/* Sent one after the other, reset at one blow a moment later. */
static void crash__young_requests_at_one_blow__told(void **state)
{
	(void)state;
	for (uint16_t port = 1; port <= 2; port++) {
		scene_established(&s);
		scene_said_nothing(&s, SERVER);
		scene_in_flight(&s, CLIENT, 100);
		scene_mem(&s)->last_ms[CLIENT] = scene_mem(&s)->last_data_ms[CLIENT] = port * 10;
		feed_other_flow(port);
		scene_active(&s);
		feed(0);
	}
	correlate_flush(c);
	assert_int_equal(records[0].cause, CAUSE_CRASH);
	assert_int_equal(records[1].cause, CAUSE_CRASH);
}

/* One had something unread, the others had read all and been silent for as long: a death in slices, not two timers. */
static void crash__silent_ones_in_another_slice__told(void **state)
{
	(void)state;
	scene_last_segments(&s, 20005, 20000); /* the client's data, acknowledged */
	feed_other_flow(1);
	scene_active(&s);
	feed(0);
	out_of_silence(2, 20050, 60);
	out_of_silence(3, 20050, 65);
	correlate_flush(c);
	assert_each(CAUSE_CRASH);
	feed_end(NULL);
	feed_begin(NULL);
	out_of_silence(1, 60000, 0);
	out_of_silence(2, 60000, 60);
	correlate_flush(c);
	assert_int_equal(records[0].cause, CAUSE_ENDPOINT_TIMER);
	assert_int_equal(records[1].cause, CAUSE_ENDPOINT_TIMER);
}

static void crash__silent_for_different_times__told(void **state)
{
	(void)state;
	out_of_silence(1, 41000, 0);
	out_of_silence(2, 60000, 0);
	out_of_silence(3, 83000, 1);
	correlate_flush(c);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(records[i].cause, CAUSE_CRASH);
		assert_int_equal(records[i].incident.related_count, 2);
	}
}

/* Each when its own minute was over: the ages are alike, whatever lies between them. */
static void crash__silent_for_the_same_time__timers(void **state)
{
	(void)state;
	out_of_silence(1, 60000, 0);
	out_of_silence(2, 60000, 20);
	out_of_silence(3, 60001, 40);
	correlate_flush(c);
	assert_each(CAUSE_ENDPOINT_TIMER);
}

static void crash__second_after_the_first_was_written__amended(void **state)
{
	struct verdict_settings none = {.idle_min_ms = 10000, .hold_ms = 0};

	(void)state;
	correlate_settings(c, &none);
	abort_of(1, 700, 0);
	abort_of(2, 900, 3);
	assert_int_equal(count, 3);
	assert_int_equal(records[0].cause, CAUSE_ABORT);
	assert_int_equal(records[1].incident.kind, INCIDENT_AMENDMENT);
	assert_int_equal(records[1].cause, CAUSE_CRASH);
	assert_true(records[1].incident.first.ev.seq == 100);
	assert_int_equal(records[2].cause, CAUSE_CRASH);
	abort_of(3, 900, 4);
	assert_int_equal(count, 4); /* amended once */
	assert_int_equal(correlate_counts(c)->amended, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, feed_begin, feed_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(crash__three_within_milliseconds__told),
		TEST(crash__in_two_slices__told),
		TEST(crash__half_a_second_apart__aborts),
		TEST(crash__third_comes_late__told),
		TEST(crash__third_has_its_own_reason__not_of_it),
		TEST(crash__another_port_of_the_host__aborts),
		TEST(crash__all_prompted__requests_rejected),
		TEST(crash__young_requests_at_one_blow__told),
		TEST(crash__silent_ones_in_another_slice__told),
		TEST(crash__silent_for_different_times__told),
		TEST(crash__silent_for_the_same_time__timers),
		TEST(crash__second_after_the_first_was_written__amended),
	};

	return cmocka_run_group_tests_name("engine_crash", tests, NULL, NULL);
}
