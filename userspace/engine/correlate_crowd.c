// SPDX-License-Identifier: GPL-2.0
/*
 * correlate_crowd.c - findings that need more than one flow
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "correlate_core.h"

#define ENOUGH	  4
#define APART_MS 8 /* two ticks */
#define SLICE_MS 50
#define PERIOD_MS 150
#define UNLIKE_MS 50 /* more than what a busy host adds to one answer and not to the next */

void correlate_relate(struct incident *incident, uint64_t seq)
{
	if (seq == incident->first.ev.seq || incident->related_count >= INCIDENT_RELATED_MAX)
		return;
	for (uint32_t i = 0; i < incident->related_count; i++)
		if (incident->related[i] == seq)
			return;
	incident->related[incident->related_count++] = seq;
}

/* One more of its kind. */
static void meet(struct incident *incident, enum crowd_kind kind, uint64_t seq, bool telling)
{
	if (kind == CROWD_ABORT) {
		incident->siblings++;
		incident->unprompted += telling;
	} else if (kind == CROWD_LOST) {
		incident->lost_flows++;
		incident->lost_busy += telling;
	} else if (kind == CROWD_SCAN) {
		incident->scanned++;
	} else {
		incident->strangers++;
	}
	correlate_relate(incident, seq);
}

/* More of them would change nothing. */
static bool has_enough(const struct incident *incident, enum crowd_kind kind)
{
	return (kind == CROWD_ABORT && incident->siblings >= ENOUGH && incident->unprompted) ||
	       (kind == CROWD_LOST && incident->lost_flows >= ENOUGH && incident->lost_busy) ||
	       (kind == CROWD_SCAN && incident->scanned >= 2 * SCAN_LEAST) ||
	       (kind == CROWD_STRANGER && incident->strangers >= ENOUGH);
}

