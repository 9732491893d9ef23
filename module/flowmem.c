// SPDX-License-Identifier: GPL-2.0
/*
 * flowmem.c - the flow memory's table: look-up, and a place for newcomers
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "flowmem_table.h"

static struct fm_hot *find_in_set(const struct flowmem *fm, u32 set, u32 tag)
{
	struct fm_hot *hot = fm->hot + (size_t)set * FM_WAYS;
	int way;

	for (way = 0; way < FM_WAYS; way++)
		if (READ_ONCE(hot[way].tag) == tag)
			return hot + way;
	return NULL;
}

/**
 * flowmem_find_elsewhere() - the rest of flowmem_find(): the record is not where the search begins
 * @fm: the memory
 * @hash: of the flow's key
 *
 * Context: any.
 * Return: as flowmem_find().
 */
struct fm_hot *flowmem_find_elsewhere(const struct flowmem *fm, u64 hash)
{
	struct fm_hot *hot = NULL;
	unsigned int i;

	if (!fm_away(fm_line_of(fm, hash)))
		return NULL;
	for (i = 0; i < FM_CHOICES && !hot; i++)
		hot = find_in_set(fm, fm_set_of(fm, hash, i), fm_tag(hash));
	return hot;
}

static u32 lock_in_set(struct flowmem *fm, u32 set, u32 tag, const struct fm_key *key)
{
	u32 way, index = set * FM_WAYS;

	if (!find_in_set(fm, set, tag))
		return FM_NONE;
	fm_lock(fm_lock_of(fm, set));
	for (way = 0; way < FM_WAYS; way++)
		if (fm->hot[index + way].tag == tag && fm_same_key(&fm_cold_at(fm, index + way)->key, key))
			return index + way;
	fm_unlock(fm_lock_of(fm, set));
	return FM_NONE;
}

/**
 * flowmem_lock() - find a flow and hold its records
 * @fm: the memory
 * @key: the flow
 * @hash: of @key
 *
 * Context: any; takes a spinlock with bottom halves off, until flowmem_unlock().
 * Return: the index, or FM_NONE with nothing held.
 */
u32 flowmem_lock(struct flowmem *fm, const struct fm_key *key, u64 hash)
{
	u32 index = FM_NONE;
	unsigned int i;

	for (i = 0; i < FM_CHOICES && index == FM_NONE && (!i || fm_away(fm_line_of(fm, hash))); i++)
		index = lock_in_set(fm, fm_set_of(fm, hash, i), fm_tag(hash), key);
	return index;
}

/**
 * flowmem_unlock() - let go of a flow
 * @fm: the memory
 * @index: from flowmem_lock(), flowmem_lock_alias() or flowmem_create()
 *
 * Context: any.
 */
void flowmem_unlock(struct flowmem *fm, u32 index)
{
	fm_unlock(fm_lock_of(fm, index / FM_WAYS));
}

static void put_away_part(struct fm_hot *hot, u32 part)
{
	u32 flags = ((u32)hot->flags & ~(u32)FM_AWAY) | (part & 3) << FM_AWAY_SHIFT;

	if (flags != hot->flags)
		WRITE_ONCE(hot->flags, (u16)flags);
}

static void put_away(struct fm_hot *line, u32 away)
{
	u32 gray = away ^ away >> 1;

	put_away_part(line, gray);
	put_away_part(line + 1, gray >> 2);
}

void fm_go_away(struct fm_hot *line)
{
	u32 away = fm_away(line);

	if (away != FM_AWAY_MANY)
		put_away(line, away + 1);
}

void fm_come_back(struct fm_hot *line)
{
	u32 away = fm_away(line);

	if (away != FM_AWAY_MANY && away)
		put_away(line, away - 1);
}

/* A free place of a set, before others the one where a search begins; the set's lock is held. */
static u32 free_place(const struct flowmem *fm, u32 set, u64 hash)
{
	u32 way;

	for (way = 0; way < FM_WAYS; way++) {
		u32 index = set * FM_WAYS + (way ^ fm_first_way(fm, hash));

		if (!fm->hot[index].tag)
			return index;
	}
	return FM_NONE;
}

/* The place of that very flow in a set, which another CPU has made just now; the set's lock is held. */
static u32 place_of(const struct flowmem *fm, u32 set, const struct fm_key *key, u64 hash)
{
	u32 way, index = set * FM_WAYS;

	for (way = 0; way < FM_WAYS; way++, index++)
		if (fm->hot[index].tag == fm_tag(hash) && fm_same_key(&fm_cold_at(fm, index)->key, key))
			return index;
	return FM_NONE;
}

