// SPDX-License-Identifier: GPL-2.0
/*
 * engine_connect.c - reset before the connection carried anything
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

static void refused__syn_answered_by_rst__told(void **state)
{
	(void)state;
	scene_connecting(&s);
	assert_cause(&s, CAUSE_REFUSED);
	assert_int_equal(s.verdict.sender, SIDE_SERVER);
	assert_int_equal(s.verdict.stage, STAGE_CONNECT);
	assert_int_equal(s.verdict.seq_match, SEQ_EXACT);
	assert_confidence(&s, 0.9, 1);
}

static void refused__data_in_the_syn__told(void **state)
{
	(void)state;
	scene_connecting(&s);
	scene_mem(&s)->end[CLIENT] += 300;
	scene_event(&s)->seg.ack += 300;
	assert_cause(&s, CAUSE_REFUSED);
}

static void refused__port_of_the_gateway__told(void **state)
{
	(void)state;
	scene_connecting(&s);
	scene_by(&s, RSTWHY_BY_GATEWAY_STACK);
	assert_cause(&s, CAUSE_REFUSED);
	assert_int_equal(s.verdict.sender, SIDE_SERVER);
}

static void refused__published_port__told(void **state)
{
	(void)state;
	scene_connecting(&s);
	scene_dnat(&s);
	scene_refusing(&s);
	assert_cause(&s, CAUSE_REFUSED);
}

static void refused__window_of_a_box__doubted(void **state)
{
	(void)state;
	scene_connecting(&s);
	scene_event(&s)->seg.win = 8192;
	assert_cause(&s, CAUSE_REFUSED);
	assert_also(&s, CAUSE_REMOTE_CONNECT);
	assert_confidence(&s, 0.3, 0.6);
}

/* Of a host that is known, at its own distance: the window is what the SYN offered. */
static void remote_connect__window_of_the_syn__told(void **state)
{
	(void)state;
	scene_connecting(&s);
	scene_event(&s)->seg.win = scene_mem(&s)->base[CLIENT].win;
	assert_cause(&s, CAUSE_REFUSED);
	assert_also(&s, CAUSE_REMOTE_CONNECT);
	scene_event(&s)->ev.host[0] = (struct rstwhy_host){.flags = RSTWHY_HOST_KNOWN, .ttl = scene_event(&s)->seg.ttl};
	assert_cause(&s, CAUSE_REMOTE_CONNECT);
	assert_also(&s, CAUSE_REFUSED);
	assert_confidence(&s, 0.7, 0.85);
}

/* Neither 0 nor anybody's: what acknowledges a SYN that nobody has answered refuses it all the same. */
static void remote_connect__sequence_number_of_its_own__told(void **state)
{
	(void)state;
	scene_connecting(&s);
	scene_event(&s)->seg.seq = 77777777;
	assert_cause(&s, CAUSE_REMOTE_CONNECT);
	assert_int_equal(s.verdict.stage, STAGE_CONNECT);
	assert_int_equal(s.verdict.sender, SIDE_SERVER);
	assert_int_equal(s.verdict.seq_match, SEQ_EXACT);
	scene_mem(&s)->flags |= RSTWHY_MEM_SYN_REUSE | RSTWHY_MEM_HANDSHAKE;
	assert_not_cause(&s, CAUSE_REMOTE_CONNECT);
}

/* The gateway is the client, and its own stack answers the challenge. */
static void half_open__of_the_gateways_own__told(void **state)
{
	struct rstwhy_memory *mem = scene_mem(&s);

	(void)state;
	mem->flags |= RSTWHY_MEM_SYN_PENDING | RSTWHY_MEM_SYN_REUSE;
	mem->syn_dir = CLIENT;
	scene_rst_from(&s, CLIENT);
	scene_by(&s, RSTWHY_BY_GATEWAY_STACK);
	assert_cause(&s, CAUSE_HALF_OPEN);
	assert_int_equal(s.verdict.sender, SIDE_CLIENT);
}

/* Its answer was seen, though not as one: Fast Open, by an older module. */
static void pending_syn__server_has_spoken__not_in_connect(void **state)
{
	(void)state;
	scene_connecting(&s);
	scene_mem(&s)->flags |= RSTWHY_MEM_DATA_ORIG | RSTWHY_MEM_DATA_REPLY;
	scene_mem(&s)->last_ms[SERVER] = 5;
	scene_event(&s)->seg.flags = SEG_RST;
	assert_not_cause(&s, CAUSE_OUT_OF_WINDOW);
	assert_int_equal(s.verdict.stage, STAGE_ESTABLISHED);
}

