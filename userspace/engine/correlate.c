// SPDX-License-Identifier: GPL-2.0
/*
 * correlate.c - from events to incidents: trains, echoes and what follows, on evidence time
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <stdlib.h>

#include "correlate.h"
#include "held.h"
#include "recent.h"

#define NS_PER_MS     1000000ULL
#define SETTLE_NS     (500 * NS_PER_MS)	 /* a certain verdict still gathers its train: segments under way, one retransmission */
#define LINGER_NS     (5000 * NS_PER_MS) /* how long later RSTs of a flow are stragglers of a reset handed out */
#define NEW_LIFE_MS   10		 /* two clocks' ticks */
#define CAPACITY_MOST (1U << 24)

struct correlate {
	struct held *held;
	struct recent *recent;
	struct verdict_settings settings;
	correlate_emit_fn *emit;
	void *user;
	bracket_lookup_fn *bracket;
	void *bracket_user;
	uint64_t now_ns;
};

struct correlate *correlate_new(size_t capacity, const struct verdict_settings *settings, correlate_emit_fn *emit, void *user)
{
	struct correlate *c = calloc(1, sizeof(*c));
	uint32_t slots = capacity < 1 ? 1 : capacity > CAPACITY_MOST ? CAPACITY_MOST : (uint32_t)capacity;
	uint64_t seed = (uint64_t)(uintptr_t)c; /* differs from run to run; nothing visible depends on it */

	if (!c)
		return NULL;
	c->settings = *settings;
	c->emit = emit;
	c->user = user;
	c->held = held_new(slots, seed);
	c->recent = recent_new(slots, seed);
	if (c->held && c->recent)
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
	free(c);
}

void correlate_settings(struct correlate *c, const struct verdict_settings *settings)
{
	c->settings = *settings;
}

void correlate_set_bracket(struct correlate *c, bracket_lookup_fn *lookup, void *user)
{
	c->bracket = lookup;
	c->bracket_user = user;
}

/* These killed nothing, so a later RST of the flow is no straggler of theirs. */
static bool left_alive(enum cause cause)
{
	return cause == CAUSE_IGNORED || cause == CAUSE_OUT_OF_WINDOW;
}

static void hand_out(struct correlate *c, uint32_t index, bool held)
{
	struct held_slot *s = held_at(c->held, index);
	struct verdict v;

	s->incident.hold_over = true;
	verdict_judge(&s->incident, &c->settings, &v);
	if (!left_alive(v.cause))
		recent_add(c->recent, &s->keys, &s->origin, s->incident.first.ev.boottime_ns);
	c->emit(c->user, &s->incident, &v, held);
	held_remove(c->held, index);
}

static void make_room(struct correlate *c)
{
	if (held_full(c->held))
		hand_out(c, held_oldest_of_noisiest(c->held), false);
}

/* A handshake has no train to wait for, and noise none that matters. */
static uint64_t wait_ns(const struct correlate *c, const struct verdict *v)
{
	uint64_t hold = c->settings.hold_ms * NS_PER_MS;

	if (!v->certain)
		return hold;
	if (v->stage == STAGE_CONNECT || cause_text(v->cause)->class == CLASS_NOISE)
		return 0;
	return hold < SETTLE_NS ? hold : SETTLE_NS;
}

/* Judge with what there is now; a verdict that became certain does not wait longer. */
static void judge_again(struct correlate *c, uint32_t index)
{
	struct held_slot *s = held_at(c->held, index);
	uint64_t due;
	struct verdict v;

	verdict_judge(&s->incident, &c->settings, &v);
	s->cause = v.cause;
	due = s->incident.first.ev.boottime_ns + wait_ns(c, &v);
	if (due <= c->now_ns)
		hand_out(c, index, true);
	else if (due < s->due_ns)
		held_reschedule(c->held, index, due);
}

/* The connection of this RST began after that moment: same ports, another life. */
static bool new_life_since(const struct event *event, uint64_t when_ns)
{
	const struct rstwhy_memory *mem = &event->ev.mem;
	uint64_t now = event->ev.boottime_ns;

	return (mem->flags & RSTWHY_MEM_KNOWN) && now > when_ns && mem->age_ms + NEW_LIFE_MS < (now - when_ns) / NS_PER_MS;
}

static void open_incident(struct correlate *c, const struct event *event, const struct flowkeys *keys)
{
	struct origin origin = origin_of(event), before;
	uint64_t now = event->ev.boottime_ns, since = now > LINGER_NS ? now - LINGER_NS : 0, when;
	bool repeat = recent_find(c->recent, keys, since, &before, &when) && !new_life_since(event, when);
	struct held_slot *s;
	uint32_t index;

	make_room(c);
	index = held_add(c->held, event, now + c->settings.hold_ms * NS_PER_MS);
	s = held_at(c->held, index);
	if (c->bracket)
		c->bracket(c->bracket_user, event, &s->incident.bracket);
	s->incident.repeat = repeat;
	s->incident.repeat_same_dir = repeat && origin_same_side(&origin, &before);
	judge_again(c, index);
}

