// SPDX-License-Identifier: GPL-2.0
/*
 * engine_facts.c - what is derived before anything is decided
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <string.h>

#include "engine_scene.h"

static struct scene s;
static struct facts f;

static int begin(void **state)
{
	(void)state;
	scene_established(&s);
	return 0;
}

static const struct facts *look(void)
{
	scene_facts(&s, &f);
	return &f;
}

static void shape__rst_alone__passive(void **state)
{
	(void)state;
	assert_int_equal(look()->shape, SHAPE_PASSIVE);
	assert_int_equal(look()->marks, 0);
}

static void shape__rst_of_a_socket__active_and_continuous(void **state)
{
	(void)state;
	scene_active(&s);
	assert_int_equal(look()->shape, SHAPE_ACTIVE);
	assert_int_equal(look()->marks, 0);
	assert_true(look()->continuous);
}

static void shape__other_ipid__not_continuous(void **state)
{
	(void)state;
	scene_active(&s);
	scene_event(&s)->seg.ipid = 0x7000;
	assert_int_equal(look()->marks, MARK_IPID);
	assert_false(look()->continuous);
}

static void shape__ipv6_flow_label__continuous(void **state)
{
	(void)state;
	scene_established6(&s);
	scene_active(&s);
	assert_true(look()->continuous);
	scene_event(&s)->seg.flowlabel ^= 1;
	assert_false(look()->continuous);
	assert_int_equal(look()->marks, MARK_LABEL);
}

static void shape__answer_to_syn__refusing(void **state)
{
	(void)state;
	scene_connecting(&s);
	assert_int_equal(look()->shape, SHAPE_REFUSING);
}

static void marks__other_ttl__box(void **state)
{
	(void)state;
	scene_event(&s)->seg.ttl = 255;
	assert_int_equal(look()->marks, MARK_TTL);
}

static void marks__timestamps_missing__box(void **state)
{
	(void)state;
	scene_timestamps(&s);
	scene_active(&s);
	assert_int_equal(look()->marks, 0);
	scene_event(&s)->seg.has_ts = false;
	assert_int_equal(look()->marks, MARK_TS_MISSING);
	assert_false(look()->continuous);
}

static void marks__timestamps_of_another_clock__box(void **state)
{
	(void)state;
	scene_timestamps(&s);
	scene_active(&s);
	scene_event(&s)->seg.tsval += 1000000;
	assert_int_equal(look()->marks, MARK_TS_JUMP);
	scene_event(&s)->seg.tsval = 49000; /* backwards */
	assert_int_equal(look()->marks, MARK_TS_JUMP);
}

static void marks__timestamps_after_days__any_value_goes(void **state)
{
	(void)state;
	scene_timestamps(&s);
	scene_active(&s);
	scene_mem(&s)->base[SERVER].age_ms = UINT32_MAX;
	scene_event(&s)->seg.tsval = 49000;
	assert_int_equal(look()->marks, 0);
}

static void marks__window_without_socket__box(void **state)
{
	(void)state;
	scene_event(&s)->seg.win = 8192;
	assert_int_equal(look()->marks, MARK_WINDOW);
}

static void marks__answer_before_the_host_can__fast(void **state)
{
	(void)state;
	scene_round_trip(&s, SERVER, 11000);
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 350000);
	assert_int_equal(look()->marks, MARK_FAST);
	scene_mem(&s)->burst_last_us = 11000;
	assert_int_equal(look()->marks, 0);
}

static void marks__rst_of_our_own__none(void **state)
{
	(void)state;
	scene_event(&s)->seg.ttl = 255;
	scene_by(&s, RSTWHY_BY_GATEWAY_REJECT);
	assert_int_equal(look()->marks, 0);
}

static void gap__burst_of_the_peer__its_silence(void **state)
{
	(void)state;
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 350000);
	assert_true(look()->answers_burst);
	assert_true(f.elicited);
	assert_int_equal(f.gap.from, GAP_BURST);
	assert_true(f.gap.ms == 350000);
	assert_true(f.idle_ms > 0.29 && f.idle_ms < 0.31);
}

static void gap__swallowed_copies__still_the_silence(void **state)
{
	(void)state;
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 350000);
	scene_copies(&s, 6, 0, 12000);
	assert_true(look()->answers_burst);
	assert_true(f.gap.ms == 350000);
}

