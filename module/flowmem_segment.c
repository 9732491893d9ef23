// SPDX-License-Identifier: GPL-2.0
/*
 * flowmem_segment.c - the life of a flow: handshake, bursts, FINs, what follows a RST
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "flowmem.h"

/* A SYN into a living flow that nobody answered is forgotten after this. */
#define SYN_PENDING_US (60ULL * 1000000)
/* Farther from what the side has sent than this, a segment that conntrack does not vouch for is a stranger's. */
#define PLAUSIBLE_SEQ (1U << 24)

/* One segment and its flow, under the flow's lock. d: the sender's side. */
struct flow {
	struct fm_hot *hot;
	struct fm_cold *cold;
	const struct fm_input *in;
	const struct fm_quick *q;
	u8 d;
};

static bool has(const struct fm_cold *cold, u32 flag)
{
	return (cold->flags & flag) != 0;
}

static bool has_side(const struct fm_cold *cold, u32 flag, u8 side)
{
	return (cold->flags & FMC_SIDE(flag, side)) != 0;
}

/* It was more than a SYN. */
static bool has_life(const struct fm_cold *cold)
{
	return has(cold, FMC_HANDSHAKE | FMC_MIDSTREAM);
}

static bool seen(const struct fm_cold *cold, u8 side)
{
	return cold->looks[side].flags & RSTWHY_BASE_SEEN;
}

static u8 opener(const struct fm_cold *cold)
{
	return has(cold, FMC_OPENER1);
}

static void put_flag(struct fm_cold *cold, u32 flag, bool on)
{
	cold->flags = on ? cold->flags | flag : cold->flags & ~flag;
}

static void hot_flag(struct fm_hot *hot, u16 flag, bool on)
{
	WRITE_ONCE(hot->flags, (u16)(on ? hot->flags | flag : hot->flags & ~flag));
}

