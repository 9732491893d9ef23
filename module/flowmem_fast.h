/* SPDX-License-Identifier: GPL-2.0 */
/*
 * flowmem_fast.h - what every segment passes: hash, look-up, and a record brought up to date
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * All inline and without a call, a lock, a division or a loop: an instruction here is an instruction a forwarded segment
 * (make bench). What is rare leaves by a false or NULL and is done elsewhere.
 */
#ifndef RSTWHY_FLOWMEM_FAST_H
#define RSTWHY_FLOWMEM_FAST_H

#include "flowmem.h"

/* A bijection, so that tuples in a regular pattern do not fall into sets in one. */
static inline u64 fm_scatter(u64 x)
{
	x ^= x >> 32;
	x *= 0x9e3779b97f4a7c15ULL;
	return x ^ (x >> 29);
}

static inline u64 fm_hash_half4(const u64 *k, const struct fm_ends *e, u32 ports, u32 scope)
{
	return k[0] + (k[1] + fm_word(e->addr[0])) * (k[2] + fm_word(e->addr[1])) + (k[3] + ports) * (k[4] + scope) + k[5] * e->netns;
}

static inline u64 fm_hash_pairs(const u64 *k, const u8 *p)
{
	return (k[0] + fm_word(p)) * (k[1] + fm_word(p + 4)) + (k[2] + fm_word(p + 8)) * (k[3] + fm_word(p + 12));
}

static inline u64 fm_hash_half6(const u64 *k, const struct fm_ends *e, u32 ports, u32 scope)
{
	return k[0] + fm_hash_pairs(k + 1, e->addr[0]) + fm_hash_pairs(k + 5, e->addr[1]) + (k[9] + ports) * (k[10] + scope) +
	       k[11] * e->netns;
}

/**
 * fm_hash_ends() - keyed hash of a canonical tuple
 * @keys: from flowmem_hash_keys(): random, so that nobody outside can choose colliding tuples
 * @e: from fm_ends_of()
 *
 * Multilinear-HM (Lemire and Kaser, "Strongly universal string hashing is fast", 2014): of each sum modulo 2^64 the upper half is
 * strongly universal. Two sums under keys of their own make 64 bits: whatever two tuples somebody picks who does not know the
 * keys, they meet in a set no more often than by chance. A sweep over one word makes a regular pattern of the sums; fm_scatter()
 * breaks it up. A third of the instructions of SipHash-1-3, which draws the keys.
 *
 * Context: any; pure.
 * Return: the hash; its upper half is the tag, the lower one picks the sets.
 */
static inline u64 fm_hash_ends(const struct fm_hash_keys *keys, const struct fm_ends *e)
{
	u32 ports = ((u32)e->port[0] << 16) | e->port[1], scope = ((u32)e->zone << 8) | e->family;
	u64 a, b;

	if (e->family == 4) {
		a = fm_hash_half4(keys->four[0], e, ports, scope);
		b = fm_hash_half4(keys->four[1], e, ports, scope);
	} else {
		a = fm_hash_half6(keys->six[0], e, ports, scope);
		b = fm_hash_half6(keys->six[1], e, ports, scope);
	}
	return fm_scatter((a >> 32) | (b & 0xffffffff00000000ULL));
}

static inline u32 fm_tag(u64 hash)
{
	return (u32)(hash >> 32) | 1; /* 0 is a free slot */
}

static inline u32 fm_first_set(const struct flowmem *fm, u64 hash)
{
	return (u32)(((u64)(u32)hash * fm->sets) >> 32);
}

/* A set is two cache lines of two records; the one that a flow's search begins with, and that it is put into while it can be. */
static inline u32 fm_first_way(u64 hash)
{
	return (u32)hash & (FM_WAYS / 2);
}

/**
 * flowmem_find() - the hot record of a flow, without a lock
 * @fm: the memory
 * @hash: of the flow's key
 *
 * Two flows of one tag in one set (one pair in 10^9) share a hot record until the cold one tells them apart.
 *
 * Context: any.
 * Return: the record or NULL. It may be given to another flow at any time; what is written then is lost, nothing worse.
 */
static inline struct fm_hot *flowmem_find(const struct flowmem *fm, u64 hash)
{
	struct fm_hot *line = fm->hot + (size_t)fm_first_set(fm, hash) * FM_WAYS + fm_first_way(hash);
	u32 tag = fm_tag(hash);

	if (likely(READ_ONCE(line[0].tag) == tag))
		return line;
	if (likely(READ_ONCE(line[1].tag) == tag))
		return line + 1;
	return flowmem_find_elsewhere(fm, hash);
}

/* Ticks since the flow's last segment of either side; a clock read on another CPU may be a tick ahead. */
static inline u32 fm_idle(const struct fm_hot *hot, u32 tick)
{
	u32 a = tick - READ_ONCE(hot->last[0]), b = tick - READ_ONCE(hot->last[1]);

	a = (s32)a < 0 && a > 0xffffff00U ? 0 : a;
	b = (s32)b < 0 && b > 0xffffff00U ? 0 : b;
	return a < b ? a : b;
}

/*
 * A keepalive or window probe, RFC 9293 section 3.8.4: nothing, or a byte sent already, below what was sent, and all of it
 * acknowledged. A last byte that was not is a retransmission.
 */
static inline bool fm_is_probe(const struct fm_hot *hot, const struct fm_quick *q)
{
	u32 end = READ_ONCE(hot->end[q->side]);

	return q->len <= 1 && q->seq + 1 == end && !(q->flags & (SEG_SYN | SEG_FIN)) &&
	       !seq_after(end, READ_ONCE(hot->ack[!q->side]));
}

/**
 * flowmem_touch() - note a segment of a flow in the middle of its life
 * @hot: the flow's hot record, from flowmem_find()
 * @q: the segment, which conntrack accepted; not a RST
 *
 * No lock: two CPUs on one flow may lose an update of the same millisecond to each other, never more. A segment that is noted
 * twice changes nothing the second time.
 *
 * Context: any.
 * Return: false when the segment needs flowmem_segment(); nothing was changed then.
 */
static inline bool flowmem_touch(struct fm_hot *hot, const struct fm_quick *q)
{
	u8 d = q->side;
	u16 flags = READ_ONCE(hot->flags);
	u32 last = READ_ONCE(hot->last[d]), end = READ_ONCE(hot->end[d]);

	if (((flags ^ q->state) & (FM_STATE | FM_SLOW | (FM_LEARN0 << d))) || (q->flags & (SEG_SYN | SEG_FIN)))
		return false;
	if (q->len && !(flags & (FM_RECENT0 << d)))
		return false;
	/* Each test's cheap half first: this side spoke lately; a probe begins one below the end. */
	if (unlikely(q->tick - last >= q->resume) && fm_idle(hot, q->tick) >= q->resume)
		return false;
	if (unlikely(q->seq + 1 == end) && fm_is_probe(hot, q))
		return false;
	if (last != q->tick)
		WRITE_ONCE(hot->last[d], q->tick);
	if (seq_after(q->end, end))
		WRITE_ONCE(hot->end[d], q->end);
	if ((q->flags & SEG_ACK) && seq_after(q->ack, READ_ONCE(hot->ack[d])))
		WRITE_ONCE(hot->ack[d], q->ack);
	if (READ_ONCE(hot->timeout) != q->timeout)
		WRITE_ONCE(hot->timeout, q->timeout);
	return true;
}

#endif
