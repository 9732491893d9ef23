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
	scene_last_segments(&s, 20000, 20000);
	scene_mem(&s)->last_data_ms[SERVER] = 25000;
	scene_active(&s);
	assert_cause(&s, CAUSE_ABORT);
	assert_also(&s, CAUSE_ENDPOINT_TIMER);
	assert_confidence(&s, 0.5, 0.7);
}

static void abort__acknowledged_and_left_unread__told_with_timer(void **state)
{
	(void)state;
	scene_last_segments(&s, 20008, 20000);
	scene_active(&s);
	assert_cause(&s, CAUSE_ABORT);
	scene_last_segments(&s, 20000, 20008);
	assert_cause(&s, CAUSE_AMBIGUOUS);
}

static void abort__silence_after_own_data__ambiguous(void **state)
{
	(void)state;
	scene_last_segments(&s, 20000, 20000);
	scene_active(&s);
	assert_cause(&s, CAUSE_AMBIGUOUS);
	assert_also(&s, CAUSE_ENDPOINT_TIMER);
	assert_also(&s, CAUSE_ABORT);
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
	assert_cause(&s, CAUSE_AMBIGUOUS);
	assert_also(&s, CAUSE_INJECTED);
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

static void late_data__server_closed_client_sends__told(void **state)
{
	(void)state;
	scene_fin(&s, SERVER, true);
	scene_in_flight(&s, CLIENT, 100);
	scene_passive(&s);
	assert_cause(&s, CAUSE_LATE_DATA);
	assert_int_equal(s.verdict.stage, STAGE_CLOSING);
	assert_int_equal(s.verdict.sender, SIDE_SERVER);
}

static void late_data__fin_still_under_way__told(void **state)
{
	(void)state;
	scene_fin(&s, SERVER, false);
	scene_in_flight(&s, CLIENT, 100);
	scene_passive(&s);
	assert_cause(&s, CAUSE_LATE_DATA);
}

static void late_data__after_a_long_silence__still_told(void **state)
{
	(void)state;
	scene_fin(&s, SERVER, true);
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 350000);
	scene_passive(&s);
	assert_cause(&s, CAUSE_LATE_DATA);
}

static void late_data__half_closed_and_reading_on__not_told(void **state)
{
	(void)state;
	scene_fin(&s, SERVER, true);
	scene_mem(&s)->flags |= RSTWHY_MEM_ACKED_PAST_FIN_REPLY;
	scene_in_flight(&s, CLIENT, 100);
	scene_passive(&s);
	assert_cause(&s, CAUSE_AMBIGUOUS);
	assert_also(&s, CAUSE_LATE_DATA);
}

static void late_data__the_other_side_had_closed__not_told(void **state)
{
	(void)state;
	scene_fin(&s, CLIENT, false);
	scene_passive(&s);
	assert_not_cause(&s, CAUSE_LATE_DATA);
}

static void late_data__live_socket_after_its_fin__abort(void **state)
{
	(void)state;
	scene_fin(&s, SERVER, true);
	scene_in_flight(&s, CLIENT, 100);
	scene_active(&s);
	assert_cause(&s, CAUSE_ABORT);
	assert_also(&s, CAUSE_LATE_DATA);
}

static void late_data__answer_long_after_the_client_closed__told(void **state)
{
	(void)state;
	scene_fin(&s, CLIENT, true);
	scene_last_segments(&s, 8000, 8000);
	scene_in_flight(&s, SERVER, 4000);
	scene_rst_from(&s, CLIENT);
	assert_cause(&s, CAUSE_LATE_DATA);
}

static void cancel__data_in_flight__told(void **state)
{
	(void)state;
	scene_in_flight(&s, SERVER, 30000);
	scene_rst_from(&s, CLIENT);
	scene_active(&s);
	assert_cause(&s, CAUSE_CANCEL);
	assert_int_equal(s.verdict.sender, SIDE_CLIENT);
	assert_confidence(&s, 0.9, 1);
}

