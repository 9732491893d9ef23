// SPDX-License-Identifier: GPL-2.0
/*
 * engine_silence.c - bursts that nobody answers, until somebody does
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "engine_feed.h"

/* The client woke up after gap_ms, copies times over span_ms, and nobody answers. */
static void silence(uint64_t gap_ms, uint32_t copies, uint64_t span_ms)
{
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, gap_ms);
	scene_copies(&s, copies, 0, span_ms);
	scene_mem(&s)->direction = scene_event(&s)->ev.direction = CLIENT;
	scene_event(&s)->seg.tuple = scene_mem(&s)->orig;
	scene_event(&s)->seg.flags = SEG_ACK;
	scene_event(&s)->ev.kind = RSTWHY_KIND_SILENCE;
}

static void drop__three_copies__told_when_patience_is_over(void **state)
{
	(void)state;
	silence(350000, 3, 600);
	feed(0);
	assert_int_equal(correlate_held(c), 1);
	correlate_advance(c, START + 14999 * MS);
	assert_int_equal(count, 0);
	correlate_advance(c, START + 15000 * MS);
	assert_int_equal(count, 1);
	assert_int_equal(records[0].cause, CAUSE_SILENT_DROP);
	assert_int_equal(records[0].incident.kind, INCIDENT_SILENCE);
	scene_copies(&s, 4, 0, 3600);
	feed(3000); /* a further copy of the same burst */
	correlate_flush(c);
	assert_int_equal(count, 1);
}

static void drop__slow_retransmissions__held_longer(void **state)
{
	(void)state;
	silence(350000, 3, 20000);
	feed(0);
	correlate_advance(c, START + 39900 * MS);
	assert_int_equal(count, 0);
	correlate_advance(c, START + 40000 * MS);
	assert_int_equal(count, 1);
}

static void drop__near_misses__nothing(void **state)
{
	(void)state;
	silence(350000, 2, 600);
	feed(0);
	scene_established(&s);
	silence(9999, 3, 600);
	feed(0);
	scene_established(&s);
	silence(350000, 3, 600);
	scene_mem(&s)->unanswered_before = 2;
	feed(0);
	scene_established(&s);
	silence(350000, 3, 600);
	scene_fin(&s, SERVER, true);
	feed(0);
	scene_established(&s);
	silence(350000, 3, 600);
	scene_mem(&s)->survived_ms = 300000; /* so an answer might not be told */
	feed(0);
	correlate_flush(c);
	assert_int_equal(count, 0);
}

static void drop__fin_into_the_void__told(void **state)
{
	(void)state;
	scene_woke(&s, CLIENT, RSTWHY_BURST_FIN, 350000);
	scene_fin(&s, CLIENT, false);
	scene_mem(&s)->burst_end = scene_mem(&s)->end[CLIENT];
	scene_copies(&s, 3, 0, 600);
	scene_mem(&s)->direction = scene_event(&s)->ev.direction = CLIENT;
	scene_event(&s)->seg.tuple = scene_mem(&s)->orig;
	scene_event(&s)->ev.kind = RSTWHY_KIND_SILENCE;
	feed(0);
	correlate_flush(c);
	assert_int_equal(count, 1);
	assert_int_equal(records[0].cause, CAUSE_SILENT_DROP);
	scene_established(&s); /* closed long ago, and now its keepalive: whoever is left there owes nothing */
	scene_fin(&s, CLIENT, true);
	silence(350000, 3, 600);
	feed(60000);
	correlate_flush(c);
	assert_int_equal(count, 1);
}

static void drop__answered_in_the_hold__withdrawn(void **state)
{
	(void)state;
	silence(350000, 3, 600);
	feed(0);
	scene_event(&s)->ev.kind = RSTWHY_KIND_SURVIVED;
	feed(700);
	correlate_flush(c);
	assert_int_equal(count, 0);
	assert_int_equal(correlate_counts(c)->withdrawn, 1);
}

