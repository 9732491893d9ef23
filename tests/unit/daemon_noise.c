// SPDX-License-Identifier: GPL-2.0
/*
 * daemon_noise.c - tests of the cap on noise
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../userspace/daemon/noise.h"

#define SECOND 1000000000ULL

struct fixture {
	struct noise *noise;
	unsigned int summaries;
	struct noise_summary last;
	uint64_t sum;
};

static void take_summary(void *user, const struct noise_summary *summary)
{
	struct fixture *f = user;

	f->summaries++;
	f->last = *summary;
	f->sum += summary->count;
}

static int set_up(void **state)
{
	static struct fixture fixture;

	fixture = (struct fixture){ 0 };
	fixture.noise = noise_new(take_summary, &fixture);
	*state = &fixture;
	return fixture.noise ? 0 : -1;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	noise_free(f->noise);
	return 0;
}

static bool admit(struct fixture *f, uint32_t source, enum cause cause, uint64_t now_ns)
{
	struct noise_event event = { .family = 4, .cause = cause, .boottime_ns = now_ns, .realtime_ns = 1000 * SECOND + now_ns, .count = 1 };

	memcpy(event.source, &source, sizeof(source));
	return noise_admit(f->noise, &event);
}

static unsigned int admitted(struct fixture *f, unsigned int events, enum cause cause, uint64_t now_ns)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < events; i++)
		count += admit(f, 1, cause, now_ns + i);
	return count;
}

static void noise__eleven_in_a_minute__ten_pass(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(admitted(f, 11, CAUSE_PROBE, SECOND), 10);
}

static void noise__next_minute__ten_pass_again(void **state)
{
	struct fixture *f = *state;

	admitted(f, 15, CAUSE_PROBE, SECOND);
	assert_int_equal(admitted(f, 15, CAUSE_PROBE, SECOND + NOISE_MINUTE_NS + 100), 10);
	assert_int_equal(f->summaries, 1);
	assert_int_equal(f->last.count, 5);
}

static void noise__other_cause_and_other_source__have_their_own_ten(void **state)
{
	struct fixture *f = *state;

	admitted(f, 20, CAUSE_PROBE, SECOND);
	assert_int_equal(admitted(f, 20, CAUSE_AFTER_CLOSE, SECOND), 10);
	assert_true(admit(f, 2, CAUSE_PROBE, SECOND));
}

static void noise__end_of_the_minute__gives_one_summary_with_its_span(void **state)
{
	struct fixture *f = *state;

	admitted(f, 13, CAUSE_PROBE, SECOND);
	noise_advance(f->noise, SECOND + NOISE_MINUTE_NS - 1, false);
	assert_int_equal(f->summaries, 0);
	noise_advance(f->noise, SECOND + NOISE_MINUTE_NS, false);
	noise_advance(f->noise, SECOND + NOISE_MINUTE_NS, false);
	assert_int_equal(f->summaries, 1);
	assert_int_equal(f->last.count, 3);
	assert_int_equal(f->last.cause, CAUSE_PROBE);
	assert_int_equal(f->last.from_ns, 1001 * SECOND + 10);
	assert_int_equal(f->last.to_ns, 1001 * SECOND + 12);
}

static void noise__nothing_held_back__no_summary(void **state)
{
	struct fixture *f = *state;

	admitted(f, 10, CAUSE_PROBE, SECOND);
	noise_advance(f->noise, 0, true);
	assert_int_equal(f->summaries, 0);
}

static void noise__flush__hands_out_what_is_held(void **state)
{
	struct fixture *f = *state;

	admitted(f, 12, CAUSE_PROBE, SECOND);
	noise_advance(f->noise, SECOND, true);
	assert_int_equal(f->sum, 2);
}

static void noise__flood_of_sources__bounded_and_nothing_lost(void **state)
{
	struct fixture *f = *state;
	unsigned int passed = 0, events = 0;

	for (uint32_t source = 0; source < 5000; source++)
		for (unsigned int i = 0; i < NOISE_PER_MINUTE + 2; i++, events++)
			passed += admit(f, source, CAUSE_PROBE, SECOND + events);
	assert_int_equal(passed, 5000 * NOISE_PER_MINUTE);
	noise_advance(f->noise, 0, true);
	assert_int_equal(passed + f->sum, events);
}

static void noise__trains__the_summary_counts_resets(void **state)
{
	struct fixture *f = *state;
	struct noise_event event = { .family = 4, .cause = CAUSE_PROBE, .boottime_ns = SECOND, .realtime_ns = SECOND, .count = 3 };

	for (unsigned int i = 0; i < NOISE_PER_MINUTE + 4; i++)
		noise_admit(f->noise, &event);
	assert_int_equal(noise_pending(f->noise), 12);
	noise_advance(f->noise, SECOND, true);
	assert_int_equal(f->sum, 12);
	assert_int_equal(noise_pending(f->noise), 0);
}

/* Also those that share a place in the table. */
static void noise__many_sources_and_causes__each_has_its_own_ten(void **state)
{
	struct fixture *f = *state;

	for (uint32_t source = 0; source < 200; source++)
		for (enum cause cause = 0; cause < CAUSE_COUNT; cause++)
			for (unsigned int i = 0; i < NOISE_PER_MINUTE; i++)
				assert_true(admit(f, source, cause, SECOND));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(noise__eleven_in_a_minute__ten_pass),
		TEST(noise__next_minute__ten_pass_again),
		TEST(noise__other_cause_and_other_source__have_their_own_ten),
		TEST(noise__end_of_the_minute__gives_one_summary_with_its_span),
		TEST(noise__nothing_held_back__no_summary),
		TEST(noise__trains__the_summary_counts_resets),
		TEST(noise__flush__hands_out_what_is_held),
		TEST(noise__flood_of_sources__bounded_and_nothing_lost),
		TEST(noise__many_sources_and_causes__each_has_its_own_ten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
