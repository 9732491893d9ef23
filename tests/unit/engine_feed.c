// SPDX-License-Identifier: GPL-2.0
/*
 * engine_feed.c - a correlator, fed with scenes
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <string.h>

#include "engine_feed.h"

struct scene s;
struct correlate *c;
struct record records[RECORDS];
size_t count;
static uint64_t next_seq;

/* The rule that was kept in the hold is the one that fits in the end: whatever speaks for another made it be looked for again. */
static void assert_same_anew(const struct incident *incident, const struct verdict *verdict)
{
	struct verdict anew;

	verdict_judge(incident, &s.settings, &anew);
	assert_int_equal(verdict->cause, anew.cause);
	assert_true(verdict->confidence == anew.confidence);
}

static void emit(void *user, const struct incident *incident, const struct verdict *verdict, bool held)
{
	assert_ptr_equal(user, &count);
	assert_same_anew(incident, verdict);
	if (count < RECORDS)
		records[count] = (struct record){*incident, verdict->cause, held};
	count++;
}

int feed_begin(void **state)
{
	(void)state;
	count = 0;
	next_seq = 100;
	scene_established(&s);
	c = correlate_new(4, &s.settings, emit, &count);
	return c ? 0 : -1;
}

int feed_end(void **state)
{
	(void)state;
	correlate_free(c);
	return 0;
}

uint64_t feed(uint64_t ms)
{
	struct event *e = scene_event(&s);

	e->ev.seq = next_seq++;
	e->ev.boottime_ns = START + ms * MS;
	correlate_event(c, e);
	return e->ev.seq;
}

void feed_after(enum rstwhy_after what, uint64_t ref, uint64_t ms, uint32_t end_seq, uint32_t ack)
{
	struct event e = *scene_event(&s);

	e.ev.kind = RSTWHY_KIND_AFTER;
	e.ev.after = (uint8_t)what;
	e.ev.ref_seq = ref;
	e.ev.seq = next_seq++;
	e.ev.boottime_ns = START + ms * MS;
	e.seg.flags = SEG_ACK;
	e.seg.end = end_seq;
	e.seg.ack = ack;
	correlate_event(c, &e);
}

void feed_reset_noted(uint64_t age_ms)
{
	scene_reset_before(&s, scene_mem(&s)->direction, age_ms);
}

void feed_other_flow(uint16_t port)
{
	scene_mem(&s)->orig.sport = scene_mem(&s)->reply.dport = port;
	scene_ct(&s)->orig.sport = scene_ct(&s)->reply.dport = port;
	scene_rst_from(&s, SERVER);
}
