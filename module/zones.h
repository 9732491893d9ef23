/* SPDX-License-Identifier: GPL-2.0 */
/*
 * zones.h - the conntrack zones that a namespace uses
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * A packet that conntrack calls INVALID, one of our own stack and an answer whose direction has no zone bear none, whatever zone
 * their connection is in. Few zones are in use; the connection is looked for in each.
 */
#ifndef RSTWHY_ZONES_H
#define RSTWHY_ZONES_H

#include "freestanding.h"

#define RSTWHY_ZONES 8

struct fm_ends;
struct fm_query;
struct rstwhy_net;

/* All zero is empty: zone 0 is everybody's and is not kept. Written without a lock; a zone that stands twice costs a look-up. */
struct rstwhy_zones {
	u16 id[RSTWHY_ZONES];
	u32 next;
};

void rstwhy_zones_meet(struct rstwhy_net *rn, u16 zone);
bool rstwhy_zones_find(struct rstwhy_net *rn, struct fm_query *q);
void rstwhy_zones_refused(struct rstwhy_net *rn, struct fm_ends *ends, u8 side, u64 *hash);

#endif
