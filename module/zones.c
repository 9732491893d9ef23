// SPDX-License-Identifier: GPL-2.0
/*
 * zones.c - the conntrack zones that a namespace uses
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "netns.h"
#include "zones.h"

/**
 * rstwhy_zones_meet() - a connection begins in this zone
 * @rn: the namespace
 * @zone: of its ORIGINAL direction
 *
 * Of more than RSTWHY_ZONES the one that has been known longest is forgotten, and counted.
 *
 * Context: any.
 */
void rstwhy_zones_meet(struct rstwhy_net *rn, u16 zone)
{
	struct rstwhy_zones *zones = &rn->zones;
	u32 i, next;

	for (i = 0; i < RSTWHY_ZONES; i++)
		if (READ_ONCE(zones->id[i]) == zone)
			return;
	next = READ_ONCE(zones->next);
	WRITE_ONCE(zones->next, (next + 1) % RSTWHY_ZONES);
	if (READ_ONCE(zones->id[next % RSTWHY_ZONES]))
		rstwhy_count(rn, COUNT_ZONES_FORGOTTEN);
	WRITE_ONCE(zones->id[next % RSTWHY_ZONES], zone);
}

static void ask_in(struct fm_query *q, u16 zone)
{
	q->key.zone = zone;
	q->hash = flowmem_hash(&rstwhy_flows, &q->key);
}

/**
 * rstwhy_zones_find() - in which zone is the connection of a packet that bears none
 * @rn: the namespace
 * @q: what to ask the flow memory, in the zone that the packet seems to be of; not changed but for its zone
 *
 * Context: any; takes spinlocks with bottom halves off, RSTWHY_ZONES at most, one after the other.
 * Return: the memory knows it in exactly one of the other zones in use, which @q names now.
 */
bool rstwhy_zones_find(struct rstwhy_net *rn, struct fm_query *q)
{
	const u16 own = q->key.zone;
	u16 found = own;
	u32 i;

	for (i = 0; i < RSTWHY_ZONES; i++) {
		u16 zone = READ_ONCE(rn->zones.id[i]);

		if (!zone || zone == own || zone == found)
			continue;
		ask_in(q, zone);
		if (!flowmem_knows(&rstwhy_flows, q))
			continue;
		if (found != own) { /* two of that name */
			found = own;
			break;
		}
		found = zone;
	}
	ask_in(q, found);
	return found != own;
}

/**
 * rstwhy_zones_refused() - the same for a segment that conntrack refuses
 * @rn: the namespace
 * @ends: of the segment; its zone is changed when the connection is in another one
 * @side: of the segment's source
 * @hash: fm_hash_ends() of @ends, before and after
 *
 * Context: as rstwhy_zones_find(); nothing where no zones are in use.
 */
void rstwhy_zones_refused(struct rstwhy_net *rn, struct fm_ends *ends, u8 side, u64 *hash)
{
	struct fm_query q = { .hash = *hash, .side = side };

	if (likely(!READ_ONCE(rn->zones.id[0])))
		return;
	flowmem_key_of(&q.key, ends);
	if (flowmem_knows(&rstwhy_flows, &q) || !rstwhy_zones_find(rn, &q))
		return;
	ends->zone = q.key.zone;
	*hash = q.hash;
}
