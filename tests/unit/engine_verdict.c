// SPDX-License-Identifier: GPL-2.0
/*
 * engine_verdict.c - the record's numbers and words
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <string.h>

#include "../../userspace/engine/rules.h"
#include "engine_scene.h"

static struct scene s;

static int begin(void **state)
{
	(void)state;
	scene_established(&s);
	return 0;
}

static void numbers__conntrack_misled_by_the_waking_segment__told(void **state)
{
	(void)state;
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 350412);
	scene_mem(&s)->timeout_now_ms = 300000;
	scene_ct(&s)->remaining_before_ms = 300000;
	scene_judge(&s);
	assert_true(s.verdict.gap_ms == 350412);
	assert_true(s.verdict.ct_idle_ms == 0);
	assert_true(s.verdict.ct_timeout_at_rst_ms == 300000);
	assert_true(s.verdict.ct_timeout_before_gap_ms == (double)DAYS_5_MS);
	assert_true(s.verdict.age_ms == 3600000);
	assert_int_equal(s.verdict.ct_state, 3);
}

static void numbers__no_entry_found__left_out(void **state)
{
	(void)state;
	scene_lost(&s, false);
	scene_judge(&s);
	assert_true(s.verdict.ct_idle_ms < 0);
	assert_int_equal(s.verdict.ct_state, -1);
}

static void numbers__state_from_the_memory__told(void **state)
{
	(void)state;
	scene_ct(&s)->flags = RSTWHY_CT_MEMSTATE | RSTWHY_CT_RELATED;
	scene_judge(&s);
	assert_int_equal(s.verdict.ct_state, 3);
}

static void numbers__entry_refreshed_before_we_looked__no_age(void **state)
{
	(void)state;
	scene_ct(&s)->flags |= RSTWHY_CT_REFRESHED;
	scene_judge(&s);
	assert_true(s.verdict.ct_idle_ms < 0);
}

static void words__train__count_told(void **state)
{
	const struct verdict *v;

	(void)state;
	s.incident.count = 4;
	v = scene_judge(&s);
	assert_string_equal(v->evidence[v->evidence_count - 1], "4 RSTs in all");
}

static void words__advice__from_the_vocabulary(void **state)
{
	(void)state;
	scene_active(&s);
	scene_judge(&s);
	assert_string_equal(s.verdict.advice, cause_text(CAUSE_ABORT)->advice);
}

static void duration__every_size__readable(void **state)
{
	(void)state;
	assert_string_equal(duration(0.31).s, "0.3 ms");
	assert_string_equal(duration(11).s, "11 ms");
	assert_string_equal(duration(999.4).s, "999 ms");
	assert_string_equal(duration(2100).s, "2.1 s");
	assert_string_equal(duration(350412).s, "350.4 s");
	assert_string_equal(duration(7440000).s, "2 h 4 min");
	assert_string_equal(duration(432000000).s, "5 d 0 h");
	assert_string_equal(duration(-1).s, "an unknown time");
	assert_true(strlen(duration(1.8e19).s) < DURATION_TEXT);
}

static void say__too_much__cut_and_dropped(void **state)
{
	struct verdict v;
	char longer[2 * VERDICT_TEXT_MAX];

	(void)state;
	memset(&v, 0, sizeof(v));
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	for (int i = 0; i < VERDICT_EVIDENCE_MAX + 3; i++)
		say(&v, "%s", longer);
	assert_int_equal(v.evidence_count, VERDICT_EVIDENCE_MAX);
	assert_int_equal(strlen(v.evidence[VERDICT_EVIDENCE_MAX - 1]), VERDICT_TEXT_MAX - 1);
}

static void names__every_value__a_word(void **state)
{
	(void)state;
	assert_string_equal(stage_name(STAGE_ACCEPTED), "accepted");
	assert_string_equal(stage_name((enum stage)77), "unknown");
	assert_string_equal(side_name(SIDE_GATEWAY), "gateway");
	assert_string_equal(side_name((enum side)77), "unknown");
	assert_string_equal(seq_match_name(SEQ_IN_WINDOW), "in-window");
	assert_string_equal(seq_match_name((enum seq_match)77), "unknown");
}

static void numbers__nothing_hidden__not_blind(void **state)
{
	(void)state;
	scene_active(&s);
	scene_judge(&s);
	assert_false(s.verdict.blind);
	assert_true(s.verdict.gap_min_ms < 0);
}

static void numbers__no_gap__no_timeout_before_it(void **state)
{
	(void)state;
	scene_last_segments(&s, 1, 1);
	scene_judge(&s);
	assert_true(s.verdict.gap_ms < 0);
	assert_true(s.verdict.ct_timeout_before_gap_ms < 0);
}

static void say__pieces_and_numbers__put_together(void **state)
{
	static struct verdict v;
	char longest[2 * VERDICT_TEXT_MAX];

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	say(&v, "%s%u, %u %% of %s", "a", 0U, 4294967295U, "");
	assert_string_equal(v.evidence[0], "a0, 4294967295 % of ");
	say(&v, "-%s-", longest);
	assert_int_equal(strlen(v.evidence[1]), VERDICT_TEXT_MAX - 1);
	candidate(&v, "%s %u s", longest, 5U);
	assert_int_equal(strlen(v.candidates[0]), sizeof(v.candidates[0]) - 1);
	for (unsigned int i = 0; i < 2 * VERDICT_CANDIDATES_MAX; i++)
		candidate(&v, "box %u", i);
	assert_int_equal(v.candidates_count, VERDICT_CANDIDATES_MAX);
	assert_string_equal(v.candidates[1], "box 0");
}

static void also__full_or_own_cause__left_out(void **state)
{
	struct verdict v;

	(void)state;
	memset(&v, 0, sizeof(v));
	v.cause = CAUSE_ABORT;
	verdict_also(&v, CAUSE_ABORT);
	assert_int_equal(v.also_count, 0);
	for (int i = 0; i < CAUSE_COUNT; i++)
		verdict_also(&v, (enum cause)i);
	assert_int_equal(v.also_count, VERDICT_ALSO_MAX);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(numbers__conntrack_misled_by_the_waking_segment__told),
		TEST(numbers__no_entry_found__left_out),
		TEST(numbers__state_from_the_memory__told),
		TEST(numbers__entry_refreshed_before_we_looked__no_age),
		TEST(words__train__count_told),
		TEST(words__advice__from_the_vocabulary),
		TEST(duration__every_size__readable),
		TEST(say__too_much__cut_and_dropped),
		TEST(names__every_value__a_word),
		TEST(numbers__nothing_hidden__not_blind),
		TEST(numbers__no_gap__no_timeout_before_it),
		TEST(say__pieces_and_numbers__put_together),
		TEST(also__full_or_own_cause__left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
