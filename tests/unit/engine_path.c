// SPDX-License-Identifier: GPL-2.0
/*
 * engine_path.c - somebody between the ends: what gives him away, and what does not
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

static void policy__both_ends_without_marks__told(void **state)
{
	(void)state;
	scene_in_flight(&s, CLIENT, 100);
	scene_passive(&s);
	assert_cause(&s, CAUSE_HOST_LOST);
	scene_echo(&s, 1);
	assert_cause(&s, CAUSE_REMOTE_POLICY);
	assert_confidence(&s, 0.7, 0.8);
	assert_also(&s, CAUSE_INJECTED);
}

static void policy__both_ends_and_one_went_on__injected(void **state)
{
	(void)state;
	scene_in_flight(&s, CLIENT, 100);
	scene_passive(&s);
	scene_echo(&s, 30);
	scene_after(&s, RSTWHY_AFTER_SENDER_DATA, 29);
	assert_cause(&s, CAUSE_INJECTED);
}

static void woken_box(uint64_t survived_ms)
{
	scene_established(&s);
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 60000);
	scene_mem(&s)->survived_ms = survived_ms;
	scene_passive(&s);
	scene_event(&s)->seg.ttl = 255;
}

/* The client thought for a minute, as it had before; then it said the bad word. */
static void policy__longer_silence_survived_before__no_timer(void **state)
{
	(void)state;
	woken_box(90000);
	assert_cause(&s, CAUSE_REMOTE_POLICY);
	assert_also(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
	assert_confidence(&s, 0.5, 0.65);
	woken_box(50000);
	assert_cause(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
	woken_box(0);
	assert_cause(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
}

/* A client that is back answers at once; its only handshake had been a slow one. */
static void lost__back_and_quicker_than_one_handshake__no_policy(void **state)
{
	(void)state;
	scene_woke(&s, SERVER, RSTWHY_BURST_DATA, 1700);
	scene_copies(&s, 4, 0, 1500);
	scene_mem(&s)->burst_last_us = 3800;
	scene_round_trip(&s, CLIENT, 30000);
	scene_rst_from(&s, CLIENT);
	assert_cause(&s, CAUSE_HOST_LOST);
	assert_confidence(&s, 0.7, 0.8);
	scene_event(&s)->seg.ttl = 200;
	assert_not_cause(&s, CAUSE_HOST_LOST);
}

/* A client that asks and asks and reads nothing: the server has closed, its FIN waits behind what the client does not take. */
static void lost__window_shut__closed_rather(void **state)
{
	(void)state;
	scene_in_flight(&s, CLIENT, 100);
	scene_passive(&s);
	scene_ct(&s)->td_maxend[SERVER] = scene_ct(&s)->td_end[SERVER] + 1;
	assert_cause(&s, CAUSE_LATE_DATA);
	assert_also(&s, CAUSE_HOST_LOST);
	assert_confidence(&s, 0.5, 0.6);
	s.incident.lost_flows = 1; /* others, too */
	assert_cause(&s, CAUSE_HOST_LOST);
	s.incident.lost_flows = 0;
	scene_ct(&s)->td_maxend[SERVER] += 1000;
	assert_cause(&s, CAUSE_HOST_LOST);
}

/* On the side of who woke up a NAT may have forgotten it; here it is a stranger. */
static void picked_up__answered_by_rst__nat_before_us_named(void **state)
{
	(void)state;
	scene_mem(&s)->flags = RSTWHY_MEM_KNOWN | RSTWHY_MEM_MIDSTREAM | RSTWHY_MEM_DATA_ORIG;
	scene_mem(&s)->age_ms = 3;
	scene_last_segments(&s, 3, RSTWHY_NEVER);
	scene_passive(&s);
	assert_cause(&s, CAUSE_AMBIGUOUS);
	assert_also(&s, CAUSE_HOST_LOST);
	assert_also(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
}

static void ttl__spent_here__kills_nothing(void **state)
{
	(void)state;
	scene_last_segments(&s, 240200, 240400);
	scene_event(&s)->seg.ttl = 1;
	assert_cause(&s, CAUSE_IGNORED);
	assert_also(&s, CAUSE_INJECTED);
	assert_false(scene_also(&s, CAUSE_ABORT));
	scene_active(&s);
	assert_cause(&s, CAUSE_IGNORED);
	assert_also(&s, CAUSE_ABORT);
	scene_mem(&s)->base[SERVER].ttl = 1; /* a neighbour that always speaks so */
	assert_not_cause(&s, CAUSE_IGNORED);
}

static void says__idle_at_a_wrong_number__not_believed(void **state)
{
	static const char text[] = "connection idle timeout";

	(void)state;
	scene_last_segments(&s, 300000, 300000);
	scene_active(&s);
	memcpy(scene_event(&s)->payload, text, sizeof(text) - 1);
	scene_event(&s)->payload_len = sizeof(text) - 1;
	assert_cause(&s, CAUSE_REMOTE_AT_EXPIRY);
	scene_event(&s)->seg.seq += 5000;
	assert_int_not_equal(cause_text(scene_judge(&s)->cause)->class, CLASS_IDLE_TIMEOUT);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(policy__both_ends_without_marks__told),
		TEST(policy__both_ends_and_one_went_on__injected),
		TEST(policy__longer_silence_survived_before__no_timer),
		TEST(lost__back_and_quicker_than_one_handshake__no_policy),
		TEST(lost__window_shut__closed_rather),
		TEST(picked_up__answered_by_rst__nat_before_us_named),
		TEST(ttl__spent_here__kills_nothing),
		TEST(says__idle_at_a_wrong_number__not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
