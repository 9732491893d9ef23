// SPDX-License-Identifier: GPL-2.0
/*
 * correlate.c - from events to incidents: trains, echoes and what follows, on evidence time
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <stdlib.h>

#include "correlate_core.h"

#define SETTLE_NS     (500 * NS_PER_MS)	 /* a certain verdict still gathers its train: segments under way, one retransmission */
#define LINGER_NS     (5000 * NS_PER_MS) /* how long later RSTs of a flow are stragglers of a reset handed out */
#define NEW_LIFE_MS   10		 /* two clocks' ticks */
#define CAPACITY_MOST (1U << 24)

#define LATELY	      1024U /* sightings, and incidents that may be amended */

struct correlate *correlate_new(size_t capacity, const struct verdict_settings *settings, correlate_emit_fn *emit, void *user)
{
	struct correlate *c = calloc(1, sizeof(*c));
	uint32_t slots = capacity < 1 ? 1 : capacity > CAPACITY_MOST ? CAPACITY_MOST : (uint32_t)capacity;

	if (!c)
		return NULL;
	c->seed = (uint64_t)(uintptr_t)c; /* differs from run to run; nothing visible depends on it */
	c->settings = *settings;
	c->emit = emit;
	c->user = user;
	c->held = held_new(slots, c->seed);
	c->recent = recent_new(slots);
	c->silences = recent_new(LATELY);
	c->crowd = crowd_new(LATELY, c->seed);
	c->written = written_new(LATELY / 2);
	c->followed = written_new(LATELY / 2);
	if (c->held && c->recent && c->silences && c->crowd && c->written && c->followed)
		return c;
	correlate_free(c);
	return NULL;
}

void correlate_free(struct correlate *c)
{
	if (!c)
		return;
	held_free(c->held);
	recent_free(c->recent);
	recent_free(c->silences);
	crowd_free(c->crowd);
	written_free(c->written);
	written_free(c->followed);
	free(c);
}

/* Whatever later changes what an incident is judged by is followed by this: what the slot holds is what it would find. */
static void judge(const struct correlate *c, struct held_slot *s)
{
	facts_of(s->incident, &c->settings, &s->facts);
	s->rule = verdict_rule(&s->facts);
}

void correlate_settings(struct correlate *c, const struct verdict_settings *settings)
{
	c->settings = *settings;
	for (uint32_t i = held_next(c->held, 0); i != HELD_NONE; i = held_next(c->held, i + 1))
		judge(c, held_at(c->held, i));
}

void correlate_set_bracket(struct correlate *c, bracket_lookup_fn *lookup, void *user)
{
	c->bracket = lookup;
	c->bracket_user = user;
}

/* Such a RST killed nothing, so a later one of the flow is no straggler of it. */
bool correlate_left_alive(enum cause cause)
{
	return cause == CAUSE_IGNORED || cause == CAUSE_OUT_OF_WINDOW;
}

static struct recent_reset reset_of(const struct held_slot *s)
{
	const struct event *first = &s->incident->first;
	uint64_t more = s->last_seq - first->ev.seq;

	return (struct recent_reset){
		.origin = s->origin,
		.more = more < UINT32_MAX ? (uint32_t)more : UINT32_MAX,
		.when_ns = first->ev.boottime_ns,
		.seq = first->ev.seq,
	};
}

/* What follows a RST is told of flows that the memory knows. The slot is left with another room, and gone soon. */
static void keep_written(struct correlate *c, struct held_slot *s, enum cause cause)
{
	bool by_others = s->in_crowd || s->incident->kind == INCIDENT_SILENCE;
	bool by_itself = (s->incident->first.ev.mem.flags & RSTWHY_MEM_KNOWN) && cause_text(cause)->class != CLASS_NOISE;

	s->incident = written_put(c->written, s->incident, cause, by_others, c->now_ns);
	if (!by_others && by_itself)
		s->incident = written_put(c->followed, s->incident, cause, true, c->now_ns);
}

