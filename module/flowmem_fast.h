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

static __always_inline u64 fm_pairs(const u64 *k, const u8 *p)
{
	return (k[0] + fm_word(p)) * (k[1] + fm_word(p + 4)) + (k[2] + fm_word(p + 8)) * (k[3] + fm_word(p + 12));
}

/* One key for each word, and one to begin with. */
static __always_inline u64 fm_sum(const struct fm_sum_keys *k, const struct fm_ends *e)
{
	u32 ports = ((u32)e->port[0] << 16) | e->port[1];

	if (e->family == 4)
		return k->four[0] + (k->four[1] + fm_word(e->addr[0])) * (k->four[2] + fm_word(e->addr[1])) +
		       (k->four[3] + ports) * (k->four[4] + e->zone);
	return k->six[0] + fm_pairs(k->six + 1, e->addr[0]) + fm_pairs(k->six + 5, e->addr[1]) + (k->six[9] + ports) * (k->six[10] + e->zone);
}

/**
 * fm_hash_ends() - keyed hash of a canonical tuple
 * @keys: from flowmem_hash_keys(): random, so that nobody outside can choose colliding tuples
 * @e: from fm_ends_of()
 *
 * Multilinear-HM (Lemire and Kaser, "Strongly universal string hashing is fast", 2014): the upper half of each sum modulo 2^64 is
 * strongly universal. Two sums under keys of their own make 64 bits: whatever two tuples of a namespace somebody picks who does not
 * know the keys, they meet in a set no more often than by chance. What is regular in many tuples is regular in their sums; the
 * last steps break that up, and as they can be undone they keep the rest (make bench-flowmem looks at it). A third of the
 * instructions of SipHash-1-3, which draws the keys.
 *
 * Context: any; pure.
 * Return: the hash; its upper half is the tag, the lower one picks the sets.
 */
static __always_inline u64 fm_hash_ends(const struct fm_hash_keys *keys, const struct fm_ends *e)
{
	u64 a = fm_sum(&keys->sums[0], e) + keys->netns * e->netns, x = fm_sum(&keys->sums[1], e) ^ (a >> 32);

	x *= 0x9e3779b97f4a7c15ULL;
	return x ^ (x >> 32);
}

static __always_inline u32 fm_tag(u64 hash)
{
	return (u32)(hash >> 32) | 1; /* 0 is a free slot */
}

/* Two records are a cache line, two lines a set. This line is where a flow's search begins, and where it is put while there is room. */
static __always_inline u32 fm_first_line(const struct flowmem *fm, u64 hash)
{
	return (u32)(((u64)(u32)hash * fm->lines) >> 32);
}

static __always_inline bool fm_found(const struct fm_hot *line, u32 tag, struct fm_hot **hot, u32 way)
{
	if (READ_ONCE(line[way].tag) != tag)
		return false;
	*hot = (struct fm_hot *)line + way;
	return true;
}

/* flowmem_find() in the one cache line where a search begins. */
static __always_inline bool flowmem_find_first(const struct flowmem *fm, u64 hash, struct fm_hot **hot)
{
	const struct fm_hot *line = fm->hot + (size_t)fm_first_line(fm, hash) * 2;
	u32 tag = fm_tag(hash);

	return likely(fm_found(line, tag, hot, 0)) || fm_found(line, tag, hot, 1);
}

/**
 * flowmem_find() - the hot record of a flow, without a lock
 * @fm: the memory
 * @hash: of the flow's key
 * @hot: the record. It may be given to another flow at any time; what is written then is lost, nothing worse.
 *
 * Two flows of one tag in one set (one pair in 10^9) share a hot record until the cold one tells them apart.
 *
 * Context: any.
 * Return: false when there is none.
 */
static __always_inline bool flowmem_find(const struct flowmem *fm, u64 hash, struct fm_hot **hot)
{
	if (flowmem_find_first(fm, hash, hot))
		return true;
	*hot = flowmem_find_elsewhere(fm, hash);
	return *hot;
}

/*
 * The memory is full of protected flows, and this is none of them: it asks for a place in one tick of 16, its own, and not with each
 * segment, since asking costs more than all else. For a second after somebody was refused.
 */
static __always_inline bool flowmem_waits(const struct flowmem *fm, u64 hash, u32 tick)
{
	return unlikely(tick - READ_ONCE(fm->refused) < 256) && (((u32)(hash >> 8) ^ tick) & 15);
}

/*
 * Does only the newest of this side's numbers matter? Not while anything is open, nor when the side has been silent. And every 17
 * seconds a busy side's looks are taken anew: its packet numbers and timestamps go on, and its host is seen to live.
 */
static __always_inline bool fm_calm(const struct fm_hot *hot, u16 flags, u8 side, u8 state, u32 tick, u32 resume)
{
	u32 last = READ_ONCE(hot->last[side]);

	return (flags & (FM_STATE | FM_SLOW)) == state && !(flags >> side & FM_LEARN0) && tick - last < resume &&
	       !((tick ^ last) >> FM_REFRESH_SHIFT);
}

/* Move a side's numbers on; false, and nothing done, for the first data after a silence, and where a probe begins. */
static __always_inline bool fm_advance(struct fm_hot *hot, u16 flags, u8 side, u32 seq, u32 end, u32 len, u32 ack)
{
	u32 known = READ_ONCE(hot->end[side]);

	if ((len && !(flags >> side & FM_RECENT0)) || unlikely(seq + 1 == known))
		return false;
	if (seq_after(end, known))
		WRITE_ONCE(hot->end[side], end);
	if (seq_after(ack, READ_ONCE(hot->ack[side])))
		WRITE_ONCE(hot->ack[side], ack);
	return true;
}

/* Most segments of a burst share a tick and a timeout: what has not changed is not written, and its line stays with all CPUs. */
static __always_inline void fm_stamp(struct fm_hot *hot, u8 side, u32 tick, u16 timeout)
{
	if (READ_ONCE(hot->last[side]) != tick)
		WRITE_ONCE(hot->last[side], tick);
	if (READ_ONCE(hot->timeout) != timeout)
		WRITE_ONCE(hot->timeout, timeout);
}

/**
 * flowmem_touch() - note a segment of a flow in the middle of its life
 * @hot: the flow's hot record, from flowmem_find()
 * @q: the segment, which conntrack accepted; not a RST
 *
 * No lock: two CPUs on one flow may lose an update of the same millisecond to each other, never more. A segment that is noted
 * twice changes nothing the second time. The module's fast path goes the same steps by itself, reading what a step needs when it
 * needs it.
 *
 * Context: any.
 * Return: false when the segment may need flowmem_segment(); nothing was changed then.
 */
static inline bool flowmem_touch(struct fm_hot *hot, const struct fm_quick *q)
{
	u16 flags = READ_ONCE(hot->flags);
	u8 d = q->side;

	if ((q->flags & (SEG_SYN | SEG_FIN | SEG_ACK)) != SEG_ACK || !fm_calm(hot, flags, d, q->state, q->tick, q->resume))
		return false;
	if (!fm_advance(hot, flags, d, q->seq, q->end, q->len, q->ack))
		return false;
	fm_stamp(hot, d, q->tick, q->timeout);
	return true;
}

#endif
