// SPDX-License-Identifier: GPL-2.0
/*
 * engine_correlate.c - from events to incidents: holds, trains, echoes, overflow
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <string.h>

#include "engine_feed.h"

static void hold__one_reset__handed_out_when_over(void **state)
{
	(void)state;
	scene_active(&s);
	feed(0);
	assert_int_equal(correlate_held(c), 1);
	assert_true(correlate_next_due(c) == START + 1500 * MS);
	correlate_advance(c, START + 1499 * MS);
	assert_int_equal(count, 0);
	correlate_advance(c, START + 1500 * MS);
	assert_int_equal(count, 1);
	assert_int_equal(records[0].cause, CAUSE_ABORT);
	assert_true(records[0].held);
	assert_true(records[0].incident.hold_over);
	assert_int_equal(correlate_held(c), 0);
	assert_true(correlate_next_due(c) == UINT64_MAX);
}

static void hold__next_event_is_the_clock__handed_out(void **state)
{
	(void)state;
	scene_active(&s);
	feed(0);
	feed_other_flow(1);
	scene_active(&s);
	feed(1600);
	assert_int_equal(count, 1);
	assert_int_equal(correlate_held(c), 1);
}

static void hold__time_goes_back__ignored(void **state)
{
	(void)state;
	scene_active(&s);
	feed(1000);
	correlate_advance(c, START);
	assert_int_equal(count, 0);
	correlate_advance(c, START + 2500 * MS);
	assert_int_equal(count, 1);
}

/* A program here resets a SYN's both ends: one record of both. */
static void hold__program_resets_both_ends_in_connect__one_record(void **state)
{
	(void)state;
	scene_connecting(&s);
	scene_by(&s, RSTWHY_BY_GATEWAY_RAW);
	feed(0);
	scene_rst_from(&s, CLIENT);
	scene_passive(&s);
	feed(1);
	correlate_advance(c, START + 1000 * MS);
	assert_int_equal(count, 1);
	assert_int_equal(records[0].cause, CAUSE_GATEWAY_IPS);
	assert_int_equal(records[0].incident.count, 2);
	assert_true(records[0].incident.have_echo);
}

static void hold__zero__at_once(void **state)
{
	struct verdict_settings none = {.idle_min_ms = 10000, .hold_ms = 0};

	(void)state;
	correlate_settings(c, &none);
	scene_active(&s);
	feed(0);
	assert_int_equal(count, 1);
}

/* Trains, other flows, more of them than fit: each RST fed is in what is held or was handed out, whatever became of it. */
static void account__every_reset__held_or_handed_out(void **state)
{
	uint64_t fed = 0, out = 0;

	(void)state;
	for (uint16_t i = 0; i < 40; i++) {
		scene_active(&s);
		if (i % 3 == 0)
			feed_other_flow((uint16_t)(50000 + i));
		feed(i * 150U);
		fed++;
		out = 0;
		for (size_t r = 0; r < count; r++)
			out += records[r].incident.kind == INCIDENT_RESET ? records[r].incident.count : 0;
		assert_int_equal(correlate_counts(c)->resets, fed);
		assert_int_equal(out + correlate_held_resets(c), fed);
	}
	assert_true(out > 10 && correlate_held_resets(c) > 0);
}

static void certain__syn_rejected__at_once(void **state)
{
	(void)state;
	scene_connecting(&s);
	scene_by(&s, RSTWHY_BY_GATEWAY_REJECT);
	feed(0);
	assert_int_equal(count, 1);
	assert_int_equal(records[0].cause, CAUSE_GATEWAY_RULE);
}

static void certain__living_flow_rejected__train_gathered(void **state)
{
	(void)state;
	scene_by(&s, RSTWHY_BY_GATEWAY_REJECT);
	feed(0);
	feed_reset_noted(1);
	feed(1);
	assert_int_equal(count, 0);
	correlate_advance(c, START + 500 * MS);
	assert_int_equal(count, 1);
	assert_int_equal(records[0].incident.count, 2);
}