static void no_refusal__without_acknowledgement__ignored(void **state)
{
	(void)state;
	scene_connecting(&s);
	scene_event(&s)->seg.flags = SEG_RST;
	scene_event(&s)->seg.ack = 0;
	assert_cause(&s, CAUSE_OUT_OF_WINDOW);
	assert_also(&s, CAUSE_REMOTE_CONNECT);
	assert_int_equal(s.verdict.stage, STAGE_CONNECT);
	scene_by(&s, RSTWHY_BY_GATEWAY_RAW);
	assert_cause(&s, CAUSE_GATEWAY_IPS);
}

/* Only the client's half crosses: its live socket acknowledges what we did not see. */
static void abort__of_the_syns_sender__not_in_connect(void **state)
{
	(void)state;
	scene_connecting(&s);
	scene_rst_from(&s, CLIENT);
	scene_active(&s);
	scene_event(&s)->seg.ack = SERVER_END;
	assert_cause(&s, CAUSE_ABORT);
	assert_int_equal(s.verdict.stage, STAGE_UNKNOWN);
	scene_event(&s)->seg.flags = SEG_RST;
	assert_cause(&s, CAUSE_AMBIGUOUS);
	assert_also(&s, CAUSE_CONNECT_ABANDONED);
}

static void refused__wrong_acknowledgement__not_told(void **state)
{
	(void)state;
	scene_connecting(&s);
	scene_event(&s)->seg.ack += 12345;
	assert_cause(&s, CAUSE_AMBIGUOUS);
}

static void refused__established_connection__not_told(void **state)
{
	(void)state;
	scene_refusing(&s);
	assert_not_cause(&s, CAUSE_REFUSED);
}

static void refused__conntrack_alone_saw_the_syn__told(void **state)
{
	(void)state;
	scene_connecting(&s);
	memset(scene_mem(&s), 0, sizeof(*scene_mem(&s)));
	assert_cause(&s, CAUSE_REFUSED);
	scene_event(&s)->seg.ack += 1;
	assert_cause(&s, CAUSE_NO_HISTORY);
}

static void refused__nothing_known__backscatter(void **state)
{
	(void)state;
	scene_unknown(&s);
	scene_refusing(&s);
	assert_cause(&s, CAUSE_BACKSCATTER);
	assert_also(&s, CAUSE_REFUSED);
	assert_also(&s, CAUSE_NO_HISTORY);
	scene_by(&s, RSTWHY_BY_UNSEEN);
	assert_cause(&s, CAUSE_REFUSED);
	assert_confidence(&s, 0.3, 0.6);
}

static void abandoned(uint64_t age_ms)
{
	scene_accepted(&s);
	scene_mem(&s)->flags &= ~(uint32_t)RSTWHY_MEM_COMPLETED;
	scene_mem(&s)->age_ms = age_ms;
	scene_rst_from(&s, CLIENT);
	scene_passive(&s);
	scene_event(&s)->seg.seq = CLIENT_ISN + 1;
}

static void connect_abandoned__late_syn_ack__told(void **state)
{
	(void)state;
	abandoned(3000);
	assert_cause(&s, CAUSE_CONNECT_ABANDONED);
	assert_int_equal(s.verdict.sender, SIDE_CLIENT);
	assert_int_equal(s.verdict.stage, STAGE_CONNECT);
}

static void connect_abandoned__at_once__scan(void **state)
{
	(void)state;
	abandoned(20);
	assert_cause(&s, CAUSE_PROBE);
	assert_also(&s, CAUSE_CONNECT_ABANDONED);
}

