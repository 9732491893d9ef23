// SPDX-License-Identifier: GPL-2.0
/*
 * flowmem.c - the flow memory's table: sets, look-up, eviction
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "flowmem_table.h"

#define TICKS_PER_MIN 14306U /* 60 s / 2^22 ns */

/**
 * flowmem_init() - make a memory of zeroed arrays usable
 * @fm: arrays set by the caller
 * @slots: records in each array, a multiple of FM_WAYS, at least FM_WAYS
 * @secret0: random
 * @secret1: random
 *
 * Context: before anybody else sees @fm.
 */
void flowmem_init(struct flowmem *fm, u32 slots, u64 secret0, u64 secret1)
{
	int i;

	fm->sets = slots / FM_WAYS;
	fm->lines = fm->sets * 2;
	for (i = 0; i < FM_PARTS; i++)
		fm->refused[i] = 1U << 31;
	flowmem_hash_keys(&fm->keys, secret0, secret1);
	for (i = 0; i < FM_LOCKS; i++)
		fm_lock_init(&fm->locks[i]);
}

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
		if (fm->hot[index + way].tag == tag && fm_same_key(&fm->cold[index + way].key, key))
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

	for (i = 0; i < FM_CHOICES && index == FM_NONE; i++)
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

/*
 * Who goes first. Dead flows, then those on probation (never assured, or assured and silent from the start), then those whose
 * conntrack entry has been gone for as long again as its timeout. An assured flow that has spoken is never a newcomer's victim.
 */
static enum fm_count victim_rank(const struct fm_hot *hot, const struct fm_cold *cold, u32 tick)
{
	u32 idle = fm_idle(hot, tick);
	u64 armed = fm_timeout_ms(hot_timeout(hot));
	u16 state = hot->flags & FM_STATE;

	if ((state >= 7 || (hot->flags & FM_RESET)) && idle > TICKS_PER_MIN / 4) /* TIME_WAIT, CLOSE */
		return FM_EVICTED_DEAD;
	if (!(hot->flags & FM_ASSURED))
		return FM_EVICTED_PROBATION;
	if (!(cold->flags & (FMC_SIDE(FMC_DATA, 0) | FMC_SIDE(FMC_DATA, 1))) && idle > TICKS_PER_MIN)
		return FM_EVICTED_PROBATION;
	if (fm_ticks_ms(idle) > 2 * armed + 600000)
		return FM_EVICTED_OUTLIVED;
	return FM_REFUSED;
}

struct victim {
	u32 index;
	enum fm_count rank; /* FM_CREATED: a free slot; FM_REFUSED: none */
	u32 idle;
};

static void consider(const struct flowmem *fm, u32 index, u32 tick, bool guests_only, struct victim *best)
{
	static const u8 order[] = {
		[FM_CREATED] = 0, [FM_EVICTED_DEAD] = 1, [FM_EVICTED_PROBATION] = 2, [FM_EVICTED_OUTLIVED] = 3, [FM_REFUSED] = 4,
	};
	const struct fm_hot *hot = fm->hot + index;
	enum fm_count rank;
	u32 idle;

	if (guests_only && !(hot->tag && (hot->flags & FM_GUEST)))
		return;
	rank = hot->tag ? victim_rank(hot, fm->cold + index, tick) : FM_CREATED;
	idle = hot->tag ? fm_idle(hot, tick) : 0;
	if (order[rank] < order[best->rank] || (rank == best->rank && rank != FM_REFUSED && idle > best->idle)) {
		best->index = index;
		best->rank = rank;
		best->idle = idle;
	}
}

/* The best slot of one set, of free ones the one where a search begins; the set's lock is held. */
static struct victim choose(const struct flowmem *fm, u32 set, u64 hash, u32 tick, bool guests_only)
{
	struct victim best = { FM_NONE, FM_REFUSED, 0 };
	u32 way;

	for (way = 0; way < FM_WAYS; way++)
		consider(fm, set * FM_WAYS + (way ^ fm_first_way(fm, hash)), tick, guests_only, &best);
	return best;
}

/* Other namespaces together may fill a quarter; beyond it they evict each other. */
static bool guests_full(struct flowmem *fm)
{
	return fm_count_read(&fm->guests) >= fm->sets * FM_WAYS / 4;
}

