// SPDX-License-Identifier: GPL-2.0
/*
 * engine_causes.c - causes that one flow shows: each with a near miss
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

static void injected__data_after_the_rst__told(void **state)
{
	(void)state;
	scene_last_segments(&s, 1, 30);
	scene_after(&s, RSTWHY_AFTER_SENDER_DATA, 10);
	assert_cause(&s, CAUSE_INJECTED);
	assert_also(&s, CAUSE_REMOTE_POLICY);
	s.incident.after_below = 1U << RSTWHY_AFTER_SENDER_DATA; /* the RST only overtook it */
	assert_not_cause(&s, CAUSE_INJECTED);
}

static void injected__it_lives_and_the_connection_too__ignored(void **state)
{
	(void)state;
	scene_after(&s, RSTWHY_AFTER_SENDER_DATA, 10);
	scene_after(&s, RSTWHY_AFTER_PEER_ACK, 20);
	assert_cause(&s, CAUSE_IGNORED);
	assert_also(&s, CAUSE_INJECTED);
}

static void injected__three_rising_windows__told(void **state)
{
	(void)state;
	scene_active(&s);
	s.incident.windows = 3;
	assert_cause(&s, CAUSE_INJECTED);
	s.incident.windows = 2;
	assert_cause(&s, CAUSE_ABORT);
}

static void injected__rising_numbers__told(void **state)
{
	(void)state;
	scene_last_segments(&s, 1, 2);
	s.incident.steps = 1;
	assert_cause(&s, CAUSE_INJECTED);
}

static void injected__rising_numbers_above_the_window__kill_nothing(void **state)
{
	(void)state;
	scene_event(&s)->seg.seq = scene_mem(&s)->end[SERVER] + 0x10000000U;
	s.incident.steps = 5;
	assert_not_cause(&s, CAUSE_INJECTED);
}

static void injected__forgetful_box_and_a_server_alive__idle(void **state)
{
	(void)state;
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 350000);
	scene_passive(&s);
	scene_event(&s)->seg.ttl = 64;
	scene_after(&s, RSTWHY_AFTER_SENDER_DATA, 500);
	assert_cause(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
	s.incident.after_live = 1U << RSTWHY_AFTER_SENDER_DATA;
	assert_cause(&s, CAUSE_INJECTED);
}

static void injected__last_data_of_a_closing_host__not_told(void **state)
{
	(void)state;
	scene_fin(&s, SERVER, false);
	scene_in_flight(&s, CLIENT, 100);
	scene_after(&s, RSTWHY_AFTER_SENDER_DATA, 5);
	assert_not_cause(&s, CAUSE_INJECTED);
}

static void policy__marks_right_upon_data__told(void **state)
{
	(void)state;
	scene_in_flight(&s, CLIENT, 100);
	scene_passive(&s);
	scene_event(&s)->seg.ttl = 255;
	assert_cause(&s, CAUSE_REMOTE_POLICY);
	assert_also(&s, CAUSE_INJECTED);
	scene_event(&s)->seg.ttl = scene_mem(&s)->base[SERVER].ttl;
	assert_not_cause(&s, CAUSE_REMOTE_POLICY);
}

static void policy__both_ends__sure(void **state)
{
	(void)state;
	scene_in_flight(&s, CLIENT, 100);
	scene_active(&s);
	scene_event(&s)->seg.ttl = 255;
	scene_echo(&s, 1);
	assert_cause(&s, CAUSE_REMOTE_POLICY);
	assert_confidence(&s, 0.9, 1);
}

static void remote_connect__other_ttl_than_the_host__told(void **state)
{
	(void)state;
	scene_connecting(&s);
	scene_event(&s)->ev.host[0].ttl = 61;
	scene_event(&s)->seg.ttl = 62;
	assert_cause(&s, CAUSE_REMOTE_CONNECT);
	assert_also(&s, CAUSE_REFUSED);
	scene_event(&s)->seg.ttl = 61;
	assert_cause(&s, CAUSE_REFUSED);
}

static void remote_connect__faster_than_the_host__told(void **state)
{
	(void)state;
	scene_connecting(&s);
	scene_event(&s)->ev.host[0] = (struct rstwhy_host){
		.flags = RSTWHY_HOST_KNOWN, .ttl = scene_event(&s)->seg.ttl, .rtt_us = 100000, .rtts = 2};
	scene_mem(&s)->syn_ms = 3;
	assert_cause(&s, CAUSE_REMOTE_CONNECT);
	scene_mem(&s)->syn_ms = 40;
	assert_cause(&s, CAUSE_REMOTE_CONNECT);
	scene_event(&s)->ev.host[0].rtts = 1; /* that one may have been a slow one */
	assert_cause(&s, CAUSE_REFUSED);
	scene_event(&s)->ev.host[0].rtts = 2;
	scene_mem(&s)->syn_ms = 90;
	assert_cause(&s, CAUSE_REFUSED);
}

