// SPDX-License-Identifier: GPL-2.0
/*
 * engine_noise.c - RSTs that killed nothing, and those that look so
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

static void ignored__peer_acknowledges_new_data__at_once(void **state)
{
	(void)state;
	s.incident.hold_over = false;
	scene_after(&s, RSTWHY_AFTER_PEER_ACK, 1);
	assert_cause(&s, CAUSE_IGNORED);
	assert_true(s.verdict.certain);
}

static void ignored__box_marks__also_injected(void **state)
{
	(void)state;
	scene_event(&s)->seg.ttl = 1;
	scene_after(&s, RSTWHY_AFTER_PEER_ACK, 1);
	assert_cause(&s, CAUSE_IGNORED);
	assert_also(&s, CAUSE_INJECTED);
}

static void ignored__peer_data_crossing__not_told(void **state)
{
	(void)state;
	scene_active(&s);
	scene_after(&s, RSTWHY_AFTER_PEER_DATA, 200);
	scene_after(&s, RSTWHY_AFTER_PEER_SEGMENT, 210);
	assert_not_cause(&s, CAUSE_IGNORED);
}

static void ignored__peer_talks_to_a_dead_sender__not_told(void **state)
{
	(void)state;
	scene_active(&s);
	scene_after(&s, RSTWHY_AFTER_PEER_SEGMENT, 900);
	assert_cause(&s, CAUSE_ABORT);
}

static void ignored__both_talk_late__told(void **state)
{
	(void)state;
	scene_after(&s, RSTWHY_AFTER_SENDER_ACK, 20);
	scene_after(&s, RSTWHY_AFTER_PEER_SEGMENT, 400);
	assert_cause(&s, CAUSE_IGNORED);
}

static void ignored__sender_alive_but_peer_only_crossing__not_told(void **state)
{
	(void)state;
	scene_after(&s, RSTWHY_AFTER_SENDER_ACK, 20);
	scene_after(&s, RSTWHY_AFTER_PEER_DATA, 10);
	assert_cause(&s, CAUSE_INJECTED);
}

static void ignored__late_within_a_long_round_trip__not_told(void **state)
{
	(void)state;
	scene_round_trip(&s, CLIENT, 600000);
	scene_after(&s, RSTWHY_AFTER_SENDER_ACK, 20);
	scene_after(&s, RSTWHY_AFTER_PEER_SEGMENT, 700);
	assert_not_cause(&s, CAUSE_IGNORED);
}

static void ignored__overtaken_data_alone__not_told(void **state)
{
	(void)state;
	scene_active(&s);
	scene_after(&s, RSTWHY_AFTER_SENDER_DATA, 1);
	scene_after(&s, RSTWHY_AFTER_PEER_ACK, 5);
	s.incident.after_below = 1U << RSTWHY_AFTER_SENDER_DATA | 1U << RSTWHY_AFTER_PEER_ACK;
	assert_cause(&s, CAUSE_ABORT);
	scene_after(&s, RSTWHY_AFTER_SENDER_ACK, 6);
	assert_cause(&s, CAUSE_IGNORED);
}

static void ignored__ttl_ends_at_the_gateway__told(void **state)
{
	(void)state;
	scene_last_segments(&s, 350000, 350000);
	scene_event(&s)->seg.ttl = 1;
	assert_cause(&s, CAUSE_IGNORED);
	assert_also(&s, CAUSE_INJECTED);
	scene_ct(&s)->flags = RSTWHY_CT_OFF; /* a capture: from where? */
	assert_not_cause(&s, CAUSE_IGNORED);
	scene_established(&s);
	scene_event(&s)->seg.ttl = scene_mem(&s)->base[SERVER].ttl = 1; /* a neighbour's, for the gateway itself */
	scene_active(&s);
	assert_cause(&s, CAUSE_ABORT);
}

