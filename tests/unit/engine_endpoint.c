// SPDX-License-Identifier: GPL-2.0
/*
 * engine_endpoint.c - an endpoint meant it
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "engine_scene.h"

static struct scene s;

static int begin(void **state)
{
	(void)state;
	scene_established(&s);
	return 0;
}

static void abort__live_socket_of_either_side__told_with_crash(void **state)
{
	(void)state;
	for (unsigned int side = CLIENT; side <= SERVER; side++) {
		scene_established(&s);
		scene_rst_from(&s, side);
		scene_active(&s);
		assert_cause(&s, CAUSE_ABORT);
		assert_also(&s, CAUSE_CRASH);
		assert_int_equal(s.verdict.sender, side == CLIENT ? SIDE_CLIENT : SIDE_SERVER);
		assert_confidence(&s, 0.95, 0.95);
	}
}

static void abort__ipv6__told(void **state)
{
	(void)state;
	scene_established6(&s);
	scene_active(&s);
	assert_cause(&s, CAUSE_ABORT);
	assert_confidence(&s, 0.95, 0.95);
}

static void abort__translated__told(void **state)
{
	(void)state;
	scene_snat(&s);
	scene_active(&s);
	assert_cause(&s, CAUSE_ABORT);
}

static void abort__client_data_unread__told(void **state)
{
	(void)state;
	scene_last_segments(&s, 3000, 3000);
	scene_mem(&s)->last_data_ms[SERVER] = 8000;
	scene_active(&s);
	assert_cause(&s, CAUSE_ABORT);
}

static void abort__unread_for_long__told_with_timer(void **state)
{
	(void)state;
	scene_last_segments(&s, 20430, 20430);
	scene_mem(&s)->last_data_ms[SERVER] = 25000;
	scene_active(&s);
	assert_cause(&s, CAUSE_ABORT);
	assert_also(&s, CAUSE_ENDPOINT_TIMER);
	assert_confidence(&s, 0.5, 0.7);
}

static void abort__acknowledged_and_left_unread__told_with_timer(void **state)
{
	(void)state;
	scene_last_segments(&s, 20438, 20430);
	scene_active(&s);
	assert_cause(&s, CAUSE_ABORT);
	scene_last_segments(&s, 20430, 20438);
	assert_cause(&s, CAUSE_ENDPOINT_TIMER);
}

/* Half a request, and the server's timer for the rest, which is of whole seconds; not where others of it were reset beside. */
static void abort__question_unanswered_for_whole_seconds__timer(void **state)
{
	(void)state;
	scene_last_segments(&s, 20015, 20007);
	scene_active(&s);
	assert_cause(&s, CAUSE_ENDPOINT_TIMER);
	assert_also(&s, CAUSE_ABORT);
	assert_confidence(&s, 0.5, 0.6);
	scene_last_segments(&s, 20145, 20137);
	assert_cause(&s, CAUSE_ABORT);
	scene_last_segments(&s, 303045, 303037); /* minutes are whole minutes, or of five seconds */
	assert_cause(&s, CAUSE_ABORT);
	scene_last_segments(&s, 300045, 300037);
	assert_cause(&s, CAUSE_ENDPOINT_TIMER);
	s.incident.siblings = 1;
	assert_not_cause(&s, CAUSE_ENDPOINT_TIMER);
}

/* The client's acknowledgement is younger than the answer, by a round trip or a delay: its timer began with the answer. */
static void abort__client_idle_after_its_answer__timer(void **state)
{
	(void)state;
	scene_last_segments(&s, 19900, 20045);
	scene_rst_from(&s, CLIENT);
	scene_active(&s);
	assert_cause(&s, CAUSE_ENDPOINT_TIMER);
	assert_also(&s, CAUSE_ABORT);
	scene_last_segments(&s, 20000, 20145); /* it had not read it, and left */
	assert_cause(&s, CAUSE_ABORT);
	scene_round_trip(&s, CLIENT, 50000);
	assert_cause(&s, CAUSE_ENDPOINT_TIMER);
}

