// SPDX-License-Identifier: GPL-2.0
/*
 * engine_idle.c - silence, and somebody's timer
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
static void forgotten(void)
{
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 350412);
	scene_passive(&s);
}

static void on_next_packet__passive__told_with_host_lost(void **state)
{
	(void)state;
	forgotten();
	assert_cause(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
	assert_also(&s, CAUSE_HOST_LOST);
	assert_true(s.verdict.gap_ms == 350412);
	assert_int_equal(s.verdict.sender, SIDE_SERVER);
	assert_string_equal(s.verdict.candidates[0], "AWS NLB 350 s");
	assert_confidence(&s, 0.7, 0.85);
}

static void on_next_packet__box_marks__sure(void **state)
{
	(void)state;
	scene_round_trip(&s, SERVER, 11000);
	forgotten();
	scene_event(&s)->ev.host[0] = (struct rstwhy_host){.flags = RSTWHY_HOST_KNOWN, .rtt_us = 11000, .rtts = 2};
	scene_event(&s)->seg.ttl = 255;
	assert_cause(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
	assert_confidence(&s, 0.97, 0.97);
	assert_int_equal(s.verdict.also_count, 0);
	assert_string_equal(s.verdict.evidence[0],
			    "silent 350.4 s, then the next segment of the client was answered by RST in 0.3 ms; "
			    "the host itself is 11 ms away");
}

static void on_next_packet__server_spoke_first__told_of_the_client_side(void **state)
{
	(void)state;
	scene_woke(&s, SERVER, RSTWHY_BURST_DATA, 350412);
	scene_rst_from(&s, CLIENT);
	assert_cause(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
	assert_int_equal(s.verdict.sender, SIDE_CLIENT);
}

static void on_next_packet__ipv6_and_reversed__told(void **state)
{
	(void)state;
	scene_established6(&s);
	forgotten();
	assert_cause(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
	scene_established(&s);
	forgotten();
	scene_mem(&s)->flags |= RSTWHY_MEM_OPENER_REPLY;
	assert_cause(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
}

static void on_next_packet__copies_swallowed_first__told(void **state)
{
	(void)state;
	forgotten();
	scene_copies(&s, 5, 0, 6200);
	assert_cause(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
	assert_true(s.verdict.gap_ms == 350412);
	assert_string_equal(s.verdict.evidence[1], "4 copies over 6.2 s got no answer before");
}

static void on_next_packet__keepalive_probe_woke_it__told(void **state)
{
	(void)state;
	scene_woke(&s, CLIENT, RSTWHY_BURST_PROBE, 60000);
	scene_passive(&s);
	assert_cause(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
}

static void on_next_packet__fin_woke_it__told(void **state)
{
	(void)state;
	scene_woke(&s, CLIENT, RSTWHY_BURST_FIN, 60000);
	scene_fin(&s, CLIENT, false);
	scene_mem(&s)->burst_end++;
	assert_cause(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
}

static void on_next_packet__box_with_ack_but_no_timestamps__told(void **state)
{
	(void)state;
	scene_timestamps(&s);
	forgotten();
	scene_active(&s);
	scene_event(&s)->seg.has_ts = false;
	scene_event(&s)->seg.ipid = 0;
	scene_event(&s)->seg.win = 0;
	scene_event(&s)->seg.ack = scene_mem(&s)->burst_end;
	assert_cause(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
}

/* A machine that is busy takes its time; whose number it bears tells what it answers. */
static void on_next_packet__slow_answer__told(void **state)
{
	(void)state;
	scene_round_trip(&s, SERVER, 1000);
	forgotten();
	scene_mem(&s)->burst_first_us = scene_mem(&s)->burst_last_us = 600000;
	assert_cause(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
	scene_mem(&s)->burst_first_us = scene_mem(&s)->burst_last_us = 1100000;
	assert_not_cause(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
}

static void on_next_packet__short_gap__not_told(void **state)
{
	(void)state;
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 9999);
	scene_passive(&s);
	assert_cause(&s, CAUSE_HOST_LOST);
	assert_confidence(&s, 0.5, 0.55);
	assert_also(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
	s.settings.idle_min_ms = 2000;
	assert_cause(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
}

static void on_next_packet__live_socket_answers__abort(void **state)
{
	(void)state;
	scene_timestamps(&s);
	forgotten();
	scene_active(&s);
	assert_cause(&s, CAUSE_ABORT);
}

static void on_next_packet__socket_or_box__ambiguous(void **state)
{
	(void)state;
	scene_mem(&s)->base[SERVER].flags &= (uint8_t)~RSTWHY_BASE_IPID;
	forgotten();
	scene_active(&s);
	assert_cause(&s, CAUSE_AMBIGUOUS);
	assert_also(&s, CAUSE_ABORT);
	assert_also(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
}

static void on_next_packet__server_had_closed__late_data(void **state)
{
	(void)state;
	scene_fin(&s, SERVER, true);
	forgotten();
	assert_cause(&s, CAUSE_LATE_DATA);
}

static void on_next_packet__gap_survived__not_told(void **state)
{
	(void)state;
	forgotten();
	scene_answered(&s);
	assert_cause(&s, CAUSE_HOST_LOST);
	assert_confidence(&s, 0.5, 0.6);
	assert_true(s.verdict.gap_ms < 0);
}

static void on_next_packet__longer_gap_survived_before__half_sure(void **state)
{
	(void)state;
	forgotten();
	scene_mem(&s)->survived_ms = 400000;
	assert_cause(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
	assert_confidence(&s, 0, 0.5);
}

static void on_next_packet__talked_into_the_void_before__ambiguous(void **state)
{
	(void)state;
	forgotten();
	scene_mem(&s)->unanswered_before = 3;
	assert_cause(&s, CAUSE_AMBIGUOUS);
	assert_also(&s, CAUSE_HOST_LOST);
}

static void on_next_packet__own_entry_lost__not_told(void **state)
{
	(void)state;
	scene_snat(&s);
	forgotten();
	scene_lost(&s, true);
	scene_ct(&s)->reply.dport ^= 1;
	assert_not_cause(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
}

static void on_next_packet__own_loss_without_effect__told(void **state)
{
	(void)state;
	forgotten();
	scene_lost(&s, true);
	scene_mem(&s)->timeout_before_gap_ms = 300000;
	assert_cause(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
	assert_confidence(&s, 0.5, 0.7);
}

static void on_next_packet__hidden_traffic__capped(void **state)
{
	(void)state;
	forgotten();
	scene_event(&s)->seg.ttl = 255;
	scene_ct(&s)->status = 1U << 14;
	assert_cause(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
	assert_confidence(&s, 0.5, 0.6);
}

static void on_next_packet__blind_from_zero__offloaded(void **state)
{
	(void)state;
	forgotten();
	scene_mem(&s)->flags |= RSTWHY_MEM_BLIND;
	scene_mem(&s)->gap_min_ms = 0;
	assert_cause(&s, CAUSE_OFFLOADED);
	assert_also(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
}

static void on_next_packet__server_never_spoke__backlog_named(void **state)
{
	(void)state;
	scene_said_nothing(&s, SERVER);
	forgotten();
	assert_cause(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
	assert_false(scene_also(&s, CAUSE_BACKLOG_OVERFLOW)); /* it had acknowledged what the client said before */
	scene_mem(&s)->ack[SERVER] = CLIENT_ISN + 1;
	assert_cause(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
	assert_confidence(&s, 0.5, 0.6);
	assert_also(&s, CAUSE_BACKLOG_OVERFLOW);
	assert_also(&s, CAUSE_REMOTE_POLICY);
}

static void on_next_packet__it_went_on__ignored(void **state)
{
	(void)state;
	forgotten();
	scene_after(&s, RSTWHY_AFTER_PEER_ACK, 30);
	assert_cause(&s, CAUSE_IGNORED);
}

static void on_next_packet__client_had_closed_long_ago__not_told(void **state)
{
	(void)state;
	scene_fin(&s, CLIENT, true);
	scene_mem(&s)->burst_seq = scene_mem(&s)->end[CLIENT];
	forgotten();
	assert_not_cause(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
}

static void on_next_packet__server_spoke_and_had_been_told_of_a_fin__not_told(void **state)
{
	(void)state;
	scene_fin(&s, SERVER, true);
	scene_woke(&s, SERVER, RSTWHY_BURST_DATA, 350412);
	scene_rst_from(&s, CLIENT);
	assert_not_cause(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(on_next_packet__passive__told_with_host_lost),
		TEST(on_next_packet__box_marks__sure),
		TEST(on_next_packet__server_spoke_first__told_of_the_client_side),
		TEST(on_next_packet__ipv6_and_reversed__told),
		TEST(on_next_packet__copies_swallowed_first__told),
		TEST(on_next_packet__keepalive_probe_woke_it__told),
		TEST(on_next_packet__fin_woke_it__told),
		TEST(on_next_packet__box_with_ack_but_no_timestamps__told),
		TEST(on_next_packet__slow_answer__told),
		TEST(on_next_packet__short_gap__not_told),
		TEST(on_next_packet__live_socket_answers__abort),
		TEST(on_next_packet__socket_or_box__ambiguous),
		TEST(on_next_packet__server_had_closed__late_data),
		TEST(on_next_packet__gap_survived__not_told),
		TEST(on_next_packet__longer_gap_survived_before__half_sure),
		TEST(on_next_packet__talked_into_the_void_before__ambiguous),
		TEST(on_next_packet__own_entry_lost__not_told),
		TEST(on_next_packet__own_loss_without_effect__told),
		TEST(on_next_packet__hidden_traffic__capped),
		TEST(on_next_packet__blind_from_zero__offloaded),
		TEST(on_next_packet__server_never_spoke__backlog_named),
		TEST(on_next_packet__it_went_on__ignored),
		TEST(on_next_packet__client_had_closed_long_ago__not_told),
		TEST(on_next_packet__server_spoke_and_had_been_told_of_a_fin__not_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
