// SPDX-License-Identifier: GPL-2.0
/*
 * flowmem_spread.c - how evenly tuples fall into sets when somebody who knows the hash, but not its keys, picks the tuples
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * As many tuples as there are places, four a set. Chance alone (a Poisson law) gives a variance of the sets' loads equal to their
 * mean: a dispersion of 1. More is clumping. The worst of many keys is told, since one unlucky key is what an attacker hopes for.
 */
#include "flowmem.h"

#include <stdlib.h>

#include "../../module/flowmem_table.h"

#define KEYS 64

/* One pattern: the n-th tuple. */
typedef struct rstwhy_tuple (*pick)(u32 n);

static struct rstwhy_tuple port_sweep(u32 n)
{
	return ipv4_tuple(0x0a000002 + (n >> 16), (u16)n, 0xc0000201, 443);
}

static struct rstwhy_tuple address_sweep(u32 n)
{
	return ipv4_tuple(0x0a000000 + n, 40000, 0xc0000201, 443);
}

static struct rstwhy_tuple strided(u32 n)
{
	return ipv4_tuple(0x0a000000 + n * 65536, (u16)(n >> 16), 0xc0000201, 443);
}

static struct rstwhy_tuple both_ports(u32 n)
{
	return ipv4_tuple(0x0a000002, (u16)((n & 511) << 7), 0xc0000201, (u16)((n >> 9) << 7));
}

static struct rstwhy_tuple mirrored(u32 n)
{
	return ipv4_tuple(0x0a000000 | n, (u16)n, 0x0a000000 | (~n & 0xffffff), (u16)~n);
}

static struct rstwhy_tuple gray(u32 n)
{
	return ipv4_tuple(0x0a000000 ^ n ^ (n >> 1), (u16)(n >> 3), 0xc0000201 ^ (n << 7), 443);
}

/* Variance over mean of the sets' loads; the fullest set in *fullest. */
static double dispersion(const struct conversation *c, pick tuple, u32 count, u16 *loads, u32 *fullest)
{
	double mean = (double)count / c->fm.sets, sum = 0;
	u32 n;

	memset(loads, 0, c->fm.sets * sizeof(*loads));
	for (n = 0; n < count; n++) {
		struct rstwhy_tuple t = tuple(n);
		struct fm_key key;

		flowmem_key(&key, &t, 4, 0, 1);
		loads[fm_first_set(&c->fm, flowmem_hash(&c->fm, &key))]++;
	}
	*fullest = 0;
	for (n = 0; n < c->fm.sets; n++) {
		sum += (loads[n] - mean) * (loads[n] - mean);
		*fullest = loads[n] > *fullest ? loads[n] : *fullest;
	}
	return sum / c->fm.sets / mean;
}

static void spread(FILE *json, struct conversation *c, const char *what, pick tuple, const char *comma)
{
	u16 *loads = calloc(c->fm.sets, sizeof(*loads));
	double worst = 0, sum = 0;
	u32 most = 0, k;

	if (!loads)
		exit(1);
	for (k = 0; k < KEYS; k++) {
		u32 fullest;
		double d;

		flowmem_hash_keys(&c->fm.keys, 0x9e3779b97f4a7c15ULL * (k + 1), k);
		d = dispersion(c, tuple, c->fm.sets * FM_WAYS, loads, &fullest);
		sum += d;
		worst = d > worst ? d : worst;
		most = fullest > most ? fullest : most;
	}
	printf("  spread, %-19s %6.2f mean, %.2f worst of %d keys (chance alone: 1.00); fullest set %u\n", what, sum / KEYS, worst, KEYS,
	       most);
	fprintf(json, "%s{\"tuples\":\"%s\",\"dispersion_mean\":%.4f,\"dispersion_worst\":%.4f,\"fullest_set\":%u}", comma, what,
		sum / KEYS, worst, most);
	free(loads);
}

void bench_spread(FILE *json, u32 flows)
{
	static const struct {
		const char *name;
		pick tuple;
	} cells[] = {
		{ "port sweep", port_sweep }, { "address sweep", address_sweep }, { "stride of 65536", strided },
		{ "both ports", both_ports }, { "mirrored ends", mirrored },	  { "Gray code", gray },
	};
	struct conversation c;
	size_t i;

	if (!conversation_begin(&c, flows))
		exit(1);
	fputs(",\"spread\":[", json);
	for (i = 0; i < sizeof(cells) / sizeof(cells[0]); i++)
		spread(json, &c, cells[i].name, cells[i].tuple, i ? "," : "");
	fputs("]", json);
	conversation_end(&c);
}
