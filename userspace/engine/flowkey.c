// SPDX-License-Identifier: GPL-2.0
/*
 * flowkey.c - by which names a flow is found again
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <string.h>

#include "flowkey.h"
#include "hash.h"

static bool swapped(const struct rstwhy_tuple *t)
{
	int order = address_order(t->src, t->dst);

	return order > 0 || (order == 0 && t->sport > t->dport);
}

static void set_key(struct flowkey *key, const struct rstwhy_tuple *t, const struct event *event)
{
	bool swap = swapped(t);

	memcpy(key->addr[swap], t->src, sizeof(t->src));
	memcpy(key->addr[!swap], t->dst, sizeof(t->dst));
	key->port[swap] = t->sport;
	key->port[!swap] = t->dport;
	key->family = event->seg.family;
	key->netns = event->ev.netns_inum;
}

static uint64_t hash_of(const struct flowkey *key, uint64_t seed)
{
	uint64_t h = hash_address(hash_address(hash_begin(seed), key->addr[0]), key->addr[1]);

	h = hash_word(h, (uint64_t)key->port[0] << 48 | (uint64_t)key->port[1] << 32 | key->netns);
	return hash_end(hash_word(h, key->family));
}

/* Of one packet's: one key, if they are each other's mirror, as mostly, or the same. */
static bool is_one_key(const struct rstwhy_tuple *a, const struct rstwhy_tuple *b)
{
	return tuple_mirrors(a, b) || tuple_equal(a, b);
}

struct names {
	const struct rstwhy_tuple *tuple[FLOWKEYS_MAX];
	unsigned int count;
};

static inline void add(struct names *names, const struct rstwhy_tuple *t)
{
	for (unsigned int i = 0; i < names->count; i++)
		if (is_one_key(names->tuple[i], t))
			return;
	if (tuple_is_zero(t)) /* and so none of those */
		return;
	names->tuple[names->count++] = t;
}

/* What the memory knows outlives conntrack's entry; the wire tuple serves where there is nothing else. */
void flowkeys_of(const struct event *event, uint64_t seed, struct flowkeys *keys)
{
	const struct rstwhy_memory *mem = &event->ev.mem;
	const struct rstwhy_conntrack *ct = &event->ev.ct;
	struct names names = {.count = 0};

	if (mem->flags & RSTWHY_MEM_KNOWN) {
		add(&names, &mem->orig);
		add(&names, &mem->reply);
	} else if (ct->flags & CT_HAS_TUPLES) {
		add(&names, &ct->orig);
		add(&names, &ct->reply);
	}
	add(&names, &event->seg.tuple);
	if (!names.count)
		names.tuple[names.count++] = &event->seg.tuple;
	keys->count = names.count;
	for (unsigned int i = 0; i < names.count; i++) {
		set_key(&keys->of[i].key, names.tuple[i], event);
		keys->of[i].hash = hash_of(&keys->of[i].key, seed);
	}
}

struct origin origin_of(const struct event *event)
{
	const struct rstwhy_evidence *ev = &event->ev;
	struct origin o = {.sport = event->seg.tuple.sport};

	o.mem_dir = (ev->mem.flags & RSTWHY_MEM_KNOWN) ? ev->mem.direction : RSTWHY_DIR_NONE;
	o.ct_dir = (ev->ct.flags & CT_HAS_TUPLES) ? ev->direction : RSTWHY_DIR_NONE;
	memcpy(o.src, event->seg.tuple.src, sizeof(o.src));
	return o;
}

static bool told(uint8_t dir)
{
	return dir <= RSTWHY_DIR_REPLY;
}

bool origin_same_side(const struct origin *a, const struct origin *b)
{
	if (told(a->mem_dir) && told(b->mem_dir))
		return a->mem_dir == b->mem_dir;
	if (told(a->ct_dir) && told(b->ct_dir))
		return a->ct_dir == b->ct_dir;
	return a->sport == b->sport && !address_differs(a->src, b->src);
}