static void train__same_side__one_record(void **state)
{
	(void)state;
	scene_active(&s);
	feed(0);
	for (uint64_t ms = 200; ms <= 800; ms += 200) {
		feed_reset_noted(ms);
		scene_passive(&s);
		feed(ms);
	}
	correlate_flush(c);
	assert_int_equal(count, 1);
	assert_int_equal(records[0].incident.count, 5);
	assert_false(records[0].incident.have_echo);
	assert_int_equal(records[0].cause, CAUSE_ABORT);
	assert_true(records[0].incident.first.ev.seq == 100);
}

static void echo__other_side__both_ends(void **state)
{
	(void)state;
	scene_last_segments(&s, 240000, 240000);
	feed(0);
	feed_reset_noted(1);
	scene_rst_from(&s, CLIENT);
	feed(1);
	correlate_flush(c);
	assert_int_equal(count, 1);
	assert_true(records[0].incident.have_echo);
	assert_int_equal(records[0].incident.count, 2);
	assert_int_equal(records[0].cause, CAUSE_REMOTE_AT_EXPIRY);
}

static void echo__other_leg_of_a_translation__same_record(void **state)
{
	(void)state;
	scene_snat(&s);
	scene_active(&s);
	feed(0);
	scene_rst_from(&s, CLIENT);
	memset(scene_mem(&s), 0, sizeof(*scene_mem(&s))); /* seen by its wire tuple only */
	memset(scene_ct(&s), 0, sizeof(*scene_ct(&s)));
	feed(1);
	assert_int_equal(correlate_held(c), 1);
	correlate_flush(c);
	assert_true(records[0].incident.have_echo);
}

static void flows__different_ports__different_records(void **state)
{
	(void)state;
	scene_active(&s);
	feed(0);
	feed_other_flow(7);
	scene_active(&s);
	feed(1);
	assert_int_equal(correlate_held(c), 2);
}

static void flows__same_tuple_in_another_namespace__different_records(void **state)
{
	(void)state;
	feed(0);
	scene_event(&s)->ev.netns_inum++;
	feed(1);
	assert_int_equal(correlate_held(c), 2);
}

static void flows__new_connection_on_the_ports__different_records(void **state)
{
	(void)state;
	scene_active(&s);
	feed(0);
	scene_mem(&s)->age_ms = 100;
	feed(800);
	assert_int_equal(correlate_held(c), 2);
}

static void train__first_out_of_window__judged_by_the_one_that_kills(void **state)
{
	(void)state;
	scene_event(&s)->seg.seq = SERVER_END - 700;
	feed(0);
	feed_reset_noted(1);
	scene_active(&s);
	feed(1);
	correlate_flush(c);
	assert_int_equal(count, 1);
	assert_int_equal(records[0].cause, CAUSE_ABORT);
	assert_int_equal(records[0].incident.count, 2);
	assert_true(records[0].incident.first.ev.seq == 100);
	assert_true(records[0].incident.first.ev.boottime_ns == START);
}

static void train__live_sockets_rst_overtaken_by_stackless_ones__judged_by_it(void **state)
{
	(void)state;
	scene_in_flight(&s, SERVER, 30000);
	scene_rst_from(&s, CLIENT);
	scene_passive(&s);
	feed(0);
	feed_reset_noted(3);
	scene_active(&s);
	feed(3);
	correlate_flush(c);
	assert_int_equal(count, 1);
	assert_int_equal(records[0].cause, CAUSE_CANCEL);
	assert_int_equal(records[0].incident.count, 2);
	assert_true(records[0].incident.first.ev.seq == 100);
}

static void train__live_sockets_rst_long_after__changes_nothing(void **state)
{
	(void)state;
	scene_in_flight(&s, SERVER, 30000);
	scene_rst_from(&s, CLIENT);
	scene_passive(&s);
	feed(0);
	feed_reset_noted(400);
	scene_active(&s);
	feed(400);
	correlate_flush(c);
	assert_int_not_equal(records[0].cause, CAUSE_CANCEL);
}

