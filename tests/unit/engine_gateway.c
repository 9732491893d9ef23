// SPDX-License-Identifier: GPL-2.0
/*
 * engine_gateway.c - what this gateway did itself
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <arpa/inet.h>
#include <string.h>

#include "engine_scene.h"

#define SECONDS_300_MS 300000U

static struct scene s;

static int begin(void **state)
{
	(void)state;
	scene_established(&s);
	return 0;
}

/* The client spoke after a silence longer than the entry's 300 s; conntrack had lost the flow. */
static void expired(bool seen_passing, unsigned int speaker)
{
	scene_woke(&s, speaker, RSTWHY_BURST_DATA, 301000);
	scene_rst_from(&s, speaker ^ 1U);
	scene_lost(&s, seen_passing);
	scene_mem(&s)->timeout_before_gap_ms = SECONDS_300_MS;
}

static void expired_reject__loose__told(void **state)
{
	(void)state;
	expired(true, CLIENT);
	scene_by(&s, RSTWHY_BY_GATEWAY_REJECT);
	assert_cause(&s, CAUSE_GATEWAY_EXPIRED_REJECT);
	assert_int_equal(s.verdict.sender, SIDE_GATEWAY);
	assert_true(s.verdict.gap_ms == 301000);
	assert_true(s.verdict.ct_timeout_before_gap_ms == 300000);
	assert_true(s.verdict.certain);
	assert_confidence(&s, 0.95, 1);
}

static void expired_reject__strict_and_inferred__told(void **state)
{
	(void)state;
	for (unsigned int speaker = CLIENT; speaker <= SERVER; speaker++) {
		scene_established(&s);
		expired(false, speaker);
		scene_reject_of_invalid(&s);
		assert_cause(&s, CAUSE_GATEWAY_EXPIRED_REJECT);
	}
}

static void expired_reject__ipv6_and_snat__told(void **state)
{
	(void)state;
	scene_established6(&s);
	expired(true, CLIENT);
	scene_by(&s, RSTWHY_BY_GATEWAY_REJECT);
	assert_cause(&s, CAUSE_GATEWAY_EXPIRED_REJECT);
	scene_established(&s);
	scene_snat(&s);
	expired(false, SERVER);
	scene_reject_of_invalid(&s);
	assert_cause(&s, CAUSE_GATEWAY_EXPIRED_REJECT);
}

static void expired_reject__gap_shorter_than_idle_min__still_told(void **state)
{
	(void)state;
	expired(true, CLIENT);
	scene_mem(&s)->burst_gap_ms = 2010;
	scene_mem(&s)->timeout_before_gap_ms = 2000;
	scene_by(&s, RSTWHY_BY_GATEWAY_REJECT);
	assert_cause(&s, CAUSE_GATEWAY_EXPIRED_REJECT);
}

static void expired_reject__timeout_not_run_out__flushed(void **state)
{
	(void)state;
	expired(true, CLIENT);
	scene_mem(&s)->timeout_before_gap_ms = DAYS_5_MS;
	scene_by(&s, RSTWHY_BY_GATEWAY_REJECT);
	assert_cause(&s, CAUSE_GATEWAY_FLUSHED);
	assert_false(scene_also(&s, CAUSE_GATEWAY_EXPIRED_REJECT));
}

static void expired_reject__timeout_unknown__both_named(void **state)
{
	(void)state;
	expired(true, CLIENT);
	scene_mem(&s)->timeout_before_gap_ms = 0;
	scene_by(&s, RSTWHY_BY_GATEWAY_REJECT);
	assert_cause(&s, CAUSE_AMBIGUOUS);
	assert_also(&s, CAUSE_GATEWAY_FLUSHED);
	assert_also(&s, CAUSE_GATEWAY_EXPIRED_REJECT);
}

static void expired_reject__earlier_rst_shortened_the_timeout__both_named(void **state)
{
	(void)state;
	expired(true, CLIENT);
	scene_mem(&s)->timeout_before_gap_ms = DAYS_5_MS;
	scene_mem(&s)->burst_gap_ms = 60000;
	scene_reset_before(&s, SERVER, 50000);
	scene_by(&s, RSTWHY_BY_GATEWAY_REJECT);
	assert_cause(&s, CAUSE_GATEWAY_EXPIRED_REJECT);
	assert_also(&s, CAUSE_GATEWAY_FLUSHED);
}

static void expired_reject__loss_survived_long_ago__a_rule(void **state)
{
	(void)state;
	expired(true, CLIENT);
	scene_answered(&s);
	scene_by(&s, RSTWHY_BY_GATEWAY_REJECT);
	assert_cause(&s, CAUSE_GATEWAY_RULE);
}

static void expired_reject__new_syn_on_old_ports__a_rule(void **state)
{
	(void)state;
	scene_connecting(&s);
	scene_lost(&s, true);
	scene_by(&s, RSTWHY_BY_GATEWAY_REJECT);
	assert_cause(&s, CAUSE_GATEWAY_RULE);
}

