// SPDX-License-Identifier: GPL-2.0
/*
 * engine_scene.c - scenes: the connection, and what happened to it before the RST
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <arpa/inet.h>
#include <string.h>

#include "engine_scene.h"

#define START_NS	1000000000000ULL
#define TCP_ESTABLISHED 3

static void address(uint8_t *to, const char *text)
{
	memset(to, 0, 16);
	assert_int_equal(inet_pton(strchr(text, ':') ? AF_INET6 : AF_INET, text, to), 1);
}

static struct rstwhy_tuple tuple(const char *src, uint16_t sport, const char *dst, uint16_t dport)
{
	struct rstwhy_tuple t = {.sport = htons(sport), .dport = htons(dport)};

	address(t.src, src);
	address(t.dst, dst);
	return t;
}

static void flow(struct scene *s, struct rstwhy_tuple orig, struct rstwhy_tuple reply)
{
	scene_mem(s)->orig = orig;
	scene_mem(s)->reply = reply;
	scene_ct(s)->orig = orig;
	scene_ct(s)->reply = reply;
}

static void base(struct rstwhy_baseline *b, uint8_t ttl)
{
	*b = (struct rstwhy_baseline){.ttl = ttl,
				      .flags = RSTWHY_BASE_SEEN | RSTWHY_BASE_DF | RSTWHY_BASE_IPID,
				      .ipid = 700,
				      .win = 500,
				      .age_ms = 1000};
}

static void numbers(struct rstwhy_memory *mem)
{
	mem->isn[CLIENT] = CLIENT_ISN;
	mem->isn[SERVER] = SERVER_ISN;
	mem->end[CLIENT] = mem->ack[SERVER] = CLIENT_END;
	mem->end[SERVER] = mem->ack[CLIENT] = SERVER_END;
	mem->timeout_before_gap_ms = mem->timeout_now_ms = DAYS_5_MS;
	mem->age_ms = 3600000;
}

static void windows(struct scene *s)
{
	struct rstwhy_conntrack *ct = scene_ct(s);

	ct->td_end[CLIENT] = CLIENT_END;
	ct->td_end[SERVER] = SERVER_END;
	ct->td_maxack[CLIENT] = SERVER_END;
	ct->td_maxack[SERVER] = CLIENT_END;
	ct->td_maxend[CLIENT] = CLIENT_END + 64000;
	ct->td_maxend[SERVER] = SERVER_END + 64000;
	ct->td_maxwin[CLIENT] = ct->td_maxwin[SERVER] = 64000;
}

static void begin(struct scene *s)
{
	struct event *e;

	memset(s, 0, sizeof(*s));
	s->settings = (struct verdict_settings){.idle_min_ms = 10000, .hold_ms = 1500};
	s->incident.count = 1;
	s->incident.hold_over = true;
	e = scene_event(s);
	e->ev.kind = RSTWHY_KIND_RST;
	e->ev.by = RSTWHY_BY_TRANSIT;
	e->ev.csum = RSTWHY_CSUM_GOOD;
	e->ev.uid = RSTWHY_NO_UID;
	e->ev.seq = 100;
	e->ev.boottime_ns = START_NS;
	e->ev.netns_inum = 4026531840U;
	scene_ct(s)->flags = RSTWHY_CT_FOUND | RSTWHY_CT_ATTACHED | RSTWHY_CT_WINDOW;
	scene_ct(s)->state_before = TCP_ESTABLISHED;
	scene_ct(s)->remaining_before_ms = DAYS_5_MS - 1000;
	scene_mem(s)->flags = RSTWHY_MEM_KNOWN | RSTWHY_MEM_HANDSHAKE | RSTWHY_MEM_COMPLETED | RSTWHY_MEM_ASSURED |
			      RSTWHY_MEM_DATA_ORIG | RSTWHY_MEM_DATA_REPLY;
	numbers(scene_mem(s));
	windows(s);
	base(&scene_mem(s)->base[CLIENT], 64);
	base(&scene_mem(s)->base[SERVER], 63);
}

static void finish(struct scene *s, uint8_t family)
{
	scene_event(s)->ev.family = family;
	scene_event(s)->seg.family = family;
	scene_last_segments(s, 1000, 1000);
	scene_rst_from(s, SERVER);
	scene_passive(s);
}

void scene_established(struct scene *s)
{
	begin(s);
	flow(s, tuple("10.1.0.2", 51234, "10.2.0.2", 443), tuple("10.2.0.2", 443, "10.1.0.2", 51234));
	finish(s, 4);
}

void scene_established6(struct scene *s)
{
	begin(s);
	flow(s, tuple("2001:db8:1::2", 51234, "2001:db8:2::2", 443), tuple("2001:db8:2::2", 443, "2001:db8:1::2", 51234));
	scene_mem(s)->base[CLIENT].flowlabel = 0x1111;
	scene_mem(s)->base[SERVER].flowlabel = 0x2222;
	finish(s, 6);
}

void scene_connecting(struct scene *s)
{
	struct rstwhy_memory *mem;

	scene_established(s);
	mem = scene_mem(s);
	mem->flags = RSTWHY_MEM_KNOWN | RSTWHY_MEM_SYN_PENDING;
	mem->syn_seq = CLIENT_ISN;
	mem->syn_copies = 1;
	mem->syn_dir = CLIENT;
	mem->end[CLIENT] = CLIENT_ISN + 1;
	mem->end[SERVER] = mem->ack[CLIENT] = mem->ack[SERVER] = 0;
	mem->last_ms[SERVER] = RSTWHY_NEVER;
	mem->last_ms[CLIENT] = mem->age_ms = 1;
	memset(&mem->base[SERVER], 0, sizeof(mem->base[SERVER]));
	scene_ct(s)->state_before = 1;
	scene_ct(s)->td_end[CLIENT] = CLIENT_ISN + 1;
	scene_refusing(s);
}

void scene_accepted(struct scene *s)
{
	struct rstwhy_memory *mem;

	scene_established(s);
	mem = scene_mem(s);
	mem->flags &= ~(uint32_t)(RSTWHY_MEM_DATA_ORIG | RSTWHY_MEM_DATA_REPLY);
	mem->end[CLIENT] = mem->ack[SERVER] = CLIENT_ISN + 1;
	mem->end[SERVER] = mem->ack[CLIENT] = SERVER_ISN + 1;
	mem->age_ms = 20;
	scene_last_segments(s, 1, 10);
	scene_passive(s);
}

void scene_unknown(struct scene *s)
{
	scene_established(s);
	memset(scene_mem(s), 0, sizeof(*scene_mem(s)));
	memset(scene_ct(s), 0, sizeof(*scene_ct(s)));
	scene_ct(s)->flags = RSTWHY_CT_INVALID;
	scene_ct(s)->state_before = RSTWHY_STATE_UNKNOWN;
	scene_event(s)->ev.direction = RSTWHY_DIR_NONE;
}

void scene_conntrack_only(struct scene *s, uint8_t state)
{
	scene_established(s);
	memset(scene_mem(s), 0, sizeof(*scene_mem(s)));
	scene_ct(s)->state_before = state;
}

void scene_reversed(struct scene *s)
{
	struct rstwhy_memory *mem = scene_mem(s);
	struct rstwhy_tuple orig = mem->orig;
	uint8_t d = mem->direction ^ 1U;

	flow(s, mem->reply, orig);
	mem->flags |= RSTWHY_MEM_OPENER_REPLY;
	mem->direction = scene_event(s)->ev.direction = d;
}

void scene_snat(struct scene *s)
{
	flow(s, tuple("10.1.0.2", 51234, "10.2.0.2", 443), tuple("10.2.0.2", 443, "192.0.2.1", 40001));
	scene_rst_from(s, scene_mem(s)->direction);
}

void scene_dnat(struct scene *s)
{
	flow(s, tuple("10.1.0.2", 51234, "203.0.113.9", 80), tuple("10.2.0.2", 443, "10.1.0.2", 51234));
	scene_rst_from(s, scene_mem(s)->direction);
}

void scene_said_nothing(struct scene *s, unsigned int side)
{
	struct rstwhy_memory *mem = scene_mem(s);

	mem->flags &= ~((uint32_t)RSTWHY_MEM_DATA_ORIG << side);
	mem->end[side] = mem->ack[side ^ 1U] = mem->isn[side] + 1;
	mem->last_data_ms[side] = RSTWHY_NEVER;
}

void scene_timestamps(struct scene *s)
{
	for (unsigned int side = 0; side < 2; side++) {
		scene_mem(s)->base[side].flags |= RSTWHY_BASE_TS;
		scene_mem(s)->base[side].tsval = 50000;
	}
}

void scene_round_trip(struct scene *s, unsigned int side, uint32_t us)
{
	scene_mem(s)->rtt_us[side] = us;
}

void scene_last_segments(struct scene *s, uint64_t client_ms, uint64_t server_ms)
{
	struct rstwhy_memory *mem = scene_mem(s);

	mem->last_ms[CLIENT] = mem->last_data_ms[CLIENT] = client_ms;
	mem->last_ms[SERVER] = mem->last_data_ms[SERVER] = server_ms;
}

void scene_in_flight(struct scene *s, unsigned int side, uint32_t bytes)
{
	struct rstwhy_memory *mem = scene_mem(s);

	mem->flags |= (uint32_t)RSTWHY_MEM_DATA_ORIG << side;
	mem->end[side] += bytes;
	scene_ct(s)->td_end[side] += bytes;
	mem->last_ms[side] = mem->last_data_ms[side] = 1;
}

void scene_fin(struct scene *s, unsigned int side, bool acked)
{
	struct rstwhy_memory *mem = scene_mem(s);

	mem->flags |= (uint32_t)RSTWHY_MEM_FIN_ORIG << side;
	mem->fin_end[side] = ++mem->end[side];
	if (!acked)
		return;
	mem->flags |= (uint32_t)RSTWHY_MEM_FIN_ACKED_ORIG << side;
	mem->ack[side ^ 1U] = mem->fin_end[side];
}

void scene_woke(struct scene *s, unsigned int side, enum rstwhy_burst kind, uint64_t gap_ms)
{
	struct rstwhy_memory *mem = scene_mem(s);
	bool probe = kind == RSTWHY_BURST_PROBE;

	mem->flags |= RSTWHY_MEM_BURST;
	mem->burst_dir = (uint8_t)side;
	mem->burst_kind = (uint8_t)kind;
	mem->burst_seq = mem->end[side] - probe;
	mem->burst_ack = mem->ack[side];
	if (kind == RSTWHY_BURST_DATA)
		mem->end[side] += 100;
	mem->burst_end = mem->end[side];
	mem->burst_gap_ms = mem->gap_min_ms = mem->gap_max_ms = mem->burst_peer_gap_ms = gap_ms;
	mem->last_ms[side ^ 1U] = mem->last_data_ms[side ^ 1U] = gap_ms;
	mem->last_ms[side] = 0;
	mem->burst_first_us = mem->burst_last_us = 300;
	mem->burst_copies = 1;
	mem->burst_probes = probe;
}

void scene_copies(struct scene *s, uint32_t copies, uint32_t probes, uint64_t first_ms)
{
	struct rstwhy_memory *mem = scene_mem(s);

	mem->burst_copies = copies;
	mem->burst_probes = probes;
	mem->burst_first_us = first_ms * 1000;
	mem->last_ms[mem->burst_dir ^ 1U] += first_ms;
}

void scene_answered(struct scene *s)
{
	struct rstwhy_memory *mem = scene_mem(s);

	mem->flags |= RSTWHY_MEM_BURST_ANSWERED;
	mem->ack[mem->burst_dir ^ 1U] = mem->end[mem->burst_dir];
	mem->last_ms[0] = mem->last_ms[1] = 0;
	mem->survived_ms = mem->burst_gap_ms;
	scene_passive(s);
}

void scene_lost(struct scene *s, bool seen_passing)
{
	scene_mem(s)->flags |= RSTWHY_MEM_LOST | (seen_passing ? RSTWHY_MEM_LOST_KNOWN : 0);
	if (seen_passing)
		return;
	scene_ct(s)->flags = RSTWHY_CT_INVALID;
	scene_ct(s)->state_before = RSTWHY_STATE_UNKNOWN;
	memset(&scene_ct(s)->orig, 0, sizeof(scene_ct(s)->orig));
	memset(&scene_ct(s)->reply, 0, sizeof(scene_ct(s)->reply));
}

void scene_reset_before(struct scene *s, unsigned int side, uint64_t ms)
{
	struct rstwhy_memory *mem = scene_mem(s);

	mem->flags |= RSTWHY_MEM_RESET_BEFORE;
	mem->reset_dir = (uint8_t)side;
	mem->reset_count = 1;
	mem->reset_ms = ms;
	memcpy(mem->reset_end, mem->end, sizeof(mem->reset_end));
	memcpy(mem->reset_ack, mem->ack, sizeof(mem->reset_ack));
}
