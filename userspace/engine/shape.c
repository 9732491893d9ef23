// SPDX-License-Identifier: GPL-2.0
/*
 * shape.c - what the RST itself looks like, against what its supposed sender's segments look like
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Shapes: tcp_send_active_reset() and tcp_v4_send_reset() in Linux, measured in facts/resets.md. Others' stacks differ only in
 * the marks. Marks are about RSTs in transit: what this gateway made is known exactly.
 */
#include "facts.h"

#define DSCP_MASK     0xfcU
#define IPID_NEAR     2048U /* segments a socket may have sent unseen since its IPID was noted */
#define TS_SLACK_MS   2000U /* between two hosts' timestamp clocks over any time we look at */
#define TS_FINE_US    50000U /* ticks, and a segment's way from its clock to us */
#define TS_FASTEST    1100U /* per second, a tenth above the 1000 Hz of Linux */
#define FAST_LEAST_US 4000U /* a round trip below that is no yardstick: a slow handshake alone makes it */
#define FAST_LONE_US  20000U /* the same where there was one handshake only: it may have waited for a link address */

static const struct rstwhy_baseline *own_base(const struct facts *f)
{
	const struct rstwhy_baseline *base = &f->mem->base[f->rd];

	return f->known && (base->flags & RSTWHY_BASE_SEEN) ? base : NULL;
}

static const struct rstwhy_baseline *peer_base(const struct facts *f)
{
	const struct rstwhy_baseline *base = &f->mem->base[f->pd];

	return f->known && (base->flags & RSTWHY_BASE_SEEN) ? base : NULL;
}

/* Nobody has answered the SYN that it acknowledges: it refuses that, whatever its own number (RFC 9293 section 3.10.7.3). */
static bool acknowledges_first_syn(const struct facts *f)
{
	const struct rstwhy_memory *mem = &f->ev->mem;
	uint32_t begun = RSTWHY_MEM_SYN_PENDING | RSTWHY_MEM_SYN_REUSE | RSTWHY_MEM_HANDSHAKE;

	return f->known && (mem->flags & begun) == RSTWHY_MEM_SYN_PENDING && mem->syn_dir == f->pd &&
	       mem->last_ms[f->rd] == RSTWHY_NEVER && f->seg->ack == mem->syn_seq + 1;
}

enum shape shape_of(const struct facts *f)
{
	if (!(f->seg->flags & SEG_ACK))
		return SHAPE_PASSIVE;
	return f->seg->seq == 0 || acknowledges_first_syn(f) ? SHAPE_REFUSING : SHAPE_ACTIVE;
}

/* Linux since 6.7, where a route says so (tcp_usec_ts): a clock so fast is told from a stranger's by how well it keeps time. */
static bool ts_in_microseconds(uint64_t age_ms, uint32_t step)
{
	uint64_t slack = TS_FINE_US + age_ms; /* a thousandth: quartz is better */
	uint32_t off = step - (uint32_t)(age_ms * 1000);

	return off <= slack || -off <= slack;
}

/* Timestamps advance by at most a thousand or so a second; an age that saturated says nothing. */
static bool ts_goes_on(const struct facts *f, const struct rstwhy_baseline *base)
{
	uint64_t most = ((uint64_t)base->age_ms + TS_SLACK_MS) * TS_FASTEST / 1000;
	uint32_t step = f->seg->tsval - base->tsval;

	return most > INT32_MAX || step <= most || ts_in_microseconds(base->age_ms, step);
}

static bool ipid_goes_on(const struct facts *f, const struct rstwhy_baseline *base)
{
	uint16_t step = (uint16_t)(f->seg->ipid - base->ipid);

	return f->seg->ipid && step && step <= IPID_NEAR;
}

bool shape_continuous(const struct facts *f)
{
	const struct rstwhy_baseline *base = own_base(f);

	if (f->shape != SHAPE_ACTIVE || !base || (f->marks & MARKS_BOX))
		return false;
	if ((base->flags & RSTWHY_BASE_TS) && f->seg->has_ts)
		return true; /* no TS_JUMP: they go on */
	if (f->seg->family == 6)
		return base->flowlabel && f->seg->flowlabel == base->flowlabel;
	return (base->flags & RSTWHY_BASE_IPID) && ipid_goes_on(f, base);
}

/*
 * Windows and the BSDs leave timestamps out of a RST (RFC 7323 allows it). A packet number right behind the host's last, its flow
 * label, or the window that it last offered say that it was the host; a box that forges knows none of these.
 */
static bool host_counts_on(const struct facts *f, const struct rstwhy_baseline *base)
{
	if (f->seg->ttl != base->ttl)
		return false;
	if (f->seg->win && f->seg->win == base->win)
		return true;
	return f->seg->family == 6 ? base->flowlabel && f->seg->flowlabel == base->flowlabel :
				     (base->flags & RSTWHY_BASE_IPID) && ipid_goes_on(f, base);
}

