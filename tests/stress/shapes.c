// SPDX-License-Identifier: GPL-2.0
/*
 * shapes.c - random tuples, whole conversations, and strangers' segments in living flows
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "shapes.h"

#include <string.h>

#define DATA 32
/* A blind guess that falls into the window is not blind any more; windows here are below this. */
#define FAR (1U << 21)

static void address(uint8_t *to, int family, int server, uint32_t host)
{
	memset(to, 0, 16);
	if (family == 4) {
		to[0] = 198;
		to[1] = server ? 19 : 18;
		to[2] = (uint8_t)(host >> 8);
		to[3] = (uint8_t)host;
		return;
	}
	to[0] = 0xfd;
	to[3] = server ? 0x19 : 0x18;
	to[14] = (uint8_t)(host >> 8);
	to[15] = (uint8_t)host;
}

static void random_ends(struct flood *f, struct ends *e)
{
	uint64_t r = random_next(&f->random);

	e->family = f->family;
	address(e->src, f->family, 0, (uint32_t)r & 0xffff);
	address(e->dst, f->family, 1, (uint32_t)(r >> 16) & 0xffff);
	e->sport = (uint16_t)(r >> 32);
	e->dport = (uint16_t)(r >> 48);
}

static void emit(struct wire *w, const struct tcp *t)
{
	wire_add(w, packet_tcp(wire_frame(w), t));
}

/* From the client, or the other way round; sequence numbers as they come. */
static void random_segment(struct flood *f, uint8_t flags, size_t data, int both_ways)
{
	static const uint8_t payload[DATA];
	struct tcp t = { .flags = flags, .payload = payload, .payload_len = data };
	uint64_t r = random_next(&f->random);
	int back = both_ways && (random_next(&f->random) & 1);

	t.seq = (uint32_t)r;
	t.ack = (uint32_t)(r >> 32);
	random_ends(f, &t.ends);
	if (back)
		packet_swap(&t.ends);
	emit(back ? &f->server : &f->client, &t);
}

static void shape_rst(struct flood *f, uint64_t i)
{
	random_segment(f, i & 1 ? F_RST | F_ACK : F_RST, 0, 1);
}

static void shape_syn(struct flood *f, uint64_t i)
{
	(void)i;
	random_segment(f, F_SYN, 0, 0);
}

static void shape_ack(struct flood *f, uint64_t i)
{
	random_segment(f, F_ACK, i & 3 ? 0 : DATA, 1);
}

void flow_living(const struct flood *f, uint64_t i, struct living *flow)
{
	uint64_t state = f->seed ^ (i * 0x2545f4914f6cdd1d), r = random_next(&state);

	memset(flow, 0, sizeof(*flow));
	flow->ends.family = f->family;
	address(flow->ends.src, f->family, 0, 1 + (uint32_t)(i / 60000));
	address(flow->ends.dst, f->family, 1, 1 + (uint32_t)(f->seed & 0xff) * 16 + (uint32_t)(i & 15));
	flow->ends.sport = (uint16_t)(2000 + i % 60000);
	flow->ends.dport = 443;
	flow->seq = (uint32_t)r + 1 + DATA;
	flow->ack = (uint32_t)(r >> 32) + 1 + DATA;
}

void flow_step(struct flood *f, uint64_t i, int step)
{
	static const uint8_t flags[] = { F_SYN, F_SYN | F_ACK, F_ACK, F_PSH | F_ACK, F_PSH | F_ACK, F_ACK, F_RST | F_ACK };
	static const uint8_t before[][2] = { { 1 + DATA, 1 + DATA }, { DATA, 1 + DATA }, { DATA, DATA }, { DATA, DATA },
					     { 0, DATA }, { 0, 0 }, { 0, 0 } }; /* of the client's data, the server's */
	static const uint8_t payload[DATA] = "numbers";
	int back = step == 1 || step == 4 || step == 6;
	struct tcp t = { .flags = flags[step], .payload = payload, .payload_len = step == 3 || step == 4 ? DATA : 0 };
	struct living flow;

	flow_living(f, i, &flow);
	t.ends = flow.ends;
	t.seq = flow.seq - before[step][0];
	t.ack = flow.ack - before[step][1];
	if (back) {
		uint32_t seq = t.seq;

		t.seq = t.ack;
		t.ack = seq;
		packet_swap(&t.ends);
	}
	emit(back ? &f->server : &f->client, &t);
}

static void blind(struct flood *f, uint64_t i, uint8_t flags, size_t data)
{
	static const uint8_t payload[DATA] = "forged";
	const struct living *flow = &f->living[random_next(&f->random) % f->livings];
	uint64_t r = random_next(&f->random);
	struct tcp t = { .ends = flow->ends, .flags = flags, .payload = payload, .payload_len = data };
	int back = (int)(r >> 63);
	uint32_t distance = FAR + (uint32_t)(r % (0xffffffffU - 2 * FAR));

	(void)i;
	t.seq = (back ? flow->ack : flow->seq) + distance;
	t.ack = (uint32_t)(r >> 24);
	if (back)
		packet_swap(&t.ends);
	emit(back ? &f->server : &f->client, &t);
}

static void shape_blind_syn(struct flood *f, uint64_t i)
{
	blind(f, i, F_SYN, 0);
}

static void shape_blind_fin(struct flood *f, uint64_t i)
{
	blind(f, i, F_FIN | F_ACK, 0);
}

static void shape_blind_rst(struct flood *f, uint64_t i)
{
	blind(f, i, i & 1 ? F_RST | F_ACK : F_RST, 0);
}

static void shape_blind_data(struct flood *f, uint64_t i)
{
	blind(f, i, F_PSH | F_ACK, DATA);
}

static const struct {
	const char *name;
	shape_fn *shape;
} shapes[] = {
	{ "rst", shape_rst },		  { "syn", shape_syn },		    { "ack", shape_ack },
	{ "malformed", shape_malformed }, { "fragments", shape_fragments }, { "blind-syn", shape_blind_syn },
	{ "blind-fin", shape_blind_fin }, { "blind-rst", shape_blind_rst }, { "blind-data", shape_blind_data },
};

shape_fn *shape_of(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(shapes) / sizeof(*shapes); i++)
		if (!strcmp(shapes[i].name, name))
			return shapes[i].shape;
	return NULL;
}
