// SPDX-License-Identifier: GPL-2.0
/*
 * engine_lookup.c - tests of the correlator's question for a path's bracket
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "engine_feed.h"

static unsigned int asked;

static void lookup(void *user, const struct event *reset, struct path_bracket *bracket)
{
	assert_ptr_equal(user, &asked);
	assert_int_equal(reset->ev.kind, RSTWHY_KIND_RST);
	assert_false(bracket->have_killed || bracket->have_survived);
	asked++;
	*bracket = (struct path_bracket){ .have_survived = true, .survived_ms = 1000.0 * asked };
}

static int begin(void **state)
{
	asked = 0;
	return feed_begin(state);
}

static void bracket__one_incident__asked_for_once(void **state)
{
	(void)state;
	correlate_set_bracket(c, lookup, &asked);
	feed(0);
	feed(300);
	feed_after(RSTWHY_AFTER_PEER_SEGMENT, 100, 400, 0, 0);
	correlate_flush(c);
	assert_int_equal(count, 1);
	assert_int_equal(asked, 1);
	assert_true(records[0].incident.bracket.survived_ms == 1000);
	assert_int_equal(records[0].incident.count, 2);
}

static void bracket__next_incident__asked_for_anew(void **state)
{
	(void)state;
	correlate_set_bracket(c, lookup, &asked);
	feed(0);
	feed_other_flow(7);
	feed(1);
	correlate_flush(c);
	assert_int_equal(count, 2);
	assert_true(records[1].incident.bracket.survived_ms == 2000);
}

static void bracket__nobody_to_ask__not_known(void **state)
{
	(void)state;
	feed(0);
	correlate_set_bracket(c, lookup, &asked);
	correlate_set_bracket(c, NULL, NULL);
	feed_other_flow(7);
	feed(1);
	correlate_flush(c);
	assert_int_equal(count, 2);
	assert_false(records[0].incident.bracket.have_survived || records[1].incident.bracket.have_survived);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, feed_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bracket__one_incident__asked_for_once),
		TEST(bracket__next_incident__asked_for_anew),
		TEST(bracket__nobody_to_ask__not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
