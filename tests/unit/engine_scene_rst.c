// SPDX-License-Identifier: GPL-2.0
/*
 * engine_scene_rst.c - scenes: the RST itself, and what followed it
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <string.h>

#include "engine_scene.h"

/* The wire tuple in PRE_ROUTING: a client's packet as it came, a server's with what the server sees. */
void scene_rst_from(struct scene *s, unsigned int side)
{
	struct event *e = scene_event(s);

	e->ev.direction = e->ev.mem.direction = (uint8_t)side;
	e->seg.tuple = side == CLIENT ? e->ev.mem.orig : e->ev.mem.reply;
	e->seg.ttl = e->ev.mem.base[side].ttl;
	if (e->seg.flags & SEG_ACK)
		scene_active(s);
	else
		scene_passive(s);
}

void scene_passive(struct scene *s)
{
	struct segment *seg = &scene_event(s)->seg;
	unsigned int side = scene_mem(s)->direction;

	seg->flags = SEG_RST;
	seg->seq = seg->end = scene_mem(s)->ack[side ^ 1U];
	seg->ack = 0;
	seg->win = 0;
	seg->ipid = 0;
	seg->df = true;
	seg->has_ts = false;
	seg->flowlabel = 0x9999;
}

void scene_active(struct scene *s)
{
	struct segment *seg = &scene_event(s)->seg;
	unsigned int side = scene_mem(s)->direction;
	const struct rstwhy_baseline *b = &scene_mem(s)->base[side];

	seg->flags = SEG_RST | SEG_ACK;
	seg->seq = seg->end = scene_mem(s)->end[side];
	seg->ack = scene_mem(s)->ack[side];
	seg->win = 500;
	seg->ipid = (uint16_t)(b->ipid + 1);
	seg->df = true;
	seg->has_ts = b->flags & RSTWHY_BASE_TS;
	seg->tsval = b->tsval + b->age_ms;
	seg->flowlabel = b->flowlabel;
}

void scene_refusing(struct scene *s)
{
	struct segment *seg = &scene_event(s)->seg;

	scene_passive(s);
	seg->flags = SEG_RST | SEG_ACK;
	seg->seq = seg->end = 0;
	seg->ack = scene_mem(s)->syn_seq + 1;
}

void scene_by(struct scene *s, enum rstwhy_actor by)
{
	scene_event(s)->ev.by = (uint8_t)by;
	scene_event(s)->ev.hook = RSTWHY_HOOK_LOCAL_OUT;
	if (by == RSTWHY_BY_GATEWAY_REJECT)
		scene_ct(s)->flags |= RSTWHY_CT_RELATED;
}

void scene_reject_of_invalid(struct scene *s)
{
	scene_by(s, RSTWHY_BY_GATEWAY_REJECT);
	scene_ct(s)->flags &= (uint16_t) ~(RSTWHY_CT_RELATED | RSTWHY_CT_ATTACHED);
	scene_ct(s)->flags |= RSTWHY_CT_INVALID;
	scene_mem(s)->flags |= RSTWHY_MEM_BURST_INVALID;
}

void scene_echo(struct scene *s, uint64_t after_ms)
{
	s->incident.echo_ns = s->incident.first.ev.boottime_ns + after_ms * 1000000;
	s->incident.have_echo = true;
	s->incident.count++;
}

void scene_after(struct scene *s, enum rstwhy_after what, uint64_t ms)
{
	s->incident.after_seen |= 1U << what;
	s->incident.after_ms[what] = s->incident.after_last_ms[what] = (uint32_t)ms;
}

const struct verdict *scene_judge(struct scene *s)
{
	verdict_judge(&s->incident, &s->settings, &s->verdict);
	return &s->verdict;
}

void scene_facts(struct scene *s, struct facts *f)
{
	facts_of(&s->incident, &s->settings, f);
}

bool scene_also(const struct scene *s, enum cause cause)
{
	for (size_t i = 0; i < s->verdict.also_count; i++)
		if (s->verdict.also[i] == cause)
			return true;
	return false;
}
