/* SPDX-License-Identifier: GPL-2.0 */
/*
 * flowmem_arrays.h - what a flow memory is made of, for its owner
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_FLOWMEM_ARRAYS_H
#define RSTWHY_FLOWMEM_ARRAYS_H

#include "flowmem.h"

#define FM_PLACES 3  /* hot records to a flow of the memory's size */
#define FM_ALIASES 2 /* and places for aliases */

/* What a flow of the memory's size takes, all arrays together. */
#define FM_FLOW_BYTES                                                                                                            \
	(FM_PLACES * (sizeof(struct fm_hot) + sizeof(u32)) + sizeof(struct fm_cold) + sizeof(u32) + FM_ALIASES * sizeof(struct fm_alias))

bool flowmem_arrays(struct flowmem *fm, u32 flows, void *(*table)(u32 records, size_t size));
void flowmem_release(struct flowmem *fm, void (*release)(void *table));
void flowmem_init(struct flowmem *fm, u64 secret0, u64 secret1);

#endif
