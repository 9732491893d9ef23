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
#include "wide_product.h"

/* The upper half of key times word, modulo 2^128. */
static __always_inline u64 fm_term(const struct fm_wide *key, u64 word)
{
	return fm_upper(key->low, word) + key->high * word;
}

/**
 * fm_hash_ends() - keyed hash of a canonical tuple
 * @keys: from flowmem_hash_keys(): random, so that nobody outside can choose colliding tuples
 * @e: from fm_ends_of()
 *
 * Multilinear hashing (Lemire and Kaser, "Strongly universal string hashing is fast", 2014): a word times a random number of twice its
 * length has an upper half that is strongly universal. What carries from the lower halves is left out, so two tuples of a namespace
 * that somebody picks who does not know the keys meet in a set at most twice as often as by chance. What is regular in many tuples is
 * regular in their sums; the last steps break that up, and as they can be undone they keep the rest (make bench-flowmem looks at it).
 *
 * Context: any; pure.
 * Return: the hash; its lower half is the tag, the upper one picks the sets.
 */
static __always_inline u64 fm_hash_ends(const struct fm_hash_keys *keys, const struct fm_ends *e)
{
	const u64 zone = (u64)e->zone << 48;
	u64 sum = keys->start + keys->netns * e->netns;

	if (e->family == 4) {
		sum += fm_term(keys->four, e->end[0].first) + fm_term(keys->four + 1, e->end[1].first | zone);
	} else {
		sum += fm_term(keys->six, e->end[0].first) + fm_term(keys->six + 1, e->end[0].second);
		sum += fm_term(keys->six + 2, e->end[1].first) + fm_term(keys->six + 3, e->end[1].second);
		sum += fm_term(keys->six + 4, zone | (u64)e->end[1].port << 16 | e->end[0].port);
	}
	return (sum ^ (sum >> 32)) * 0x9e3779b97f4a7c15ULL;
}

static __always_inline u32 fm_tag(u64 hash)
{
	return (u32)hash | 1; /* 0 is a free slot */
}

/* Two records are a cache line, two lines a set. This line is where a flow's search begins, and where it is put while there is room. */
static __always_inline u32 fm_first_line(const struct flowmem *fm, u64 hash)
{
	return (u32)(((hash >> 32) * fm->lines) >> 32);
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
 * @hot: the record. It may be given to another flow at any time: what is written then may stand in that one's record, until its next segment
 *	puts it right.
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
 * Of the flows by chance: who waits once a newcomer was refused. One flow may find no room in its sets while there is plenty; where the
 * memory is full all parts soon know.
 */
static __always_inline u32 fm_part(u64 hash)
{
	return (u32)(hash >> 12) % FM_PARTS;
}

/*
 * The memory is full of protected flows, and this is none of them: it asks for a place in one tick of 16, its own, and not with each
 * segment, since asking costs more than all else. For a second after somebody of the same part was refused.
 */
static __always_inline bool flowmem_waits(const struct flowmem *fm, u64 hash, u32 tick)
{
	return unlikely(tick - READ_ONCE(fm->refused[fm_part(hash)]) < 256) && (((u32)(hash >> 8) ^ tick) & 15);
}

/*
 * Does only the newest of this side's numbers matter? Not while anything is open, nor when the side has been silent. And every 17
 * seconds a busy side's looks are taken anew: its packet numbers and timestamps go on, and its host is seen to live.
 */
static __always_inline bool fm_calm(u16 flags, u8 side, u8 state, u32 last, u32 tick, u32 resume)
{
	return (flags & (FM_STATE | FM_SLOW)) == state && tick - last < resume && !(flags >> side & FM_LEARN0) &&
	       (tick ^ last) < 1U << FM_REFRESH_SHIFT;
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
static __always_inline void fm_stamp(struct fm_hot *hot, u8 side, u32 last, u32 tick, u16 timeout)
{
	if (last != tick)
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
	u32 last = READ_ONCE(hot->last[d]);

	if ((q->flags & (SEG_SYN | SEG_FIN | SEG_ACK)) != SEG_ACK || !fm_calm(flags, d, q->state, last, q->tick, q->resume))
		return false;
	if (!fm_advance(hot, flags, d, q->seq, q->end, q->len, q->ack))
		return false;
	fm_stamp(hot, d, last, q->tick, q->timeout);
	return true;
}

#endif