static void remapped(void)
{
	scene_snat(&s);
	expired(true, CLIENT);
	scene_ct(&s)->reply.dport = htons(50000);
	scene_event(&s)->seg.tuple.dport = htons(50000);
}

static void expired_remap__new_translation__told(void **state)
{
	(void)state;
	remapped();
	assert_cause(&s, CAUSE_GATEWAY_EXPIRED_REMAP);
	assert_int_equal(s.verdict.sender, SIDE_SERVER);
	assert_true(s.verdict.gap_ms == 301000);
}

static void expired_remap__same_translation_again__not_told(void **state)
{
	(void)state;
	remapped();
	scene_ct(&s)->reply = scene_mem(&s)->reply;
	assert_not_cause(&s, CAUSE_GATEWAY_EXPIRED_REMAP);
	assert_int_not_equal(cause_text(s.verdict.cause)->class, CLASS_STALE_STATE);
}

static void expired_remap__entry_not_lost__not_told(void **state)
{
	(void)state;
	remapped();
	scene_mem(&s)->flags &= ~(uint32_t)(RSTWHY_MEM_LOST | RSTWHY_MEM_LOST_KNOWN);
	assert_not_cause(&s, CAUSE_GATEWAY_EXPIRED_REMAP);
}

static void expired_remap__timeout_not_run_out__flushed(void **state)
{
	(void)state;
	remapped();
	scene_mem(&s)->timeout_before_gap_ms = DAYS_5_MS;
	assert_cause(&s, CAUSE_GATEWAY_FLUSHED);
}

/* The server spoke first, to the translated address; the RST speaks for that. */
static void stack_answered(void)
{
	scene_snat(&s);
	expired(false, SERVER);
	scene_by(&s, RSTWHY_BY_GATEWAY_STACK);
	scene_mem(&s)->flags |= RSTWHY_MEM_ALIAS | RSTWHY_MEM_BURST_INVALID;
	memcpy(scene_event(&s)->seg.tuple.src, scene_mem(&s)->reply.dst, 16);
	memcpy(scene_event(&s)->seg.tuple.dst, scene_mem(&s)->reply.src, 16);
	scene_event(&s)->seg.tuple.sport = scene_mem(&s)->reply.dport;
	scene_event(&s)->seg.tuple.dport = scene_mem(&s)->reply.sport;
}

static void expired_stack__translated_address__told(void **state)
{
	(void)state;
	stack_answered();
	assert_cause(&s, CAUSE_GATEWAY_EXPIRED_STACK);
	assert_int_equal(s.verdict.sender, SIDE_GATEWAY);
}

static void expired_stack__flow_lives__bypass(void **state)
{
	(void)state;
	stack_answered();
	scene_mem(&s)->flags &= ~(uint32_t)RSTWHY_MEM_LOST;
	assert_cause(&s, CAUSE_NAT_BYPASS);
}

static void expired_stack__timeout_not_run_out__flushed(void **state)
{
	(void)state;
	stack_answered();
	scene_mem(&s)->timeout_before_gap_ms = DAYS_5_MS;
	assert_cause(&s, CAUSE_GATEWAY_FLUSHED);
}

static void expired_stack__gateway_is_the_server__not_told(void **state)
{
	(void)state;
	expired(false, CLIENT);
	scene_by(&s, RSTWHY_BY_GATEWAY_STACK);
	assert_not_cause(&s, CAUSE_GATEWAY_EXPIRED_STACK);
	assert_int_equal(s.verdict.sender, SIDE_SERVER);
}

static void expired_stack__published_port_strict__told(void **state)
{
	(void)state;
	scene_dnat(&s);
	expired(false, CLIENT);
	scene_by(&s, RSTWHY_BY_GATEWAY_STACK);
	memcpy(scene_event(&s)->seg.tuple.src, scene_mem(&s)->orig.dst, 16);
	scene_event(&s)->seg.tuple.sport = scene_mem(&s)->orig.dport;
	assert_cause(&s, CAUSE_GATEWAY_EXPIRED_STACK);
}

static void gateway_rule__living_flow__told(void **state)
{
	(void)state;
	scene_in_flight(&s, CLIENT, 100);
	scene_by(&s, RSTWHY_BY_GATEWAY_REJECT);
	assert_cause(&s, CAUSE_GATEWAY_RULE);
	assert_int_equal(s.verdict.stage, STAGE_ESTABLISHED);
	assert_int_equal(s.verdict.sender, SIDE_GATEWAY);
}

static void gateway_rule__syn__told(void **state)
{
	(void)state;
	scene_connecting(&s);
	scene_by(&s, RSTWHY_BY_GATEWAY_REJECT);
	assert_cause(&s, CAUSE_GATEWAY_RULE);
	assert_int_equal(s.verdict.stage, STAGE_CONNECT);
	assert_true(s.verdict.certain);
}