static void out_of_window__bad_checksum__told(void **state)
{
	(void)state;
	scene_event(&s)->ev.csum = RSTWHY_CSUM_BAD;
	assert_cause(&s, CAUSE_OUT_OF_WINDOW);
	scene_by(&s, RSTWHY_BY_GATEWAY_SOCKET);
	assert_not_cause(&s, CAUSE_OUT_OF_WINDOW);
}

static void out_of_window__below_or_above__told(void **state)
{
	(void)state;
	scene_event(&s)->seg.seq = SERVER_END - 500;
	assert_cause(&s, CAUSE_OUT_OF_WINDOW);
	scene_event(&s)->seg.seq = SERVER_END + 10000000;
	assert_cause(&s, CAUSE_OUT_OF_WINDOW);
}

/* Conntrack has let go of the flow: what is ahead of all that was sent, by more than any window has without scaling, somebody guessed. */
static void out_of_window__ahead_once_conntrack_forgot__told(void **state)
{
	(void)state;
	scene_ct(&s)->flags &= (uint16_t)~RSTWHY_CT_WINDOW;
	scene_event(&s)->seg.seq = SERVER_END + 100000;
	assert_cause(&s, CAUSE_OUT_OF_WINDOW);
	scene_event(&s)->seg.seq = SERVER_END + 60000;
	assert_not_cause(&s, CAUSE_OUT_OF_WINDOW);
}

static void out_of_window__above_what_we_saw_while_blind__not_told(void **state)
{
	(void)state;
	scene_event(&s)->seg.seq = SERVER_END + 10000000;
	scene_mem(&s)->flags |= RSTWHY_MEM_BLIND;
	assert_cause(&s, CAUSE_OFFLOADED);
}

static void out_of_window__in_window__not_told(void **state)
{
	(void)state;
	scene_event(&s)->seg.seq = SERVER_END + 500;
	assert_not_cause(&s, CAUSE_OUT_OF_WINDOW);
}

static void after_close__both_fins_acknowledged__told(void **state)
{
	(void)state;
	scene_fin(&s, CLIENT, true);
	scene_fin(&s, SERVER, true);
	scene_passive(&s);
	assert_cause(&s, CAUSE_AFTER_CLOSE);
	assert_int_equal(s.verdict.stage, STAGE_CLOSED);
}

static void after_close__rst_in_place_of_the_last_ack__told(void **state)
{
	(void)state;
	scene_fin(&s, CLIENT, true);
	scene_fin(&s, SERVER, false);
	scene_rst_from(&s, CLIENT);
	assert_cause(&s, CAUSE_AFTER_CLOSE);
}

static void after_close__data_before_the_second_fin_lost__not_told(void **state)
{
	(void)state;
	scene_fin(&s, CLIENT, true);
	scene_in_flight(&s, SERVER, 3000);
	scene_fin(&s, SERVER, false);
	scene_last_segments(&s, 5000, 1);
	scene_rst_from(&s, CLIENT);
	assert_cause(&s, CAUSE_LATE_DATA);
}

static void after_close__one_fin__not_told(void **state)
{
	(void)state;
	scene_fin(&s, CLIENT, true);
	assert_not_cause(&s, CAUSE_AFTER_CLOSE);
}

static void after_close__gateway_rejects_a_straggler__told(void **state)
{
	(void)state;
	scene_fin(&s, CLIENT, true);
	scene_fin(&s, SERVER, true);
	scene_lost(&s, false);
	scene_reject_of_invalid(&s);
	assert_cause(&s, CAUSE_AFTER_CLOSE);
}

static void after_close__conntrack_alone_in_time_wait__told(void **state)
{
	(void)state;
	scene_conntrack_only(&s, 7);
	assert_cause(&s, CAUSE_AFTER_CLOSE);
	scene_conntrack_only(&s, 3);
	assert_cause(&s, CAUSE_NO_HISTORY);
}

static void duplicate__same_side_nothing_moved__told(void **state)
{
	(void)state;
	scene_reset_before(&s, SERVER, 1600);
	scene_last_segments(&s, 1, 2000);
	assert_cause(&s, CAUSE_DUPLICATE);
}

