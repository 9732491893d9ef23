// SPDX-License-Identifier: GPL-2.0
/*
 * bound.c - one bound of a path's timeout, as several peers have shown it
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "bound.h"

#include <stdlib.h>

#define HALF_LIVES     4
#define STALE	       0.5 /* evidence older than a half-life gives way to new */
#define WEIGHT_ENOUGH  2.0

double bound_weight(uint64_t seen_s, uint64_t now_s, uint64_t half_life_s)
{
	uint64_t age = now_s > seen_s ? now_s - seen_s : seen_s - now_s;
	uint64_t halvings = age / half_life_s;

	if (halvings >= HALF_LIVES)
		return 0;
	return (1.0 - (double)(age % half_life_s) / (double)half_life_s / 2) / (double)(1U << halvings);
}

/* At least as much as the other. */
static bool says_more(enum bound_kind kind, uint64_t gap_ms, uint64_t than_ms)
{
	return kind == BOUND_SURVIVED ? gap_ms >= than_ms : gap_ms <= than_ms;
}

static struct bound_peer *find(struct bound *b, uint64_t peer)
{
	for (uint32_t i = 0; i < b->peers; i++)
		if (b->peer[i].peer == peer)
			return &b->peer[i];
	return NULL;
}

/* Who gives way in a full bound: the stalest where one is stale, else who says least, if the sample says more. */
static struct bound_peer *victim(struct bound *b, enum bound_kind kind, const struct bound_peer *sample, uint64_t half_life_s)
{
	struct bound_peer *stalest = &b->peer[0], *least = &b->peer[0];
	double weight = 2;

	for (uint32_t i = 0; i < b->peers; i++) {
		double w = bound_weight(b->peer[i].seen_s, sample->seen_s, half_life_s);

		if (w < weight) {
			weight = w;
			stalest = &b->peer[i];
		}
		if (says_more(kind, least->gap_ms, b->peer[i].gap_ms))
			least = &b->peer[i];
	}
	if (weight < STALE)
		return stalest;
	return says_more(kind, sample->gap_ms, least->gap_ms) ? least : NULL;
}

void bound_add(struct bound *b, enum bound_kind kind, const struct bound_peer *sample, uint64_t half_life_s)
{
	struct bound_peer *known = find(b, sample->peer);

	b->samples += b->samples < UINT32_MAX;
	if (known) {
		bool stale = bound_weight(known->seen_s, sample->seen_s, half_life_s) < STALE;

		if (stale || says_more(kind, sample->gap_ms, known->gap_ms))
			*known = *sample;
		return;
	}
	known = b->peers < BOUND_PEERS ? &b->peer[b->peers++] : victim(b, kind, sample, half_life_s);
	if (known)
		*known = *sample;
}

bool bound_remove(struct bound *b, uint64_t peer, uint64_t gap_ms)
{
	struct bound_peer *known = find(b, peer);

	if (!known || known->gap_ms != gap_ms)
		return false;
	*known = b->peer[--b->peers];
	b->samples -= b->samples > 0;
	return true;
}

static int by_gap(const void *a, const void *b)
{
	const struct bound_peer *left = a, *right = b;

	return (left->gap_ms > right->gap_ms) - (left->gap_ms < right->gap_ms);
}

/* By the evidence that is younger than since_s. */
static bool value_since(const struct bound *b, enum bound_kind kind, uint64_t since_s, uint64_t now_s, uint64_t half_life_s, double *ms)
{
	struct bound sorted;
	unsigned int agreed = 0;
	double weight = 0, gap_ms = 0;

	if (b->peers < BOUND_PEERS_LEAST)
		return false;
	sorted = *b;
	qsort(sorted.peer, sorted.peers, sizeof(sorted.peer[0]), by_gap);
	for (uint32_t i = 0; i < sorted.peers; i++) {
		const struct bound_peer *p = &sorted.peer[kind == BOUND_SURVIVED ? sorted.peers - 1 - i : i];
		double w = p->seen_s < since_s ? 0 : bound_weight(p->seen_s, now_s, half_life_s);

		if (w <= 0 || (agreed >= BOUND_PEERS_LEAST && weight >= WEIGHT_ENOUGH))
			continue;
		weight += w;
		agreed++;
		gap_ms = (double)p->gap_ms;
	}
	if (agreed >= BOUND_PEERS_LEAST)
		*ms = gap_ms;
	return agreed >= BOUND_PEERS_LEAST;
}

bool bound_value(const struct bound *b, enum bound_kind kind, uint64_t now_s, uint64_t half_life_s, double *ms)
{
	return value_since(b, kind, 0, now_s, half_life_s, ms);
}

void bound_refute(struct bound *killed, const struct bound *survived, uint64_t now_s, uint64_t half_life_s)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < killed->peers; i++) {
		struct bound_peer p = killed->peer[i];
		double ms = 0;

		if (!value_since(survived, BOUND_SURVIVED, p.seen_s + 1, now_s, half_life_s, &ms) || ms < (double)p.gap_ms)
			killed->peer[kept++] = p;
	}
	killed->peers = kept;
}

unsigned int bound_peers(const struct bound *a, const struct bound *b, uint64_t now_s, uint64_t half_life_s)
{
	uint64_t seen[2 * BOUND_PEERS];
	unsigned int count = 0;

	for (uint32_t i = 0; i < a->peers + b->peers; i++) {
		const struct bound_peer *p = i < a->peers ? &a->peer[i] : &b->peer[i - a->peers];
		bool known = bound_weight(p->seen_s, now_s, half_life_s) <= 0;

		for (unsigned int k = 0; k < count && !known; k++)
			known = seen[k] == p->peer;
		if (!known)
			seen[count++] = p->peer;
	}
	return count;
}