static void gateway_rule__after_a_long_silence__no_idle_kill(void **state)
{
	(void)state;
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 350000);
	scene_passive(&s);
	scene_by(&s, RSTWHY_BY_GATEWAY_REJECT);
	assert_cause(&s, CAUSE_GATEWAY_RULE);
}

static void gateway_rule__untracked__told(void **state)
{
	(void)state;
	scene_event(&s)->ev.by = RSTWHY_BY_GATEWAY_REJECT;
	scene_ct(&s)->flags = RSTWHY_CT_UNTRACKED;
	assert_cause(&s, CAUSE_GATEWAY_RULE);
}

static void gateway_invalid__living_flow__told(void **state)
{
	(void)state;
	scene_reject_of_invalid(&s);
	assert_cause(&s, CAUSE_GATEWAY_INVALID);
	assert_confidence(&s, 0.95, 1);
	assert_false(s.verdict.certain);
}

static void gateway_invalid__rst_found_the_entry_itself__told(void **state)
{
	(void)state;
	scene_reject_of_invalid(&s);
	scene_ct(&s)->flags = RSTWHY_CT_FOUND | RSTWHY_CT_ATTACHED;
	assert_cause(&s, CAUSE_GATEWAY_INVALID);
}

static void gateway_invalid__nothing_known__with_doubt(void **state)
{
	(void)state;
	scene_unknown(&s);
	scene_reject_of_invalid(&s);
	assert_cause(&s, CAUSE_GATEWAY_INVALID);
	assert_confidence(&s, 0.3, 0.6);
	assert_also(&s, CAUSE_GATEWAY_EXPIRED_REJECT);
}

static void gateway_invalid__the_connection_went_on__ignored(void **state)
{
	(void)state;
	scene_reject_of_invalid(&s);
	scene_after(&s, RSTWHY_AFTER_PEER_ACK, 3);
	assert_cause(&s, CAUSE_IGNORED);
}

static void gateway_ips__raw_socket__told(void **state)
{
	(void)state;
	scene_by(&s, RSTWHY_BY_GATEWAY_RAW);
	assert_cause(&s, CAUSE_GATEWAY_IPS);
	assert_int_equal(s.verdict.sender, SIDE_GATEWAY);
}

static void expired_reject__earlier_rst_too_fresh__flushed(void **state)
{
	(void)state;
	expired(true, CLIENT);
	scene_mem(&s)->timeout_before_gap_ms = DAYS_5_MS;
	scene_mem(&s)->burst_gap_ms = 60000;
	scene_reset_before(&s, SERVER, 5000);
	scene_by(&s, RSTWHY_BY_GATEWAY_REJECT);
	assert_cause(&s, CAUSE_GATEWAY_FLUSHED);
}

static void expired_remap__loss_only_inferred__not_told(void **state)
{
	(void)state;
	remapped();
	scene_mem(&s)->flags &= ~(uint32_t)RSTWHY_MEM_LOST_KNOWN;
	assert_not_cause(&s, CAUSE_GATEWAY_EXPIRED_REMAP);
}

static void expired_remap__live_socket_answers__not_told(void **state)
{
	(void)state;
	remapped();
	scene_active(&s);
	assert_not_cause(&s, CAUSE_GATEWAY_EXPIRED_REMAP);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(expired_reject__loose__told),
		TEST(expired_reject__strict_and_inferred__told),
		TEST(expired_reject__ipv6_and_snat__told),
		TEST(expired_reject__gap_shorter_than_idle_min__still_told),
		TEST(expired_reject__timeout_not_run_out__flushed),
		TEST(expired_reject__timeout_unknown__both_named),
		TEST(expired_reject__earlier_rst_shortened_the_timeout__both_named),
		TEST(expired_reject__loss_survived_long_ago__a_rule),
		TEST(expired_reject__new_syn_on_old_ports__a_rule),
		TEST(expired_remap__new_translation__told),
		TEST(expired_remap__same_translation_again__not_told),
		TEST(expired_remap__entry_not_lost__not_told),
		TEST(expired_remap__timeout_not_run_out__flushed),
		TEST(expired_stack__translated_address__told),
		TEST(expired_stack__flow_lives__bypass),
		TEST(expired_stack__timeout_not_run_out__flushed),
		TEST(expired_stack__gateway_is_the_server__not_told),
		TEST(expired_stack__published_port_strict__told),
		TEST(gateway_rule__living_flow__told),
		TEST(gateway_rule__syn__told),
		TEST(gateway_rule__after_a_long_silence__no_idle_kill),
		TEST(gateway_rule__untracked__told),
		TEST(gateway_invalid__living_flow__told),
		TEST(gateway_invalid__rst_found_the_entry_itself__told),
		TEST(gateway_invalid__nothing_known__with_doubt),
		TEST(gateway_invalid__the_connection_went_on__ignored),
		TEST(gateway_ips__raw_socket__told),
		TEST(expired_reject__earlier_rst_too_fresh__flushed),
		TEST(expired_remap__loss_only_inferred__not_told),
		TEST(expired_remap__live_socket_answers__not_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