static void gap__late_answer__not_the_burst(void **state)
{
	(void)state;
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 350000);
	scene_mem(&s)->burst_last_us = 2000000;
	scene_mem(&s)->last_ms[CLIENT] = 2000;
	assert_false(look()->answers_burst);
	assert_false(f.elicited);
}

static void gap__other_number__not_the_burst(void **state)
{
	(void)state;
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 350000);
	scene_event(&s)->seg.seq += 77;
	assert_false(look()->answers_burst);
}

static void gap__long_round_trip__waits_three(void **state)
{
	(void)state;
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 350000);
	scene_round_trip(&s, SERVER, 600000);
	scene_mem(&s)->burst_last_us = 1700000;
	assert_true(look()->answers_burst);
	scene_mem(&s)->burst_last_us = 1900000;
	assert_false(look()->answers_burst);
}

static void gap__answered_burst__forgotten(void **state)
{
	(void)state;
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 350000);
	scene_answered(&s);
	assert_int_equal(look()->gap.from, GAP_UNKNOWN);
}

static void gap__nothing_elicited__silence_before_the_rst(void **state)
{
	(void)state;
	scene_last_segments(&s, 240000, 241000);
	assert_false(look()->elicited);
	assert_int_equal(f.gap.from, GAP_SILENCE);
	assert_true(f.gap.ms == 240000);
}

static void gap__blind__bounds_only(void **state)
{
	(void)state;
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 350000);
	scene_mem(&s)->flags |= RSTWHY_MEM_BLIND;
	scene_mem(&s)->gap_min_ms = 0;
	scene_judge(&s);
	assert_true(s.verdict.gap_ms < 0);
	assert_true(s.verdict.gap_min_ms == 0 && s.verdict.gap_max_ms == 350000);
	assert_true(s.verdict.blind);
}

static void stage__life_of_a_connection__named(void **state)
{
	(void)state;
	assert_int_equal(facts_stage(look()), STAGE_ESTABLISHED);
	scene_fin(&s, CLIENT, true);
	assert_int_equal(facts_stage(look()), STAGE_CLOSING);
	scene_fin(&s, SERVER, true);
	assert_int_equal(facts_stage(look()), STAGE_CLOSED);
	scene_established(&s);
	scene_said_nothing(&s, SERVER);
	assert_int_equal(facts_stage(look()), STAGE_REQUEST);
	scene_accepted(&s);
	assert_int_equal(facts_stage(look()), STAGE_ACCEPTED);
	scene_mem(&s)->flags &= ~(uint32_t)RSTWHY_MEM_COMPLETED;
	assert_int_equal(facts_stage(look()), STAGE_CONNECT);
	scene_connecting(&s);
	assert_int_equal(facts_stage(look()), STAGE_CONNECT);
}

static void stage__syn_into_a_living_flow__still_established(void **state)
{
	(void)state;
	scene_mem(&s)->flags |= RSTWHY_MEM_SYN_PENDING | RSTWHY_MEM_SYN_REUSE;
	assert_int_equal(facts_stage(look()), STAGE_ESTABLISHED);
}

static void stage__conntrack_alone__by_its_state(void **state)
{
	static const enum stage expected[] = {STAGE_UNKNOWN, STAGE_CONNECT, STAGE_CONNECT, STAGE_ESTABLISHED, STAGE_CLOSING,
					      STAGE_CLOSING, STAGE_CLOSING, STAGE_CLOSED,  STAGE_CLOSED};

	(void)state;
	for (uint8_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		scene_conntrack_only(&s, i);
		assert_int_equal(facts_stage(look()), expected[i]);
	}
	scene_unknown(&s);
	assert_int_equal(facts_stage(look()), STAGE_UNKNOWN);
}

static void sender__either_side_and_orientation__named(void **state)
{
	(void)state;
	assert_int_equal(facts_sender(look()), SIDE_SERVER);
	scene_rst_from(&s, CLIENT);
	assert_int_equal(facts_sender(look()), SIDE_CLIENT);
	scene_reversed(&s);
	assert_int_equal(facts_sender(look()), SIDE_CLIENT);
	scene_by(&s, RSTWHY_BY_GATEWAY_REJECT);
	assert_int_equal(facts_sender(look()), SIDE_GATEWAY);
	scene_unknown(&s);
	assert_int_equal(facts_sender(look()), SIDE_UNKNOWN);
}