/* The first that is known of a side's numbers, and what it says of the other's. */
static void begin_side(struct flow *f)
{
	struct fm_hot *hot = f->hot;
	bool ack = f->q->flags & SEG_ACK;

	hot->end[f->d] = f->q->end;
	if (ack)
		hot->ack[f->d] = f->q->ack;
	if (!seen(f->cold, !f->d)) {
		hot->ack[!f->d] = f->q->seq;
		if (ack)
			hot->end[!f->d] = f->q->ack;
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

/* Side d's accepted segment becomes the newest. */
static void note(struct flow *f)
{
	const struct fm_quick *q = f->q;
	struct fm_hot *hot = f->hot;
	bool data = q->len && !fm_is_probe(hot, q);

	if (!seen(f->cold, f->d))
		begin_side(f);
	WRITE_ONCE(hot->last[f->d], q->tick);
	if (seq_after(q->end, hot->end[f->d]))
		WRITE_ONCE(hot->end[f->d], q->end);
	if ((q->flags & SEG_ACK) && seq_after(q->ack, hot->ack[f->d]))
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

/* ---- handshake ---- */

static void on_syn(struct flow *f)
{
	struct fm_cold *cold = f->cold;
	bool life = has_life(cold);

	if (has(cold, FMC_SYN_PENDING) && cold->syn_seq == f->q->seq && cold->syn_side == f->d) {
		cold->syn_copies++;
	} else {
		cold->syn_seq = f->q->seq;
		cold->syn_side = f->d;
		cold->syn_us = f->in->now_us;
		cold->syn_copies = 1;
		put_flag(cold, FMC_SYN_PENDING, true);
		put_flag(cold, FMC_SYN_REUSE, life);
		if (!life) { /* another attempt: the RST that refused the last one is told already */
			cold->reset_count = 0;
			hot_flag(f->hot, FM_RESET, false);
		}
	}
	hot_flag(f->hot, FM_SYN, true);
	if (life) /* provisional: a stranger's SYN changes nothing of a living flow */
		return;
	cold->created_us = cold->syn_us;
	put_flag(cold, FMC_OPENER1, f->d);
	put_flag(cold, FMC_ORIG1, f->in->orig1);
	cold->looks[0].flags = 0;
	cold->looks[1].flags = 0;
	note(f);
}

/* The SYN was answered: whatever the tuple lived through before is another connection's. */
static void begin_connection(struct flow *f)
{
	struct fm_cold *cold = f->cold, old = *f->cold;
	struct fm_hot *hot = f->hot;
	u8 c = old.syn_side;

	memset(cold, 0, sizeof(*cold));
	cold->key = old.key;
	cold->reply = old.reply;
	cold->alias_tag = old.alias_tag;
	cold->flags = FMC_HANDSHAKE | (c ? FMC_OPENER1 : 0) | (f->in->orig1 ? FMC_ORIG1 : 0);
	cold->created_us = old.syn_us;
	cold->synack_us = f->in->now_us;
	cold->isn[c] = old.syn_seq;
	cold->isn[f->d] = f->q->seq;
	if (old.syn_copies == 1) /* Karn: which copy was answered is not known */
		cold->rtt_us[f->d] = (u32)(f->in->now_us - old.syn_us);
	if (!(old.flags & FMC_SYN_REUSE))
		cold->looks[c] = old.looks[c];
	cold->looks[c].flags |= RSTWHY_BASE_SEEN;
	hot->flags = (u16)((hot->flags & FM_GUEST) | FM_SYN | FM_LEARN0 | FM_LEARN1);
	hot->last[c] = fm_tick(old.syn_us * 1000);
	hot->end[c] = f->q->ack;
	hot->ack[c] = f->q->seq;
	begin_side(f);
}

static void on_synack(struct flow *f)
{
	struct fm_cold *cold = f->cold;

	if (has(cold, FMC_SYN_PENDING) && cold->syn_side != f->d && f->q->ack == cold->syn_seq + 1)
		begin_connection(f);
	else if (has(cold, FMC_HANDSHAKE) && !has(cold, FMC_COMPLETED))
		cold->synack_us = 0; /* a copy: no round trip from it */
}

static void complete_handshake(struct flow *f)
{
	struct fm_cold *cold = f->cold;

	if (has(cold, FMC_COMPLETED) || !has(cold, FMC_HANDSHAKE) || f->d != opener(cold) || !(f->q->flags & SEG_ACK))
		return;
	if (seq_before(f->q->ack, cold->isn[!f->d] + 1))
		return;
	put_flag(cold, FMC_COMPLETED, true);
	if (cold->synack_us)
		cold->rtt_us[f->d] = (u32)(f->in->now_us - cold->synack_us);
	if (!has(cold, FMC_SYN_PENDING))
		hot_flag(f->hot, FM_SYN, false);
}

/* A provisional SYN that nobody answered, or a record that began in mid-stream, ends the slow path's interest. */
static void settle_syn(struct flow *f)
{
	struct fm_cold *cold = f->cold;

	if (has(cold, FMC_SYN_PENDING) && f->in->now_us - cold->syn_us > SYN_PENDING_US)
		put_flag(cold, FMC_SYN_PENDING | FMC_SYN_REUSE, false);
	if (!has(cold, FMC_SYN_PENDING) && (has(cold, FMC_COMPLETED) || has(cold, FMC_MIDSTREAM)))
		hot_flag(f->hot, FM_SYN, false);
}

/* ---- bursts ---- */

static u8 kind_of(const struct flow *f)
{
	if (fm_is_probe(f->hot, f->q))
		return RSTWHY_BURST_PROBE;
	if (f->q->flags & SEG_FIN)
		return RSTWHY_BURST_FIN;
	if (!f->q->len)
		return RSTWHY_BURST_ACK;
	return seq_after(f->q->end, f->hot->end[f->d]) ? RSTWHY_BURST_DATA : RSTWHY_BURST_RETRANSMIT;
}

static void burst_identity(struct fm_burst *b, const struct flow *f)
{
	b->seq = f->q->seq;
	b->end = f->q->end;
	b->ack = f->q->ack;
	b->kind = kind_of(f);
}

static void burst_fill(struct fm_burst *b, const struct flow *f)
{
	memset(b, 0, sizeof(*b));
	burst_identity(b, f);
	b->side = f->d;
	b->first_us = f->in->now_us;
	b->last_us = f->in->now_us;
	b->gap = fm_idle(f->hot, f->q->tick);
	b->peer_gap = f->q->tick - f->hot->last[!f->d];
	b->copies = 1;
	b->probes = b->kind == RSTWHY_BURST_PROBE;
	b->timeout = f->hot->timeout;
}

/* Traffic that we did not see: an offloaded flow, or another path. */
static bool hidden_traffic(const struct flow *f)
{
	return seq_after(f->q->seq, f->hot->end[f->d]) ||
	       ((f->q->flags & SEG_ACK) && seq_after(f->q->ack, f->hot->end[!f->d]));
}

static bool unacknowledged(const struct fm_hot *hot)
{
	return seq_after(hot->end[0], hot->ack[1]) || seq_after(hot->end[1], hot->ack[0]);
}

static void end_recent_data(struct flow *f, u8 side)
{
	u16 recent = (u16)(FM_RECENT0 << side);

	if (f->hot->flags & recent)
		f->cold->last_data[side] = f->hot->last[side];
	hot_flag(f->hot, recent, false);
}

static void burst_begin(struct flow *f, bool lost)
{
	struct fm_cold *cold = f->cold;

	cold->unanswered_before = f->hot->flags & FM_PENDING ? cold->burst.copies : unacknowledged(f->hot);
	burst_fill(&cold->burst, f);
	put_flag(cold, FMC_BURST, true);
	put_flag(cold, FMC_ANSWERED, false);
	put_flag(cold, FMC_BLIND, hidden_traffic(f));
	put_flag(cold, FMC_LOST, lost);
	hot_flag(f->hot, FM_PENDING, true);
	end_recent_data(f, 0);
	end_recent_data(f, 1);
}

static void burst_copy(struct flow *f)
{
	struct fm_burst *b = &f->cold->burst;

	if (b->kind == RSTWHY_BURST_ACK && (f->q->len || (f->q->flags & SEG_FIN)))
		burst_identity(b, f); /* now there is something to answer */
	b->probes += fm_is_probe(f->hot, f->q);
	b->copies++;
	b->last_us = f->in->now_us;
}

/* The other side's segment answers the burst: it acknowledges the first segment; to a probe it need only speak. */
static bool answers(const struct flow *f)
{
	const struct fm_burst *b = &f->cold->burst;

	if (f->d == b->side || !(f->q->flags & SEG_ACK))
		return false;
	if (b->kind == RSTWHY_BURST_PROBE || b->kind == RSTWHY_BURST_ACK)
		return true;
	return !seq_before(f->q->ack, b->end);
}

static void burst_answered(struct flow *f)
{
	struct fm_cold *cold = f->cold;

	put_flag(cold, FMC_ANSWERED, true);
	hot_flag(f->hot, FM_PENDING, false);
	if (cold->burst.gap > cold->survived)
		cold->survived = cold->burst.gap;
}

/* Must run before note(): it compares with what was before this segment. */
static void step_burst(struct flow *f)
{
	bool pending = f->hot->flags & FM_PENDING;
	bool lost = f->in->fresh && has_life(f->cold) && !(pending && has(f->cold, FMC_LOST));

	if (has(f->cold, FMC_HANDSHAKE) && !has(f->cold, FMC_COMPLETED))
		return;
	if (lost)
		burst_begin(f, true);
	else if (pending && answers(f))
		burst_answered(f);
	else if (pending && f->d == f->cold->burst.side)
		burst_copy(f);
	else if (!pending && (fm_idle(f->hot, f->q->tick) >= f->q->resume || fm_is_probe(f->hot, f->q)))
		burst_begin(f, false);
}

/* ---- FIN ---- */

static void step_fin(struct flow *f)
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

/* ---- after a RST ---- */

/* The strongest thing this segment proves that has not been told yet, or 0. */
static u8 after_kind(const struct flow *f)
{
	const struct fm_cold *cold = f->cold;
	bool sender = f->d == cold->reset_side;
	u8 kinds[3], i;

	if (f->q->flags & SEG_SYN)
		return cold->after_told & (1 << RSTWHY_AFTER_SYN) || (f->q->flags & SEG_ACK) ? 0 : RSTWHY_AFTER_SYN;
	kinds[0] = sender ? RSTWHY_AFTER_SENDER_ACK : RSTWHY_AFTER_PEER_ACK;
	kinds[1] = sender ? RSTWHY_AFTER_SENDER_DATA : RSTWHY_AFTER_PEER_DATA;
	kinds[2] = sender ? RSTWHY_AFTER_SENDER_SEGMENT : RSTWHY_AFTER_PEER_SEGMENT;
	for (i = 0; i < 3; i++) {
		bool proves = i == 2 ||
			      (i == 0 && (f->q->flags & SEG_ACK) && seq_after(f->q->ack, cold->reset_end[!f->d])) ||
			      (i == 1 && f->q->len && seq_after(f->q->end, cold->reset_end[f->d]));

		if (proves && !(cold->after_told & (1 << kinds[i])))
			return kinds[i];
	}
	return 0;
}

static void step_after(struct flow *f, struct fm_after *after)
{
	struct fm_cold *cold = f->cold;

	if (!(f->hot->flags & FM_RESET))
		return;
	if (f->in->now_us - cold->reset_us > FM_RESET_WATCH_US) {
		hot_flag(f->hot, FM_RESET, false);
		return;
	}
	after->kind = after_kind(f);
	after->ref_seq = cold->reset_seq;
	if (after->kind)
		cold->after_told |= (u16)(1 << after->kind);
}

/* ---- marks ---- */

static bool plausible(const struct flow *f)
{
	u32 distance = f->q->seq - f->hot->end[f->d];

	return !seen(f->cold, f->d) || distance < PLAUSIBLE_SEQ || -distance < PLAUSIBLE_SEQ;
}

/* A segment that may elicit a RST, and that conntrack does not vouch for: it refreshes nothing. */
static void mark(struct flow *f)
{
	struct fm_burst *m = &f->cold->mark;
	bool undisturbed = (s32)(fm_tick(m->first_us * 1000) - f->hot->last[0]) >= 0 &&
			   (s32)(fm_tick(m->first_us * 1000) - f->hot->last[1]) >= 0;

	if (!plausible(f))
		return;
	if (has(f->cold, FMC_MARK) && m->side == f->d && m->seq == f->q->seq && undisturbed) {
		m->copies++;
		m->probes += m->kind == RSTWHY_BURST_PROBE;
		m->last_us = f->in->now_us;
		return;
	}
	burst_fill(m, f);
	put_flag(f->cold, FMC_MARK, true);
}

static struct flow flow_at(struct flowmem *fm, u32 index, const struct fm_input *in, u8 side)
{
	struct flow f = { fm->hot + index, fm->cold + index, in, &in->quick, side };

	return f;
}

/**
 * flowmem_mark() - a segment, not a RST, that conntrack calls INVALID, or that belongs to no entry of ours
 * @fm: the memory
 * @in: key, hash and side are of the wire tuple; reply, state, timeout and the booleans are not used
 * @after: what to tell
 *
 * Context: any; takes a spinlock with bottom halves off.
 */
void flowmem_mark(struct flowmem *fm, const struct fm_input *in, struct fm_after *after)
{
	u8 side = in->quick.side;
	u32 index = flowmem_lock(fm, in->key, in->hash);
	struct flow f;

	if (index == FM_NONE)
		index = flowmem_lock_alias(fm, in->key, in->hash, in->quick.side, &side);
	if (index == FM_NONE)
		return;
	f = flow_at(fm, index, in, side);
	step_after(&f, after);
	mark(&f);
	flowmem_unlock(fm, index);
}

/* A record for a segment whose flow has none; a translated flow's far side may be speaking to an address that is now ours. */
static u32 adopt(struct flowmem *fm, const struct fm_input *in, struct fm_after *after)
{
	bool syn = (in->quick.flags & (SEG_SYN | SEG_ACK)) == SEG_SYN;
	u32 index;
	u8 side;

	if (!syn) {
		index = flowmem_lock_alias(fm, in->key, in->hash, in->quick.side, &side);
		if (index != FM_NONE) {
			struct flow f = flow_at(fm, index, in, side);

			step_after(&f, after);
			mark(&f);
			flowmem_unlock(fm, index);
			return FM_NONE;
		}
	}
	index = flowmem_create(fm, in->key, in->hash, in->quick.tick, in->guest);
	if (index == FM_NONE || syn)
		return index;
	fm->cold[index].created_us = in->now_us;
	fm->cold[index].flags |= FMC_MIDSTREAM | (in->orig1 ? FMC_ORIG1 | FMC_OPENER1 : 0);
	return index;
}

static void live(struct flowmem *fm, struct flow *f, u32 index)
{
	const struct fm_cold *cold = f->cold;

	if (f->q->flags & SEG_SYN)
		on_synack(f);
	step_burst(f);
	complete_handshake(f);
	step_fin(f);
	settle_syn(f);
	note(f);
	if (f->in->reply && f->in->confirmed && (!has(cold, FMC_LOST) || has(cold, FMC_ANSWERED)))
		flowmem_set_reply(fm, index, f->in->reply);
}

/**
 * flowmem_segment() - a segment that conntrack accepted, not a RST, that flowmem_touch() could not settle
 * @fm: the memory
 * @in: the segment
 * @after: kind 0 on entry; what to tell on return
 *
 * Context: any; takes a spinlock with bottom halves off.
 */
void flowmem_segment(struct flowmem *fm, const struct fm_input *in, struct fm_after *after)
{
	u32 index = flowmem_lock(fm, in->key, in->hash);
	struct flow f;

	if (index == FM_NONE)
		index = adopt(fm, in, after);
	if (index == FM_NONE)
		return;
	f = flow_at(fm, index, in, in->quick.side);
	step_after(&f, after);
	if ((in->quick.flags & (SEG_SYN | SEG_ACK)) == SEG_SYN)
		on_syn(&f);
	else if (in->fresh && has_life(f.cold) && !plausible(&f))
		mark(&f);
	else
		live(fm, &f, index);
	flowmem_unlock(fm, index);
}
