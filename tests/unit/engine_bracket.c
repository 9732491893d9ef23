// SPDX-License-Identifier: GPL-2.0
/*
 * engine_bracket.c - tests of what a path's bracket does to an idle kill, and of hints within it
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../userspace/engine/hints.h"
#include "../../userspace/engine/sentence.h"
#include "engine_scene.h"

static struct scene s;

static int begin(void **state)
{
	(void)state;
	scene_established(&s);
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 350412);
	scene_passive(&s);
	return 0;
}

/* survived or killed 0: not known */
static void learned(double survived_ms, double killed_ms)
{
	s.incident.bracket = (struct path_bracket){ .have_survived = survived_ms > 0,
						    .have_killed = killed_ms > 0,
						    .survived_ms = survived_ms,
						    .killed_ms = killed_ms,
						    .samples = 40,
						    .peers = 5 };
}

static double confidence(void)
{
	scene_judge(&s);
	assert_cause(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
	return s.verdict.confidence;
}

static bool has_candidate(const char *text)
{
	scene_judge(&s);
	for (size_t i = 0; i < s.verdict.candidates_count; i++)
		if (!strcmp(s.verdict.candidates[i], text))
			return true;
	return false;
}

static void weigh__nothing_learned__as_it_is(void **state)
{
	(void)state;
	assert_true(confidence() == 0.8);
}

static void weigh__others_were_killed_too__surer(void **state)
{
	(void)state;
	learned(349000, 350100);
	assert_true(confidence() > 0.85);
	learned(349000, 351000);
	assert_true(confidence() > 0.85); /* a timer's steps */
	learned(0, 200000);
	assert_true(confidence() > 0.85);
}

static void weigh__three_survived_as_much__less_sure(void **state)
{
	(void)state;
	learned(360000, 0);
	assert_true(confidence() < 0.5);
	learned(360000, 900000);
	assert_true(confidence() < 0.5);
}

static void weigh__between__half_sure_at_most(void **state)
{
	(void)state;
	learned(60000, 3600000);
	assert_true(confidence() == 0.5);
	learned(60000, 0);
	assert_true(confidence() == 0.8); /* nobody was killed yet: this may be the first */
}

static void weigh__between_with_box_marks__the_box_speaks_for_itself(void **state)
{
	(void)state;
	learned(60000, 3600000);
	scene_event(&s)->seg.ttl = 255;
	assert_true(confidence() == 0.95);
}

static void weigh__contradiction__lowers_it(void **state)
{
	(void)state;
	learned(500000, 300000);
	assert_true(confidence() < 0.75 && s.verdict.confidence > 0.5);
}

static void weigh__hidden_traffic__cap_stays(void **state)
{
	(void)state;
	learned(349000, 350100);
	scene_ct(&s)->status = 1U << 14;
	assert_true(confidence() <= 0.6);
}

static void weigh__at_expiry__only_the_same_length_agrees(void **state)
{
	double at, after;

	(void)state;
	scene_established(&s);
	scene_last_segments(&s, 300200, 300200);
	scene_echo(&s, 10);
	scene_judge(&s);
	assert_cause(&s, CAUSE_REMOTE_AT_EXPIRY);
	learned(290000, 300100);
	at = scene_judge(&s)->confidence;
	learned(90000, 100000);
	after = scene_judge(&s)->confidence;
	assert_true(at > 0.95);
	assert_true(after == 0.95);
}

static void say__bracket__told(void **state)
{
	bool told = false;

	(void)state;
	learned(349000, 350100);
	scene_judge(&s);
	for (size_t i = 0; i < s.verdict.evidence_count; i++)
		told |= !strcmp(s.verdict.evidence[i],
				"on this path (5 peers) silences of up to 349.0 s survive, and from 350.1 s on they do not");
	assert_true(told);
}

static void hints__within_the_bracket__only(void **state)
{
	(void)state;
	assert_true(has_candidate("AWS NLB 350 s"));
	assert_true(has_candidate("Azure NAT gateway 240 s"));
	learned(250000, 351000);
	assert_true(has_candidate("AWS NLB 350 s"));
	assert_false(has_candidate("Azure NAT gateway 240 s"));
	learned(100000, 241000);
	assert_false(has_candidate("AWS NLB 350 s"));
	assert_true(has_candidate("Azure NAT gateway 240 s"));
	learned(500000, 300000);
	assert_true(has_candidate("AWS NLB 350 s")); /* a contradiction tells nothing */
}

static void hints__nearest_below_the_gap__first(void **state)
{
	(void)state;
	scene_judge(&s);
	assert_string_equal(s.verdict.candidates[0], "AWS NLB 350 s");
}

static void hints__own_file__replaces_the_table(void **state)
{
	static struct hints own;

	(void)state;
	own.count = 0;
	assert_true(hints_add(&own, &(struct hint){ 340, HINT_NEXT, "our firewall" }));
	s.settings.hints = &own;
	scene_judge(&s);
	assert_int_equal(s.verdict.candidates_count, 1);
	assert_string_equal(s.verdict.candidates[0], "our firewall 340 s");
	own.hint[0].kinds = HINT_SILENT | HINT_FIN;
	assert_int_equal(scene_judge(&s)->candidates_count, 0);
}

static void hints__never_decide(void **state)
{
	static struct hints none;
	double with = confidence();

	(void)state;
	s.settings.hints = &none;
	assert_true(confidence() == with);
}

static void hint_fits__measure_and_bound(void **state)
{
	const struct hint next = { 350, HINT_NEXT, "n" }, both = { 350, HINT_BOTH, "b" };
	struct hint_bounds at = { 0, 350500 }, late = { 0, 500000 }, early = { 0, 340000 }, survived = { 351000, 360000 };
	struct hint_bounds unknown = { 0, -1 };

	(void)state;
	assert_true(hint_fits(&next, HINT_NEXT, &at) && hint_fits(&both, HINT_BOTH, &at));
	assert_true(hint_fits(&next, HINT_NEXT, &late));
	assert_false(hint_fits(&both, HINT_BOTH, &late));
	assert_false(hint_fits(&next, HINT_NEXT, &early) || hint_fits(&both, HINT_BOTH, &early));
	assert_false(hint_fits(&next, HINT_NEXT, &survived));
	assert_false(hint_fits(&next, HINT_NEXT, &unknown) || hint_fits(&both, HINT_BOTH, &unknown));
	assert_false(hint_fits(&next, HINT_BOTH, &at));
}

/* What hint_kinds() passes over would not have fitted. */
static void hints__any_gap__all_that_fit(void **state)
{
	static struct hints many;

	(void)state;
	many.count = 0;
	for (unsigned int i = 0; i < HINTS_MAX; i++)
		hints_add(&many, &(struct hint){ 1 + i * i * (1 + i % 7), 1U << i % 5, "box" });
	s.settings.hints = &many;
	for (unsigned int i = 0; i < 40000; i++) {
		unsigned int kinds = 1 + i % 31;
		struct hint_bounds bounds = { .survived_ms = 0, .killed_ms = (double)i * i * 0.6 };
		struct facts f = { .incident = &s.incident, .settings = &s.settings, .mem = scene_mem(&s), .gap.ms = bounds.killed_ms };
		struct verdict v = { .candidates_count = 0 };
		size_t fitting = 0;

		s.incident.bracket = (struct path_bracket){ 0 };
		hint_kinds(&f, kinds, &v);
		for (size_t k = 0; k < many.count && fitting < VERDICT_CANDIDATES_MAX; k++)
			if (hint_fits(&many.hint[k], kinds, &bounds))
				assert_string_equal(v.candidates[fitting++], many.text[k]);
		assert_int_equal(v.candidates_count, fitting);
	}
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(weigh__nothing_learned__as_it_is),
		TEST(weigh__others_were_killed_too__surer),
		TEST(weigh__three_survived_as_much__less_sure),
		TEST(weigh__between__half_sure_at_most),
		TEST(weigh__between_with_box_marks__the_box_speaks_for_itself),
		TEST(weigh__contradiction__lowers_it),
		TEST(weigh__hidden_traffic__cap_stays),
		TEST(weigh__at_expiry__only_the_same_length_agrees),
		TEST(say__bracket__told),
		TEST(hints__within_the_bracket__only),
		TEST(hints__nearest_below_the_gap__first),
		TEST(hints__own_file__replaces_the_table),
		TEST(hints__never_decide),
		TEST(hints__any_gap__all_that_fit),
		TEST(hint_fits__measure_and_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