static void sender__stack_of_the_gateway_as_server__server(void **state)
{
	(void)state;
	scene_connecting(&s);
	scene_by(&s, RSTWHY_BY_GATEWAY_STACK);
	assert_int_equal(facts_sender(look()), SIDE_SERVER);
}

static void seq_match__around_the_window__named(void **state)
{
	uint32_t *seq = &scene_event(&s)->seg.seq;

	(void)state;
	assert_int_equal(facts_seq_match(look()), SEQ_EXACT);
	*seq = SERVER_END - 1;
	assert_int_equal(facts_seq_match(look()), SEQ_BELOW);
	*seq = SERVER_END + 1;
	assert_int_equal(facts_seq_match(look()), SEQ_IN_WINDOW);
	*seq = SERVER_END + 64000;
	assert_int_equal(facts_seq_match(look()), SEQ_IN_WINDOW);
	*seq = SERVER_END + 64001;
	assert_int_equal(facts_seq_match(look()), SEQ_ABOVE);
	scene_ct(&s)->flags = 0;
	assert_int_equal(facts_seq_match(look()), SEQ_UNKNOWN);
}

static void seq_match__data_in_flight__both_ends_exact(void **state)
{
	(void)state;
	scene_in_flight(&s, SERVER, 3000);
	assert_int_equal(facts_seq_match(look()), SEQ_EXACT);
	scene_event(&s)->seg.seq = SERVER_END + 3000;
	assert_int_equal(facts_seq_match(look()), SEQ_EXACT);
	scene_event(&s)->seg.seq = SERVER_END + 1460;
	assert_int_equal(facts_seq_match(look()), SEQ_IN_WINDOW);
}

static void seq_match__sequence_numbers_wrap__still_exact(void **state)
{
	struct rstwhy_memory *mem = scene_mem(&s);

	(void)state;
	mem->ack[CLIENT] = 0xfffffff0;
	mem->end[SERVER] = 0x10;
	scene_event(&s)->seg.seq = 0x10;
	assert_int_equal(facts_seq_match(look()), SEQ_EXACT);
	scene_event(&s)->seg.seq = 0xffffffef;
	assert_int_equal(facts_seq_match(look()), SEQ_BELOW);
}

static void seq_match__conntrack_alone__by_its_window(void **state)
{
	(void)state;
	scene_conntrack_only(&s, 3);
	scene_event(&s)->seg.seq = SERVER_END;
	assert_int_equal(facts_seq_match(look()), SEQ_EXACT);
	scene_unknown(&s);
	assert_int_equal(facts_seq_match(look()), SEQ_UNKNOWN);
}

/* Numbers that no module sends must not index anything. */
static void facts__hostile_directions__harmless(void **state)
{
	(void)state;
	for (unsigned int d = 0; d < 256; d++) {
		scene_established(&s);
		scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 350000);
		scene_mem(&s)->flags = 0xffffffff;
		scene_ct(&s)->flags = 0xffff;
		scene_mem(&s)->direction = scene_mem(&s)->burst_dir = scene_mem(&s)->reset_dir = scene_mem(&s)->syn_dir =
			(uint8_t)d;
		scene_event(&s)->ev.direction = scene_event(&s)->ev.by = scene_ct(&s)->state_before = (uint8_t)d;
		scene_judge(&s);
		assert_true(s.verdict.confidence > 0 && s.verdict.confidence <= 1);
	}
}

static void gap__peer_acknowledged_more_since__still_the_burst(void **state)
{
	(void)state;
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 350000);
	scene_mem(&s)->burst_ack -= 100; /* the burst's later segments acknowledged more, and this RST answers those */
	assert_true(look()->answers_burst);
	scene_event(&s)->seg.seq -= 100;
	assert_true(look()->answers_burst);
}

static void gap__only_one_side_ever_seen__its_age(void **state)
{
	(void)state;
	scene_last_segments(&s, RSTWHY_NEVER, 7000);
	assert_true(look()->silence_ms == 7000);
	assert_true(f.hidden);
	scene_last_segments(&s, RSTWHY_NEVER, RSTWHY_NEVER);
	assert_true(look()->silence_ms < 0);
}

static void gap__refused_segment_elicited__its_fine_age(void **state)
{
	(void)state;
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 350000);
	scene_mem(&s)->flags |= RSTWHY_MEM_BURST_INVALID;
	scene_last_segments(&s, 350000, 350000);
	assert_true(look()->idle_ms < 0.31);
	assert_true(f.silence_ms == 350000);
}

