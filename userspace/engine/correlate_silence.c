// SPDX-License-Identifier: GPL-2.0
/*
 * correlate_silence.c - bursts that nobody answers, until somebody does
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * A retransmission's answer may be as far away as the next retransmission, which doubles its distance each time: a silence is held
 * at least that long, so that a slow or lossy path is not taken for a dead one.
 */
#include "correlate_core.h"

#define HOLD_MOST_NS (60000 * NS_PER_MS)
#define PATIENCE_NS  (15000 * NS_PER_MS)
#define NS_PER_US    1000ULL

void correlate_withdraw(struct correlate *c, uint32_t index)
{
	c->counts.withdrawn++;
	held_remove(c->held, index);
}

static uint64_t span_ns(const struct event *event)
{
	const struct rstwhy_memory *mem = &event->ev.mem;
	uint64_t us = mem->burst_first_us > mem->burst_last_us ? mem->burst_first_us - mem->burst_last_us : 0;

	return us < HOLD_MOST_NS / NS_PER_US ? us * NS_PER_US : HOLD_MOST_NS;
}

/*
 * A box may swallow copies for seconds before it answers with a RST: then that is the record. Linux sends its seventh copy within
 * 13 s, so three more are waited for, and where copies come slowly twice their span.
 */
static uint64_t due_ns(const struct correlate *c, const struct event *event)
{
	uint64_t wait = c->settings.hold_ms * NS_PER_MS, twice = 2 * span_ns(event);

	twice = twice < HOLD_MOST_NS ? twice : HOLD_MOST_NS;
	wait = wait > twice ? wait : twice;
	return event->ev.boottime_ns + (wait > PATIENCE_NS ? wait : PATIENCE_NS);
}

static uint64_t burst_began_ns(const struct event *event)
{
	uint64_t now = event->ev.boottime_ns, us = event->ev.mem.burst_first_us;

	return us < now / NS_PER_US ? now - us * NS_PER_US : 0;
}

static bool told_already(const struct correlate *c, const struct event *event, const struct flowkeys *keys)
{
	struct recent_reset before;

	return recent_find(c->silences, keys, burst_began_ns(event), &before) ||
	       recent_find(c->recent, keys, burst_began_ns(event), &before);
}

/* A RST of the flow waits, and tells by itself; or this very silence does. */
static bool told_by_held(const struct correlate *c, const struct flowkeys *keys)
{
	uint32_t index = held_find(c->held, keys);
	const struct held_slot *s = index != HELD_NONE ? held_at(c->held, index) : NULL;

	return s && (s->incident->kind == INCIDENT_SILENCE || !correlate_left_alive(s->rule->cause));
}

void correlate_silence(struct correlate *c, const struct event *event)
{
	struct incident incident = {.kind = INCIDENT_SILENCE, .first = *event, .count = 1};
	struct held_slot *s;
	const struct rule *rule;
	struct flowkeys keys;
	struct facts f;
	uint32_t index;

	flowkeys_of(event, c->seed, &keys);
	facts_of(&incident, &c->settings, &f);
	rule = verdict_rule(&f);
	if (rule->cause != CAUSE_SILENT_DROP || told_by_held(c, &keys) || told_already(c, event, &keys))
		return;
	correlate_make_room(c);
	index = held_add(c->held, event, &keys, due_ns(c, event));
	s = held_at(c->held, index);
	s->incident->kind = INCIDENT_SILENCE;
	s->rule = rule;
	facts_of(s->incident, &c->settings, &s->facts); /* the same, of what will stay */
}

/* Answered after all: in its hold it never was a silence; later, the record of it is put right. */
void correlate_survived(struct correlate *c, const struct event *event)
{
	struct recent_reset before;
	struct incident *incident;
	struct flowkeys keys;
	enum cause *cause;
	uint32_t index;

	flowkeys_of(event, c->seed, &keys);
	index = held_find(c->held, &keys);
	if (index != HELD_NONE && held_at(c->held, index)->incident->kind == INCIDENT_SILENCE) {
		correlate_withdraw(c, index);
		return;
	}
	if (!recent_find(c->silences, &keys, 0, &before))
		return;
	incident = written_get(c->written, event, before.seq, &cause);
	if (!incident || incident->answered)
		return;
	incident->answered = true;
	correlate_amend(c, incident, cause);
}
