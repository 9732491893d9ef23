// SPDX-License-Identifier: GPL-2.0
/*
 * engine_correlate.c - from events to incidents
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <stdlib.h>
#include <string.h>

#include "../../userspace/engine/correlate.h"
#include "engine_scene.h"

#define MS	1000000ULL
#define START	1000000000000ULL
#define RECORDS 64

struct record {
	struct incident incident;
	enum cause cause;
	bool held;
};

static struct scene s;
static struct correlate *c;
static struct record records[RECORDS];
static size_t count;
static uint64_t next_seq;

static void emit(void *user, const struct incident *incident, const struct verdict *verdict, bool held)
{
	assert_ptr_equal(user, &count);
	if (count < RECORDS)
		records[count] = (struct record){*incident, verdict->cause, held};
	count++;
}

static int begin(void **state)
{
	(void)state;
	count = 0;
	next_seq = 100;
	scene_established(&s);
	c = correlate_new(4, &s.settings, emit, &count);
	return c ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	correlate_free(c);
	return 0;
}

/* Feed the scene's event as it is now, ms after the start. Returns its number. */
static uint64_t feed(uint64_t ms)
{
	struct event *e = scene_event(&s);

	e->ev.seq = next_seq++;
	e->ev.boottime_ns = START + ms * MS;
	correlate_event(c, e);
	return e->ev.seq;
}

static void feed_after(enum rstwhy_after what, uint64_t ref, uint64_t ms, uint32_t end_seq, uint32_t ack)
{
	struct event e = *scene_event(&s);

	e.ev.kind = RSTWHY_KIND_AFTER;
	e.ev.after = (uint8_t)what;
	e.ev.ref_seq = ref;
	e.ev.seq = next_seq++;
	e.ev.boottime_ns = START + ms * MS;
	e.seg.flags = SEG_ACK;
	e.seg.end = end_seq;
	e.seg.ack = ack;
	correlate_event(c, &e);
}

/* As the memory tells it once a RST of the flow has passed. */
static void reset_noted(uint64_t age_ms)
{
	scene_reset_before(&s, scene_mem(&s)->direction, age_ms);
}

static void other_flow(uint16_t port)
{
	scene_mem(&s)->orig.sport = scene_mem(&s)->reply.dport = port;
	scene_ct(&s)->orig.sport = scene_ct(&s)->reply.dport = port;
	scene_rst_from(&s, SERVER);
}

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
	other_flow(1);
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

static void hold__zero__at_once(void **state)
{
	struct verdict_settings none = {.idle_min_ms = 10000, .hold_ms = 0};

	(void)state;
	correlate_settings(c, &none);
	scene_active(&s);
	feed(0);
	assert_int_equal(count, 1);
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
	reset_noted(1);
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
		reset_noted(ms);
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
	reset_noted(1);
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
	other_flow(7);
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

static void straggler__after_the_record__duplicate(void **state)
{
	(void)state;
	scene_active(&s);
	feed(0);
	correlate_advance(c, START + 1500 * MS);
	reset_noted(1600);
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
	assert_int_equal(records[0].cause, CAUSE_NO_HISTORY);
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
	assert_int_equal(records[1].cause, CAUSE_NO_HISTORY);
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

static void train__first_out_of_window__judged_by_the_one_that_kills(void **state)
{
	(void)state;
	scene_event(&s)->seg.seq = SERVER_END - 700;
	feed(0);
	reset_noted(1);
	scene_active(&s);
	feed(1);
	correlate_flush(c);
	assert_int_equal(count, 1);
	assert_int_equal(records[0].cause, CAUSE_ABORT);
	assert_int_equal(records[0].incident.count, 2);
	assert_true(records[0].incident.first.ev.seq == 100);
	assert_true(records[0].incident.first.ev.boottime_ns == START);
}

static void overflow__oldest_of_the_noisiest__not_held(void **state)
{
	(void)state;
	scene_active(&s);
	feed(0); /* a quiet server's */
	for (uint16_t port = 1; port <= 3; port++) {
		scene_mem(&s)->orig.dst[3] = scene_mem(&s)->reply.src[3] = 77;
		other_flow(port);
		scene_active(&s);
		feed(port);
	}
	assert_int_equal(correlate_held(c), 4);
	other_flow(4);
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
		other_flow(port);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(hold__one_reset__handed_out_when_over),
		TEST(hold__next_event_is_the_clock__handed_out),
		TEST(hold__time_goes_back__ignored),
		TEST(hold__zero__at_once),
		TEST(certain__syn_rejected__at_once),
		TEST(certain__living_flow_rejected__train_gathered),
		TEST(train__same_side__one_record),
		TEST(echo__other_side__both_ends),
		TEST(echo__other_leg_of_a_translation__same_record),
		TEST(flows__different_ports__different_records),
		TEST(flows__same_tuple_in_another_namespace__different_records),
		TEST(flows__new_connection_on_the_ports__different_records),
		TEST(straggler__after_the_record__duplicate),
		TEST(straggler__of_an_unknown_flow__duplicate_or_after_close),
		TEST(straggler__after_the_linger__judged_anew),
		TEST(straggler__of_an_ignored_reset__judged_anew),
		TEST(straggler__of_new_life__judged_anew),
		TEST(after__peer_acknowledges__ignored_at_once),
		TEST(after__overtaken_segments__not_ignored),
		TEST(after__of_another_reset__not_attached),
		TEST(after__refers_to_the_train__attached),
		TEST(after__hostile_kind__ignored),
		TEST(train__first_out_of_window__judged_by_the_one_that_kills),
		TEST(overflow__oldest_of_the_noisiest__not_held),
		TEST(flush__all_held__handed_out_in_order),
		TEST(event__other_kinds__ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