static void sender__new_syn_from_the_other_side_refused__that_is_the_client(void **state)
{
	(void)state;
	scene_rst_from(&s, CLIENT);
	scene_mem(&s)->flags |= RSTWHY_MEM_SYN_PENDING | RSTWHY_MEM_SYN_REUSE;
	scene_mem(&s)->syn_dir = SERVER;
	scene_refusing(&s);
	assert_int_equal(facts_sender(look()), SIDE_SERVER);
	scene_active(&s);
	assert_int_equal(facts_sender(look()), SIDE_CLIENT);
}

static void seq_match__refusal__exact_only_for_the_syn(void **state)
{
	(void)state;
	scene_connecting(&s);
	assert_int_equal(facts_seq_match(look()), SEQ_EXACT);
	scene_event(&s)->seg.ack++;
	assert_int_equal(facts_seq_match(look()), SEQ_UNKNOWN);
	scene_established(&s);
	scene_refusing(&s);
	assert_int_equal(facts_seq_match(look()), SEQ_UNKNOWN);
}

static void foreign_stack__only_for_a_translated_address__told(void **state)
{
	(void)state;
	scene_dnat(&s);
	scene_by(&s, RSTWHY_BY_GATEWAY_STACK);
	assert_false(look()->foreign_stack); /* from the real server's address */
	scene_event(&s)->seg.tuple.sport = scene_mem(&s)->orig.dport;
	assert_false(look()->foreign_stack);
	memcpy(scene_event(&s)->seg.tuple.src, scene_mem(&s)->orig.dst, 16);
	assert_true(look()->foreign_stack);
	scene_mem(&s)->reply = (struct rstwhy_tuple){0};
	assert_false(look()->foreign_stack);
}

static void foreign_stack__only_the_port_translated__told(void **state)
{
	(void)state;
	scene_mem(&s)->orig.dport ^= 0x0100;
	scene_by(&s, RSTWHY_BY_GATEWAY_STACK);
	assert_false(look()->foreign_stack);
	scene_event(&s)->seg.tuple.sport = scene_mem(&s)->orig.dport;
	assert_true(look()->foreign_stack);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(shape__rst_alone__passive),
		TEST(shape__rst_of_a_socket__active_and_continuous),
		TEST(shape__other_ipid__not_continuous),
		TEST(shape__ipv6_flow_label__continuous),
		TEST(shape__answer_to_syn__refusing),
		TEST(marks__other_ttl__box),
		TEST(marks__timestamps_missing__box),
		TEST(marks__timestamps_of_another_clock__box),
		TEST(marks__timestamps_after_days__any_value_goes),
		TEST(marks__window_without_socket__box),
		TEST(marks__answer_before_the_host_can__fast),
		TEST(marks__rst_of_our_own__none),
		TEST(gap__burst_of_the_peer__its_silence),
		TEST(gap__swallowed_copies__still_the_silence),
		TEST(gap__late_answer__not_the_burst),
		TEST(gap__other_number__not_the_burst),
		TEST(gap__long_round_trip__waits_three),
		TEST(gap__answered_burst__forgotten),
		TEST(gap__nothing_elicited__silence_before_the_rst),
		TEST(gap__blind__bounds_only),
		TEST(stage__life_of_a_connection__named),
		TEST(stage__syn_into_a_living_flow__still_established),
		TEST(stage__conntrack_alone__by_its_state),
		TEST(sender__either_side_and_orientation__named),
		TEST(sender__stack_of_the_gateway_as_server__server),
		TEST(seq_match__around_the_window__named),
		TEST(seq_match__data_in_flight__both_ends_exact),
		TEST(seq_match__sequence_numbers_wrap__still_exact),
		TEST(seq_match__conntrack_alone__by_its_window),
		TEST(facts__hostile_directions__harmless),
		TEST(gap__peer_acknowledged_more_since__still_the_burst),
		TEST(gap__only_one_side_ever_seen__its_age),
		TEST(gap__refused_segment_elicited__its_fine_age),
		TEST(sender__new_syn_from_the_other_side_refused__that_is_the_client),
		TEST(seq_match__refusal__exact_only_for_the_syn),
		TEST(foreign_stack__only_for_a_translated_address__told),
		TEST(foreign_stack__only_the_port_translated__told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
