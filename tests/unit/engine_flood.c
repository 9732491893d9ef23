// SPDX-License-Identifier: GPL-2.0
/*
 * engine_flood.c - the correlator against a plain model, under a flood
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <string.h>

#include "../../userspace/engine/correlate.h"
#include "engine_scene.h"

#define MS	 1000000ULL
#define CAPACITY 64U
#define EVENTS	 200000U

static struct scene s;
static uint64_t fed, handed_out, counted, early;

static void emit(void *user, const struct incident *incident, const struct verdict *verdict, bool held)
{
	(void)user;
	(void)verdict;
	if (incident->kind == INCIDENT_AMENDMENT)
		return;
	handed_out++;
	counted += incident->count;
	early += !held;
}

static int begin(void **state)
{
	(void)state;
	scene_established(&s);
	fed = handed_out = counted = early = 0;
	return 0;
}

static uint32_t random_next(uint32_t *x)
{
	*x = *x * 1664525U + 1013904223U;
	return *x >> 8;
}

static void feed_random(struct correlate *c, uint32_t *x, uint64_t *now, uint32_t ports, uint32_t hosts)
{
	struct event *e = scene_event(&s);

	*now += random_next(x) % 3 * MS;
	e->ev.mem.orig.sport = e->ev.mem.reply.dport = (uint16_t)(random_next(x) % ports);
	e->ev.mem.orig.dst[2] = e->ev.mem.reply.src[2] = (uint8_t)(random_next(x) % hosts);
	scene_rst_from(&s, random_next(x) % 2);
	if (random_next(x) % 2)
		scene_active(&s);
	e->ev.seq = ++fed;
	e->ev.boottime_ns = *now;
	correlate_event(c, e);
}

static void run(uint32_t ports, uint32_t hosts)
{
	struct correlate *c = correlate_new(CAPACITY, &s.settings, emit, NULL);
	uint64_t now = 1000 * MS;
	uint32_t x = 7;

	assert_non_null(c);
	for (uint32_t i = 0; i < EVENTS; i++) {
		feed_random(c, &x, &now, ports, hosts);
		assert_true(correlate_held(c) <= CAPACITY);
		assert_true(correlate_next_due(c) > now);
	}
	correlate_flush(c);
	assert_int_equal(correlate_held(c), 0);
	correlate_free(c);
}

static void flood__many_flows_and_sources__nothing_lost(void **state)
{
	(void)state;
	run(60000, 250);
	assert_true(counted == EVENTS);
	assert_true(early > 0);
}

static void flood__one_source__nothing_lost(void **state)
{
	(void)state;
	run(60000, 1);
	assert_true(counted == EVENTS);
	assert_true(early > 0);
}

static void flood__few_flows__counted_into_trains(void **state)
{
	(void)state;
	run(10, 2);
	assert_true(counted == EVENTS);
	assert_true(handed_out < EVENTS / 10);
	assert_true(early == 0);
}

static void capacity__one__works(void **state)
{
	struct correlate *c = correlate_new(1, &s.settings, emit, NULL);
	uint64_t now = 1000 * MS;
	uint32_t x = 3;

	(void)state;
	for (int i = 0; i < 1000; i++)
		feed_random(c, &x, &now, 50, 5);
	correlate_flush(c);
	assert_true(counted == 1000);
	correlate_free(c);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(flood__many_flows_and_sources__nothing_lost),
		TEST(flood__one_source__nothing_lost),
		TEST(flood__few_flows__counted_into_trains),
		TEST(capacity__one__works),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