/* Where a host numbers no packets and labels no flows (macOS, FreeBSD), nothing tells its RST without timestamps from a box's. */
static bool host_can_be_told(const struct facts *f, const struct rstwhy_baseline *base)
{
	return f->seg->family == 6 ? base->flowlabel : (base->flags & RSTWHY_BASE_IPID) && base->ipid;
}

/* A socket goes on as it was: it does not take its hands off fragmentation, nor stop numbering its packets. */
static bool other_habits(const struct facts *f, const struct rstwhy_baseline *base)
{
	if (f->seg->family != 4)
		return false;
	return ((base->flags & RSTWHY_BASE_DF) && !f->seg->df) || ((base->flags & RSTWHY_BASE_IPID) && base->ipid && !f->seg->ipid);
}

static unsigned int socket_marks(const struct facts *f, const struct rstwhy_baseline *base)
{
	unsigned int marks = other_habits(f, base) ? MARK_HABITS : 0;

	if ((base->flags & RSTWHY_BASE_TS) && !f->seg->has_ts)
		marks |= host_counts_on(f, base) || !host_can_be_told(f, base) ? 0 : MARK_TS_MISSING;
	else if ((base->flags & RSTWHY_BASE_TS) && !ts_goes_on(f, base))
		marks |= MARK_TS_JUMP;
	if (f->seg->family == 4 && (base->flags & RSTWHY_BASE_IPID) && !ipid_goes_on(f, base))
		marks |= MARK_IPID;
	if (f->seg->family == 6 && base->flowlabel && f->seg->flowlabel != base->flowlabel)
		marks |= MARK_LABEL;
	if ((f->seg->tos ^ base->tos) & DSCP_MASK)
		marks |= MARK_TOS;
	return marks;
}

/* Without a socket: window 0, ack 0, the elicitor's DSCP. */
static unsigned int stackless_marks(const struct facts *f)
{
	const struct rstwhy_baseline *elicitor = peer_base(f);
	unsigned int marks = 0;

	if (f->seg->win)
		marks |= MARK_WINDOW;
	if (f->seg->ack && f->shape == SHAPE_PASSIVE)
		marks |= MARK_ACK_FIELD;
	if (elicitor && ((f->seg->tos ^ elicitor->tos) & DSCP_MASK))
		marks |= MARK_TOS;
	return marks;
}

/* Clock and numbers go on both: that very socket, and its path is another one now. */
static bool same_socket(const struct facts *f, const struct rstwhy_baseline *base)
{
	if (f->shape != SHAPE_ACTIVE || !(base->flags & RSTWHY_BASE_TS) || !f->seg->has_ts || !ts_goes_on(f, base))
		return false;
	return f->seg->family == 6 ? base->flowlabel && f->seg->flowlabel == base->flowlabel :
				     (base->flags & RSTWHY_BASE_IPID) && ipid_goes_on(f, base);
}

/* That very socket, by its clock or its packet numbers: then the handshake's round trip was a slow one, jitter or load. */
static bool proved_socket(const struct facts *f, const struct rstwhy_baseline *base, unsigned int marks)
{
	if (f->shape != SHAPE_ACTIVE || !base || (marks & MARKS_BOX))
		return false;
	if (base->flags & RSTWHY_BASE_TS)
		return f->seg->has_ts;
	return f->seg->family == 6 ? base->flowlabel && f->seg->flowlabel == base->flowlabel :
				     (base->flags & RSTWHY_BASE_IPID) && ipid_goes_on(f, base);
}

/* Answered in less than half of the round trip that the host behind needs; a quarter, where one handshake alone tells of that. */
static bool too_fast(const struct facts *f)
{
	uint32_t rtt = f->mem->rtt_us[f->rd], host = f->ev->host[0].rtt_us;
	bool sure = f->ev->host[0].rtts >= 2;

	rtt = host && host < rtt ? host : rtt;
	return f->known && f->answers_burst && rtt >= (sure ? FAST_LEAST_US : FAST_LONE_US) &&
	       f->mem->burst_last_us < rtt / (sure ? 2 : 4);
}

unsigned int shape_marks(const struct facts *f)
{
	const struct rstwhy_baseline *base = own_base(f);
	unsigned int marks = 0;

	if (f->ev->by != RSTWHY_BY_TRANSIT)
		return 0;
	if (f->shape != SHAPE_ACTIVE)
		marks |= stackless_marks(f);
	else if (base)
		marks |= socket_marks(f, base);
	if (base && f->seg->ttl != base->ttl && !same_socket(f, base))
		marks |= MARK_TTL;
	if (base && f->seg->family == 4 && (base->flags & RSTWHY_BASE_DF) && !f->seg->df)
		marks |= MARK_DF;
	if (too_fast(f) && !proved_socket(f, base, marks))
		marks |= MARK_FAST;
	return marks;
}