/* The client's bare window update seconds later is no data of its own: the server spoke last, and its timer ran out. */
static void abort__window_update_after_the_answer__timer(void **state)
{
	(void)state;
	scene_last_segments(&s, 20430, 22075);
	scene_mem(&s)->last_data_ms[CLIENT] = 22030;
	scene_active(&s);
	assert_cause(&s, CAUSE_ENDPOINT_TIMER);
	scene_mem(&s)->last_data_ms[CLIENT] = 20430; /* no: it asked again */
	assert_cause(&s, CAUSE_ABORT);
}

/* Within one tick: conntrack knows whose acknowledgement was the last segment, hence who had spoken. */
static void abort__acknowledged_within_a_tick__conntrack_tells(void **state)
{
	(void)state;
	scene_last_segments(&s, 20430, 20430);
	scene_active(&s);
	scene_ct(&s)->flags |= RSTWHY_CT_BARE_REPLY;
	assert_cause(&s, CAUSE_ABORT);
	assert_also(&s, CAUSE_ENDPOINT_TIMER);
	scene_mem(&s)->last_data_ms[SERVER] = scene_mem(&s)->last_data_ms[CLIENT] = 90000; /* a probe and its answer were the last */
	assert_cause(&s, CAUSE_ENDPOINT_TIMER);
	scene_last_segments(&s, 20430, 20430);
	scene_ct(&s)->flags ^= RSTWHY_CT_BARE_REPLY | RSTWHY_CT_BARE_ORIG;
	assert_cause(&s, CAUSE_ENDPOINT_TIMER);
}

static void abort__silence_after_own_data__timer(void **state)
{
	(void)state;
	scene_last_segments(&s, 20000, 20000);
	scene_active(&s);
	assert_cause(&s, CAUSE_ENDPOINT_TIMER);
	assert_also(&s, CAUSE_ABORT);
	assert_int_equal(s.verdict.candidates_count, 0);
	scene_last_segments(&s, 28800150, 28800150);
	assert_cause(&s, CAUSE_ENDPOINT_TIMER);
	assert_int_equal(s.verdict.candidates_count, 1);
	assert_string_equal(s.verdict.candidates[0], "MariaDB wait_timeout 28800 s");
	scene_last_segments(&s, 240000, 240000); /* boxes' */
	assert_cause(&s, CAUSE_ENDPOINT_TIMER);
	assert_int_equal(s.verdict.candidates_count, 0);
}

static void abort__short_silence_of_odd_length__timer_named(void **state)
{
	(void)state;
	s.settings.idle_min_ms = 1000;
	scene_last_segments(&s, 1730, 1730);
	scene_active(&s);
	assert_cause(&s, CAUSE_ABORT);
	assert_also(&s, CAUSE_ENDPOINT_TIMER);
	scene_last_segments(&s, 2540, 2540);
	assert_cause(&s, CAUSE_ENDPOINT_TIMER);
	scene_last_segments(&s, 7730, 7730);
	assert_cause(&s, CAUSE_ENDPOINT_TIMER);
}

static void abort__passive__not_told(void **state)
{
	(void)state;
	scene_passive(&s);
	assert_not_cause(&s, CAUSE_ABORT);
}

static void abort__ttl_of_another__not_told(void **state)
{
	(void)state;
	scene_active(&s);
	scene_event(&s)->seg.ttl = 255;
	assert_cause(&s, CAUSE_AMBIGUOUS);
	assert_also(&s, CAUSE_REMOTE_POLICY);
	assert_also(&s, CAUSE_INJECTED);
}

static void abort__sender_goes_on__not_told(void **state)
{
	(void)state;
	scene_active(&s);
	scene_after(&s, RSTWHY_AFTER_SENDER_DATA, 10);
	assert_cause(&s, CAUSE_INJECTED);
}

static void abort__both_ends_without_proof__not_told(void **state)
{
	(void)state;
	scene_mem(&s)->base[SERVER].flags &= (uint8_t)~RSTWHY_BASE_IPID;
	scene_active(&s);
	scene_echo(&s, 1);
	assert_cause(&s, CAUSE_AMBIGUOUS);
	scene_established(&s);
	scene_active(&s);
	scene_echo(&s, 1);
	assert_cause(&s, CAUSE_ABORT);
}

