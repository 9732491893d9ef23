// SPDX-License-Identifier: GPL-2.0
/*
 * engine_transfer.c - one side closed or gave up while the other was sending
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

static void cancel__full_buffer_of_an_offloaded_flow__not_told(void **state)
{
	(void)state;
	scene_rst_from(&s, CLIENT);
	scene_active(&s);
	scene_ct(&s)->td_maxend[SERVER] = SERVER_END + 1000; /* as it was when conntrack last looked */
	scene_ct(&s)->status = 1U << 14; /* IPS_OFFLOAD */
	assert_not_cause(&s, CAUSE_CANCEL);
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

/* All of 30 kB has been received, this moment: had there been more to come, it would have come after the RST. */
static void cancel__all_of_a_download_received__abort(void **state)
{
	(void)state;
	scene_last_segments(&s, 1, 40);
	scene_mem(&s)->end[SERVER] = scene_mem(&s)->ack[CLIENT] = SERVER_ISN + 30001;
	scene_rst_from(&s, CLIENT);
	scene_active(&s);
	assert_cause(&s, CAUSE_ABORT);
	assert_also(&s, CAUSE_CANCEL);
	scene_after(&s, RSTWHY_AFTER_PEER_DATA, 20);
	assert_cause(&s, CAUSE_CANCEL);
	assert_confidence(&s, 0.85, 1);
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

static void late_data__only_a_probe_after_the_close__told(void **state)
{
	(void)state;
	scene_fin(&s, SERVER, true);
	scene_woke(&s, CLIENT, RSTWHY_BURST_PROBE, 60000);
	scene_passive(&s);
	assert_cause(&s, CAUSE_LATE_DATA);
}

static void late_data__number_beyond_the_fin__not_told(void **state)
{
	(void)state;
	scene_fin(&s, SERVER, true);
	scene_in_flight(&s, CLIENT, 100);
	scene_passive(&s);
	scene_event(&s)->seg.seq++;
	assert_not_cause(&s, CAUSE_LATE_DATA);
}

static void late_data__nothing_unread_and_older_number__not_told(void **state)
{
	(void)state;
	scene_fin(&s, SERVER, false);
	scene_passive(&s);
	assert_not_cause(&s, CAUSE_LATE_DATA);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
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
		TEST(cancel__full_buffer_of_an_offloaded_flow__not_told),
		TEST(cancel__closed_amid_transfer__told),
		TEST(cancel__fin_acknowledged_before_the_rst_passed__still_told),
		TEST(cancel__nothing_received_yet__late_data),
		TEST(cancel__all_read_and_acknowledged__abort),
		TEST(cancel__all_of_a_download_received__abort),
		TEST(cancel__server_resets_an_upload__abort),
		TEST(cancel__passive_without_fin__not_told),
		TEST(late_data__only_a_probe_after_the_close__told),
		TEST(late_data__number_beyond_the_fin__not_told),
		TEST(late_data__nothing_unread_and_older_number__not_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