/* nmap's SYN bears any TTL of 37 to 59, its host's RST the stack's own; a whole stack's SYN, refused with another TTL, met a box. */
static void scan__syn_made_by_hand__told(void **state)
{
	(void)state;
	abandoned(20);
	scene_mem(&s)->base[CLIENT].ttl = (uint8_t)(scene_event(&s)->seg.ttl - 17);
	scene_event(&s)->ev.host[0].ttl = 0;
	assert_cause(&s, CAUSE_PROBE);
	assert_also(&s, CAUSE_REMOTE_POLICY);
	assert_confidence(&s, 0.7, 0.8);
	scene_event(&s)->ev.host[0].ttl = scene_event(&s)->seg.ttl;
	assert_cause(&s, CAUSE_PROBE);
	assert_confidence(&s, 0.8, 0.9);
	scene_event(&s)->ev.host[0].ttl = scene_mem(&s)->base[CLIENT].ttl; /* so its stack sends: the RST is another's */
	assert_cause(&s, CAUSE_REMOTE_POLICY);
}

static void connect_abandoned__at_once_by_whole_stack__told(void **state)
{
	(void)state;
	abandoned(20);
	scene_mem(&s)->base[CLIENT].flags |= RSTWHY_BASE_TS;
	assert_cause(&s, CAUSE_CONNECT_ABANDONED);
	assert_also(&s, CAUSE_PROBE);
}

static void backlog_overflow__third_segment_reset__told(void **state)
{
	(void)state;
	scene_accepted(&s);
	assert_cause(&s, CAUSE_BACKLOG_OVERFLOW);
	assert_int_equal(s.verdict.stage, STAGE_ACCEPTED);
}

static void backlog_overflow__first_data_reset__told(void **state)
{
	(void)state;
	scene_accepted(&s);
	scene_in_flight(&s, CLIENT, 200);
	assert_cause(&s, CAUSE_BACKLOG_OVERFLOW);
}

static void backlog_overflow__other_ttl__not_told(void **state)
{
	(void)state;
	scene_accepted(&s);
	scene_event(&s)->seg.ttl = 250;
	assert_not_cause(&s, CAUSE_BACKLOG_OVERFLOW);
}

static void backlog_overflow__server_had_spoken__not_told(void **state)
{
	(void)state;
	scene_in_flight(&s, CLIENT, 200);
	scene_mem(&s)->age_ms = 20;
	assert_not_cause(&s, CAUSE_BACKLOG_OVERFLOW);
}

static void backlog_overflow__data_acknowledged_before__not_told(void **state)
{
	(void)state;
	scene_accepted(&s);
	scene_in_flight(&s, CLIENT, 200);
	scene_mem(&s)->ack[SERVER] += 100;
	assert_not_cause(&s, CAUSE_BACKLOG_OVERFLOW);
}

static void backlog_overflow__data_long_after_handshake__not_told(void **state)
{
	(void)state;
	scene_accepted(&s);
	scene_in_flight(&s, CLIENT, 200);
	scene_last_segments(&s, 1, 3000);
	scene_mem(&s)->age_ms = 3010;
	assert_not_cause(&s, CAUSE_BACKLOG_OVERFLOW);
	assert_also(&s, CAUSE_REMOTE_POLICY);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(refused__syn_answered_by_rst__told),
		TEST(refused__data_in_the_syn__told),
		TEST(refused__port_of_the_gateway__told),
		TEST(refused__published_port__told),
		TEST(refused__window_of_a_box__doubted),
		TEST(remote_connect__window_of_the_syn__told),
		TEST(remote_connect__sequence_number_of_its_own__told),
		TEST(half_open__of_the_gateways_own__told),
		TEST(pending_syn__server_has_spoken__not_in_connect),
		TEST(no_refusal__without_acknowledgement__ignored),
		TEST(abort__of_the_syns_sender__not_in_connect),
		TEST(refused__wrong_acknowledgement__not_told),
		TEST(refused__established_connection__not_told),
		TEST(refused__conntrack_alone_saw_the_syn__told),
		TEST(refused__nothing_known__backscatter),
		TEST(connect_abandoned__late_syn_ack__told),
		TEST(connect_abandoned__at_once__scan),
		TEST(scan__syn_made_by_hand__told),
		TEST(connect_abandoned__at_once_by_whole_stack__told),
		TEST(backlog_overflow__third_segment_reset__told),
		TEST(backlog_overflow__first_data_reset__told),
		TEST(backlog_overflow__other_ttl__not_told),
		TEST(backlog_overflow__server_had_spoken__not_told),
		TEST(backlog_overflow__data_acknowledged_before__not_told),
		TEST(backlog_overflow__data_long_after_handshake__not_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
