// SPDX-License-Identifier: GPL-2.0
/*
 * flows.c - fuzz: the module's flow memory, driven segment by segment
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Input: ten bytes a step: what is done and to which connection, TCP flags, numbers, conntrack's view, and how much later.
 */
#include "shown.h"

#include "../../module/flowmem_arrays.h"
#include "../../module/flowmem_table.h"

#include <arpa/inet.h>
#include <string.h>

#define STEP 10
#define STEPS_MOST 200
#define FLOWS 8
#define PLACES (FLOWS * FM_PLACES)
#define ALIASES (FLOWS * FM_ALIASES)
#define TUPLES 12

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct fm_hot hot[PLACES] __aligned(64);
static u32 cold_of[PLACES], spare[FLOWS];
static struct fm_cold cold[FLOWS];
static struct fm_alias alias[ALIASES];
static struct flowmem fm;

/* Without malloc(): a run is short. */
static void *table(u32 records, size_t size)
{
	if (size == sizeof(hot[0]))
		return hot;
	if (size == sizeof(cold[0]))
		return cold;
	if (size == sizeof(alias[0]))
		return alias;
	return records == PLACES ? cold_of : spare;
}

struct host {
	u64 now_us;
	u64 evidence;
	u32 seq[TUPLES][2];
};

static void begin(struct host *h)
{
	memset(hot, 0, sizeof(hot));
	memset(cold, 0, sizeof(cold));
	memset(cold_of, 0, sizeof(cold_of));
	memset(alias, 0, sizeof(alias));
	memset(&fm, 0, sizeof(fm));
	memset(h, 0, sizeof(*h));
	must(flowmem_arrays(&fm, FLOWS, table));
	flowmem_init(&fm, 1, 2);
	h->now_us = 1000000000;
}

/* Odd ones are IPv6; the last ones are what translation makes of the first. */
static struct rstwhy_tuple tuple_of(unsigned int number, bool reversed)
{
	struct rstwhy_tuple t = { .sport = htons((u16)(40000 + number)), .dport = htons(443) };
	u8 client[16] = { 10, 0, 0, (u8)number }, server[16] = { 10, 0, 1, 1 };

	memcpy(reversed ? t.dst : t.src, client, number & 1 ? 16 : 4);
	memcpy(reversed ? t.src : t.dst, server, number & 1 ? 16 : 4);
	if (reversed) {
		u16 port = t.sport;

		t.sport = t.dport;
		t.dport = port;
	}
	return t;
}

static void step_time(struct host *h, u8 a, u8 b)
{
	h->now_us += (u64)a << (b % 40);
}

static struct segment segment_of(struct host *h, const u8 *p, unsigned int number, bool reversed)
{
	u32 own = h->seq[number][reversed], peer = h->seq[number][!reversed];
	struct segment seg = { .family = number & 1 ? 6 : 4, .ttl = 64, .flags = p[1] & 0x3f, .win = p[8] };

	seg.tuple = tuple_of(number, reversed);
	seg.seq = own + (u32)(int8_t)p[2] * (p[9] & 16 ? 1U << 20 : 1U);
	seg.ack = peer + (u32)(int8_t)p[3];
	seg.len = p[4];
	seg.end = seg.seq + seg.len + !!(seg.flags & SEG_SYN) + !!(seg.flags & SEG_FIN);
	seg.has_ts = p[9] & 32;
	seg.tsval = (u32)(h->now_us / 1000);
	if (seq_after(seg.end, own) && seg.end - own < 100000)
		h->seq[number][reversed] = seg.end;
	return seg;
}

static void check_export(const struct rstwhy_memory *mem, bool known, u8 state)
{
	if (!known) {
		must(state == RSTWHY_STATE_UNKNOWN && mem->flags == 0);
		return;
	}
	must(mem->flags & RSTWHY_MEM_KNOWN);
	must(mem->direction <= RSTWHY_DIR_REPLY && mem->gap_min_ms <= mem->gap_max_ms);
	if (!(mem->flags & RSTWHY_MEM_BLIND) && (mem->flags & RSTWHY_MEM_BURST))
		must(mem->gap_min_ms == mem->gap_max_ms && mem->gap_max_ms == mem->burst_gap_ms);
}

static void reset(struct host *h, const u8 *p, unsigned int number, bool reversed)
{
	struct rstwhy_tuple tuple = tuple_of(number, reversed);
	struct fm_query q = { .exact = p[0] & 64, .entry_gone = p[0] & 128, .tick = fm_tick(h->now_us * 1000), .now_us = h->now_us };
	struct segment rst = { .flags = SEG_RST | (p[2] & 1 ? SEG_ACK : 0), .seq = h->seq[number][reversed] + (u32)(int8_t)p[2],
			       .ack = h->seq[number][!reversed] };
	struct rstwhy_memory mem;
	bool known;
	u8 state;

	q.side = flowmem_key(&q.key, &tuple, number & 1 ? 6 : 4, 0, 1);
	q.hash = flowmem_hash(&fm, &q.key);
	known = flowmem_export(&fm, &q, &mem, &state);
	check_export(&mem, known, state);
	flowmem_note_reset(&fm, &q, &rst, ++h->evidence);
}