static uint64_t apart_ms(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/*
 * Reset at one moment, though their peers had spoken at different ones: it was not what they said. Where each is reset for its own
 * words, the ages are alike.
 */
static bool one_blow(const struct sighting *a, const struct sighting *b)
{
	return apart_ms(a->age_ms, b->age_ms) > 2 * apart_ms(a->when_ns, b->when_ns) / NS_PER_MS + APART_MS;
}

/*
 * One loss takes all that is open. What began after the other's end was not lost with it: each is reset for its own words.
 * Ages are whole milliseconds, rounded down.
 */
static bool open_together(const struct sighting *a, const struct sighting *b)
{
	uint64_t opened_a = a->when_ns - (a->open_ms + 1) * NS_PER_MS, opened_b = b->when_ns - (b->open_ms + 1) * NS_PER_MS;

	return (int64_t)(b->when_ns - opened_a) >= 0 && (int64_t)(a->when_ns - opened_b) >= 0;
}

/* One may have died with the other, however long that took: not for what each was told, nor by a timer. */
static bool witnesses(const struct sighting *a, const struct sighting *b)
{
	return open_together(a, b) && (one_blow(a, b) || (a->telling && b->telling && apart_ms(a->age_ms, b->age_ms) > UNLIKE_MS));
}

/*
 * A process that is short of CPU dies in slices, as far apart as the scheduler's quota makes them (100 ms, CFS bandwidth control). Those
 * are one death where nothing prompted either; nor were both a timer's. Where the whole host is short of it a death takes longer: who
 * comes so late belongs to it when two others at least are witnesses.
 */
static bool one_death(const struct sighting *a, const struct sighting *b, bool late)
{
	uint64_t apart_ns = a->when_ns - b->when_ns;

	if (apart_ns > PERIOD_MS * NS_PER_MS)
		return late && witnesses(a, b);
	if (apart_ns <= SLICE_MS * NS_PER_MS || one_blow(a, b))
		return true;
	return !a->prompted && !b->prompted && (a->telling || b->telling);
}

static bool needs_crowd(enum cause cause)
{
	return cause == CAUSE_CRASH || cause == CAUSE_HOST_LOST || cause == CAUSE_GATEWAY_FAILOVER ||
	       cause == CAUSE_PROBE;
}

/*
 * The finding about an incident has changed after it was handed out: say so once. Its verdict is handed out with the first event
 * as it was.
 */
void correlate_amend(struct correlate *c, struct incident *incident, enum cause *cause)
{
	struct verdict v;

	verdict_judge(incident, &c->settings, &v);
	if (v.cause == *cause)
		return;
	*cause = v.cause;
	incident->kind = INCIDENT_AMENDMENT;
	c->counts.amended++;
	c->emit(c->user, incident, &v, true);
}

/*
 * An earlier member learns of the newcomer: still held, or written already. Numbers of messages that somebody has made up may be the
 * same, so that the newcomer is found in the member's place; whoever judges it next would find it gone.
 */
static void tell(struct correlate *c, enum crowd_kind kind, const struct sighting *member, uint32_t newcomer, bool telling)
{
	const struct event *event = &held_at(c->held, newcomer)->incident->first;
	uint32_t index = held_find_seq(c->held, &member->keys, member->seq);
	struct incident *incident;
	struct verdict v;
	enum cause *cause;

	if (index == newcomer)
		return;
	if (index != HELD_NONE) {
		if (has_enough(held_at(c->held, index)->incident, kind))
			return;
		meet(held_at(c->held, index)->incident, kind, event->ev.seq, telling);
		correlate_judge_again(c, index);
		return;
	}
	incident = written_get(c->written, event, member->seq, &cause);
	if (!incident || needs_crowd(*cause))
		return;
	meet(incident, kind, event->ev.seq, telling);
	verdict_judge(incident, &c->settings, &v);
	if (needs_crowd(v.cause))
		correlate_amend(c, incident, cause);
}

static uint64_t peer_age_ms(const struct rstwhy_memory *mem)
{
	return mem->direction <= RSTWHY_DIR_REPLY ? mem->last_ms[mem->direction ^ 1U] : 0;
}

static void sight(struct sighting *sighting, const struct held_slot *s, enum crowd_kind kind, bool telling)
{
	const struct event *event = &s->incident->first;

	flowkeys_copy(&sighting->keys, &s->keys);
	sighting->seq = event->ev.seq;
	sighting->when_ns = event->ev.boottime_ns;
	sighting->age_ms = peer_age_ms(&event->ev.mem);
	sighting->open_ms = event->ev.mem.age_ms;
	sighting->target = crowd_target(kind, event);
	sighting->prompted = crowd_prompted(&s->facts);
	sighting->telling = telling;
}

void correlate_join_crowd(struct correlate *c, uint32_t index)
{
	struct held_slot *s = held_at(c->held, index);
	const struct sighting *members[CROWD_MEMBERS];
	struct crowd_place place;
	struct sighting own;
	bool telling;
	enum crowd_kind kind = crowd_of_facts(&s->facts, &telling);
	size_t count, seen = 0;

	if (kind == CROWD_NONE || s->incident->repeat)
		return;
	sight(&own, s, kind, telling);
	place = crowd_place_of(c->crowd, kind, &s->incident->first);
	count = crowd_find(c->crowd, &place, &own, members);
	for (size_t i = 0; kind == CROWD_ABORT && i < count; i++)
		seen += witnesses(&own, members[i]);
	for (size_t i = 0; i < count; i++) {
		bool blow = kind == CROWD_ABORT && one_blow(&own, members[i]);

		if (kind == CROWD_LOST && !open_together(&own, members[i]))
			continue;
		if (kind == CROWD_ABORT && !one_death(&own, members[i], seen >= 2))
			continue;
		meet(s->incident, kind, members[i]->seq, members[i]->telling || blow);
		tell(c, kind, members[i], index, own.telling || blow);
	}
	s->in_crowd = true;
	crowd_add(c->crowd, &place, &own);
}
