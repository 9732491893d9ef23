/* SPDX-License-Identifier: GPL-2.0 */
/*
 * flowkey.h - by which names a flow is found again: either direction, either leg of a translation
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_FLOWKEY_H
#define RSTWHY_FLOWKEY_H

#include "event.h"
#include "tuple.h"

/* A tuple with its smaller end first, so that both directions are one key. */
struct flowkey {
	uint8_t addr[2][16];
	uint16_t port[2];
	uint32_t family;
	uint32_t netns;
};

/* Original, reply and wire tuple. */
#define FLOWKEYS_MAX 3

struct flowkeys {
	unsigned int count; /* at least 1 */
	struct {
		struct flowkey key;
		uint64_t hash; /* of it: several tables are asked for it */
	} of[FLOWKEYS_MAX];
};

/* By value, but for the places that hold none: most flows have one key. */
static inline void flowkeys_copy(struct flowkeys *to, const struct flowkeys *from)
{
	to->count = from->count;
	for (unsigned int i = 0; i < from->count; i++)
		to->of[i] = from->of[i];
}

/* seed: so that nobody can aim at one bucket; of all tables that are asked the same. */
void flowkeys_of(const struct event *event, uint64_t seed, struct flowkeys *keys);

static inline bool flowkey_equal(const struct flowkey *a, const struct flowkey *b)
{
	uint32_t others = (a->port[0] ^ b->port[0]) | (a->port[1] ^ b->port[1]) | (a->family ^ b->family) | (a->netns ^ b->netns);

	return !(address_differs(a->addr[0], b->addr[0]) | address_differs(a->addr[1], b->addr[1]) | others);
}

/* From where a RST of a flow came, comparable between RSTs that know more and less of the flow. */
struct origin {
	uint8_t mem_dir; /* rstwhy_dir, RSTWHY_DIR_NONE unknown */
	uint8_t ct_dir;
	uint16_t sport;
	uint8_t src[16];
};

struct origin origin_of(const struct event *event);
bool origin_same_side(const struct origin *a, const struct origin *b);

#endif