static void occupy(struct flowmem *fm, const struct victim *v, const struct fm_key *key, u32 tag, u32 tick, bool guest)
{
	struct fm_hot *hot = fm->hot + v->index;
	struct fm_cold *cold = fm->cold + v->index;
	u8 side;

	fm_count_add(&fm->guests, (guest ? 1 : 0) - (hot->tag && (hot->flags & FM_GUEST) ? 1 : 0));
	fm_count_add(&fm->used, hot->tag ? 0 : 1);
	fm_count_add(&fm->counts[FM_CREATED], 1);
	if (v->rank != FM_CREATED)
		fm_count_add(&fm->counts[v->rank], 1);
	WRITE_ONCE(hot->tag, 0);
	memset(cold, 0, sizeof(*cold));
	cold->key = *key;
	for (side = 0; side < 2; side++) {
		WRITE_ONCE(hot->last[side], tick);
		WRITE_ONCE(hot->end[side], 0);
		WRITE_ONCE(hot->ack[side], 0);
	}
	WRITE_ONCE(hot->timeout, 0);
	WRITE_ONCE(hot->flags, (u16)(FM_LEARN0 | FM_LEARN1 | (guest ? FM_GUEST : 0)));
	WRITE_ONCE(hot->tag, tag);
}

static u32 free_slots(const struct flowmem *fm, u32 set)
{
	const struct fm_hot *hot = fm->hot + (size_t)set * FM_WAYS;
	u32 way, n = 0;

	for (way = 0; way < FM_WAYS; way++)
		n += !READ_ONCE(hot[way].tag);
	return n;
}

/*
 * The first set is where look-ups look first. It is left when it is full; in a table that has two fifths of its slots in use, when it is
 * down to its last one, for the emptiest: without that balance newcomers are refused well before the table is full
 * (tests/unit/module_flowtable.c holds it to its promise), and with it from the start look-ups read more (make bench-flowmem).
 */
static void choose_sets(const struct flowmem *fm, u64 hash, u32 sets[FM_CHOICES])
{
	unsigned int i, best = 0;
	u32 most, left;
	bool roomy;

	for (i = 0; i < FM_CHOICES; i++)
		sets[i] = fm_set_of(fm, hash, i);
	most = free_slots(fm, sets[0]);
	roomy = most > (fm_count_read(&fm->used) * 5 < (u64)fm->sets * FM_WAYS * 2 ? 0 : 1);
	for (i = 1; i < FM_CHOICES && !roomy; i++) {
		left = free_slots(fm, sets[i]);
		if (left > most) {
			most = left;
			best = i;
		}
	}
	left = sets[0];
	sets[0] = sets[best];
	sets[best] = left;
}

/**
 * flowmem_create() - a record for a flow that has none
 * @fm: the memory
 * @key: the flow
 * @hash: of @key
 * @tick: now
 * @guest: it belongs to another than the initial namespace
 *
 * Two CPUs may create one flow twice; the look-up finds the first, the other ages.
 *
 * Context: any; as flowmem_lock().
 * Return: the index, locked, or FM_NONE: every slot is protected (counted).
 */
u32 flowmem_create(struct flowmem *fm, const struct fm_key *key, u64 hash, u32 tick, bool guest)
{
	bool guests_only = guest && guests_full(fm);
	u32 sets[FM_CHOICES];
	int pass, i;

	choose_sets(fm, hash, sets);
	/* Pass 0 takes only what costs nobody, pass 1 the victims. */
	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < FM_CHOICES; i++) {
			struct victim v;

			fm_lock(fm_lock_of(fm, sets[i]));
			v = choose(fm, sets[i], hash, tick, guests_only);
			if (v.index != FM_NONE && (pass || v.rank == FM_CREATED || v.rank == FM_EVICTED_DEAD)) {
				occupy(fm, &v, key, fm_tag(hash), tick, guest);
				return v.index;
			}
			fm_unlock(fm_lock_of(fm, sets[i]));
		}
	}
	fm_count_add(&fm->counts[FM_REFUSED], 1);
	if (READ_ONCE(fm->refused[fm_part(hash)]) != tick)
		WRITE_ONCE(fm->refused[fm_part(hash)], tick);
	return FM_NONE;
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
	u32 set, way;

	for (set = 0; set < fm->sets; set++) {
		fm_lock(fm_lock_of(fm, set));
		for (way = 0; way < FM_WAYS; way++) {
			struct fm_hot *hot = fm->hot + (size_t)set * FM_WAYS + way;

			if (!hot->tag || fm->cold[(size_t)set * FM_WAYS + way].key.netns != netns)
				continue;
			WRITE_ONCE(hot->tag, 0);
			fm_count_add(&fm->used, -1);
			fm_count_add(&fm->guests, hot->flags & FM_GUEST ? -1 : 0);
		}
		fm_unlock(fm_lock_of(fm, set));
		if (set % 1024 == 0)
			relax();
	}
}