static void duplicate__retransmission_met_it__told(void **state)
{
	(void)state;
	scene_woke(&s, CLIENT, RSTWHY_BURST_RETRANSMIT, 1600);
	scene_reset_before(&s, SERVER, 1600);
	scene_mem(&s)->last_ms[SERVER] = 5000;
	assert_cause(&s, CAUSE_DUPLICATE);
}

static void after_reset__other_side_answers_a_leftover__after_close(void **state)
{
	(void)state;
	scene_last_segments(&s, 60000, 10);
	scene_reset_before(&s, SERVER, 59900);
	scene_rst_from(&s, CLIENT);
	assert_cause(&s, CAUSE_AFTER_CLOSE);
}

static void after_reset__connection_lived_on__judged_by_itself(void **state)
{
	(void)state;
	scene_reset_before(&s, SERVER, 60000);
	scene_mem(&s)->reset_end[CLIENT] -= 500;
	scene_mem(&s)->reset_end[SERVER] -= 500;
	scene_active(&s);
	assert_cause(&s, CAUSE_ABORT);
}

static void after_reset__new_connection_on_the_ports__judged_by_itself(void **state)
{
	(void)state;
	scene_connecting(&s);
	scene_reset_before(&s, SERVER, 5000);
	assert_cause(&s, CAUSE_REFUSED);
}

static void repeat__memory_does_not_know__by_the_correlator(void **state)
{
	(void)state;
	scene_unknown(&s);
	s.incident.repeat = true;
	assert_cause(&s, CAUSE_AFTER_CLOSE);
	s.incident.repeat_same_dir = true;
	assert_cause(&s, CAUSE_DUPLICATE);
}

static void after_reset__side_gone_since_its_reset__after_close(void **state)
{
	(void)state;
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 60000);
	scene_reset_before(&s, SERVER, 50000);
	scene_mem(&s)->last_ms[SERVER] = 60000;
	scene_passive(&s);
	assert_cause(&s, CAUSE_AFTER_CLOSE); /* not an idle kill: the server had said so */
}

static void after_reset__both_sides_spoke_since__judged_by_itself(void **state)
{
	(void)state;
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 60000);
	scene_reset_before(&s, SERVER, 90000);
	scene_passive(&s);
	assert_cause(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ignored__peer_acknowledges_new_data__at_once),
		TEST(ignored__box_marks__also_injected),
		TEST(ignored__peer_data_crossing__not_told),
		TEST(ignored__peer_talks_to_a_dead_sender__not_told),
		TEST(ignored__both_talk_late__told),
		TEST(ignored__sender_alive_but_peer_only_crossing__not_told),
		TEST(ignored__late_within_a_long_round_trip__not_told),
		TEST(ignored__overtaken_data_alone__not_told),
		TEST(ignored__ttl_ends_at_the_gateway__told),
		TEST(out_of_window__bad_checksum__told),
		TEST(out_of_window__below_or_above__told),
		TEST(out_of_window__ahead_once_conntrack_forgot__told),
		TEST(out_of_window__above_what_we_saw_while_blind__not_told),
		TEST(out_of_window__in_window__not_told),
		TEST(after_close__both_fins_acknowledged__told),
		TEST(after_close__rst_in_place_of_the_last_ack__told),
		TEST(after_close__data_before_the_second_fin_lost__not_told),
		TEST(after_close__one_fin__not_told),
		TEST(after_close__gateway_rejects_a_straggler__told),
		TEST(after_close__conntrack_alone_in_time_wait__told),
		TEST(duplicate__same_side_nothing_moved__told),
		TEST(duplicate__retransmission_met_it__told),
		TEST(after_reset__other_side_answers_a_leftover__after_close),
		TEST(after_reset__connection_lived_on__judged_by_itself),
		TEST(after_reset__new_connection_on_the_ports__judged_by_itself),
		TEST(repeat__memory_does_not_know__by_the_correlator),
		TEST(after_reset__side_gone_since_its_reset__after_close),
		TEST(after_reset__both_sides_spoke_since__judged_by_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
