/* SPDX-License-Identifier: GPL-2.0 */
/*
 * held.h - the incidents that wait for their verdict: found by flow, by due time, and by source
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * A fixed number of slots, allocated once. Finding and taking out by flow is O(1) on average, by due time O(1) where
 * they come in order and O(log n) at most, the oldest of the noisiest source O(1): a flood meets the last of these at every event.
 */
#ifndef RSTWHY_HELD_H
#define RSTWHY_HELD_H

#include "flowkey.h"
#include "rules.h"

#define HELD_NONE UINT32_MAX

struct held_slot {
	struct facts facts;	 /* of the incident, as judged last; the caller's, from held_add() on */
	const struct rule *rule; /* that fitted them */
	struct origin origin;
	bool in_crowd;	   /* others may ask for it after it was handed out */
	uint64_t last_seq; /* of the last RST counted in */
	uint64_t due_ns;   /* change with held_reschedule() */
	struct incident *incident; /* of the slots' own rooms, or of those it was given in exchange (written.h) */
	struct flowkeys keys; /* last: of most, one alone is touched */
};

struct held; /* opaque */

/* NULL without memory. seed: for the hash of sources; flows bring their own. */
struct held *held_new(uint32_t capacity, uint64_t seed);
void held_free(struct held *h);
uint32_t held_count(const struct held *h);
/* RSTs in what is held; walks all of it. */
uint64_t held_resets(const struct held *h);
bool held_full(const struct held *h);
/* The first slot from that one on that holds an incident; HELD_NONE: none. */
uint32_t held_next(const struct held *h, uint32_t from);

/* Soon that slot will be wanted (HELD_NONE: none): it has lain for long, and is better fetched while there is something else to do. */
void held_expect(const struct held *h, uint32_t index);
/* Soon these will be looked for, or taken out. */
void held_expect_keys(const struct held *h, const struct flowkeys *keys);

/* A slot by index; valid until it is removed. */
struct held_slot *held_at(struct held *h, uint32_t index);

/* Where the event of the slot that is opened next may be put together: then it is not copied. Valid until then. */
struct event *held_room(struct held *h);

/*
 * Open a slot for an event with its keys; the table must not be full. The incident holds the event and a count of 1, facts and rule what
 * the slot held before.
 */
uint32_t held_add(struct held *h, const struct event *event, const struct flowkeys *keys, uint64_t due_ns);
void held_remove(struct held *h, uint32_t index);
void held_reschedule(struct held *h, uint32_t index, uint64_t due_ns);

/* The youngest slot that shares a key; HELD_NONE. */
uint32_t held_find(const struct held *h, const struct flowkeys *keys);
/* The slot that shares a key and holds the RST with this sequence number; HELD_NONE. */
uint32_t held_find_seq(const struct held *h, const struct flowkeys *keys, uint64_t seq);

/* The slot due first; HELD_NONE when empty. Equal times in the order of arrival. And when: UINT64_MAX when empty. */
uint32_t held_first_due(const struct held *h);
uint64_t held_first_due_ns(const struct held *h);
/* The oldest slot of the source that has most; HELD_NONE when empty. */
uint32_t held_oldest_of_noisiest(const struct held *h);

#endif
