// SPDX-License-Identifier: GPL-2.0
/*
 * flowmem_arrays.c - what a flow memory is made of
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "flowmem_arrays.h"

static u32 whole_sets(u32 records)
{
	return (records + FM_WAYS - 1) / FM_WAYS * FM_WAYS;
}

/**
 * flowmem_arrays() - get a memory's arrays
 * @fm: all zero
 * @flows: how many it shall hold, at least 1, at most 2^30
 * @table: gives zeroed memory for so many records of a size, aligned to a cache line where it is used by several CPUs; NULL: there is none
 *
 * Context: as @table.
 * Return: false when an array is missing; flowmem_release() then gives the others back.
 */
bool flowmem_arrays(struct flowmem *fm, u32 flows, void *(*table)(u32 records, size_t size))
{
	u32 places = whole_sets(flows * FM_PLACES), aliases = whole_sets(flows * FM_ALIASES);

	fm->flows = flows;
	fm->sets = places / FM_WAYS;
	fm->alias_sets = aliases / FM_WAYS;
	fm->hot = table(places, sizeof(*fm->hot));
	fm->cold_of = table(places, sizeof(*fm->cold_of));
	fm->cold = table(flows, sizeof(*fm->cold));
	fm->spare = table(flows, sizeof(*fm->spare));
	fm->alias = table(aliases, sizeof(*fm->alias));
	return fm->hot && fm->cold_of && fm->cold && fm->spare && fm->alias;
}

/**
 * flowmem_release() - give the arrays back
 * @fm: nobody uses it any more
 * @release: takes what flowmem_arrays()'s table gave, also NULL
 *
 * Context: as @release.
 */
void flowmem_release(struct flowmem *fm, void (*release)(void *table))
{
	release(fm->hot);
	release(fm->cold_of);
	release(fm->cold);
	release(fm->spare);
	release(fm->alias);
}

/**
 * flowmem_init() - make a memory with its arrays usable
 * @fm: from flowmem_arrays()
 * @secret0: random
 * @secret1: random
 *
 * Context: before anybody else sees @fm.
 */
void flowmem_init(struct flowmem *fm, u64 secret0, u64 secret1)
{
	u32 i;

	fm->lines = fm->sets * 2;
	fm->spares = fm->flows;
	for (i = 0; i < fm->flows; i++)
		fm->spare[i] = fm->flows - 1 - i;
	for (i = 0; i < FM_PARTS; i++)
		fm->refused[i] = 1U << 31;
	flowmem_hash_keys(&fm->keys, secret0, secret1);
	for (i = 0; i < FM_LOCKS; i++)
		fm_lock_init(&fm->locks[i]);
	fm_lock_init(&fm->pool);
}