static void segment(struct host *h, const u8 *p, unsigned int number, bool reversed)
{
	struct segment seg = segment_of(h, p, number, reversed);
	struct rstwhy_tuple orig = tuple_of(number, false), reply = tuple_of((number + (p[9] & 64 ? 2 : 0)) % TUPLES, true);
	struct fm_tell tell = { 0 };
	struct fm_hot *found = NULL;
	struct fm_input in = { .seg = &seg, .now_us = h->now_us };
	struct fm_key key;
	u8 side = flowmem_key(&key, &orig, seg.family, 0, 1 + (p[9] & 8 ? 1 : 0));

	in.key = &key;
	in.hash = flowmem_hash(&fm, &key);
	in.orig1 = side;
	in.fresh = p[9] & 1;
	in.confirmed = !in.fresh;
	in.assured = p[9] & 2;
	in.guest = p[9] & 8;
	in.reply = p[9] & 4 ? &reply : NULL;
	in.quick = (struct fm_quick){ .seq = seg.seq, .end = seg.end, .ack = seg.ack, .len = seg.len, .tick = fm_tick(h->now_us * 1000),
		.resume = fm_ms_ticks(1000), .timeout = fm_timeout_code((u32)p[8] * 3000), .flags = seg.flags,
		.state = p[5] & FM_STATE, .side = reversed ? !side : side };
	if ((p[0] & 3) == 2)
		flowmem_mark(&fm, &in, &tell);
	else if (!flowmem_find(&fm, in.hash, &found) || in.fresh || !flowmem_touch(found, &in.quick))
		flowmem_segment(&fm, &in, &tell);
	must(tell.kind == 0 || tell.kind == RSTWHY_KIND_AFTER || tell.kind == RSTWHY_KIND_SILENCE || tell.kind == RSTWHY_KIND_SURVIVED);
	must(tell.kind != RSTWHY_KIND_AFTER || (tell.after && tell.ref_seq <= h->evidence));
}

static void relax(void)
{
}

/* What must be true between any two steps: each cold record is one flow's or spare, each line knows how many are away. */
static void check(void)
{
	u64 used = 0, guests = 0, gone = 0;
	u32 away[PLACES / 2] = { 0 }, line;
	bool taken[FLOWS] = { false };

	for (u32 i = 0; i < PLACES; i++) {
		if (!hot[i].tag)
			continue;
		used++;
		guests += (hot[i].flags & FM_GUEST) != 0;
		must(cold_of[i] < FLOWS && !taken[cold_of[i]]);
		taken[cold_of[i]] = true;
		line = fm_first_line(&fm, flowmem_hash(&fm, &cold[cold_of[i]].key));
		away[line] += i / 2 != line;
		must(flowmem_lock(&fm, &cold[cold_of[i]].key, flowmem_hash(&fm, &cold[cold_of[i]].key)) == i);
		flowmem_unlock(&fm, i);
	}
	for (u32 i = 0; i < PLACES / 2; i++)
		must(fm_away(hot + i * 2) == away[i]);
	for (u32 i = 0; i < fm.spares; i++) {
		must(spare[i] < FLOWS && !taken[spare[i]]);
		taken[spare[i]] = true;
	}
	for (u32 i = 0; i < ALIASES; i++)
		must(alias[i].tag == 0 || alias[i].index < PLACES);
	for (u32 i = FM_EVICTED_DEAD; i <= FM_EVICTED_OUTLIVED; i++)
		gone += fm_count_read(&fm.counts[i]);
	must(used + fm.spares == FLOWS && fm_count_read(&fm.guests) == guests);
	must(fm_count_read(&fm.counts[FM_CREATED]) >= used + gone);
	must(!fm.pool.held);
	for (u32 i = 0; i < FM_LOCKS; i++)
		must(!fm.locks[i].held);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct host h;

	begin(&h);
	for (size_t i = 0; i < size / STEP && i < STEPS_MOST; i++) {
		const u8 *p = data + i * STEP;
		unsigned int number = (p[0] >> 2 & 7) + (p[5] >> 6 & 3) % (TUPLES - 7);

		step_time(&h, p[6], p[7]);
		if ((p[0] & 3) == 3 && p[1] == 0xff)
			flowmem_forget(&fm, 2, relax);
		else if ((p[0] & 3) == 3)
			reset(&h, p, number, p[0] & 32);
		else
			segment(&h, p, number, p[0] & 32);
	}
	check();
	return 0;
}
