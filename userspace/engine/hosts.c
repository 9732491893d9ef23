// SPDX-License-Identifier: GPL-2.0
/*
 * hosts.c - what hosts' packets look like
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <stdlib.h>
#include <string.h>

#include "flowkey.h"
#include "hosts.h"

struct host_key {
	uint8_t addr[16];
	uint32_t netns;
	uint32_t family;
};

struct place {
	struct host_key key;
	struct host host;
};

struct hosts {
	uint32_t size;
	uint64_t seed;
	struct place *places;
};

struct hosts *hosts_new(uint32_t capacity, uint64_t seed)
{
	struct hosts *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	h->size = 1;
	while (h->size < capacity && h->size < 1U << 20)
		h->size <<= 1;
	h->seed = seed;
	h->places = calloc(h->size, sizeof(*h->places));
	if (h->places)
		return h;
	free(h);
	return NULL;
}

void hosts_free(struct hosts *h)
{
	if (!h)
		return;
	free(h->places);
	free(h);
}

static struct host_key key_of(const struct event *event, const uint8_t addr[16])
{
	struct host_key key = {.netns = event->ev.netns_inum, .family = event->seg.family};

	memcpy(key.addr, addr, sizeof(key.addr));
	return key;
}

static struct place *place_of(const struct hosts *h, const struct host_key *key)
{
	return &h->places[flowkey_hash(key, sizeof(*key), h->seed) & (h->size - 1)];
}

static void learn_side(struct hosts *h, const struct event *event, unsigned int dir)
{
	const struct rstwhy_memory *mem = &event->ev.mem;
	struct host_key key = key_of(event, dir ? mem->reply.src : mem->orig.src);
	uint64_t age_ns = mem->last_ms[dir] < UINT64_MAX / 1000000 ? mem->last_ms[dir] * 1000000 : UINT64_MAX;
	struct place *p = place_of(h, &key);

	if (!(mem->base[dir].flags & RSTWHY_BASE_SEEN))
		return;
	if (memcmp(&p->key, &key, sizeof(key)) != 0)
		*p = (struct place){.key = key};
	p->host.ttl = mem->base[dir].ttl;
	if (mem->rtt_us[dir])
		p->host.rtt_us = mem->rtt_us[dir];
	if (age_ns <= event->ev.boottime_ns && event->ev.boottime_ns - age_ns > p->host.alive_ns)
		p->host.alive_ns = event->ev.boottime_ns - age_ns;
}

void hosts_learn(struct hosts *h, const struct event *event)
{
	if (!(event->ev.mem.flags & RSTWHY_MEM_KNOWN))
		return;
	learn_side(h, event, RSTWHY_DIR_ORIGINAL);
	learn_side(h, event, RSTWHY_DIR_REPLY);
}

struct host hosts_get(const struct hosts *h, const struct event *event, const uint8_t addr[16])
{
	struct host_key key = key_of(event, addr);
	const struct place *p = place_of(h, &key);

	return memcmp(&p->key, &key, sizeof(key)) == 0 ? p->host : (struct host){0};
}
