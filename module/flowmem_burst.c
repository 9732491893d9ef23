// SPDX-License-Identifier: GPL-2.0
/*
 * flowmem_burst.c - silences, and the bursts that end them
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "flowmem_flow.h"

/* Farther from what the side has sent than this, a segment that conntrack does not vouch for is a stranger's. */
#define PLAUSIBLE_SEQ (1U << 24)
/* A silence that nobody ends is told of when the waking segment was sent so often; what is long enough to matter the reader says. */
#define SILENCE_COPIES 3
/* A survived one is told of from so many times resume_ms on: shorter pauses are ordinary thinking. */
#define SURVIVED_LEAST 2

static u8 kind_of(const struct flow *f)
{
	if (is_probe(f))
		return RSTWHY_BURST_PROBE;
	if (f->q->flags & SEG_FIN)
		return RSTWHY_BURST_FIN;
	if (!f->q->len)
		return RSTWHY_BURST_ACK;
	return seq_after(f->q->end, hot_end(f->hot, f->d)) ? RSTWHY_BURST_DATA : RSTWHY_BURST_RETRANSMIT;
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
	b->peer_gap = fm_ticks_since(hot_last(f->hot, !f->d), f->q->tick);
	b->copies = 1;
	b->probes = b->kind == RSTWHY_BURST_PROBE;
	b->timeout = hot_timeout(f->hot);
}

/* Traffic that we did not see: an offloaded flow, or another path. */
static bool hidden_traffic(const struct flow *f)
{
	return seq_after(f->q->seq, hot_end(f->hot, f->d)) ||
	       ((f->q->flags & SEG_ACK) && seq_after(f->q->ack, hot_end(f->hot, !f->d)));
}

/*
 * The burst began with a hole before it, and this shows that what is missing was lost or overtaken, not sent unseen: its side sends it now,
 * or the other side does not have it either.
 */
static bool fills_hole(const struct flow *f)
{
	const struct fm_burst *b = &f->cold->burst;

	if (seq_after(b->ack, hot_end(f->hot, !b->side)))
		return false;
	if (f->d == b->side)
		return f->q->len && f->q->end == b->seq;
	return (f->q->flags & SEG_ACK) && seq_before(f->q->ack, b->seq);
}

static bool unacknowledged(const struct fm_hot *hot)
{
	return seq_after(hot_end(hot, 0), hot_ack(hot, 1)) || seq_after(hot_end(hot, 1), hot_ack(hot, 0));
}

static void end_recent_data(struct flow *f, u8 side)
{
	u16 recent = (u16)(FM_RECENT0 << side);

	if (f->hot->flags & recent)
		f->cold->last_data[side] = hot_last(f->hot, side);
	hot_flag(f->hot, recent, false);
}

/* A bare acknowledgement (a window update, say) waits for nothing. */
static bool bare(const struct fm_cold *cold)
{
	return cold->burst.kind == RSTWHY_BURST_ACK;
}

/*
 * Is a burst still waiting for its answer? Retransmissions are of it, however late. After a bare acknowledgement and a silence as long as
 * that before it, nothing is: what comes then has a silence of its own, which is the longer one. Nor is a burst whose answers take another
 * path, once its side sends on.
 */
static bool waiting(const struct flow *f)
{
	u8 side = f->cold->burst.side;
	u32 idle = fm_idle(f->hot, f->q->tick);

	if (!(f->hot->flags & FM_PENDING) || idle < f->q->resume)
		return f->hot->flags & FM_PENDING;
	if (bare(f->cold))
		return idle < f->cold->burst.gap;
	return f->d != side || seen(f->cold, !side) || !seq_after(f->q->end, hot_end(f->hot, side));
}

/* Before the gap: copies of a segment that got no answer, or just something that was not acknowledged. */
static u32 unanswered(const struct flow *f)
{
	const struct fm_burst *b = &f->cold->burst;
	bool pending = (f->hot->flags & FM_PENDING) && !bare(f->cold);

	if (!seen(f->cold, !f->d)) /* answers would not be seen; but who is answered sends no copies */
		return pending && b->copies > 1 ? b->copies : 0;
	return pending ? b->copies : unacknowledged(f->hot);
}

static void burst_begin(struct flow *f, bool lost)
{
	struct fm_cold *cold = f->cold;

	cold->unanswered_before = unanswered(f);
	burst_fill(&cold->burst, f);
	put_flag(cold, FMC_BURST, true);
	put_flag(cold, FMC_ANSWERED | FMC_SILENCE_TOLD, false);
	put_flag(cold, FMC_BLIND, hidden_traffic(f));
	put_flag(cold, FMC_LOST, lost);
	hot_flag(f->hot, FM_PENDING, true);
	end_recent_data(f, 0);
	end_recent_data(f, 1);
}

/* Was the silence before the burst that long, for certain? */
static bool silent_for(const struct flow *f, u32 ticks)
{
	return f->cold->burst.gap >= ticks && !has(f->cold, FMC_BLIND);
}

static void tell_of(struct fm_tell *tell, u8 kind)
{
	if (!tell->kind)
		tell->kind = kind;
}

