// SPDX-License-Identifier: GPL-2.0
/*
 * engine_shape.c - what the RST looks like, against what its sender looks like
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

static void marks__timestamps_missing_but_the_host_counts_on__host(void **state)
{
	(void)state;
	scene_timestamps(&s);
	scene_active(&s);
	scene_event(&s)->seg.has_ts = false;
	assert_int_equal(look()->marks, 0);
	assert_true(look()->continuous);
	scene_event(&s)->seg.ttl++;
	assert_true(look()->marks & MARK_TS_MISSING);
}

static void marks__timestamps_missing__box(void **state)
{
	(void)state;
	scene_timestamps(&s);
	scene_active(&s);
	assert_int_equal(look()->marks, 0);
	scene_event(&s)->seg.has_ts = false;
	scene_event(&s)->seg.ipid = 0;
	scene_event(&s)->seg.win = 0;
	assert_int_equal(look()->marks, MARK_TS_MISSING | MARK_IPID | MARK_HABITS);
	assert_false(look()->continuous);
	scene_mem(&s)->base[SERVER].ipid = 0; /* of a host that never numbers its packets this says nothing */
	assert_int_equal(look()->marks, MARK_IPID);
	scene_established6(&s);
	scene_timestamps(&s);
	scene_active(&s);
	scene_event(&s)->seg.has_ts = false;
	scene_event(&s)->seg.win = 0;
	scene_event(&s)->seg.flowlabel = 0;
	assert_int_equal(look()->marks, MARK_TS_MISSING | MARK_LABEL);
	scene_mem(&s)->base[SERVER].flowlabel = 0;
	assert_int_equal(look()->marks, 0);
}

static void marks__socket_without_df_or_number__box(void **state)
{
	(void)state;
	scene_active(&s);
	scene_event(&s)->seg.df = false;
	assert_int_equal(look()->marks, MARK_HABITS | MARK_DF);
	scene_active(&s);
	scene_event(&s)->seg.ipid = 0;
	assert_int_equal(look()->marks, MARK_HABITS | MARK_IPID);
	scene_passive(&s);
	scene_event(&s)->seg.df = false; /* without a socket another habit is no wonder */
	assert_int_equal(look()->marks, MARK_DF);
}

static void marks__ttl_alone_of_a_proved_socket__path_changed(void **state)
{
	(void)state;
	scene_timestamps(&s);
	scene_active(&s);
	scene_event(&s)->seg.ttl = 61;
	assert_int_equal(look()->marks, 0);
	assert_true(look()->continuous);
	scene_event(&s)->seg.ipid = 0x7000;
	assert_int_equal(look()->marks, MARK_TTL | MARK_IPID);
	scene_active(&s);
	scene_event(&s)->seg.ttl = 61;
	scene_event(&s)->seg.has_ts = false;
	assert_true(look()->marks & MARK_TTL);
}

static void marks__timestamps_in_microseconds__go_on(void **state)
{
	(void)state;
	scene_timestamps(&s);
	scene_active(&s);
	scene_mem(&s)->base[SERVER].age_ms = 60000;
	scene_event(&s)->seg.tsval = scene_mem(&s)->base[SERVER].tsval + 60003000;
	assert_int_equal(look()->marks, 0);
	assert_true(look()->continuous);
	scene_event(&s)->seg.tsval += 500000;
	assert_int_equal(look()->marks, MARK_TS_JUMP);
}

static void marks__timestamps_of_another_clock__box(void **state)
{
	(void)state;
	scene_timestamps(&s);
	scene_active(&s);
	scene_event(&s)->seg.tsval += 3000000;
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
	scene_event(&s)->ev.host[0] = (struct rstwhy_host){.flags = RSTWHY_HOST_KNOWN, .rtt_us = 11000, .rtts = 2};
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 350000);
	assert_int_equal(look()->marks, MARK_FAST);
	scene_mem(&s)->burst_last_us = 11000;
	assert_int_equal(look()->marks, 0);
	scene_mem(&s)->burst_last_us = 300;
	scene_event(&s)->ev.host[0].rtts = 1; /* that one may have been a slow one */
	assert_int_equal(look()->marks, 0);
	scene_round_trip(&s, SERVER, 60000);
	scene_event(&s)->ev.host[0].rtt_us = 60000;
	assert_int_equal(look()->marks, MARK_FAST);
}

static void marks__rst_of_our_own__none(void **state)
{
	(void)state;
	scene_event(&s)->seg.ttl = 255;
	scene_by(&s, RSTWHY_BY_GATEWAY_REJECT);
	assert_int_equal(look()->marks, 0);
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
		TEST(marks__socket_without_df_or_number__box),
		TEST(marks__ttl_alone_of_a_proved_socket__path_changed),
		TEST(marks__timestamps_in_microseconds__go_on),
		TEST(marks__timestamps_missing_but_the_host_counts_on__host),
		TEST(marks__timestamps_of_another_clock__box),
		TEST(marks__timestamps_after_days__any_value_goes),
		TEST(marks__window_without_socket__box),
		TEST(marks__answer_before_the_host_can__fast),
		TEST(marks__rst_of_our_own__none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
