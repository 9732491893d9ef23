// SPDX-License-Identifier: GPL-2.0
/*
 * engine_plain.c - tests of what a packet alone can prove
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "engine_scene.h"

#include <string.h>

static void plain(struct scene *s)
{
	scene_unknown(s);
	scene_event(s)->plain = true;
	scene_event(s)->ev.by = RSTWHY_BY_UNSEEN;
	scene_event(s)->ev.direction = RSTWHY_DIR_NONE;
	scene_ct(s)->flags = RSTWHY_CT_OFF;
}

/* A live socket's RST; scene_active() takes its numbers from a memory that there is none of. */
static void active(struct scene *s)
{
	scene_active(s);
	scene_event(s)->seg.seq = scene_event(s)->seg.end = SERVER_END;
}

static bool says(struct scene *s, const char *part)
{
	const struct verdict *v = scene_judge(s);

	for (size_t i = 0; i < v->evidence_count; i++)
		if (strstr(v->evidence[i], part))
			return true;
	return false;
}

static void plain__a_refusal__refused_but_not_sure(void **state)
{
	struct scene s;

	(void)state;
	plain(&s);
	scene_refusing(&s);
	assert_cause(&s, CAUSE_REFUSED);
	assert_confidence(&s, 0.5, 0.6);
	assert_int_equal(s.verdict.stage, STAGE_CONNECT);
	assert_true(says(&s, "seen by a plain log rule"));
}

static void plain__shapes__candidates_and_what_is_not_known(void **state)
{
	struct scene s;

	(void)state;
	plain(&s);
	active(&s);
	assert_cause(&s, CAUSE_NO_HISTORY);
	assert_also(&s, CAUSE_ABORT);
	assert_also(&s, CAUSE_REMOTE_AT_EXPIRY);
	assert_non_null(strstr(s.verdict.advice, "nf_rstwhy"));
	assert_true(s.verdict.gap_ms < 0 && s.verdict.age_ms < 0);
	plain(&s);
	scene_passive(&s);
	assert_cause(&s, CAUSE_NO_HISTORY);
	assert_also(&s, CAUSE_REMOTE_ON_NEXT_PACKET);
	assert_also(&s, CAUSE_AFTER_CLOSE);
	assert_true(says(&s, "are not known"));
}

static void plain__it_leaves_the_gateway__a_rule_may_have_sent_it(void **state)
{
	struct scene s;

	(void)state;
	plain(&s);
	active(&s);
	scene_event(&s)->ev.hook = RSTWHY_HOOK_LOCAL_OUT;
	assert_true(says(&s, "left by this gateway's output"));
	assert_also(&s, CAUSE_GATEWAY_RULE);
	plain(&s);
	scene_refusing(&s);
	scene_event(&s)->ev.hook = RSTWHY_HOOK_LOCAL_OUT;
	assert_cause(&s, CAUSE_REFUSED);
	assert_also(&s, CAUSE_GATEWAY_RULE);
}

static void plain__windows_that_count__a_program(void **state)
{
	struct scene s;

	(void)state;
	plain(&s);
	active(&s);
	s.incident.windows = 2;
	assert_cause(&s, CAUSE_NO_HISTORY);
	s.incident.windows = 3;
	assert_cause(&s, CAUSE_INJECTED);
}

static void plain__its_own_words__a_candidate(void **state)
{
	static const char words[] = "connection denied by policy";
	struct scene s;

	(void)state;
	plain(&s);
	active(&s);
	memcpy(scene_event(&s)->payload, words, sizeof(words) - 1);
	scene_event(&s)->payload_len = sizeof(words) - 1;
	assert_cause(&s, CAUSE_NO_HISTORY);
	assert_int_equal(s.verdict.also[0], CAUSE_REMOTE_POLICY);
}

static void not_plain__no_history__says_nothing_of_log_rules(void **state)
{
	struct scene s;

	(void)state;
	scene_unknown(&s);
	active(&s);
	assert_cause(&s, CAUSE_NO_HISTORY);
	assert_false(says(&s, "plain log rule"));
	assert_null(strstr(s.verdict.advice, "Without the module"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain__a_refusal__refused_but_not_sure),
		cmocka_unit_test(plain__shapes__candidates_and_what_is_not_known),
		cmocka_unit_test(plain__it_leaves_the_gateway__a_rule_may_have_sent_it),
		cmocka_unit_test(plain__windows_that_count__a_program),
		cmocka_unit_test(plain__its_own_words__a_candidate),
		cmocka_unit_test(not_plain__no_history__says_nothing_of_log_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
