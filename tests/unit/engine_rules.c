// SPDX-License-Identifier: GPL-2.0
/*
 * engine_rules.c - what the table's rows demand before their predicates are asked
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * A row that fits although a trait of its `only` is missing would be passed over. Scenes at random, and facts that no scene could have,
 * are shown to each predicate.
 */
#include <string.h>

#include "../../userspace/engine/rules.h"
#include "chance.h"
#include "engine_scene.h"

#define SCENES 200000U

static struct scene s;
static bool rarely(void)
{
	return chance(8) == 0;
}

static void begin_somehow(void)
{
	static void (*const beginnings[])(struct scene *) = {
		scene_established, scene_established6, scene_connecting, scene_accepted, scene_unknown, scene_snat, scene_dnat,
	};
	unsigned int beginning = chance(sizeof(beginnings) / sizeof(beginnings[0]));

	scene_established(&s);
	beginnings[beginning](&s);
	if (rarely())
		scene_conntrack_only(&s, (uint8_t)chance(10));
}

static void live_somehow(void)
{
	static const uint64_t ages_ms[] = { 0, 3, 40, 900, 5000, 350000, RSTWHY_NEVER };
	unsigned int count = sizeof(ages_ms) / sizeof(ages_ms[0]);

	if (!rarely())
		scene_last_segments(&s, ages_ms[chance(count)], ages_ms[chance(count)]);
	if (chance(2))
		scene_woke(&s, chance(2), (enum rstwhy_burst)(1 + chance(6)), chance(2) ? 350000 : chance(3000));
	if (rarely())
		scene_copies(&s, 1 + chance(4), chance(3), chance(4000));
	if (rarely())
		scene_in_flight(&s, chance(2), 1 + chance(2000));
	if (rarely())
		scene_fin(&s, chance(2), chance(2));
	if (rarely())
		scene_said_nothing(&s, chance(2));
	if (rarely())
		scene_lost(&s, chance(2));
	if (rarely())
		scene_reset_before(&s, chance(2), chance(4000));
	if (rarely())
		scene_round_trip(&s, chance(2), chance(80000));
	if (rarely()) { /* a SYN, upon an old connection or the first */
		scene_mem(&s)->flags |= RSTWHY_MEM_SYN_PENDING | (chance(2) ? RSTWHY_MEM_SYN_REUSE : 0);
		scene_mem(&s)->syn_dir = (uint8_t)chance(2);
	}
	if (rarely()) /* a shut window */
		scene_ct(&s)->td_maxend[chance(2)] = scene_ct(&s)->td_end[0];
	if (rarely())
		scene_mem(&s)->flags &= ~(uint32_t)RSTWHY_MEM_COMPLETED;
	scene_mem(&s)->unanswered_before = rarely();
}

static void end_somehow(void)
{
	struct event *event = scene_event(&s);

	if (chance(2))
		scene_rst_from(&s, chance(2));
	if (chance(2))
		(chance(3) ? scene_active : scene_refusing)(&s);
	if (!chance(3))
		scene_by(&s, (enum rstwhy_actor)chance(6));
	if (rarely())
		scene_reject_of_invalid(&s);
	if (rarely())
		event->seg.seq += chance(3) - 1;
	if (rarely())
		event->seg.seq = scene_mem(&s)->isn[scene_mem(&s)->direction & 1] + 1;
	if (rarely())
		event->seg.ttl = (uint8_t)chance(256);
	if (rarely())
		event->ev.csum = RSTWHY_CSUM_BAD;
	event->plain = rarely();
	if (rarely()) {
		event->payload_len = 12;
		memcpy(event->payload, chance(2) ? "idle timeout" : "it is denied", 12);
	}
	if (rarely())
		event->ev.kind = RSTWHY_KIND_SILENCE;
}

static void go_on_somehow(void)
{
	struct incident *incident = &s.incident;

	if (rarely())
		scene_echo(&s, chance(3000));
	if (rarely())
		scene_after(&s, (enum rstwhy_after)(1 + chance(7)), chance(2000));
	incident->siblings = rarely() ? chance(4) : 0;
	incident->unprompted = incident->siblings ? chance(2) : 0;
	incident->lost_flows = rarely() ? chance(4) : 0;
	incident->lost_busy = incident->lost_flows ? chance(4) : 0;
	incident->strangers = rarely() ? chance(4) : 0;
	incident->scanned = rarely() ? SCAN_LEAST : 0;
	incident->windows = rarely() ? 3 : 1;
	incident->steps = rarely();
	incident->repeat = rarely();
	incident->answered = rarely();
}

static void flip(bool *fact)
{
	if (rarely())
		*fact = !*fact;
}

/* Facts need not agree with each other: a row's demand follows from its predicate alone. */
static void bend(struct facts *f)
{
	bool *const facts[] = {
		&f->known,	 &f->oriented,	    &f->continuous, &f->burst_open,  &f->burst_by_peer, &f->burst_by_self, &f->answers_burst,
		&f->elicited,	 &f->host_kept,	    &f->fin_self,   &f->fin_peer,    &f->both_closed,	&f->reset_before,  &f->repeats,
		&f->went_on,	 &f->sender_alive,  &f->lost,	    &f->picked_up,   &f->remapped,	&f->expired,	   &f->offloaded,
		&f->overtaken,	 &f->hidden,	    &f->translated, &f->escaped,     &f->foreign_stack, &f->sender_heard,  &f->harmless_loss,
	};

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		flip(facts[i]);
	if (rarely())
		f->shape = (enum shape)chance(3);
	if (rarely())
		f->gap.from = (enum gap_from)chance(3);
	if (rarely())
		f->marks = chance(MARK_HABITS << 1);
	if (rarely())
		f->seq_match = (enum seq_match)chance(5);
}

static const struct rule *first_that_fits(const struct facts *f)
{
	const struct rule *rule = rules_table(f->ev->kind == RSTWHY_KIND_SILENCE);

	while (!rule->when(f))
		rule++;
	return rule;
}

#define ROWS_MOST 64

/* How often each row fitted, of both tables. */
static unsigned int fitted[2][ROWS_MOST];

static void look_at_all_rows(const struct facts *f)
{
	for (unsigned int silence = 0; silence < 2; silence++) {
		const struct rule *rows = rules_table(silence);
		size_t i = 0;

		do {
			assert_true(i < ROWS_MOST);
			if (!rows[i].when(f))
				continue;
			fitted[silence][i]++;
			if (rows[i].only & ~rules_traits(f))
				fail_msg("row %zu (%s) fits without what it demands", i, cause_path(rows[i].cause));
		} while (rows[i++].when != when_always);
	}
	assert_ptr_equal(verdict_rule(f), first_that_fits(f));
}

static void assert_all_fitted(bool silence)
{
	const struct rule *rows = rules_table(silence);
	size_t i = 0;

	do {
		if (!fitted[silence][i])
			fail_msg("row %zu (%s) never fitted: nothing is known of its demand", i, cause_path(rows[i].cause));
	} while (rows[i++].when != when_always);
}

static void only__facts_at_random__no_row_passed_over(void **state)
{
	struct facts f;

	(void)state;
	for (unsigned int i = 0; i < SCENES; i++) {
		begin_somehow();
		live_somehow();
		end_somehow();
		go_on_somehow();
		scene_facts(&s, &f);
		look_at_all_rows(&f);
		bend(&f);
		look_at_all_rows(&f);
	}
	assert_all_fitted(false);
	assert_all_fitted(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only__facts_at_random__no_row_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
