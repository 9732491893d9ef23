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

/* A window update after 2 s, then nothing for minutes, then somebody's timer. */
static void gap__long_after_a_bare_acknowledgement__the_silence_since(void **state)
{
	unsigned int side;

	(void)state;
	for (side = CLIENT; side <= SERVER; side++) {
		scene_established(&s);
		scene_woke(&s, side, RSTWHY_BURST_ACK, 2000);
		scene_mem(&s)->burst_first_us = scene_mem(&s)->burst_last_us = 600000000;
		scene_mem(&s)->last_ms[side] = 600000;
		scene_mem(&s)->last_ms[side ^ 1U] = 602000;
		assert_false(look()->answers_burst);
		assert_false(f.burst_open);
		assert_int_equal(f.gap.from, GAP_SILENCE);
		assert_true(f.gap.ms == 600000);
	}
}

/* It may have woken a box all the same. */
static void gap__bare_acknowledgement_answered__its_silence(void **state)
{
	(void)state;
	scene_woke(&s, CLIENT, RSTWHY_BURST_ACK, 350000);
	assert_true(look()->answers_burst);
	assert_true(f.gap.ms == 350000);
}

/* The copies waited for the host's link address behind our hook. */
static void gap__late_answer_to_copies__still_the_burst(void **state)
{
	(void)state;
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 5000);
	scene_copies(&s, 4, 0, 6000);
	scene_mem(&s)->burst_last_us = 2000000;
	scene_mem(&s)->last_ms[CLIENT] = 2000;
	assert_true(look()->answers_burst);
	scene_mem(&s)->burst_last_us = 4000000;
	assert_false(look()->answers_burst);
	scene_mem(&s)->burst_last_us = 2000000;
	scene_event(&s)->seg.seq++;
	assert_false(look()->answers_burst);
}

static struct rstwhy_host kept(uint64_t heard_ms, uint64_t kept_ms)
{
	return (struct rstwhy_host){.flags = RSTWHY_HOST_KNOWN, .ttl = 63, .heard_ms = heard_ms, .kept_ms = kept_ms};
}

static void host__others_lived_through_the_gap__kept(void **state)
{
	(void)state;
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 350000);
	scene_event(&s)->ev.host[0] = kept(5000, 400000);
	assert_true(look()->host_kept);
	scene_event(&s)->ev.host[0] = kept(5000, 340000); /* began amid the gap */
	assert_false(look()->host_kept);
	scene_event(&s)->ev.host[0] = kept(340000, 400000); /* not heard of since its beginning */
	assert_false(look()->host_kept);
}

static void host__answerer_of_a_silence__from_its_own_record(void **state)
{
	(void)state;
	scene_woke(&s, SERVER, RSTWHY_BURST_DATA, 350000);
	scene_copies(&s, 3, 0, 1500);
	scene_event(&s)->ev.host[1] = kept(400, 1000);
	assert_true(look()->peer_alive);
	assert_false(look()->peer_kept);
	scene_event(&s)->ev.host[1] = kept(4000, 400000);
	assert_false(look()->peer_alive);
	assert_true(look()->peer_kept);
}

/* The first that was seen of the flow is what the RST answers. */
static void pick_up__met_in_mid_stream_just_now__told(void **state)
{
	struct rstwhy_memory *mem = scene_mem(&s);

	(void)state;
	scene_in_flight(&s, CLIENT, 100);
	scene_passive(&s);
	mem->flags = RSTWHY_MEM_KNOWN | RSTWHY_MEM_MIDSTREAM;
	mem->last_ms[SERVER] = RSTWHY_NEVER;
	mem->age_ms = 2;
	assert_true(look()->picked_up);
	mem->last_ms[SERVER] = 1;
	assert_false(look()->picked_up);
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
		TEST(gap__burst_of_the_peer__its_silence),
		TEST(gap__swallowed_copies__still_the_silence),
		TEST(gap__long_after_a_bare_acknowledgement__the_silence_since),
		TEST(gap__bare_acknowledgement_answered__its_silence),
		TEST(gap__late_answer__not_the_burst),
		TEST(gap__late_answer_to_copies__still_the_burst),
		TEST(host__others_lived_through_the_gap__kept),
		TEST(host__answerer_of_a_silence__from_its_own_record),
		TEST(pick_up__met_in_mid_stream_just_now__told),
		TEST(gap__other_number__not_the_burst),
		TEST(gap__long_round_trip__waits_three),
		TEST(gap__answered_burst__forgotten),
		TEST(gap__nothing_elicited__silence_before_the_rst),
		TEST(gap__blind__bounds_only),
		TEST(facts__hostile_directions__harmless),
		TEST(gap__peer_acknowledged_more_since__still_the_burst),
		TEST(gap__only_one_side_ever_seen__its_age),
		TEST(gap__refused_segment_elicited__its_fine_age),
		TEST(foreign_stack__only_for_a_translated_address__told),
		TEST(foreign_stack__only_the_port_translated__told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
