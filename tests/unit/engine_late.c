// SPDX-License-Identifier: GPL-2.0
/*
 * engine_late.c - a memory, or a gateway, that came when the connections lived already
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <arpa/inet.h>
#include <string.h>

#include "engine_scene.h"

#define SEEN_REPLY (1U << 1)

static struct scene s;

static int begin(void **state)
{
	(void)state;
	scene_established(&s);
	return 0;
}

/* The client spoke in mid-stream a moment ago, and that is all that the memory knows. */
static void met_in_midstream(void)
{
	struct rstwhy_memory *mem = scene_mem(&s);

	mem->flags = RSTWHY_MEM_KNOWN | RSTWHY_MEM_MIDSTREAM | RSTWHY_MEM_DATA_ORIG;
	mem->age_ms = 1;
	mem->last_ms[CLIENT] = mem->last_data_ms[CLIENT] = 1;
	mem->last_ms[SERVER] = mem->last_data_ms[SERVER] = RSTWHY_NEVER;
	memset(&mem->base[SERVER], 0, sizeof(mem->base[SERVER]));
	scene_passive(&s);
}

static void picked_up__rejected__ambiguous(void **state)
{
	(void)state;
	met_in_midstream();
	scene_by(&s, RSTWHY_BY_GATEWAY_REJECT);
	assert_cause(&s, CAUSE_AMBIGUOUS);
	assert_also(&s, CAUSE_GATEWAY_FAILOVER);
}

/* Conntrack had it all along: the module came late, the rule is a rule. */
static void late_module__rejected__a_rule(void **state)
{
	(void)state;
	met_in_midstream();
	scene_ct(&s)->status = SEEN_REPLY;
	scene_by(&s, RSTWHY_BY_GATEWAY_REJECT);
	s.incident.strangers = 3;
	assert_cause(&s, CAUSE_GATEWAY_RULE);
	assert_confidence(&s, 0.95, 1);
	assert_int_equal(s.verdict.stage, STAGE_ESTABLISHED);
}

static void untracked__met_in_midstream_and_rejected__a_rule(void **state)
{
	(void)state;
	met_in_midstream();
	scene_by(&s, RSTWHY_BY_GATEWAY_REJECT);
	scene_ct(&s)->flags = RSTWHY_CT_UNTRACKED;
	assert_cause(&s, CAUSE_GATEWAY_RULE);
}

static void late_module__translated_host_answers_as_stranger__no_failover(void **state)
{
	(void)state;
	scene_snat(&s);
	met_in_midstream();
	s.incident.strangers = 3;
	assert_cause(&s, CAUSE_GATEWAY_FAILOVER);
	scene_ct(&s)->status = SEEN_REPLY;
	assert_not_cause(&s, CAUSE_GATEWAY_FAILOVER);
}

/* After a take-over the server speaks first, to the address that stood for the client: it comes to our own stack. */
static void picked_up__reached_our_stack__gateways_state(void **state)
{
	(void)state;
	met_in_midstream();
	scene_by(&s, RSTWHY_BY_GATEWAY_STACK);
	assert_cause(&s, CAUSE_AMBIGUOUS);
	assert_also(&s, CAUSE_GATEWAY_FAILOVER);
	assert_also(&s, CAUSE_GATEWAY_EXPIRED_STACK);
	s.incident.strangers = 2;
	assert_cause(&s, CAUSE_GATEWAY_FAILOVER);
	assert_confidence(&s, 0.6, 0.8);
	scene_ct(&s)->status = SEEN_REPLY; /* a connection of the gateway's own */
	assert_not_cause(&s, CAUSE_GATEWAY_FAILOVER);
}

/* What it answers may have passed before anybody looked. */
static void backscatter__bare_reset_just_after_we_began__no_history(void **state)
{
	(void)state;
	scene_unknown(&s);
	scene_event(&s)->ev.watched_ms = 100;
	assert_cause(&s, CAUSE_NO_HISTORY);
	assert_also(&s, CAUSE_BACKSCATTER);
}

/* Its SYN would have had to pass within a round trip before that, and conntrack to begin then too. */
static void backscatter__refused_syn_just_after_we_began__hardly_sure(void **state)
{
	(void)state;
	scene_unknown(&s);
	scene_refusing(&s);
	scene_event(&s)->ev.watched_ms = 100;
	assert_cause(&s, CAUSE_BACKSCATTER);
	assert_also(&s, CAUSE_NO_HISTORY);
	assert_confidence(&s, 0.55, 0.65);
}

/* What was silent ever since is not known: the longer, the fewer. */
static void backscatter__bare_reset__surer_the_longer_it_watched(void **state)
{
	static const uint64_t watched_ms[] = {500, 60000, 86400000};
	double before = 0;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		scene_unknown(&s);
		scene_event(&s)->ev.watched_ms = watched_ms[i];
		assert_cause(&s, CAUSE_BACKSCATTER);
		assert_also(&s, CAUSE_NO_HISTORY);
		assert_true(s.verdict.confidence > before);
		before = s.verdict.confidence;
	}
	assert_confidence(&s, 0.65, 0.75);
}

static void backscatter__refused_syn__needs_seconds_only(void **state)
{
	(void)state;
	scene_unknown(&s);
	scene_refusing(&s);
	scene_event(&s)->ev.watched_ms = 5000;
	assert_cause(&s, CAUSE_BACKSCATTER);
	assert_confidence(&s, 0.85, 0.85);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(picked_up__rejected__ambiguous),
		TEST(late_module__rejected__a_rule),
		TEST(untracked__met_in_midstream_and_rejected__a_rule),
		TEST(late_module__translated_host_answers_as_stranger__no_failover),
		TEST(picked_up__reached_our_stack__gateways_state),
		TEST(backscatter__bare_reset_just_after_we_began__no_history),
		TEST(backscatter__refused_syn_just_after_we_began__hardly_sure),
		TEST(backscatter__bare_reset__surer_the_longer_it_watched),
		TEST(backscatter__refused_syn__needs_seconds_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