static void hand_out(struct correlate *c, uint32_t index, bool held)
{
	struct held_slot *s = held_at(c->held, index);
	struct recent_reset reset = reset_of(s);
	struct verdict v;

	held_expect_keys(c->held, &s->keys);
	recent_expect(c->recent, &s->keys);
	s->incident->hold_over = true;
	verdict_tell(&s->facts, s->rule, &v);
	if (s->incident->kind == INCIDENT_SILENCE)
		recent_add(c->silences, &s->keys, &reset);
	else if (!correlate_left_alive(v.cause))
		recent_add(c->recent, &s->keys, &reset);
	c->emit(c->user, s->incident, &v, held);
	keep_written(c, s, v.cause);
	held_remove(c->held, index);
}

/* What is due first, and it is likely that the next one soon follows. */
static void hand_out_first(struct correlate *c)
{
	hand_out(c, held_first_due(c->held), true);
	held_expect(c->held, held_first_due(c->held));
}

void correlate_make_room(struct correlate *c)
{
	if (!held_full(c->held))
		return;
	c->counts.evicted++;
	hand_out(c, held_oldest_of_noisiest(c->held), false);
}

/* A handshake has no train to wait for, unless a program resets both its ends, and noise none that matters. */
static uint64_t wait_ns(const struct correlate *c, const struct facts *f, const struct rule *rule)
{
	uint64_t hold = c->settings.hold_ms * NS_PER_MS;

	if (!rule->certain)
		return hold;
	if ((facts_stage(f) == STAGE_CONNECT && f->ev->by != RSTWHY_BY_GATEWAY_RAW) || cause_text(rule->cause)->class == CLASS_NOISE)
		return 0;
	return hold < SETTLE_NS ? hold : SETTLE_NS;
}

/* Judged: a verdict that is certain does not wait longer. */
static void settle(struct correlate *c, uint32_t index)
{
	struct held_slot *s = held_at(c->held, index);
	uint64_t due = s->incident->first.ev.boottime_ns + wait_ns(c, &s->facts, s->rule);

	if (due <= c->now_ns)
		hand_out(c, index, true);
	else if (due < s->due_ns)
		held_reschedule(c->held, index, due);
}

void correlate_judge_again(struct correlate *c, uint32_t index)
{
	judge(c, held_at(c->held, index));
	settle(c, index);
}

/* The connection of this RST began after that moment: same ports, another life. */
static bool new_life_since(const struct event *event, uint64_t when_ns)
{
	const struct rstwhy_memory *mem = &event->ev.mem;
	uint64_t now = event->ev.boottime_ns;

	return (mem->flags & RSTWHY_MEM_KNOWN) && now > when_ns && mem->age_ms + NEW_LIFE_MS < (now - when_ns) / NS_PER_MS;
}

/* Whose straggler is it, if one's: the reset handed out moments ago, or what the memory holds of an earlier one. */
static void find_before(struct correlate *c, struct incident *incident, const struct flowkeys *keys)
{
	const struct event *event = &incident->first;
	uint64_t now = event->ev.boottime_ns, since = now > LINGER_NS ? now - LINGER_NS : 0;
	struct origin origin = origin_of(event);
	struct recent_reset before;

	if (recent_find(c->recent, keys, since, &before) && !new_life_since(event, before.when_ns)) {
		incident->repeat = true;
		incident->repeat_same_dir = origin_same_side(&origin, &before.origin);
		correlate_relate(incident, before.seq);
	}
	if ((event->ev.mem.flags & RSTWHY_MEM_RESET_BEFORE) && event->ev.mem.reset_seq)
		correlate_relate(incident, event->ev.mem.reset_seq);
	if (recent_find(c->silences, keys, 0, &before) && !new_life_since(event, before.when_ns))
		correlate_relate(incident, before.seq);
}

