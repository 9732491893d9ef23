/* SPDX-License-Identifier: GPL-2.0 */
/*
 * due.h - who is due first
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Most come in the order in which they are due, and leave so: they stand in a line, where both take a few steps however many wait. Who
 * is due before the last of the line goes into a heap beside it.
 */
#ifndef RSTWHY_DUE_H
#define RSTWHY_DUE_H

#include <stdint.h>

#define DUE_NONE UINT32_MAX

struct due; /* opaque: slots that wait, each once */

/* NULL without memory. Slots from 0 to capacity - 1; at most 1 << 24. */
struct due *due_new(uint32_t capacity);
void due_free(struct due *d);

/* A slot that does not wait yet, until that time; seq: who came first, where times are equal. */
void due_add(struct due *d, uint32_t slot, uint64_t ns, uint64_t seq);
/* These of a slot that waits. */
void due_remove(struct due *d, uint32_t slot);
void due_move(struct due *d, uint32_t slot, uint64_t ns);

/* Whose turn is first, and when; DUE_NONE and UINT64_MAX: nobody waits. */
uint32_t due_first(const struct due *d);
uint64_t due_first_ns(const struct due *d);

/* The first slot from that one on that waits; DUE_NONE: none. */
uint32_t due_next(const struct due *d, uint32_t from);

#endif
