/* SPDX-License-Identifier: GPL-2.0 */
/*
 * flowmem.h - the cells of the flow memory's microbenchmark
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Each cell prints its lines of the table and writes a member of the JSON object. A measurement, never a test.
 */
#ifndef RSTWHY_BENCH_FLOWMEM_H
#define RSTWHY_BENCH_FLOWMEM_H

#include <stdio.h>

#include "../unit/conversation.h"

/* A server that somebody connects to from everywhere: the n-th client of 2^32. */
static inline void become(struct conversation *c, u32 n)
{
	c->orig = ipv4_tuple(0x0a000000 + (n >> 6), (u16)(1024 + (n & 63) * 997), 0xc0000201, 443);
	c->reply = inverse(&c->orig);
	c->seq[CLIENT] = 1000 * n;
	c->seq[SERVER] = 77 * n;
}

static inline void open_flows(struct conversation *c, u32 first, u32 count)
{
	u32 n;

	for (n = first; n < first + count; n++) {
		become(c, n);
		handshake(c);
		exchange(c);
	}
}

/* Of the flows first to first + count, how many are remembered, as a share; of many every so manieth is asked for. */
static inline double share_known(struct conversation *c, u32 first, u32 count)
{
	u32 n, step = count / 200000 + 1, found = 0, asked = 0;
	struct rstwhy_memory mem;

	for (n = first; n < first + count; n += step) {
		become(c, n);
		found += reset_from(c, SERVER, false, &mem);
		asked++;
	}
	return (double)found / asked;
}

void bench_size(FILE *json);
void bench_grow(FILE *json, u32 most);
void bench_turnover(FILE *json, u32 flows);
void bench_attack(FILE *json, u32 flows);
void bench_spread(FILE *json, u32 flows);

#endif
