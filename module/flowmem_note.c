// SPDX-License-Identifier: GPL-2.0
/*
 * flowmem_note.c - a segment becomes the newest of its side
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "flowmem_flow.h"

/**
 * flow_begin_side() - the first that is known of a side's numbers, and what it says of the other's
 * @f: the side's first segment
 *
 * Context: under the flow's lock.
 */
void flow_begin_side(struct flow *f)
{
	struct fm_hot *hot = f->hot;
	bool ack = f->q->flags & SEG_ACK;

	WRITE_ONCE(hot->end[f->d], f->q->end);
	if (ack)
		WRITE_ONCE(hot->ack[f->d], f->q->ack);
	if (!seen(f->cold, !f->d)) {
		WRITE_ONCE(hot->ack[!f->d], f->q->seq);
		if (ack)
			WRITE_ONCE(hot->end[!f->d], f->q->ack);
	}
}

/* What the side's segments look like. SYN-ACKs carry IPID 0: the side is learned when something else came. */
static void learn(struct flow *f)
{
	const struct segment *seg = f->in->seg;
	struct fm_looks *l = &f->cold->looks[f->d];

	l->flags = RSTWHY_BASE_SEEN | (l->flags & RSTWHY_BASE_IPID);
	l->ttl = seg->ttl;
	l->tos = seg->tos;
	l->win = seg->win;
	l->flowlabel = seg->flowlabel;
	l->tick = f->q->tick;
	if (seg->df)
		l->flags |= RSTWHY_BASE_DF;
	if (seg->has_ts) {
		l->flags |= RSTWHY_BASE_TS;
		l->tsval = seg->tsval;
	}
	if (seg->flags & SEG_SYN)
		return;
	if (seg->family == 4) {
		l->ipid = seg->ipid;
		l->flags |= RSTWHY_BASE_IPID;
	}
	hot_flag(f->hot, (u16)(FM_LEARN0 << f->d), false);
}

/**
 * flow_note() - the segment becomes the newest of its side
 * @f: an accepted segment
 *
 * Context: under the flow's lock.
 */
void flow_note(struct flow *f)
{
	const struct fm_quick *q = f->q;
	struct fm_hot *hot = f->hot;
	bool data = q->len && !is_probe(f);

	if (!seen(f->cold, f->d))
		flow_begin_side(f);
	WRITE_ONCE(hot->last[f->d], q->tick);
	if (seq_after(q->end, hot_end(hot, f->d)))
		WRITE_ONCE(hot->end[f->d], q->end);
	if ((q->flags & SEG_ACK) && seq_after(q->ack, hot_ack(hot, f->d)))
		WRITE_ONCE(hot->ack[f->d], q->ack);
	WRITE_ONCE(hot->timeout, q->timeout);
	if (data) {
		f->cold->flags |= FMC_SIDE(FMC_DATA, f->d);
		hot_flag(hot, (u16)(FM_RECENT0 << f->d), true);
	}
	hot_flag(hot, FM_STATE, false);
	hot_flag(hot, q->state & FM_STATE, true);
	if (f->in->assured)
		hot_flag(hot, FM_ASSURED, true);
	learn(f);
}
