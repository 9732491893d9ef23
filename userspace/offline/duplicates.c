// SPDX-License-Identifier: GPL-2.0
/*
 * duplicates.c - one packet that a capture shows more than once
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "duplicates.h"

#include <stdlib.h>

#define PLACES 65536U /* what collides is forgotten early: a copy then counts as a retransmission */

struct sighting {
	uint64_t what;
	uint64_t place;
	uint64_t when_ns;
};

struct duplicates {
	struct sighting sighting[PLACES];
};

struct duplicates *duplicates_new(void)
{
	return calloc(1, sizeof(struct duplicates));
}

void duplicates_free(struct duplicates *duplicates)
{
	free(duplicates);
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15ULL;
	return hash ^ hash >> 29;
}

static uint64_t mix_bytes(uint64_t hash, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i += 4)
		hash = mix(hash, (uint64_t)bytes[i] << 24 | (uint64_t)bytes[i + 1] << 16 | (uint64_t)bytes[i + 2] << 8 | bytes[i + 3]);
	return hash;
}

/* All that a router leaves alone: not the TTL, nor the traffic class. */
static uint64_t identity(const struct segment *seg)
{
	size_t len = seg->family == 4 ? 4 : 16;
	uint64_t hash = mix_bytes(seg->family, seg->tuple.src, len);

	hash = mix_bytes(hash, seg->tuple.dst, len);
	hash = mix(hash, (uint64_t)seg->tuple.sport << 16 | seg->tuple.dport);
	hash = mix(hash, (uint64_t)seg->seq << 32 | seg->ack);
	hash = mix(hash, (uint64_t)seg->len << 32 | (uint64_t)seg->flags << 16 | seg->win);
	return mix(hash, (uint64_t)seg->tsval << 16 | seg->ipid);
}

bool duplicates_saw(struct duplicates *duplicates, const struct segment *seg, uint64_t place, uint64_t now_ns)
{
	uint64_t what = identity(seg), here = mix(place, seg->ttl);
	struct sighting *s = &duplicates->sighting[what % PLACES];
	bool numbered = seg->family == 4 && seg->ipid;

	if (s->what == what && now_ns - s->when_ns <= COPY_NS && (numbered || s->place != here))
		return true;
	*s = (struct sighting){ .what = what, .place = here, .when_ns = now_ns };
	return false;
}