static void remote_connect__ttl_of_network_gear__named(void **state)
{
	(void)state;
	scene_connecting(&s);
	scene_event(&s)->seg.ttl = 254;
	assert_cause(&s, CAUSE_REFUSED);
	assert_also(&s, CAUSE_REMOTE_CONNECT);
	assert_confidence(&s, 0, 0.6);
	scene_event(&s)->seg.ttl = 127;
	assert_cause(&s, CAUSE_REFUSED);
	assert_confidence(&s, 0.85, 0.95);
}

static void syn_again(unsigned int side)
{
	scene_mem(&s)->flags |= RSTWHY_MEM_SYN_PENDING | RSTWHY_MEM_SYN_REUSE;
	scene_mem(&s)->syn_dir = (uint8_t)side;
	scene_mem(&s)->syn_ms = 1;
	scene_rst_from(&s, CLIENT);
	scene_passive(&s);
}

static void half_open__challenged_and_reset__told(void **state)
{
	(void)state;
	syn_again(CLIENT);
	assert_cause(&s, CAUSE_HALF_OPEN);
	scene_after(&s, RSTWHY_AFTER_SYN, 900);
	scene_judge(&s);
	assert_confidence(&s, 0.95, 1);
	scene_established(&s);
	syn_again(SERVER);
	assert_not_cause(&s, CAUSE_HALF_OPEN);
}

static void half_open__upon_a_closed_one__told(void **state)
{
	(void)state;
	scene_fin(&s, CLIENT, true);
	scene_fin(&s, SERVER, true);
	syn_again(CLIENT);
	assert_cause(&s, CAUSE_HALF_OPEN);
}

static void half_open__blind_syn_and_blind_resets__not_told(void **state)
{
	(void)state;
	syn_again(CLIENT);
	scene_event(&s)->seg.seq -= 100000;
	assert_not_cause(&s, CAUSE_HALF_OPEN);
	scene_event(&s)->seg.seq += 1U << 30;
	assert_not_cause(&s, CAUSE_HALF_OPEN);
}

static void probe__health_check__told(void **state)
{
	(void)state;
	scene_accepted(&s);
	scene_rst_from(&s, CLIENT);
	scene_active(&s);
	assert_cause(&s, CAUSE_PROBE);
	assert_also(&s, CAUSE_ABORT);
	scene_mem(&s)->age_ms = 400;
	assert_not_cause(&s, CAUSE_PROBE);
}

static void probe__something_was_said__not_told(void **state)
{
	(void)state;
	scene_accepted(&s);
	scene_mem(&s)->flags |= RSTWHY_MEM_DATA_REPLY;
	scene_rst_from(&s, CLIENT);
	scene_active(&s);
	assert_not_cause(&s, CAUSE_PROBE);
}

/* The server answers the client's own address, where it should know only the translated one. */
static void bypass__untranslated__told(void **state)
{
	(void)state;
	scene_snat(&s);
	scene_mem(&s)->flags |= RSTWHY_MEM_BURST_INVALID;
	scene_ct(&s)->flags = RSTWHY_CT_INVALID;
	memcpy(scene_event(&s)->seg.tuple.dst, scene_mem(&s)->orig.src, 16);
	scene_event(&s)->seg.tuple.dport = scene_mem(&s)->orig.sport;
	assert_cause(&s, CAUSE_NAT_BYPASS);
	scene_ct(&s)->flags = RSTWHY_CT_OFF; /* the rules were taken away, and conntrack with them */
	assert_cause(&s, CAUSE_GATEWAY_FLUSHED);
	assert_also(&s, CAUSE_NAT_BYPASS);
	scene_ct(&s)->flags = RSTWHY_CT_INVALID;
	scene_lost(&s, false); /* its entry is gone, too */
	assert_not_cause(&s, CAUSE_NAT_BYPASS);
	assert_cause(&s, CAUSE_GATEWAY_FLUSHED);
	scene_event(&s)->seg.tuple = scene_mem(&s)->reply;
	assert_not_cause(&s, CAUSE_NAT_BYPASS);
}

static void bypass__entry_had_expired__ours(void **state)
{
	(void)state;
	scene_snat(&s);
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 400000);
	scene_mem(&s)->timeout_before_gap_ms = 300000;
	scene_lost(&s, false);
	scene_passive(&s);
	memcpy(scene_event(&s)->seg.tuple.dst, scene_mem(&s)->orig.src, 16);
	scene_event(&s)->seg.tuple.dport = scene_mem(&s)->orig.sport;
	assert_cause(&s, CAUSE_GATEWAY_EXPIRED_REMAP);
}

static void host_lost__unanswered_then_unknown__told(void **state)
{
	(void)state;
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 2000);
	scene_copies(&s, 4, 0, 3000);
	scene_passive(&s);
	assert_cause(&s, CAUSE_HOST_LOST);
	assert_confidence(&s, 0.7, 0.8);
	scene_mem(&s)->burst_copies = 1; /* a pause, no copies: as good as busy */
	assert_cause(&s, CAUSE_HOST_LOST);
	assert_confidence(&s, 0.5, 0.55);
}

