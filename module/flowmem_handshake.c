// SPDX-License-Identifier: GPL-2.0
/*
 * flowmem_handshake.c - SYN, SYN-ACK, ACK: how a flow begins, or begins anew
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "flowmem_flow.h"

/* A SYN into a living flow that nobody answered is forgotten after this. */
#define SYN_PENDING_US (60ULL * 1000000)

/**
 * flow_on_syn() - somebody wants to open a connection
 * @f: a SYN; into a living flow it is provisional until its SYN-ACK, and changes nothing else
 *
 * Context: under the flow's lock.
 */
void flow_on_syn(struct flow *f)
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
	flow_note(f);
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
	WRITE_ONCE(cold->alias_tag, old.alias_tag);
	cold->flags = FMC_HANDSHAKE | (c ? FMC_OPENER1 : 0) | (f->in->orig1 ? FMC_ORIG1 : 0);
	if (f->q->ack != old.syn_seq + 1)
		cold->flags |= FMC_SIDE(FMC_DATA, c);
	cold->created_us = old.syn_us;
	cold->synack_us = f->in->now_us;
	cold->isn[c] = old.syn_seq;
	cold->isn[f->d] = f->q->seq;
	if (old.syn_copies == 1) /* Karn: which copy was answered is not known */
		cold->rtt_us[f->d] = (u32)(f->in->now_us - old.syn_us);
	if (!(old.flags & FMC_SYN_REUSE))
		cold->looks[c] = old.looks[c];
	cold->looks[c].flags |= RSTWHY_BASE_SEEN;
	WRITE_ONCE(hot->flags, (u16)((hot->flags & (FM_GUEST | FM_AWAY)) | FM_SYN | FM_LEARN0 | FM_LEARN1));
	WRITE_ONCE(hot->last[c], fm_tick(old.syn_us * 1000));
	WRITE_ONCE(hot->end[c], f->q->ack);
	WRITE_ONCE(hot->ack[c], f->q->seq);
	flow_begin_side(f);
}

/* It acknowledges the pending SYN, or data that travelled in that (TCP Fast Open, RFC 7413), as far as a first SYN's is known. */
static bool answers_syn(const struct flow *f)
{
	const struct fm_cold *cold = f->cold;
	u32 beyond = f->q->ack - (cold->syn_seq + 1), data = hot_end(f->hot, cold->syn_side) - (cold->syn_seq + 1);

	if (!has(cold, FMC_SYN_PENDING) || cold->syn_side == f->d)
		return false;
	return !beyond || (!has(cold, FMC_SYN_REUSE) && beyond <= data);
}

/**
 * flow_on_synack() - the SYN is answered, or the answer repeated
 * @f: a SYN-ACK
 *
 * Context: under the flow's lock.
 */
void flow_on_synack(struct flow *f)
{
	struct fm_cold *cold = f->cold;

	if (answers_syn(f))
		begin_connection(f);
	else if (has(cold, FMC_HANDSHAKE) && !has(cold, FMC_COMPLETED))
		cold->synack_us = 0; /* a copy: no round trip from it */
}

/**
 * flow_complete_handshake() - is this the third segment of the handshake (RFC 9293 section 3.5)
 * @f: any accepted segment
 *
 * Context: under the flow's lock.
 */
void flow_complete_handshake(struct flow *f)
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

/**
 * flow_settle_syn() - a provisional SYN that nobody answered, or a record that began in mid-stream, ends the slow path's interest
 * @f: the segment
 *
 * Context: under the flow's lock.
 */
void flow_settle_syn(struct flow *f)
{
	struct fm_cold *cold = f->cold;

	if (has(cold, FMC_SYN_PENDING) && fm_us_since(cold->syn_us, f->in->now_us) > SYN_PENDING_US)
		put_flag(cold, FMC_SYN_PENDING | FMC_SYN_REUSE, false);
	if (!has(cold, FMC_SYN_PENDING) && (has(cold, FMC_COMPLETED) || has(cold, FMC_MIDSTREAM)))
		hot_flag(f->hot, FM_SYN, false);
}

/**
 * flowmem_note_synack() - a SYN-ACK of a flow that has no record, and of which conntrack saw no SYN
 * @fm: the memory
 * @in: the SYN-ACK
 *
 * Context: any. Two at once in one place may mix: then neither is found again.
 */
void flowmem_note_synack(struct flowmem *fm, const struct fm_input *in)
{
	struct fm_opening *opening = &fm->openings[in->hash & (FM_OPENINGS - 1)];

	WRITE_ONCE(opening->hash, in->hash);
	WRITE_ONCE(opening->end, in->quick.end);
	WRITE_ONCE(opening->side, in->quick.side);
}

/**
 * flowmem_opener() - who opened a connection that is met in mid-stream
 * @fm: the memory
 * @in: its first segment that was accepted, not a SYN
 *
 * Context: any.
 * Return: the side that did not send the SYN-ACK, where that is this segment or was seen right before it; else ORIGINAL.
 */
u8 flowmem_opener(const struct flowmem *fm, const struct fm_input *in)
{
	const struct fm_opening *opening = &fm->openings[in->hash & (FM_OPENINGS - 1)];
	u8 side = in->quick.side;

	if (in->quick.flags & SEG_SYN)
		return !side;
	if (READ_ONCE(opening->hash) == in->hash && READ_ONCE(opening->end) == in->quick.seq && READ_ONCE(opening->side) == side)
		return !side;
	return in->orig1;
}