static void burst_copy(struct flow *f, struct fm_tell *tell)
{
	struct fm_burst *b = &f->cold->burst;

	if (bare(f->cold) && (f->q->len || (f->q->flags & SEG_FIN))) { /* now there is something to answer, for the first time */
		burst_identity(b, f);
		b->copies = 0;
		b->probes = 0;
	}
	b->probes += is_probe(f);
	b->copies += f->q->seq == b->seq;
	b->last_us = f->in->now_us;
	if (b->copies < SILENCE_COPIES || has(f->cold, FMC_SILENCE_TOLD) || bare(f->cold) || !silent_for(f, f->q->resume))
		return;
	put_flag(f->cold, FMC_SILENCE_TOLD, true);
	tell_of(tell, RSTWHY_KIND_SILENCE);
}

/*
 * The other side's segment answers the burst: it acknowledges the first segment; to a probe it need only speak. A probe of its own does
 * not: what is dropped behind our hook, both ends' probes, comes by all the same.
 */
static bool answers(const struct flow *f)
{
	const struct fm_burst *b = &f->cold->burst;

	if (f->d == b->side || !(f->q->flags & SEG_ACK))
		return false;
	if (b->kind == RSTWHY_BURST_PROBE)
		return !is_probe(f);
	if (bare(f->cold))
		return true;
	return !seq_before(f->q->ack, b->end);
}

/*
 * A connection's longer silences are told of as they are survived, each a quarter longer than the last one told; and always one that
 * was told as unanswered.
 */
static void burst_answered(struct flow *f, struct fm_tell *tell)
{
	struct fm_cold *cold = f->cold;
	u32 longest = cold->survived, gap = cold->burst.gap;

	put_flag(cold, FMC_ANSWERED, true);
	hot_flag(f->hot, FM_PENDING, false);
	tell->owed = has(cold, FMC_SILENCE_TOLD);
	if (tell->owed || (silent_for(f, SURVIVED_LEAST * f->q->resume) && gap > longest && gap - longest > longest / 4))
		tell_of(tell, RSTWHY_KIND_SURVIVED);
	if (gap > longest)
		cold->survived = gap;
}

/**
 * flow_step_burst() - does the segment begin, repeat or answer a burst
 * @f: an accepted segment
 * @tell: kind set when there is something to tell
 *
 * Context: under the flow's lock, before flow_note().
 */
void flow_step_burst(struct flow *f, struct fm_tell *tell)
{
	bool pending = waiting(f);
	bool lost = f->in->fresh && has_life(f->cold) && !(pending && has(f->cold, FMC_LOST));

	if (has(f->cold, FMC_HANDSHAKE) && !has(f->cold, FMC_COMPLETED))
		return;
	if (!seen(f->cold, 0) && !seen(f->cold, 1)) /* the record's first segment, in mid-stream: no silence is known, no loss */
		return;
	if (pending && !lost && has(f->cold, FMC_BLIND) && fills_hole(f))
		put_flag(f->cold, FMC_BLIND, false);
	if (lost)
		burst_begin(f, true);
	else if (pending && answers(f))
		burst_answered(f, tell);
	else if (pending && f->d == f->cold->burst.side)
		burst_copy(f, tell);
	else if (!pending && (fm_idle(f->hot, f->q->tick) >= f->q->resume || is_probe(f)))
		burst_begin(f, false);
}

static bool is_near(u32 seq, u32 known)
{
	u32 distance = seq - known;

	return distance < PLAUSIBLE_SEQ || -distance < PLAUSIBLE_SEQ;
}

/**
 * flow_plausible() - may the segment be the side's own
 * @f: a segment that conntrack does not vouch for
 *
 * Context: under the flow's lock.
 * Return: false when its sequence number is far from the side's stream.
 */
bool flow_plausible(const struct flow *f)
{
	return !seen(f->cold, f->d) || is_near(f->q->seq, hot_end(f->hot, f->d));
}

/**
 * flow_fits_reset() - may the segment be of the connection that was reset, as far as its numbers tell
 * @f: a segment that conntrack does not vouch for, of a flow with FM_RESET
 *
 * Where a RST came out of traffic that was not seen (reset_end) the connection's numbers may be far beyond what the memory has.
 *
 * Context: under the flow's lock.
 * Return: false when one of its numbers is far from both; a SYN has numbers of its own.
 */
bool flow_fits_reset(const struct flow *f)
{
	const struct fm_cold *cold = f->cold;
	u8 d = f->d, peer = !f->d;

	if (f->q->flags & SEG_SYN)
		return true;
	if (!flow_plausible(f) && !is_near(f->q->seq, cold->reset_end[d]))
		return false;
	return !(f->q->flags & SEG_ACK) || is_near(f->q->ack, hot_end(f->hot, peer)) || is_near(f->q->ack, cold->reset_end[peer]) ||
	       is_near(f->q->ack, hot_ack(f->hot, d)); /* where the other way is not seen */
}

/**
 * flow_mark() - a segment that may elicit a RST, and that conntrack does not vouch for: it refreshes nothing
 * @f: the segment
 *
 * Context: under the flow's lock.
 */
void flow_mark(struct flow *f)
{
	struct fm_burst *m = &f->cold->mark;
	bool undisturbed = (s32)(fm_tick(m->first_us * 1000) - hot_last(f->hot, 0)) >= 0 &&
			   (s32)(fm_tick(m->first_us * 1000) - hot_last(f->hot, 1)) >= 0;

	if (!flow_plausible(f))
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
