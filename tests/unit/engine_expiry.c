// SPDX-License-Identifier: GPL-2.0
/*
 * engine_expiry.c - timers that fire by themselves: a box's, keepalive's
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <string.h>

#include "engine_scene.h"

static struct scene s;

static int begin(void **state)
{
	(void)state;
	scene_established(&s);
	return 0;
}

/* The client spoke after six minutes; what the path answers is the RST. */
static void at_expiry__passive_out_of_silence__told(void **state)
{
	(void)state;
	scene_last_segments(&s, 240200, 240400);
	assert_cause(&s, CAUSE_REMOTE_AT_EXPIRY);
	assert_true(s.verdict.gap_ms == 240200);
	assert_int_equal(s.verdict.candidates_count, 1);
}

static void at_expiry__both_ends__sure(void **state)
{
	(void)state;
	scene_last_segments(&s, 240200, 240400);
	scene_mem(&s)->base[SERVER].flags &= (uint8_t)~RSTWHY_BASE_IPID;
	scene_active(&s);
	scene_echo(&s, 1);
	assert_cause(&s, CAUSE_REMOTE_AT_EXPIRY);
	assert_true(s.verdict.both_ends);
	assert_confidence(&s, 0.95, 0.95);
}

static void at_expiry__second_end_later__both_within_two_seconds(void **state)
{
	(void)state;
	scene_last_segments(&s, 240200, 240400);
	scene_mem(&s)->base[SERVER].flags &= (uint8_t)~RSTWHY_BASE_IPID;
	scene_active(&s);
	scene_echo(&s, 1300); /* timers looked at once a second */
	assert_cause(&s, CAUSE_REMOTE_AT_EXPIRY);
	assert_true(s.verdict.both_ends);
	scene_echo(&s, 2100);
	assert_cause(&s, CAUSE_AMBIGUOUS);
	assert_also(&s, CAUSE_REMOTE_AT_EXPIRY);
}

static void at_expiry__elicited__not_told(void **state)
{
	(void)state;
	scene_last_segments(&s, 1, 240400);
	assert_not_cause(&s, CAUSE_REMOTE_AT_EXPIRY);
}

static void at_expiry__one_direction_talked__not_told(void **state)
{
	(void)state;
	scene_last_segments(&s, 240200, 3000);
	assert_not_cause(&s, CAUSE_REMOTE_AT_EXPIRY);
}

static void at_expiry__not_the_exact_number__not_told(void **state)
{
	(void)state;
	scene_last_segments(&s, 240200, 240400);
	scene_event(&s)->seg.seq += 10;
	assert_not_cause(&s, CAUSE_REMOTE_AT_EXPIRY);
}

static void at_expiry__half_closed__told_either_way(void **state)
{
	(void)state;
	for (unsigned int side = CLIENT; side <= SERVER; side++) {
		scene_established(&s);
		scene_fin(&s, side, true);
		scene_last_segments(&s, 240200, 240400);
		scene_rst_from(&s, SERVER);
		assert_cause(&s, CAUSE_REMOTE_AT_EXPIRY);
		assert_confidence(&s, 0.5, 0.8);
		assert_int_equal(s.verdict.stage, STAGE_CLOSING);
	}
}

static void at_expiry__both_closed__not_told(void **state)
{
	(void)state;
	scene_fin(&s, CLIENT, true);
	scene_fin(&s, SERVER, false);
	scene_last_segments(&s, 240200, 240400);
	assert_not_cause(&s, CAUSE_REMOTE_AT_EXPIRY);
}

/* A socket that was closed may be kept by its kernel for a while, and given up. */
static void at_expiry__live_socket_of_the_side_that_closed__not_told(void **state)
{
	(void)state;
	scene_timestamps(&s);
	scene_fin(&s, SERVER, true);
	scene_last_segments(&s, 240200, 240400);
	scene_rst_from(&s, SERVER);
	scene_active(&s);
	assert_cause(&s, CAUSE_AMBIGUOUS);
	assert_also(&s, CAUSE_ABORT);
	scene_event(&s)->seg.ttl = 255;
	assert_not_cause(&s, CAUSE_REMOTE_AT_EXPIRY);
}

static void late__peer_speaks_to_the_closed_side__no_timer(void **state)
{
	(void)state;
	scene_fin(&s, SERVER, true);
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 240200);
	scene_rst_from(&s, SERVER);
	assert_cause(&s, CAUSE_LATE_DATA);
}

/* The client's keepalive was answered a second ago; of data nothing was seen for minutes. */
static void kept_alive(uint64_t data_ms)
{
	scene_woke(&s, CLIENT, RSTWHY_BURST_PROBE, 5000);
	scene_answered(&s);
	scene_last_segments(&s, 1000, 1000);
	scene_mem(&s)->last_data_ms[CLIENT] = scene_mem(&s)->last_data_ms[SERVER] = data_ms;
	scene_mem(&s)->burst_first_us = scene_mem(&s)->burst_last_us = 1000000;
}

static void at_expiry__keepalive_goes_on__data_counts(void **state)
{
	(void)state;
	kept_alive(240000);
	assert_cause(&s, CAUSE_REMOTE_AT_EXPIRY);
	assert_also(&s, CAUSE_INJECTED);
	assert_confidence(&s, 0.5, 0.6);
	assert_string_equal(s.verdict.evidence[0],
			    "no data for 240.0 s, only keepalive or acknowledgements, then a RST that no segment elicited");
	scene_event(&s)->seg.ttl = 255;
	scene_echo(&s, 1);
	assert_cause(&s, CAUSE_REMOTE_AT_EXPIRY);
	assert_confidence(&s, 0.65, 0.69);
	scene_established(&s);
	kept_alive(3000);
	assert_not_cause(&s, CAUSE_REMOTE_AT_EXPIRY);
}

