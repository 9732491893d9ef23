// SPDX-License-Identifier: GPL-2.0
/*
 * engine_stage.c - when in its life, from which side, how well the number fits
 *
 * Copyright (C) 2026 the rstwhy authors
 */
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
}

/* What no window reaches is beyond it, whether we know the window or not. */
static void seq_match__window_not_known__named_where_it_can_be(void **state)
{
	uint32_t *seq = &scene_event(&s)->seg.seq;

	(void)state;
	scene_ct(&s)->flags = 0;
	assert_int_equal(facts_seq_match(look()), SEQ_EXACT);
	*seq = SERVER_END + 64001;
	assert_int_equal(facts_seq_match(look()), SEQ_UNKNOWN);
	*seq = SERVER_END + (100U << 20);
	assert_int_equal(facts_seq_match(look()), SEQ_ABOVE);
	*seq = SERVER_END - 1;
	assert_int_equal(facts_seq_match(look()), SEQ_BELOW);
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
	scene_ct(&s)->td_maxwin[CLIENT] = scene_ct(&s)->td_maxack[CLIENT] = 0; /* it takes another way */
	assert_int_equal(facts_seq_match(look()), SEQ_UNKNOWN);
	scene_unknown(&s);
	assert_int_equal(facts_seq_match(look()), SEQ_UNKNOWN);
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

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(stage__life_of_a_connection__named),
		TEST(stage__syn_into_a_living_flow__still_established),
		TEST(stage__conntrack_alone__by_its_state),
		TEST(sender__either_side_and_orientation__named),
		TEST(sender__stack_of_the_gateway_as_server__server),
		TEST(seq_match__around_the_window__named),
		TEST(seq_match__window_not_known__named_where_it_can_be),
		TEST(seq_match__data_in_flight__both_ends_exact),
		TEST(seq_match__sequence_numbers_wrap__still_exact),
		TEST(seq_match__conntrack_alone__by_its_window),
		TEST(sender__new_syn_from_the_other_side_refused__that_is_the_client),
		TEST(seq_match__refusal__exact_only_for_the_syn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