static void open_incident(struct correlate *c, const struct event *event, const struct flowkeys *keys)
{
	struct incident *incident;
	struct held_slot *s;
	uint32_t index;

	correlate_make_room(c);
	index = held_add(c->held, event, keys, event->ev.boottime_ns + c->settings.hold_ms * NS_PER_MS);
	s = held_at(c->held, index);
	incident = s->incident;
	incident->windows = 1;
	incident->last_win = event->seg.win;
	incident->last_rst = event->seg.seq;
	if (c->bracket)
		c->bracket(c->bracket_user, event, &incident->bracket);
	find_before(c, incident, keys);
	facts_of(incident, &c->settings, &s->facts);
	correlate_join_crowd(c, index);
	s->rule = verdict_rule(&s->facts); /* whose crowd it is, is no fact, but the rules ask for it */
	settle(c, index);
	if (held_full(c->held))
		held_expect(c->held, held_oldest_of_noisiest(c->held));
}

static bool kills_by_itself(const struct correlate *c, const struct event *event)
{
	struct incident alone = {.first = *event, .count = 1};
	struct facts f;

	facts_of(&alone, &c->settings, &f);
	return !correlate_left_alive(verdict_rule(&f)->cause);
}

/*
 * What was silent until now tells by itself. Not by a RST that killed nothing, which a stranger may have sent: the module tells of a silence
 * once. That one does not wait: the silence is what is found by the flow's name.
 */
static void on_reset_of_silent(struct correlate *c, const struct event *event, const struct flowkeys *keys, uint32_t silence)
{
	bool kills = kills_by_itself(c, event);
	uint32_t index;

	if (kills)
		correlate_withdraw(c, silence);
	open_incident(c, event, keys);
	index = held_find(c->held, keys);
	if (!kills && index != HELD_NONE && held_at(c->held, index)->incident->kind == INCIDENT_RESET)
		hand_out(c, index, true);
}

static void on_reset(struct correlate *c, const struct event *event)
{
	struct flowkeys keys;
	uint32_t index;

	c->counts.resets++;
	flowkeys_of(event, c->seed, &keys);
	held_expect_keys(c->held, &keys);
	recent_expect(c->recent, &keys);
	correlate_advance(c, event->ev.boottime_ns); /* meanwhile: what is expected lies far away */
	index = held_find(c->held, &keys);
	if (index != HELD_NONE && held_at(c->held, index)->incident->kind == INCIDENT_SILENCE)
		on_reset_of_silent(c, event, &keys, index);
	else if (index != HELD_NONE && !new_life_since(event, held_at(c->held, index)->incident->first.ev.boottime_ns))
		correlate_count_in(c, index, event);
	else
		open_incident(c, event, &keys);
}

struct event *correlate_room(struct correlate *c)
{
	return held_room(c->held);
}

void correlate_event(struct correlate *c, const struct event *event)
{
	if (event->ev.kind == RSTWHY_KIND_RST) {
		on_reset(c, event);
		return;
	}
	correlate_advance(c, event->ev.boottime_ns);
	switch (event->ev.kind) {
	case RSTWHY_KIND_AFTER:
		correlate_after(c, event);
		break;
	case RSTWHY_KIND_SILENCE:
		correlate_silence(c, event);
		break;
	case RSTWHY_KIND_SURVIVED:
		correlate_survived(c, event);
		break;
	default:
		break;
	}
}

void correlate_advance(struct correlate *c, uint64_t now_ns)
{
	if (now_ns > c->now_ns)
		c->now_ns = now_ns;
	while (held_first_due_ns(c->held) <= c->now_ns && held_count(c->held)) /* a capture may come from the end of time */
		hand_out_first(c);
}

uint64_t correlate_next_due(const struct correlate *c)
{
	return held_first_due_ns(c->held);
}

void correlate_flush(struct correlate *c)
{
	uint32_t index;

	while ((index = held_first_due(c->held)) != HELD_NONE)
		hand_out(c, index, true);
}

size_t correlate_held(const struct correlate *c)
{
	return held_count(c->held);
}

uint64_t correlate_held_resets(const struct correlate *c)
{
	return held_resets(c->held);
}

const struct correlate_counts *correlate_counts(const struct correlate *c)
{
	return &c->counts;
}
