// SPDX-License-Identifier: GPL-2.0
/*
 * flowmem_evict.c - the pool of cold records, and who gives his up when it is empty
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "flowmem_table.h"

#define TICKS_PER_MIN 14306U /* 60 s / 2^22 ns */
#define SWEEP_SETS 12	     /* of which a third of the places is taken when the memory is full: sixteen flows are looked at */
#define SWEEPS 2	     /* another CPU may have taken the victim */

/* Killed by a RST, as far as can be told from here: one that anybody can send is no death. Or closed from both sides, unseen since. */
static bool is_dead(const struct fm_hot *hot, const struct fm_cold *cold)
{
	if ((hot->flags & FM_STATE) >= 7) /* TIME_WAIT, CLOSE */
		return true;
	if ((hot->flags & FM_RESET) && (cold->reset_count || (cold->flags & FMC_CLOSED)))
		return true;
	return (cold->flags & FMC_SIDE(FMC_FIN, 0)) && (cold->flags & FMC_SIDE(FMC_FIN, 1));
}

/*
 * Who goes first. Dead flows, then those on probation (never assured, or assured and silent from the start), then those whose
 * conntrack entry has been gone for as long again as its timeout. An assured flow that has spoken is never a newcomer's victim.
 */
static enum fm_count victim_rank(const struct fm_hot *hot, const struct fm_cold *cold, u32 tick)
{
	u32 idle = fm_idle(hot, tick);
	u64 armed = fm_timeout_ms(hot_timeout(hot));

	if (is_dead(hot, cold) && idle > TICKS_PER_MIN / 4)
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
	u32 tag;
	enum fm_count rank; /* FM_REFUSED: none */
	u32 idle;
};

/* The set's lock is held. */
static void consider(const struct flowmem *fm, u32 index, u32 tick, bool guests_only, struct victim *best)
{
	static const u8 order[] = {
		[FM_EVICTED_DEAD] = 0, [FM_EVICTED_PROBATION] = 1, [FM_EVICTED_OUTLIVED] = 2, [FM_REFUSED] = 3,
	};
	const struct fm_hot *hot = fm->hot + index;
	enum fm_count rank;
	u32 idle;

	if (!hot->tag || (guests_only && !(hot->flags & FM_GUEST)))
		return;
	rank = victim_rank(hot, fm_cold_at(fm, index), tick);
	idle = fm_idle(hot, tick);
	if (order[rank] < order[best->rank] || (rank == best->rank && rank != FM_REFUSED && idle > best->idle))
		*best = (struct victim){ index, hot->tag, rank, idle };
}

/* Each search begins where the one before ended, so that in time all are looked at. */
static struct victim sweep(struct flowmem *fm, u32 tick, bool guests_only)
{
	struct victim best = { FM_NONE, 0, FM_REFUSED, 0 };
	u32 set = READ_ONCE(fm->hand), i, way;

	for (i = 0; i < SWEEP_SETS; i++, set++) {
		if (set >= fm->sets)
			set = 0;
		fm_lock(fm_lock_of(fm, set));
		for (way = 0; way < FM_WAYS; way++)
			consider(fm, set * FM_WAYS + way, tick, guests_only, &best);
		fm_unlock(fm_lock_of(fm, set));
	}
	WRITE_ONCE(fm->hand, set);
	return best;
}

/**
 * fm_vacate() - a flow is forgotten
 * @fm: the memory
 * @index: its place; the set's lock is held
 *
 * Return: its cold record: for fm_gone(), then for another flow or for fm_cold_back().
 */
u32 fm_vacate(struct flowmem *fm, u32 index)
{
	struct fm_hot *hot = fm->hot + index;

	fm_count_add(&fm->guests, hot->flags & FM_GUEST ? -1 : 0);
	WRITE_ONCE(fm_cold_at(fm, index)->alias_tag, 0);
	WRITE_ONCE(hot->tag, 0);
	return READ_ONCE(fm->cold_of[index]);
}

/**
 * fm_gone() - tell the line where a flow's search began that it need not go on for this one
 * @fm: the memory
 * @index: where the flow stood
 * @cold: its record, from fm_vacate(), as it was
 *
 * Context: any, under no lock of the memory: the line may be of another set.
 */
void fm_gone(struct flowmem *fm, u32 index, u32 cold)
{
	u64 hash = flowmem_hash(fm, &fm->cold[cold].key);
	fm_lock_t *lock = fm_lock_of(fm, fm_first_set(fm, hash));

	if (index / 2 == fm_first_line(fm, hash))
		return;
	fm_lock(lock);
	fm_come_back(fm_line_of(fm, hash));
	fm_unlock(lock);
}

/* What was looked at may have changed, or gone, since its set was let go. */
static u32 take_from(struct flowmem *fm, const struct victim *v, u32 tick)
{
	fm_lock_t *lock = fm_lock_of(fm, v->index / FM_WAYS);
	const struct fm_hot *hot = fm->hot + v->index;
	u32 cold = FM_NONE;

	fm_lock(lock);
	if (hot->tag == v->tag && victim_rank(hot, fm_cold_at(fm, v->index), tick) == v->rank) {
		fm_count_add(&fm->counts[v->rank], 1);
		cold = fm_vacate(fm, v->index);
	}
	fm_unlock(lock);
	if (cold != FM_NONE)
		fm_gone(fm, v->index, cold);
	return cold;
}

static u32 evict(struct flowmem *fm, u32 tick, bool guests_only)
{
	u32 cold = FM_NONE;
	int i;

	for (i = 0; i < SWEEPS && cold == FM_NONE; i++) {
		struct victim v = sweep(fm, tick, guests_only);

		if (v.index == FM_NONE)
			break;
		cold = take_from(fm, &v, tick);
	}
	return cold;
}

static u32 take_spare(struct flowmem *fm)
{
	u32 cold = FM_NONE;

	if (!READ_ONCE(fm->spares))
		return FM_NONE;
	fm_lock(&fm->pool);
	if (fm->spares) {
		WRITE_ONCE(fm->spares, fm->spares - 1);
		cold = fm->spare[fm->spares];
	}
	fm_unlock(&fm->pool);
	return cold;
}

/**
 * fm_cold_back() - nobody has this cold record any more
 * @fm: the memory
 * @cold: from fm_cold_for() or fm_vacate()
 *
 * Context: any, also under a set's lock.
 */
void fm_cold_back(struct flowmem *fm, u32 cold)
{
	fm_lock(&fm->pool);
	fm->spare[fm->spares] = cold;
	WRITE_ONCE(fm->spares, fm->spares + 1);
	fm_unlock(&fm->pool);
}

/* Other namespaces together may fill a quarter; beyond it they evict each other. */
static bool guests_full(struct flowmem *fm)
{
	return fm_count_read(&fm->guests) >= fm->flows / 4;
}

/**
 * fm_cold_for() - a cold record for a newcomer, if need be that of another flow, which is forgotten then
 * @fm: the memory
 * @tick: now
 * @guest: the newcomer belongs to another than the initial namespace
 *
 * Context: any, under no lock of the memory.
 * Return: the record, in nobody's hands but the caller's; FM_NONE: of those looked at all are protected.
 */
u32 fm_cold_for(struct flowmem *fm, u32 tick, bool guest)
{
	bool guests_only = guest && guests_full(fm);
	u32 cold = guests_only ? FM_NONE : take_spare(fm);

	return cold != FM_NONE ? cold : evict(fm, tick, guests_only);
}
