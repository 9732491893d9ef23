// SPDX-License-Identifier: GPL-2.0
/*
 * correlate_after.c - what follows a RST, while it is held and when its record is written
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "correlate_core.h"

/* The number of an answer to a SYN says nothing. */
static bool refuses(const struct incident *incident)
{
	const struct rstwhy_memory *mem = &incident->first.ev.mem;
	const struct segment *rst = &incident->first.seg;

	return (rst->flags & SEG_ACK) && (!rst->seq || ((mem->flags & RSTWHY_MEM_SYN_PENDING) && rst->ack == mem->syn_seq + 1));
}

/* A segment that the RST overtook on the way brings nothing beyond the RST's own number, nor does its acknowledgement. */
static bool below_reset(const struct incident *incident, const struct event *event)
{
	uint32_t rst = incident->first.seg.seq;

	if (refuses(incident))
		return false;
	if (event->ev.after == RSTWHY_AFTER_SENDER_DATA)
		return !seq_after(event->seg.end, rst);
	if (event->ev.after == RSTWHY_AFTER_PEER_ACK)
		return !seq_after(event->seg.ack, rst);
	return false;
}

/* It acknowledges more than its side had when the RST passed, and more than the RST itself: that side lives. */
static bool acknowledges_on(const struct incident *incident, const struct event *event)
{
	const struct rstwhy_memory *mem = &incident->first.ev.mem;
	const struct segment *rst = &incident->first.seg;
	bool known = (mem->flags & RSTWHY_MEM_KNOWN) && mem->direction <= RSTWHY_DIR_REPLY;

	if (known && refuses(incident) && (event->seg.flags & SEG_SYN))
		return event->ev.after == RSTWHY_AFTER_SENDER_SEGMENT; /* what the RST refused it accepts */
	if (!known || !(event->seg.flags & SEG_ACK) || event->ev.after == RSTWHY_AFTER_PEER_SEGMENT)
		return false;
	if ((rst->flags & SEG_ACK) && !seq_after(event->seg.ack, rst->ack))
		return false;
	return seq_after(event->seg.ack, mem->ack[mem->direction]);
}

static void take_in(struct incident *incident, const struct event *event)
{
	unsigned int what = event->ev.after;
	uint64_t first = incident->first.ev.boottime_ns, now = event->ev.boottime_ns;
	uint64_t since_ms = now > first ? (now - first) / NS_PER_MS : 0;

	incident->after_last_ms[what] = since_ms < UINT32_MAX ? (uint32_t)since_ms : UINT32_MAX;
	if (incident->after_seen & (1U << what))
		return;
	incident->after_seen |= 1U << what;
	incident->after_below |= below_reset(incident, event) ? 1U << what : 0;
	incident->after_live |= acknowledges_on(incident, event) ? 1U << what : 0;
	incident->after_ms[what] = incident->after_last_ms[what];
}

/* Lived on, and both sides of it are seen: one alone may be of a new connection, whose beginning passed elsewhere. */
static bool lives(const struct correlate *c, const struct incident *incident)
{
	const struct rstwhy_memory *mem = &incident->first.ev.mem;
	struct facts f;

	facts_of(incident, &c->settings, &f);
	return f.went_on && mem->last_ms[0] != RSTWHY_NEVER && mem->last_ms[1] != RSTWHY_NEVER;
}

static struct incident *find_written(const struct correlate *c, const struct event *event, uint64_t seq, enum cause **cause)
{
	struct written *const places[] = {c->followed, c->written};
	struct incident *incident = NULL;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && !incident; i++)
		incident = written_get(places[i], event, seq, cause);
	return incident;
}

/* The module may follow a later RST of a train; its record is the first one's. */
static uint64_t first_of_train(const struct correlate *c, const struct flowkeys *keys, uint64_t seq)
{
	struct recent_reset reset;
	bool is_of = recent_find(c->recent, keys, 0, &reset) && seq > reset.seq && seq - reset.seq <= reset.more;

	return is_of ? reset.seq : seq;
}

/*
 * The record is written. Where nobody had anything to say in the hold, only now can be seen that the RST killed nothing: the record
 * is put right, and a later RST of the connection is none of its stragglers.
 */
static void after_written(struct correlate *c, const struct event *event, const struct flowkeys *keys)
{
	enum cause *cause;
	struct incident *incident = find_written(c, event, first_of_train(c, keys, event->ev.ref_seq), &cause);

	if (!incident || incident->kind != INCIDENT_RESET || cause_text(*cause)->class == CLASS_NOISE)
		return;
	take_in(incident, event);
	if (!lives(c, incident))
		return;
	recent_forget(c->recent, keys);
	correlate_amend(c, incident, cause);
}

void correlate_after(struct correlate *c, const struct event *event)
{
	unsigned int what = event->ev.after;
	struct flowkeys keys;
	uint32_t index;

	if (!what || what >= sizeof(((struct incident *)0)->after_ms) / sizeof(uint32_t))
		return;
	flowkeys_of(event, c->seed, &keys);
	index = held_find_seq(c->held, &keys, event->ev.ref_seq);
	if (index == HELD_NONE) {
		after_written(c, event, &keys);
		return;
	}
	take_in(held_at(c->held, index)->incident, event);
	correlate_judge_again(c, index);
}
