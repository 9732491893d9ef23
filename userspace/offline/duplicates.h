/* SPDX-License-Identifier: GPL-2.0 */
/*
 * duplicates.h - one packet that a capture shows more than once
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * A capture of all interfaces, of a bridge or of a mirror port shows what is forwarded twice or more. A copy differs in nothing
 * that a router leaves alone and comes within COPY_NS; a retransmission comes from the same place, or with another IPv4 identification.
 */
#ifndef RSTWHY_DUPLICATES_H
#define RSTWHY_DUPLICATES_H

#include "../../module/segment.h"

#define COPY_NS 50000000ULL

struct duplicates; /* opaque, by duplicates_new() and duplicates_free() */

/* NULL: no memory. */
struct duplicates *duplicates_new(void);
void duplicates_free(struct duplicates *duplicates);

/* Whether this segment was seen elsewhere a moment ago; remembers it if not. */
bool duplicates_saw(struct duplicates *duplicates, const struct segment *seg, uint64_t place, uint64_t now_ns);

#endif
