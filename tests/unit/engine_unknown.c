// SPDX-License-Identifier: GPL-2.0
/*
 * engine_unknown.c - what no rule decides, with its candidates
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

static void no_history__nothing_known__told(void **state)
{
	(void)state;
	scene_unknown(&s);
	assert_cause(&s, CAUSE_BACKSCATTER);
	assert_also(&s, CAUSE_NO_HISTORY);
	scene_ct(&s)->flags = RSTWHY_CT_OFF;
	assert_cause(&s, CAUSE_NO_HISTORY);
	assert_int_equal(s.verdict.stage, STAGE_UNKNOWN);
	assert_true(s.verdict.gap_ms < 0 && s.verdict.idle_ms < 0 && s.verdict.age_ms < 0);
}

static void no_history__live_socket_shape__abort_named(void **state)
{
	(void)state;
	scene_unknown(&s);
	scene_active(&s);
	scene_event(&s)->seg.seq = SERVER_END;
	assert_cause(&s, CAUSE_NO_HISTORY);
	assert_also(&s, CAUSE_ABORT);
}

static void offloaded__entry_says_so__told(void **state)
{
	(void)state;
	scene_ct(&s)->status = 1U << 14;
	scene_last_segments(&s, 100, 100);
	assert_cause(&s, CAUSE_OFFLOADED);
}

static bool says(const char *words)
{
	const struct verdict *v = scene_judge(&s);

	for (size_t i = 0; i < v->evidence_count; i++)
		if (strstr(v->evidence[i], words))
			return true;
	return false;
}

/* A capture: all packets are there, conntrack is not. Not to be mixed up with traffic that passed elsewhere. */
static void hidden__for_want_of_conntrack_alone__said_so(void **state)
{
	(void)state;
	scene_last_segments(&s, 1, 2);
	assert_false(says("conntrack did not watch"));
	scene_ct(&s)->flags = RSTWHY_CT_OFF;
	assert_true(says("conntrack did not watch") && !says("was not seen here"));
	scene_ct(&s)->flags = RSTWHY_CT_UNTRACKED;
	assert_true(says("was not seen here"));
}

/* Seen whole, nothing idle, no mark of a box: likely enough to be named, not to be sure of. */
static void host_lost__passive_in_a_busy_connection__told_with_doubt(void **state)
{
	(void)state;
	scene_last_segments(&s, 1, 2);
	assert_cause(&s, CAUSE_HOST_LOST);
	assert_confidence(&s, 0.5, 0.6);
	scene_mem(&s)->flags &= ~(uint32_t)RSTWHY_MEM_COMPLETED;
	assert_cause(&s, CAUSE_AMBIGUOUS);
	assert_also(&s, CAUSE_HOST_LOST);
	assert_also(&s, CAUSE_REMOTE_POLICY);
	assert_confidence(&s, 0.3, 0.6);
}

static void ambiguous__passive_unelicited_short_silence__candidates(void **state)
{
	(void)state;
	scene_last_segments(&s, 3000, 3000);
	assert_cause(&s, CAUSE_AMBIGUOUS);
	assert_also(&s, CAUSE_INJECTED);
}

/* Whatever the cause: named, no other one twice, some words, a number between 0 and 1. */
static void verdict__any_scene__well_formed(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 256; i++) {
		scene_established(&s);
		if (i & 1)
			scene_active(&s);
		if (i & 2)
			scene_woke(&s, i & 4 ? CLIENT : SERVER, RSTWHY_BURST_DATA, 350000);
		if (i & 8)
			scene_fin(&s, SERVER, true);
		if (i & 16)
			scene_rst_from(&s, CLIENT);
		if (i & 32)
			scene_lost(&s, i & 64);
		if (i & 128)
			scene_by(&s, RSTWHY_BY_GATEWAY_REJECT);
		scene_judge(&s);
		assert_in_range(s.verdict.cause, 0, CAUSE_COUNT - 1);
		assert_true(s.verdict.confidence > 0 && s.verdict.confidence <= 1);
		assert_true(s.verdict.evidence_count > 0);
		assert_false(scene_also(&s, s.verdict.cause));
		if (s.verdict.cause == CAUSE_AMBIGUOUS)
			assert_true(s.verdict.also_count > 0);
	}
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_history__nothing_known__told),
		TEST(no_history__live_socket_shape__abort_named),
		TEST(offloaded__entry_says_so__told),
		TEST(hidden__for_want_of_conntrack_alone__said_so),
		TEST(host_lost__passive_in_a_busy_connection__told_with_doubt),
		TEST(ambiguous__passive_unelicited_short_silence__candidates),
		TEST(verdict__any_scene__well_formed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
