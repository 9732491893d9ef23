/* SPDX-License-Identifier: GPL-2.0 */
/*
 * flowmem_table.h - where a hash leads: what the table and its aliases share
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_FLOWMEM_TABLE_H
#define RSTWHY_FLOWMEM_TABLE_H

#include "flowmem_fast.h"

/*
 * A hot record's numbers are also written without the lock that protects it (flowmem_touch()), and all of it is read without: under the
 * lock, too, they are read by these and written by WRITE_ONCE(). Tag and flags are written under the lock alone.
 */
static inline u32 hot_last(const struct fm_hot *hot, u8 side)
{
	return READ_ONCE(hot->last[side]);
}

static inline u32 hot_end(const struct fm_hot *hot, u8 side)
{
	return READ_ONCE(hot->end[side]);
}

static inline u32 hot_ack(const struct fm_hot *hot, u8 side)
{
	return READ_ONCE(hot->ack[side]);
}

static inline u16 hot_timeout(const struct fm_hot *hot)
{
	return READ_ONCE(hot->timeout);
}

/* Microseconds; 0 where it never was, or another CPU, which had the lock before, has read a later clock. */
static inline u64 fm_us_since(u64 then, u64 now)
{
	return then && now > then ? now - then : 0;
}

/* Ticks come round in 208 days; a clock read on another CPU may be a tick ahead. */
static inline u32 fm_ticks_since(u32 then, u32 now)
{
	return now - then > 0xffffff00U ? 0 : now - then;
}

/* Ticks since the flow's last segment of either side. */
static inline u32 fm_idle(const struct fm_hot *hot, u32 tick)
{
	u32 a = fm_ticks_since(hot_last(hot, 0), tick), b = fm_ticks_since(hot_last(hot, 1), tick);

	return a < b ? a : b;
}

static inline u32 fm_first_set(const struct flowmem *fm, u64 hash)
{
	return fm_first_line(fm, hash) / 2;
}

static inline u32 fm_first_way(const struct flowmem *fm, u64 hash)
{
	return fm_first_line(fm, hash) % 2 * 2;
}

/*
 * A flow may be in one of four sets: that where a search begins, and three more, which are asked when it is not there. In a full memory
 * one set in twenty has its four places taken, so that of a million flows four find no room.
 */
#define FM_CHOICES 4

static inline u32 fm_set_of(const struct flowmem *fm, u64 hash, unsigned int choice)
{
	static const u32 odd[FM_CHOICES] = { 0, 0x9e3779b1U, 0x85ebca77U, 0xc2b2ae3dU };
	u32 mixed = ((u32)hash ^ (u32)(hash >> 32)) * odd[choice];

	return choice ? (u32)(((u64)mixed * fm->sets) >> 32) : fm_first_set(fm, hash);
}

#define FM_AWAY_SHIFT 14
#define FM_AWAY_MANY 15

/*
 * How many flows stand elsewhere whose search begins in this line: where there are none, a search ends here. Two bits in each of the
 * line's two places; FM_AWAY_MANY stands for so many or more, and for ever. In Gray code: a step writes one place, so who reads both without
 * a lock does not find 0 where there never was any, unless four flows come or go between its two loads.
 */
static inline u32 fm_away(const struct fm_hot *line)
{
	u32 gray = (u32)READ_ONCE(line[0].flags) >> FM_AWAY_SHIFT | (u32)READ_ONCE(line[1].flags) >> FM_AWAY_SHIFT << 2;

	gray ^= gray >> 2;
	return gray ^ gray >> 1;
}

static inline struct fm_hot *fm_line_of(const struct flowmem *fm, u64 hash)
{
	return fm->hot + (size_t)fm_first_line(fm, hash) * 2;
}

static inline struct fm_cold *fm_cold_at(const struct flowmem *fm, u32 index)
{
	return fm->cold + READ_ONCE(fm->cold_of[index]);
}

/* Flows in the memory now. */
static inline u32 flowmem_used(const struct flowmem *fm)
{
	return fm->flows - READ_ONCE(fm->spares);
}

static inline fm_lock_t *fm_lock_of(struct flowmem *fm, u32 set)
{
	return &fm->locks[set & (FM_LOCKS - 1)];
}

static inline bool fm_same_key(const struct fm_key *a, const struct fm_key *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* flowmem_evict.c: who goes when the memory is full */
u32 fm_cold_for(struct flowmem *fm, u32 tick, bool guest);
void fm_cold_back(struct flowmem *fm, u32 cold);
u32 fm_vacate(struct flowmem *fm, u32 index);
void fm_gone(struct flowmem *fm, u32 index, u32 cold);

/* flowmem.c: under the lock of the line's set */
void fm_go_away(struct fm_hot *line);
void fm_come_back(struct fm_hot *line);

#endif
