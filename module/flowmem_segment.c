// SPDX-License-Identifier: GPL-2.0
/*
 * flowmem_segment.c - the life of a flow, a segment at a time
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "flowmem_flow.h"

static struct flow flow_at(struct flowmem *fm, u32 index, const struct fm_input *in, u8 side)
{
	struct flow f = { fm->hot + index, fm_cold_at(fm, index), in, &in->quick, side };

	return f;
}

/**
 * flowmem_mark() - a segment, not a RST, that conntrack calls INVALID, or that belongs to no entry of ours
 * @fm: the memory
 * @in: key, hash and side are of the wire tuple; reply, state, timeout and the booleans are not used
 * @tell: as for flowmem_segment()
 *
 * Context: any; takes a spinlock with bottom halves off.
 */
void flowmem_mark(struct flowmem *fm, const struct fm_input *in, struct fm_tell *tell)
{
	u8 side = in->quick.side;
	u32 index = flowmem_lock(fm, in->key, in->hash);
	struct flow f;

	if (index == FM_NONE)
		index = flowmem_lock_alias(fm, in->key, in->hash, in->quick.side, &side);
	if (index == FM_NONE) {
		if ((in->quick.flags & (SEG_SYN | SEG_ACK)) == (SEG_SYN | SEG_ACK))
			flowmem_note_synack(fm, in);
		return;
	}
	f = flow_at(fm, index, in, side);
	flow_step_doubtful(&f, tell);
	flowmem_unlock(fm, index);
}

/* A record for a segment whose flow has none; a translated flow's far side may be speaking to an address that is now ours. */
static u32 adopt(struct flowmem *fm, const struct fm_input *in, struct fm_tell *tell)
{
	bool syn = (in->quick.flags & (SEG_SYN | SEG_ACK)) == SEG_SYN;
	struct fm_cold *cold;
	u32 index;
	bool made;
	u8 side;

	if (!syn) {
		index = flowmem_lock_alias(fm, in->key, in->hash, in->quick.side, &side);
		if (index != FM_NONE) {
			struct flow f = flow_at(fm, index, in, side);

			flow_step_doubtful(&f, tell);
			flowmem_unlock(fm, index);
			return FM_NONE;
		}
	}
	index = flowmem_create(fm, in->key, in->hash, in->quick.tick, in->guest, &made);
	if (!made || syn)
		return index;
	cold = fm_cold_at(fm, index);
	cold->created_us = in->now_us;
	cold->flags |= FMC_MIDSTREAM | (in->orig1 ? FMC_ORIG1 : 0) | (flowmem_opener(fm, in) ? FMC_OPENER1 : 0);
	return index;
}

/* Its sender has this connection: what a SYN, or a segment in mid-stream that nobody answered, does not show. */
static void prove(const struct flow *f, struct fm_tell *tell)
{
	const struct fm_cold *cold = f->cold;

	tell->proves = has(cold, FMC_HANDSHAKE) ? has(cold, FMC_COMPLETED) || f->d != opener(cold) : f->in->assured;
	tell->since_us = cold->created_us;
	tell->rtt_us = cold->rtt_us[f->d];
}

static void live(struct flowmem *fm, struct flow *f, u32 index, struct fm_tell *tell)
{
	const struct fm_cold *cold = f->cold;

	if (f->q->flags & SEG_SYN)
		flow_on_synack(f);
	flow_step_burst(f, tell);
	flow_complete_handshake(f);
	flow_step_fin(f);
	flow_settle_syn(f);
	flow_note(f);
	prove(f, tell);
	if (f->in->reply && f->in->confirmed && (!has(cold, FMC_LOST) || has(cold, FMC_ANSWERED)))
		flowmem_set_reply(fm, index, f->in->reply);
}

/**
 * flowmem_segment() - a segment that conntrack accepted, not a RST, that flowmem_touch() could not settle
 * @fm: the memory
 * @in: the segment
 * @tell: kind 0 on entry; what to tell on return
 *
 * Context: any; takes a spinlock with bottom halves off.
 */
void flowmem_segment(struct flowmem *fm, const struct fm_input *in, struct fm_tell *tell)
{
	u32 index = flowmem_lock(fm, in->key, in->hash);
	struct flow f;

	if (index == FM_NONE)
		index = adopt(fm, in, tell);
	if (index == FM_NONE)
		return;
	f = flow_at(fm, index, in, in->quick.side);
	if ((in->quick.flags & (SEG_SYN | SEG_ACK)) == SEG_SYN) {
		flow_step_after(&f, tell);
		flow_on_syn(&f);
	} else if (in->fresh && has_life(f.cold) && !flow_plausible(&f)) {
		flow_step_doubtful(&f, tell);
	} else {
		flow_step_after(&f, tell);
		live(fm, &f, index, tell);
	}
	flowmem_unlock(fm, index);
}
