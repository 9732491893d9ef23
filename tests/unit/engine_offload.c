// SPDX-License-Identifier: GPL-2.0
/*
 * engine_offload.c - RSTs of flows in a flowtable: the memory is older than they are
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "engine_scene.h"

#define IPS_OFFLOAD (1U << 14)
#define HIDDEN 70000U /* bytes of the server that no hook saw */

static struct scene s;

/* The last segment that was not in the fast path is a minute old; the numbers of the RST have gone on. */
static int begin(void **state)
{
	(void)state;
	scene_established(&s);
	scene_timestamps(&s);
	scene_last_segments(&s, 60000, 60000);
	scene_active(&s);
	scene_ct(&s)->status = IPS_OFFLOAD;
	scene_event(&s)->seg.seq = SERVER_END + HIDDEN;
	scene_event(&s)->seg.ack = CLIENT_END + 500;
	return 0;
}

static void offload__live_socket_far_beyond_the_memory__abort(void **state)
{
	(void)state;
	assert_cause(&s, CAUSE_ABORT);
	assert_int_equal(s.verdict.stage, STAGE_ESTABLISHED);
	assert_int_equal(s.verdict.seq_match, SEQ_UNKNOWN);
}

/* The timer of an offloaded entry is parked at a day: no age follows from it. */
static void offload__parked_timer__no_age_from_it(void **state)
{
	(void)state;
	scene_ct(&s)->remaining_before_ms = 86400000;
	scene_judge(&s);
	assert_true(s.verdict.ct_idle_ms < 0);
	scene_ct(&s)->status = 0;
	scene_judge(&s);
	assert_true(s.verdict.ct_idle_ms > 0);
}

static void offload__a_minute_unseen__no_silence_is_claimed(void **state)
{
	(void)state;
	scene_judge(&s);
	assert_true(s.verdict.gap_ms < 0);
	assert_true(s.verdict.gap_min_ms == 0 && s.verdict.gap_max_ms == 60000);
}

/* Only acknowledgements may have been hidden, keepalive's too: a minute it was, or none. */
static void offload__numbers_as_remembered__no_idle_kill(void **state)
{
	(void)state;
	scene_event(&s)->seg.seq = SERVER_END;
	scene_event(&s)->seg.ack = CLIENT_END;
	assert_not_cause(&s, CAUSE_ENDPOINT_TIMER);
	scene_passive(&s);
	assert_cause(&s, CAUSE_OFFLOADED);
	scene_ct(&s)->status = 0;
	assert_cause(&s, CAUSE_REMOTE_AT_EXPIRY); /* the same without a flowtable */
}

static void offload__burst_overtaken__not_its_answer(void **state)
{
	(void)state;
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 350000);
	scene_passive(&s);
	scene_event(&s)->seg.seq = SERVER_END + HIDDEN;
	assert_cause(&s, CAUSE_OFFLOADED);
	assert_true(s.verdict.gap_ms < 0);
}

static void offload__burst_of_the_slow_path_answered__its_gap_holds(void **state)
{
	(void)state;
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 350000);
	scene_passive(&s);
	assert_cause(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
	assert_true(s.verdict.gap_ms == 350000);
	assert_confidence(&s, 0.4, 0.6);
}

static void offload__after_the_handshake__data_by_the_numbers(void **state)
{
	(void)state;
	scene_accepted(&s);
	scene_timestamps(&s);
	scene_active(&s);
	scene_ct(&s)->status = IPS_OFFLOAD;
	scene_event(&s)->seg.seq = SERVER_ISN + 1 + HIDDEN;
	scene_event(&s)->seg.ack = CLIENT_ISN + 1 + 300;
	assert_cause(&s, CAUSE_ABORT);
	assert_int_equal(s.verdict.stage, STAGE_ESTABLISHED);
	scene_passive(&s); /* it tells of one side only */
	scene_event(&s)->seg.seq = SERVER_ISN + 1 + HIDDEN;
	scene_judge(&s);
	assert_int_equal(s.verdict.stage, STAGE_UNKNOWN);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(offload__live_socket_far_beyond_the_memory__abort),
		TEST(offload__parked_timer__no_age_from_it),
		TEST(offload__a_minute_unseen__no_silence_is_claimed),
		TEST(offload__numbers_as_remembered__no_idle_kill),
		TEST(offload__burst_overtaken__not_its_answer),
		TEST(offload__burst_of_the_slow_path_answered__its_gap_holds),
		TEST(offload__after_the_handshake__data_by_the_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
