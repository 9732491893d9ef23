// SPDX-License-Identifier: GPL-2.0
/*
 * flowmem_close.c - how a flow ends: FINs, and what follows a RST
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "flowmem_flow.h"

/* What comes this long after a RST is told once more: a living download shows itself only by the same kind again. */
#define LATE_US 1000000ULL

/**
 * flow_step_fin() - who has closed, whose FIN is acknowledged, who goes on reading
 * @f: an accepted segment
 *
 * Context: under the flow's lock, before flow_note().
 */
void flow_step_fin(struct flow *f)
{
	struct fm_cold *cold = f->cold;
	u8 d = f->d, peer = !f->d;
	u32 ack = f->q->ack;

	if (f->q->flags & SEG_FIN) {
		if (!has_side(cold, FMC_FIN, d))
			cold->fin_ack[d] = ack;
		cold->flags |= FMC_SIDE(FMC_FIN, d);
		cold->fin_end[d] = f->q->end;
		hot_flag(f->hot, FM_FIN, true);
	}
	if (!(f->q->flags & SEG_ACK))
		return;
	if (has_side(cold, FMC_FIN, d) && seq_after(ack, cold->fin_ack[d])) {
		bool only_fin = has_side(cold, FMC_FIN, peer) && ack == cold->fin_end[peer] && ack == cold->fin_ack[d] + 1;

		if (!only_fin)
			cold->flags |= FMC_SIDE(FMC_ACKED_PAST_FIN, d);
	}
	if (has_side(cold, FMC_FIN, peer) && !seq_before(ack, cold->fin_end[peer]))
		cold->flags |= FMC_SIDE(FMC_FIN_ACKED, peer);
}

/* Has this kind been told as often as it should: once, and once more when it is late? */
static bool told(const struct flow *f, u8 kind)
{
	bool late = fm_us_since(f->cold->reset_us, f->in->now_us) >= LATE_US;

	return f->cold->after_told & (1 << (kind + (late ? FMC_LATE : 0)));
}

/* A new connection; or the SYN that a RST refused is answered after all, by whom that RST claimed to come from. */
static u8 after_syn(const struct flow *f, bool sender)
{
	const struct fm_cold *cold = f->cold;

	if (!(f->q->flags & SEG_ACK))
		return told(f, RSTWHY_AFTER_SYN) ? 0 : RSTWHY_AFTER_SYN;
	if (!sender || !has(cold, FMC_SYN_PENDING) || f->q->ack != cold->syn_seq + 1 || told(f, RSTWHY_AFTER_SENDER_SEGMENT))
		return 0;
	return RSTWHY_AFTER_SENDER_SEGMENT;
}

/* The strongest thing this segment proves that has not been told yet, or 0. */
static u8 after_kind(const struct flow *f)
{
	const struct fm_cold *cold = f->cold;
	bool sender = f->d == cold->reset_side;
	u8 kinds[3], i;

	if (f->q->flags & SEG_SYN)
		return after_syn(f, sender);
	kinds[0] = sender ? RSTWHY_AFTER_SENDER_ACK : RSTWHY_AFTER_PEER_ACK;
	kinds[1] = sender ? RSTWHY_AFTER_SENDER_DATA : RSTWHY_AFTER_PEER_DATA;
	kinds[2] = sender ? RSTWHY_AFTER_SENDER_SEGMENT : RSTWHY_AFTER_PEER_SEGMENT;
	for (i = 0; i < 3; i++) {
		bool proves = i == 2 ||
			      (i == 0 && (f->q->flags & SEG_ACK) && seq_after(f->q->ack, cold->reset_end[!f->d])) ||
			      (i == 1 && f->q->len && seq_after(f->q->end, cold->reset_end[f->d]));

		if (proves && !told(f, kinds[i]))
			return kinds[i];
	}
	return 0;
}

/**
 * flow_step_after() - what the segment proves about the RST before it
 * @f: any segment but a RST
 * @tell: kind set when there is something to tell
 *
 * Context: under the flow's lock, before flow_note().
 */
void flow_step_after(struct flow *f, struct fm_tell *tell)
{
	struct fm_cold *cold = f->cold;
	u8 after;

	if (!(f->hot->flags & FM_RESET))
		return;
	if (fm_us_since(cold->reset_us, f->in->now_us) > FM_RESET_WATCH_US) {
		hot_flag(f->hot, FM_RESET, false);
		return;
	}
	after = after_kind(f);
	if (!after)
		return;
	if (cold->reset_seq) {
		tell->kind = RSTWHY_KIND_AFTER;
		tell->after = after;
		tell->ref_seq = cold->reset_seq;
	}
	cold->after_told |= (u16)(1 << after);
	if (fm_us_since(cold->reset_us, f->in->now_us) >= LATE_US)
		cold->after_told |= (u16)(1 << (after + FMC_LATE));
	if (after == RSTWHY_AFTER_SENDER_ACK || after == RSTWHY_AFTER_PEER_ACK) { /* new data acknowledged: that RST killed nothing */
		cold->reset_count = 0;
		put_flag(cold, FMC_CLOSED, false);
	}
}

/**
 * flow_step_doubtful() - flow_step_after() of a segment that conntrack does not vouch for, and flow_mark()
 * @f: the segment; one whose numbers are far from the connection's proves nothing
 * @tell: as for flow_step_after()
 *
 * Context: under the flow's lock.
 */
void flow_step_doubtful(struct flow *f, struct fm_tell *tell)
{
	if ((f->hot->flags & FM_RESET) && flow_fits_reset(f))
		flow_step_after(f, tell);
	flow_mark(f);
}