static void overflow__oldest_of_the_noisiest__not_held(void **state)
{
	(void)state;
	scene_active(&s);
	feed(0); /* a quiet server's */
	for (uint16_t port = 1; port <= 3; port++) {
		scene_mem(&s)->orig.dst[3] = scene_mem(&s)->reply.src[3] = 77;
		feed_other_flow(port);
		scene_active(&s);
		feed(port);
	}
	assert_int_equal(correlate_held(c), 4);
	feed_other_flow(4);
	scene_active(&s);
	feed(4);
	assert_int_equal(correlate_held(c), 4);
	assert_int_equal(count, 1);
	assert_false(records[0].held);
	assert_true(records[0].incident.first.ev.seq == 101);
}

static void flush__all_held__handed_out_in_order(void **state)
{
	(void)state;
	for (uint16_t port = 1; port <= 3; port++) {
		feed_other_flow(port);
		scene_active(&s);
		feed(port);
	}
	correlate_flush(c);
	assert_int_equal(count, 3);
	for (size_t i = 0; i < 3; i++)
		assert_true(records[i].incident.first.ev.seq == 100 + i && records[i].held);
	assert_int_equal(correlate_held(c), 0);
}

static void event__other_kinds__ignored(void **state)
{
	(void)state;
	scene_event(&s)->ev.kind = RSTWHY_KIND_SURVIVED;
	feed(0);
	scene_event(&s)->ev.kind = 200;
	feed(0);
	assert_int_equal(correlate_held(c), 0);
}

static void echo__known_by_memory_or_by_conntrack__same_judgement(void **state)
{
	(void)state;
	scene_snat(&s);
	scene_active(&s);
	feed(0);
	memset(scene_mem(&s), 0, sizeof(*scene_mem(&s))); /* conntrack's direction, and the client's own address */
	memcpy(scene_event(&s)->seg.tuple.src, scene_ct(&s)->orig.src, 16);
	scene_event(&s)->ev.direction = SERVER;
	feed(1);
	correlate_flush(c);
	assert_int_equal(count, 1);
	assert_false(records[0].incident.have_echo);
}

/* Who needs no place of his own makes nobody leave. */
static void overflow__copy_at_a_full_table__counted_in(void **state)
{
	(void)state;
	scene_last_segments(&s, 350000, 350000);
	scene_event(&s)->seg.ttl = 255;
	for (uint16_t port = 0; port < 4; port++) {
		feed_other_flow(40000 + port);
		feed(port);
	}
	feed_other_flow(40000);
	feed(10);
	assert_int_equal(count, 0);
	assert_int_equal(correlate_counts(c)->evicted, 0);
	correlate_flush(c);
	assert_int_equal(count, 4);
	assert_int_equal(records[0].incident.count, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, feed_begin, feed_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(hold__one_reset__handed_out_when_over),
		TEST(hold__next_event_is_the_clock__handed_out),
		TEST(hold__time_goes_back__ignored),
		TEST(hold__program_resets_both_ends_in_connect__one_record), TEST(hold__zero__at_once),
		TEST(account__every_reset__held_or_handed_out),
		TEST(certain__syn_rejected__at_once),
		TEST(certain__living_flow_rejected__train_gathered),
		TEST(train__same_side__one_record),
		TEST(echo__other_side__both_ends),
		TEST(echo__other_leg_of_a_translation__same_record),
		TEST(flows__different_ports__different_records),
		TEST(flows__same_tuple_in_another_namespace__different_records),
		TEST(flows__new_connection_on_the_ports__different_records),
		TEST(train__first_out_of_window__judged_by_the_one_that_kills),
		TEST(train__live_sockets_rst_overtaken_by_stackless_ones__judged_by_it),
		TEST(train__live_sockets_rst_long_after__changes_nothing),
		TEST(overflow__oldest_of_the_noisiest__not_held),
		TEST(overflow__copy_at_a_full_table__counted_in),
		TEST(flush__all_held__handed_out_in_order),
		TEST(event__other_kinds__ignored),
		TEST(echo__known_by_memory_or_by_conntrack__same_judgement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
