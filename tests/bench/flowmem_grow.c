// SPDX-License-Identifier: GPL-2.0
/*
 * flowmem_grow.c - as flows grow: how many are found, how many cache lines a look-up reads, what a segment costs beside one random read
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * The yardstick is one read of a random cache line among as many as there are flows: what conntrack pays for its entry's line, and
 * for its bucket's, and so on. Each step waits for the one before, so that misses do not overlap. Times are of this machine now;
 * the ratio is what counts. The lines are counted, not measured: a memory beyond the last-level cache misses once for each, or once
 * for a pair where the processor fetches neighbours together.
 */
#include "flowmem.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "../../module/flowmem_arrays.h"
#include "../../module/flowmem_table.h"

#define STEPS 1000000
#define ROUNDS 3
#define TURNOVERS 3
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

/* Lines of the hot array that finding a flow reads, counted as flowmem_find() and flowmem_find_elsewhere() go. */
static u32 lines_read(struct conversation *c)
{
	struct fm_key key;
	struct fm_hot *found;
	u64 hash, slot;
	u32 choice = 0;

	flowmem_key(&key, &c->orig, 4, 0, 1);
	hash = flowmem_hash(&c->fm, &key);
	if (!flowmem_find(&c->fm, hash, &found))
		return fm_away(fm_line_of(&c->fm, hash)) ? 2 * FM_CHOICES : 1;
	slot = (u64)(found - c->fm.hot);
	if (slot / 2 == fm_first_line(&c->fm, hash))
		return 1;
	while (slot / FM_WAYS != fm_set_of(&c->fm, hash, choice))
		choice++;
	return choice ? 2 * choice + (slot % FM_WAYS < 2 ? 1 : 2) : 2;
}

/* And as pairs of neighbours, which processors fetch together: the sets that were asked. */
static double mean_lines(struct conversation *c, u32 first, u32 count, double *pairs)
{
	u64 lines = 0, two = 0;
	u32 n, step = count / 200000 + 1, asked = 0;

	for (n = first; n < first + count; n += step) {
		u32 read;

		become(c, n);
		read = lines_read(c);
		lines += read;
		two += (read + 1) / 2;
		asked++;
	}
	*pairs = (double)two / asked;
	return (double)lines / asked;
}

/* What a memory finds when so many of the flows it was made for live at once, and what a segment costs then. */
static void level(FILE *json, struct conversation *c, const u8 *lines, u32 flows, u32 percent)
{
	u32 count = (u32)((u64)flows * percent / 100);
	double known = share_known(c, 0, count), pairs, read = mean_lines(c, 0, count, &pairs), make, touch, random;

	make = best(MAKE, c, lines, count);
	touch = best(TOUCH, c, lines, count) - make;
	random = best(READ, c, lines, count < flows ? count : flows);
	printf("  %10u %5u %% %9.2f %% %8.2f %8.2f %9.1f %9.1f\n", flows, percent, known * 100, read, pairs, touch, random);
	fprintf(json,
		"%s{\"percent\":%u,\"hit_rate\":%.5f,\"cache_lines\":%.3f,\"line_pairs\":%.3f,\"ns_segment\":%.2f,\"ns_random_line\":%.2f}",
		percent == 50 ? "" : ",", percent, known, read, pairs, touch, random);
	fflush(stdout);
}

static bool cell(FILE *json, u32 flows, const char *comma)
{
	static const u32 percents[] = { 50, 90, 110 };
	u8 *lines = malloc((size_t)flows * LINE);
	struct conversation c;
	u32 opened = 0;
	size_t i;

	if (!lines || !conversation_begin(&c, flows))
		return false;
	memset(lines, 1, (size_t)flows * LINE);
	fprintf(json, "%s{\"flows\":%u,\"levels\":[", comma, flows);
	for (i = 0; i < sizeof(percents) / sizeof(percents[0]); i++) {
		u32 count = (u32)((u64)flows * percents[i] / 100);

		open_flows(&c, opened, count - opened);
		opened = count;
		level(json, &c, lines, flows, percents[i]);
	}
	fputs("]}", json);
	conversation_end(&c);
	free(lines);
	return true;
}

/* A full memory in which others have taken the place of all flows, many times: who stood in a newcomer's way has gone since, he stays. */
void bench_turnover(FILE *json, u32 flows)
{
	struct conversation c;
	double pairs, lines;
	u32 n, opened = 0;

	if (!conversation_begin(&c, flows))
		exit(1);
	c.timeout_ms = 60000;
	for (n = 0; n < 8 * TURNOVERS; n++) {
		u32 count = n ? flows / 8 : flows;

		open_flows(&c, opened, count);
		opened += count;
		wait_ms(&c, 2 * 60000 + 600000);
	}
	lines = mean_lines(&c, opened - flows / 8, flows / 8, &pairs);
	printf("  full, all replaced %d times: %.2f lines a look-up, %.2f pairs; of the newcomers %.2f %% refused\n", TURNOVERS, lines, pairs,
	       100.0 * (double)fm_count_read(&c.fm.counts[FM_REFUSED]) / opened);
	fprintf(json, ",\"turnover\":{\"cache_lines\":%.3f,\"line_pairs\":%.3f,\"refused\":%.5f}", lines, pairs,
		(double)fm_count_read(&c.fm.counts[FM_REFUSED]) / opened);
	conversation_end(&c);
}

/* Four fifths of the machine's free memory may be used. */
static bool fits(u32 flows)
{
	u64 pages = (u64)sysconf(_SC_AVPHYS_PAGES), page = (u64)sysconf(_SC_PAGESIZE);
	u64 need = (u64)flows * (FM_FLOW_BYTES + LINE);

	return need < pages * page / 5 * 4;
}

void bench_grow(FILE *json, u32 most)
{
	const char *comma = "";
	u64 flows;

	printf("  As flows grow. Lines: of 64 bytes, read by a look-up, counted; pairs: neighbours taken as one (a set is one). ns: a segment,\n"
	       "  and one random cache line among as many, which is what one miss costs on this machine now\n");
	printf("  %10s %7s %11s %8s %8s %9s %9s\n", "made for", "filled", "found", "lines", "pairs", "ns", "ns line");
	fputs(",\"grow\":[", json);
	for (flows = 1000; flows <= most; flows *= 10, comma = ",") {
		if (fits((u32)flows) && cell(json, (u32)flows, comma))
			continue;
		printf("  %10u not measured: this machine's free memory does not hold them\n", (u32)flows);
		break;
	}
	fputs("]", json);
}