static void cancel__still_sending_after_the_rst__told(void **state)
{
	(void)state;
	scene_rst_from(&s, CLIENT);
	scene_active(&s);
	scene_after(&s, RSTWHY_AFTER_PEER_DATA, 20);
	assert_cause(&s, CAUSE_CANCEL);
}

static void cancel__receive_buffer_full__told(void **state)
{
	(void)state;
	scene_rst_from(&s, CLIENT);
	scene_active(&s);
	scene_ct(&s)->td_maxend[SERVER] = SERVER_END + 1000;
	assert_cause(&s, CAUSE_CANCEL);
}

static void cancel__closed_amid_transfer__told(void **state)
{
	(void)state;
	scene_fin(&s, CLIENT, false);
	scene_in_flight(&s, SERVER, 30000);
	scene_mem(&s)->last_ms[CLIENT] = 15;
	scene_rst_from(&s, CLIENT);
	assert_cause(&s, CAUSE_CANCEL);
	assert_also(&s, CAUSE_LATE_DATA);
}

static void cancel__fin_acknowledged_before_the_rst_passed__still_told(void **state)
{
	(void)state;
	scene_fin(&s, CLIENT, true);
	scene_in_flight(&s, SERVER, 30000);
	scene_mem(&s)->last_ms[CLIENT] = 15;
	scene_rst_from(&s, CLIENT);
	scene_event(&s)->seg.seq -= 1;
	assert_cause(&s, CAUSE_CANCEL);
}

static void cancel__nothing_received_yet__late_data(void **state)
{
	(void)state;
	scene_said_nothing(&s, SERVER);
	scene_fin(&s, CLIENT, true);
	scene_in_flight(&s, SERVER, 3000);
	scene_mem(&s)->last_ms[CLIENT] = 15;
	scene_rst_from(&s, CLIENT);
	assert_cause(&s, CAUSE_LATE_DATA);
	assert_also(&s, CAUSE_CANCEL);
}

static void cancel__all_read_and_acknowledged__abort(void **state)
{
	(void)state;
	scene_last_segments(&s, 1, 1);
	scene_rst_from(&s, CLIENT);
	scene_active(&s);
	assert_cause(&s, CAUSE_ABORT);
	assert_also(&s, CAUSE_CANCEL);
}

static void cancel__server_resets_an_upload__abort(void **state)
{
	(void)state;
	scene_in_flight(&s, CLIENT, 30000);
	scene_active(&s);
	assert_cause(&s, CAUSE_ABORT);
}

static void cancel__passive_without_fin__not_told(void **state)
{
	(void)state;
	scene_in_flight(&s, SERVER, 30000);
	scene_rst_from(&s, CLIENT);
	scene_passive(&s);
	assert_cause(&s, CAUSE_AMBIGUOUS);
	assert_also(&s, CAUSE_HOST_LOST);
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
		TEST(abort__silence_after_own_data__ambiguous),
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
		TEST(late_data__server_closed_client_sends__told),
		TEST(late_data__fin_still_under_way__told),
		TEST(late_data__after_a_long_silence__still_told),
		TEST(late_data__half_closed_and_reading_on__not_told),
		TEST(late_data__the_other_side_had_closed__not_told),
		TEST(late_data__live_socket_after_its_fin__abort),
		TEST(late_data__answer_long_after_the_client_closed__told),
		TEST(cancel__data_in_flight__told),
		TEST(cancel__still_sending_after_the_rst__told),
		TEST(cancel__receive_buffer_full__told),
		TEST(cancel__closed_amid_transfer__told),
		TEST(cancel__fin_acknowledged_before_the_rst_passed__still_told),
		TEST(cancel__nothing_received_yet__late_data),
		TEST(cancel__all_read_and_acknowledged__abort),
		TEST(cancel__server_resets_an_upload__abort),
		TEST(cancel__passive_without_fin__not_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