/* A host that was away for long: the pauses between the copies for it grow to minutes. */
static void host_lost__answer_to_a_retransmission__no_idle_kill(void **state)
{
	(void)state;
	scene_woke(&s, CLIENT, RSTWHY_BURST_RETRANSMIT, 51000);
	scene_mem(&s)->unanswered_before = 1;
	scene_mem(&s)->flags |= RSTWHY_MEM_ASSURED;
	assert_cause(&s, CAUSE_HOST_LOST);
	scene_mem(&s)->unanswered_before = 0;
	scene_mem(&s)->burst_kind = RSTWHY_BURST_DATA;
	assert_cause(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
}

static void timer__of_the_endpoint__told(void **state)
{
	(void)state;
	scene_timestamps(&s);
	scene_last_segments(&s, 60000, 60000);
	scene_active(&s);
	assert_cause(&s, CAUSE_ENDPOINT_TIMER);
	assert_also(&s, CAUSE_ABORT);
	scene_event(&s)->seg.has_ts = false;
	scene_event(&s)->seg.ipid = 0;
	scene_event(&s)->seg.win = 0;
	assert_not_cause(&s, CAUSE_ENDPOINT_TIMER);
}

static void payload(const char *bytes, size_t len)
{
	memcpy(scene_event(&s)->payload, bytes, len);
	scene_event(&s)->payload_len = (uint16_t)len;
}

static bool told(const char *words)
{
	for (size_t i = 0; i < s.verdict.evidence_count; i++)
		if (strstr(s.verdict.evidence[i], words))
			return true;
	return false;
}

static void says__diagnostic_reason__named(void **state)
{
	(void)state;
	scene_in_flight(&s, CLIENT, 10);
	scene_passive(&s);
	payload("\x33\xaa\x00\x09\x00\x00\x00\x09", 8);
	assert_cause(&s, CAUSE_REMOTE_POLICY);
	assert_true(told("9 (not authorized), enterprise 9"));
	payload("\x33\xaa\x00\x63\x00\x00\x00\x09", 8);
	assert_not_cause(&s, CAUSE_REMOTE_POLICY);
	assert_true(told("99 (not a known one)"));
	scene_event(&s)->payload_len = 7;
	scene_judge(&s);
	assert_true(told("not text"));
}

static void says__text_of_a_box__read(void **state)
{
	static const char text[] = "[0x2521fe2:1234] Flow expired (sweeper) (idle timeout)";

	(void)state;
	scene_last_segments(&s, 300000, 300000);
	scene_active(&s);
	payload(text, sizeof(text) - 1);
	assert_cause(&s, CAUSE_REMOTE_AT_EXPIRY);
	assert_true(told("speaks of an idle timeout"));
	assert_string_equal(s.verdict.candidates[s.verdict.candidates_count - 1], "F5 BIG-IP");
	scene_last_segments(&s, 1000, 1000); /* it may say what it likes: nothing was idle */
	assert_not_cause(&s, CAUSE_REMOTE_AT_EXPIRY);
}

static void says__window_code_and_option__named(void **state)
{
	(void)state;
	scene_event(&s)->seg.win = 9700;
	scene_event(&s)->seg.has_mptcp_rst = true;
	scene_event(&s)->seg.mptcp_reason = 6;
	scene_judge(&s);
	assert_true(told("NetScaler"));
	assert_true(told("6 (middlebox interference)"));
	scene_active(&s);
	scene_event(&s)->seg.win = 9700;
	scene_judge(&s);
	assert_false(told("NetScaler"));
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(injected__data_after_the_rst__told),
		TEST(injected__it_lives_and_the_connection_too__ignored),
		TEST(injected__three_rising_windows__told),
		TEST(injected__rising_numbers__told),
		TEST(injected__rising_numbers_above_the_window__kill_nothing),
		TEST(injected__forgetful_box_and_a_server_alive__idle),
		TEST(injected__last_data_of_a_closing_host__not_told),
		TEST(policy__marks_right_upon_data__told),
		TEST(policy__both_ends__sure),
		TEST(remote_connect__other_ttl_than_the_host__told),
		TEST(remote_connect__faster_than_the_host__told),
		TEST(remote_connect__ttl_of_network_gear__named),
		TEST(half_open__challenged_and_reset__told),
		TEST(half_open__upon_a_closed_one__told),
		TEST(half_open__blind_syn_and_blind_resets__not_told),
		TEST(probe__health_check__told),
		TEST(probe__something_was_said__not_told),
		TEST(bypass__untranslated__told),
		TEST(bypass__entry_had_expired__ours),
		TEST(host_lost__unanswered_then_unknown__told),
		TEST(host_lost__answer_to_a_retransmission__no_idle_kill),
		TEST(timer__of_the_endpoint__told),
		TEST(says__diagnostic_reason__named),
		TEST(says__text_of_a_box__read),
		TEST(says__window_code_and_option__named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
