// SPDX-License-Identifier: GPL-2.0
/*
 * flowmem_cost.c - what a segment of a known flow costs as flows grow, beside one random read of memory
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * The yardstick is one read of a random cache line among as many as there are flows: what conntrack pays for its entry's line, and
 * for its bucket's, and so on. Each step waits for the one before, so that misses do not overlap. Times are of this machine now;
 * the ratio is what counts.
 */
#include "flowmem.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "../../module/flowmem_fast.h"

#define STEPS 2000000
#define ROUNDS 5
#define LINE 64

static u64 now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * 1000000000U + (u64)t.tv_nsec;
}

static inline u64 next_random(u64 x)
{
	return x * 6364136223846793005ULL + 1442695040888963407ULL;
}

static inline u32 pick_of(u64 x, u32 count)
{
	return (u32)(((x >> 32) * count) >> 32);
}

static volatile u32 sink;

/* A segment of the n-th flow, as the hook has it: the same numbers again, which conntrack calls a retransmission. */
static inline u32 touch_flow(const struct conversation *c, u32 n)
{
	struct rstwhy_tuple t = ipv4_tuple(0x0a000000 + (n >> 6), (u16)(1024 + (n & 63) * 997), 0xc0000201, 443);
	struct fm_quick q = { .seq = 1000 * n, .flags = SEG_ACK, .resume = ~0U, .state = ES, .timeout = fm_timeout_code(432000000) };
	struct fm_ends ends = fm_ends_of(&q.side, t.src, t.dst, t.sport, t.dport, 4, 0, 1);
	struct fm_hot *hot;

	q.end = q.seq;
	q.tick = fm_tick(c->now_us * 1000);
	if (!flowmem_find(&c->fm, fm_hash_ends(&c->fm.keys, &ends), &hot) || !flowmem_touch(hot, &q))
		return 2;
	return hot->timeout & 1;
}

/* The same without the memory: what making the tuple costs. */
static inline u32 make_flow(u32 n)
{
	struct rstwhy_tuple t = ipv4_tuple(0x0a000000 + (n >> 6), (u16)(1024 + (n & 63) * 997), 0xc0000201, 443);

	__asm__ volatile("" : : "r"(&t) : "memory");
	return t.src[0] & 1U;
}

enum loop { TOUCH, MAKE, READ };

static double ns_a_step(enum loop what, const struct conversation *c, const u8 *lines, u32 count)
{
	u64 x = 88172645463325252ULL, start = now_ns();
	u32 i, sum = 0;

	for (i = 0; i < STEPS; i++) {
		u32 n = pick_of(x, count), got;

		got = what == TOUCH ? touch_flow(c, n) : what == MAKE ? make_flow(n) : lines[(size_t)n * LINE];
		sum += got;
		x = next_random(x + got);
	}
	sink = sum;
	return (double)(now_ns() - start) / STEPS;
}

static double best(enum loop what, const struct conversation *c, const u8 *lines, u32 count)
{
	double least = 1e9;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		double ns = ns_a_step(what, c, lines, count);

		least = ns < least ? ns : least;
	}
	return least;
}

static bool cell(FILE *json, u32 flows, const char *comma)
{
	u8 *lines = malloc((size_t)flows * LINE);
	struct conversation c;
	double touch, make, read;

	conversation_begin(&c, slots_for(flows));
	if (!lines || !c.fm.hot || !c.fm.cold || !c.fm.alias)
		return false;
	memset(lines, 1, (size_t)flows * LINE);
	open_flows(&c, 0, flows / 10 * 9);
	make = best(MAKE, &c, lines, flows / 10 * 9);
	touch = best(TOUCH, &c, lines, flows / 10 * 9) - make;
	read = best(READ, &c, lines, flows / 10 * 9);
	printf("  %8u flows, 90 %% full    %6.1f ns a segment, %.1f ns one random cache line among as many\n", flows, touch, read);
	fprintf(json, "%s{\"flows\":%u,\"ns_segment\":%.2f,\"ns_random_line\":%.2f}", comma, flows, touch, read);
	conversation_end(&c);
	free(lines);
	return true;
}

/* Four fifths of the machine's free memory may be used. */
static bool fits(u32 flows)
{
	u64 pages = (u64)sysconf(_SC_AVPHYS_PAGES), page = (u64)sysconf(_SC_PAGESIZE);
	u64 need = (u64)slots_for(flows) * (sizeof(struct fm_hot) + sizeof(struct fm_cold) + sizeof(struct fm_alias)) + (u64)flows * LINE;

	return need < pages * page / 5 * 4;
}

void bench_cost(FILE *json, u32 most)
{
	const char *comma = "";
	u64 flows;

	fputs(",\"cost\":[", json);
	for (flows = 1000; flows <= most; flows *= 10, comma = ",") {
		if (fits((u32)flows) && cell(json, (u32)flows, comma))
			continue;
		printf("  %8u flows               not measured: this machine's free memory does not hold them\n", (u32)flows);
		break;
	}
	fputs("]", json);
}