static void drop__answered_later__amended_once(void **state)
{
	(void)state;
	silence(350000, 3, 600);
	feed(0);
	correlate_flush(c);
	scene_event(&s)->ev.kind = RSTWHY_KIND_SURVIVED;
	feed(9000);
	feed(9001);
	assert_int_equal(count, 2);
	assert_int_equal(records[1].incident.kind, INCIDENT_AMENDMENT);
	assert_int_equal(records[1].cause, CAUSE_IGNORED);
}

static void drop__then_a_reset__is_that_reset(void **state)
{
	(void)state;
	silence(350000, 3, 600);
	feed(0);
	scene_event(&s)->ev.kind = RSTWHY_KIND_RST;
	scene_rst_from(&s, SERVER);
	scene_passive(&s);
	feed(10);
	correlate_flush(c);
	assert_int_equal(count, 1);
	assert_int_equal(records[0].cause, CAUSE_REMOTE_ON_NEXT_PACKET);
}

/* Anybody can send a RST that its receiver ignores: here three seconds after the silence was told. */
static void silence_and_stray_reset(void)
{
	silence(350000, 3, 600);
	feed(0);
	scene_established(&s);
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 350000);
	scene_copies(&s, 4, 0, 3600);
	scene_rst_from(&s, SERVER);
	scene_event(&s)->seg.seq = SERVER_END - 500;
	feed(3000);
}

static void drop__stray_reset_in_the_hold__both_told(void **state)
{
	(void)state;
	silence_and_stray_reset();
	assert_int_equal(count, 1);
	assert_int_equal(records[0].cause, CAUSE_OUT_OF_WINDOW);
	correlate_flush(c);
	assert_int_equal(count, 2);
	assert_int_equal(records[1].cause, CAUSE_SILENT_DROP);
}

static void drop__stray_reset_then_an_answer__withdrawn(void **state)
{
	(void)state;
	silence_and_stray_reset();
	scene_event(&s)->ev.kind = RSTWHY_KIND_SURVIVED;
	feed(3100);
	assert_int_equal(correlate_held(c), 0);
	assert_int_equal(correlate_counts(c)->withdrawn, 1);
	assert_int_equal(count, 1);
}

static void drop__then_a_stray_and_a_real_reset__is_the_real_one(void **state)
{
	(void)state;
	silence_and_stray_reset();
	scene_event(&s)->seg.seq = SERVER_END;
	feed(3010);
	correlate_flush(c);
	assert_int_equal(count, 2);
	assert_int_equal(records[0].cause, CAUSE_OUT_OF_WINDOW);
	assert_int_equal(records[1].cause, CAUSE_REMOTE_ON_NEXT_PACKET);
}

static void drop__reset_after_it_was_written__related(void **state)
{
	(void)state;
	silence(350000, 3, 600);
	feed(0);
	correlate_flush(c);
	scene_established(&s);
	scene_woke(&s, CLIENT, RSTWHY_BURST_PROBE, 350000);
	scene_copies(&s, 9, 9, 60000);
	scene_rst_from(&s, CLIENT);
	scene_active(&s);
	feed(60000);
	correlate_flush(c);
	assert_int_equal(count, 2);
	assert_int_equal(records[1].cause, CAUSE_KEEPALIVE_EXPIRED);
	assert_true(records[1].incident.related[0] == 100);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, feed_begin, feed_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(drop__three_copies__told_when_patience_is_over),
		TEST(drop__slow_retransmissions__held_longer),
		TEST(drop__near_misses__nothing),
		TEST(drop__fin_into_the_void__told),
		TEST(drop__answered_in_the_hold__withdrawn),
		TEST(drop__answered_later__amended_once),
		TEST(drop__then_a_reset__is_that_reset),
		TEST(drop__stray_reset_in_the_hold__both_told),
		TEST(drop__stray_reset_then_an_answer__withdrawn),
		TEST(drop__then_a_stray_and_a_real_reset__is_the_real_one),
		TEST(drop__reset_after_it_was_written__related),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