/* In the first set, which is locked then; where there is no room in its first line, that line learns that the flow is away. */
static u32 lock_first_place(struct flowmem *fm, const struct fm_key *key, u64 hash)
{
	u32 set = fm_first_set(fm, hash), index;

	fm_lock(fm_lock_of(fm, set));
	index = place_of(fm, set, key, hash);
	if (index != FM_NONE)
		return index;
	index = free_place(fm, set, hash);
	if (index == FM_NONE || index / 2 != fm_first_line(fm, hash))
		fm_go_away(fm_line_of(fm, hash));
	if (index == FM_NONE)
		fm_unlock(fm_lock_of(fm, set));
	return index;
}

/* A free place, or that of that very flow; its set locked. */
static u32 lock_place(struct flowmem *fm, const struct fm_key *key, u64 hash)
{
	u32 i, first = fm_first_set(fm, hash), index = lock_first_place(fm, key, hash);

	for (i = 1; i < FM_CHOICES && index == FM_NONE; i++) {
		u32 set = fm_set_of(fm, hash, i);

		fm_lock(fm_lock_of(fm, set));
		index = free_place(fm, set, hash);
		if (index == FM_NONE)
			fm_unlock(fm_lock_of(fm, set));
	}
	if (index != FM_NONE)
		return index;
	fm_lock(fm_lock_of(fm, first));
	fm_come_back(fm_line_of(fm, hash));
	fm_unlock(fm_lock_of(fm, first));
	return FM_NONE;
}

static void occupy(struct flowmem *fm, u32 index, u32 cold_index, const struct fm_key *key, u32 tag, u32 tick, bool guest)
{
	struct fm_hot *hot = fm->hot + index;
	struct fm_cold *cold = fm->cold + cold_index;
	u8 side;

	fm_count_add(&fm->guests, guest ? 1 : 0);
	fm_count_add(&fm->counts[FM_CREATED], 1);
	memset(cold, 0, sizeof(*cold));
	cold->key = *key;
	WRITE_ONCE(fm->cold_of[index], cold_index);
	for (side = 0; side < 2; side++) {
		WRITE_ONCE(hot->last[side], tick);
		WRITE_ONCE(hot->end[side], 0);
		WRITE_ONCE(hot->ack[side], 0);
	}
	WRITE_ONCE(hot->timeout, 0);
	WRITE_ONCE(hot->flags, (u16)((hot->flags & FM_AWAY) | FM_LEARN0 | FM_LEARN1 | (guest ? FM_GUEST : 0)));
	WRITE_ONCE(hot->tag, tag);
}

static u32 refuse(struct flowmem *fm, u64 hash, u32 tick)
{
	fm_count_add(&fm->counts[FM_REFUSED], 1);
	if (READ_ONCE(fm->refused[fm_part(hash)]) != tick)
		WRITE_ONCE(fm->refused[fm_part(hash)], tick);
	return FM_NONE;
}

/**
 * flowmem_create() - a record for a flow that has none
 * @fm: the memory
 * @key: the flow
 * @hash: of @key
 * @tick: now
 * @guest: it belongs to another than the initial namespace
 * @made: false: another CPU was faster, and this is its record
 *
 * Two CPUs create one flow twice at most where its first set is full; the look-up finds the first, the other ages.
 *
 * Context: any; as flowmem_lock().
 * Return: the index, locked, or FM_NONE: all that are remembered are protected, or none of the flow's places is free (counted).
 */
u32 flowmem_create(struct flowmem *fm, const struct fm_key *key, u64 hash, u32 tick, bool guest, bool *made)
{
	u32 cold = fm_cold_for(fm, tick, guest), index;

	*made = false;
	if (cold == FM_NONE)
		return refuse(fm, hash, tick);
	index = lock_place(fm, key, hash);
	if (index != FM_NONE && !fm->hot[index].tag) {
		occupy(fm, index, cold, key, fm_tag(hash), tick, guest);
		*made = true;
		return index;
	}
	fm_cold_back(fm, cold);
	return index != FM_NONE ? index : refuse(fm, hash, tick);
}

/**
 * flowmem_forget() - drop all flows of a namespace
 * @fm: the memory
 * @netns: its number
 * @relax: called now and then without locks; may sleep
 *
 * Context: process; walks the whole table.
 */
void flowmem_forget(struct flowmem *fm, u32 netns, void (*relax)(void))
{
	u32 index, end = fm->sets * FM_WAYS;

	for (index = 0; index < end; index++) {
		fm_lock_t *lock = fm_lock_of(fm, index / FM_WAYS);
		u32 cold = FM_NONE;

		if (index % (1024 * FM_WAYS) == 0)
			relax();
		if (!READ_ONCE(fm->hot[index].tag))
			continue;
		fm_lock(lock);
		if (fm->hot[index].tag && fm_cold_at(fm, index)->key.netns == netns)
			cold = fm_vacate(fm, index);
		fm_unlock(lock);
		if (cold == FM_NONE)
			continue;
		fm_gone(fm, index, cold);
		fm_cold_back(fm, cold);
	}
}