/* The first was one that its receiver ignores, this one is not: judge by this one, at the time and under the name of the first. */
static bool promote(const struct correlate *c, struct held_slot *s, const struct event *event)
{
	struct incident better = s->incident;
	struct verdict v;

	if (s->cause != CAUSE_OUT_OF_WINDOW)
		return false;
	better.first = *event;
	better.first.ev.seq = s->incident.first.ev.seq;
	better.first.ev.boottime_ns = s->incident.first.ev.boottime_ns;
	better.first.ev.realtime_ns = s->incident.first.ev.realtime_ns;
	better.first.ev.mem.flags &= ~(uint32_t)RSTWHY_MEM_RESET_BEFORE;
	verdict_judge(&better, &c->settings, &v);
	if (v.cause == CAUSE_OUT_OF_WINDOW)
		return false;
	s->incident = better;
	return true;
}

static void count_in(struct correlate *c, uint32_t index, const struct event *event)
{
	struct held_slot *s = held_at(c->held, index);
	struct origin origin = origin_of(event);
	bool same_side = origin_same_side(&origin, &s->origin), news = false;

	if (s->incident.count < UINT32_MAX)
		s->incident.count++;
	if (event->ev.seq > s->last_seq)
		s->last_seq = event->ev.seq;
	if (same_side) {
		news = promote(c, s, event);
	} else if (!s->incident.have_echo) {
		s->incident.have_echo = news = true;
		s->incident.echo = *event;
	}
	if (news)
		judge_again(c, index);
}

static void on_reset(struct correlate *c, const struct event *event)
{
	struct flowkeys keys;
	uint32_t index;

	flowkeys_of(event, &keys);
	index = held_find(c->held, &keys);
	if (index != HELD_NONE && !new_life_since(event, held_at(c->held, index)->incident.first.ev.boottime_ns))
		count_in(c, index, event);
	else
		open_incident(c, event, &keys);
}

/*
 * A segment that the RST overtook on the way brings nothing beyond the RST's own number, nor does its acknowledgement. The number
 * of an answer to a SYN is 0 and says nothing.
 */
static bool below_reset(const struct held_slot *s, const struct event *event)
{
	const struct segment *seg = &s->incident.first.seg;
	uint32_t rst = seg->seq;

	if (!rst && (seg->flags & SEG_ACK))
		return false;
	if (event->ev.after == RSTWHY_AFTER_SENDER_DATA)
		return !seq_after(event->seg.end, rst);
	if (event->ev.after == RSTWHY_AFTER_PEER_ACK)
		return !seq_after(event->seg.ack, rst);
	return false;
}

static void on_after(struct correlate *c, const struct event *event)
{
	unsigned int what = event->ev.after;
	struct held_slot *s;
	struct flowkeys keys;
	uint64_t first;
	uint32_t index;

	flowkeys_of(event, &keys);
	index = held_find_seq(c->held, &keys, event->ev.ref_seq);
	if (index == HELD_NONE || !what || what >= sizeof(s->incident.after_ms) / sizeof(s->incident.after_ms[0]))
		return;
	s = held_at(c->held, index);
	if (s->incident.after_seen & (1U << what))
		return;
	first = s->incident.first.ev.boottime_ns;
	s->incident.after_seen |= 1U << what;
	s->incident.after_below |= below_reset(s, event) ? 1U << what : 0;
	s->incident.after_ms[what] = event->ev.boottime_ns > first ? (event->ev.boottime_ns - first) / NS_PER_MS : 0;
	judge_again(c, index);
}

void correlate_event(struct correlate *c, const struct event *event)
{
	correlate_advance(c, event->ev.boottime_ns);
	if (event->ev.kind == RSTWHY_KIND_RST)
		on_reset(c, event);
	else if (event->ev.kind == RSTWHY_KIND_AFTER)
		on_after(c, event);
}

void correlate_advance(struct correlate *c, uint64_t now_ns)
{
	uint32_t index;

	if (now_ns > c->now_ns)
		c->now_ns = now_ns;
	while ((index = held_first_due(c->held)) != HELD_NONE && held_at(c->held, index)->due_ns <= c->now_ns)
		hand_out(c, index, true);
}

uint64_t correlate_next_due(const struct correlate *c)
{
	uint32_t index = held_first_due(c->held);

	return index == HELD_NONE ? UINT64_MAX : held_at(c->held, index)->due_ns;
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
