/* SPDX-License-Identifier: GPL-2.0 */
/*
 * flowmem_table.h - where a hash leads: what the table and its aliases share
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_FLOWMEM_TABLE_H
#define RSTWHY_FLOWMEM_TABLE_H

#include "flowmem_fast.h"

static inline fm_lock_t *fm_lock_of(struct flowmem *fm, u32 set)
{
	return &fm->locks[set & (FM_LOCKS - 1)];
}

static inline bool fm_same_key(const struct fm_key *a, const struct fm_key *b)
{
	return !memcmp(a, b, sizeof(*a));
}

#endif