static void abort__program_of_the_gateway__sure(void **state)
{
	(void)state;
	scene_active(&s);
	scene_by(&s, RSTWHY_BY_GATEWAY_SOCKET);
	assert_cause(&s, CAUSE_ABORT);
	assert_int_equal(s.verdict.sender, SIDE_SERVER);
	assert_confidence(&s, 0.97, 0.97);
}

static void abort__own_data_unanswered__silent_drop_named(void **state)
{
	(void)state;
	scene_woke(&s, SERVER, RSTWHY_BURST_DATA, 350000);
	scene_copies(&s, 4, 0, 3000);
	scene_active(&s);
	assert_cause(&s, CAUSE_ABORT);
	assert_also(&s, CAUSE_SILENT_DROP);
}

/* The client said one thing, the server nothing. */
static void first_request(void)
{
	scene_said_nothing(&s, SERVER);
	scene_in_flight(&s, CLIENT, 100);
	scene_active(&s);
}

static void request_rejected__first_data__told(void **state)
{
	(void)state;
	first_request();
	assert_cause(&s, CAUSE_REQUEST_REJECTED);
	assert_int_equal(s.verdict.stage, STAGE_REQUEST);
	assert_int_equal(s.verdict.sender, SIDE_SERVER);
}

static void request_rejected__server_greeted_first__abort(void **state)
{
	(void)state;
	scene_in_flight(&s, CLIENT, 100);
	scene_active(&s);
	assert_cause(&s, CAUSE_ABORT);
}

static void request_rejected__much_later__abort(void **state)
{
	(void)state;
	first_request();
	scene_last_segments(&s, 5000, 5000);
	assert_cause(&s, CAUSE_ABORT);
}

static void request_rejected__client_resets__abort(void **state)
{
	(void)state;
	first_request();
	scene_rst_from(&s, CLIENT);
	assert_cause(&s, CAUSE_ABORT);
}

static void request_rejected__beginning_not_seen__abort(void **state)
{
	(void)state;
	first_request();
	scene_mem(&s)->flags &= ~(uint32_t)(RSTWHY_MEM_HANDSHAKE | RSTWHY_MEM_COMPLETED);
	scene_mem(&s)->flags |= RSTWHY_MEM_MIDSTREAM;
	assert_cause(&s, CAUSE_ABORT);
}

static void abort__both_ends_with_proof__told_with_less(void **state)
{
	(void)state;
	scene_active(&s);
	scene_echo(&s, 1);
	assert_cause(&s, CAUSE_ABORT);
	assert_confidence(&s, 0.7, 0.8);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(abort__live_socket_of_either_side__told_with_crash),
		TEST(abort__ipv6__told),
		TEST(abort__translated__told),
		TEST(abort__client_data_unread__told),
		TEST(abort__unread_for_long__told_with_timer),
		TEST(abort__acknowledged_and_left_unread__told_with_timer),
		TEST(abort__question_unanswered_for_whole_seconds__timer),
		TEST(abort__client_idle_after_its_answer__timer),
		TEST(abort__window_update_after_the_answer__timer),
		TEST(abort__acknowledged_within_a_tick__conntrack_tells),
		TEST(abort__silence_after_own_data__timer),
		TEST(abort__short_silence_of_odd_length__timer_named),
		TEST(abort__passive__not_told),
		TEST(abort__ttl_of_another__not_told),
		TEST(abort__sender_goes_on__not_told),
		TEST(abort__both_ends_without_proof__not_told),
		TEST(abort__program_of_the_gateway__sure),
		TEST(abort__own_data_unanswered__silent_drop_named),
		TEST(request_rejected__first_data__told),
		TEST(request_rejected__server_greeted_first__abort),
		TEST(request_rejected__much_later__abort),
		TEST(request_rejected__client_resets__abort),
		TEST(request_rejected__beginning_not_seen__abort),
		TEST(abort__both_ends_with_proof__told_with_less),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