static void at_expiry__keepalive_goes_on_and_a_socket_resets__not_told(void **state)
{
	(void)state;
	scene_timestamps(&s);
	kept_alive(240000);
	scene_active(&s);
	assert_cause(&s, CAUSE_ABORT);
	scene_event(&s)->seg.ttl = 255;
	assert_not_cause(&s, CAUSE_REMOTE_AT_EXPIRY);
}

static void at_expiry__live_socket_out_of_silence__endpoint_named(void **state)
{
	(void)state;
	scene_timestamps(&s);
	scene_active(&s);
	scene_last_segments(&s, 240200, 240200);
	assert_cause(&s, CAUSE_ENDPOINT_TIMER);
	assert_also(&s, CAUSE_ABORT);
	assert_false(scene_also(&s, CAUSE_REMOTE_AT_EXPIRY));
}

/* The server probed nine times and gave up. */
static void keepalive(uint32_t probes)
{
	scene_woke(&s, SERVER, RSTWHY_BURST_PROBE, 7200000);
	scene_copies(&s, probes, probes, 75000 * (uint64_t)probes);
	scene_active(&s);
}

static void keepalive__probes_unanswered__told(void **state)
{
	(void)state;
	keepalive(9);
	assert_cause(&s, CAUSE_KEEPALIVE_EXPIRED);
	assert_true(s.verdict.gap_ms == 7200000);
	assert_int_equal(s.verdict.sender, SIDE_SERVER);
	assert_also(&s, CAUSE_SILENT_DROP);
}

static void keepalive__two_probes_and_short_gap__told(void **state)
{
	(void)state;
	keepalive(2);
	scene_mem(&s)->burst_gap_ms = 1500;
	assert_cause(&s, CAUSE_KEEPALIVE_EXPIRED);
}

static void keepalive__one_probe_long_unanswered__told_with_abort(void **state)
{
	(void)state;
	keepalive(1);
	assert_cause(&s, CAUSE_KEEPALIVE_EXPIRED);
	assert_confidence(&s, 0.7, 0.8);
	assert_also(&s, CAUSE_ABORT);
}

static void keepalive__one_probe_under_way__not_told(void **state)
{
	(void)state;
	keepalive(1);
	scene_mem(&s)->burst_first_us = 100000;
	assert_not_cause(&s, CAUSE_KEEPALIVE_EXPIRED);
}

/* The client's probes began before the server's, which was the first to give up. */
static void keepalive__of_both__told(void **state)
{
	(void)state;
	scene_woke(&s, CLIENT, RSTWHY_BURST_PROBE, 3000);
	scene_copies(&s, 3, 3, 3100);
	scene_mem(&s)->last_ms[SERVER] = 1024; /* its own last probe */
	scene_active(&s);
	assert_cause(&s, CAUSE_KEEPALIVE_EXPIRED);
	assert_int_equal(s.verdict.sender, SIDE_SERVER);
	assert_confidence(&s, 0.8, 0.9);
	assert_also(&s, CAUSE_ABORT);
}

static void keepalive__of_the_other_alone__not_told(void **state)
{
	(void)state;
	scene_woke(&s, CLIENT, RSTWHY_BURST_PROBE, 3000);
	scene_copies(&s, 3, 3, 3100); /* the server is silent since before */
	scene_active(&s);
	assert_not_cause(&s, CAUSE_KEEPALIVE_EXPIRED);
}

static void keepalive__answered__not_told(void **state)
{
	(void)state;
	keepalive(9);
	scene_answered(&s);
	scene_active(&s);
	assert_not_cause(&s, CAUSE_KEEPALIVE_EXPIRED);
}

static void keepalive__other_side_resets__not_told(void **state)
{
	(void)state;
	keepalive(9);
	scene_rst_from(&s, CLIENT);
	assert_not_cause(&s, CAUSE_KEEPALIVE_EXPIRED);
}

static void keepalive__rst_of_a_box__not_told(void **state)
{
	(void)state;
	keepalive(9);
	scene_event(&s)->seg.ttl = 255;
	assert_not_cause(&s, CAUSE_KEEPALIVE_EXPIRED);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(at_expiry__passive_out_of_silence__told),
		TEST(at_expiry__both_ends__sure),
		TEST(at_expiry__second_end_later__both_within_two_seconds),
		TEST(at_expiry__elicited__not_told),
		TEST(at_expiry__one_direction_talked__not_told),
		TEST(at_expiry__not_the_exact_number__not_told),
		TEST(at_expiry__half_closed__told_either_way),
		TEST(at_expiry__both_closed__not_told),
		TEST(at_expiry__live_socket_of_the_side_that_closed__not_told),
		TEST(late__peer_speaks_to_the_closed_side__no_timer),
		TEST(at_expiry__keepalive_goes_on__data_counts),
		TEST(at_expiry__keepalive_goes_on_and_a_socket_resets__not_told),
		TEST(at_expiry__live_socket_out_of_silence__endpoint_named),
		TEST(keepalive__probes_unanswered__told),
		TEST(keepalive__two_probes_and_short_gap__told),
		TEST(keepalive__one_probe_long_unanswered__told_with_abort),
		TEST(keepalive__one_probe_under_way__not_told),
		TEST(keepalive__of_both__told),
		TEST(keepalive__of_the_other_alone__not_told),
		TEST(keepalive__answered__not_told),
		TEST(keepalive__other_side_resets__not_told),
		TEST(keepalive__rst_of_a_box__not_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
