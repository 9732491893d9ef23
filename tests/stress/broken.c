// SPDX-License-Identifier: GPL-2.0
/*
 * broken.c - segments that no honest sender makes: cut, lying about their lengths, full of options, behind extension headers, in pieces
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <string.h>

#include "shapes.h"

#define PAYLOAD 64

struct broken {
	struct flood *f;
	uint8_t *frame, *ip, *tcp;
	size_t len, ip_len;
	uint64_t r;
};

static void put16(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void fill_random(struct flood *f, uint8_t *p, size_t n)
{
	size_t i;
	uint64_t r = 0;

	for (i = 0; i < n; i++, r >>= 8) {
		if (i % 8 == 0)
			r = random_next(&f->random);
		p[i] = (uint8_t)r;
	}
}

/* The packet ends here: say so in the IP header. */
static void set_length(struct broken *b, size_t frame_len)
{
	b->len = frame_len;
	if (b->f->family == 4)
		put16(b->ip + 2, frame_len - ETHER_LEN);
	else
		put16(b->ip + 4, frame_len - ETHER_LEN - 40);
	packet_fix_ip(b->frame);
}

static void cut(struct broken *b)
{
	set_length(b, (size_t)(b->tcp - b->frame) + b->r % 20);
}

static void short_header(struct broken *b)
{
	b->tcp[12] = (uint8_t)(b->r % 5 << 4);
}

static void long_header(struct broken *b)
{
	set_length(b, (size_t)(b->tcp - b->frame) + 20 + b->r % 40);
	b->tcp[12] = 0xf0;
}

/* Forty bytes of anything, or of one kind whose length is 0, 1 or more than there is. */
static void options(struct broken *b)
{
	static const uint8_t lengths[] = { 0, 1, 2, 3, 9, 11, 34, 41, 255 };
	size_t i;

	b->tcp[12] = 0xf0;
	if (b->r & 1) {
		fill_random(b->f, b->tcp + 20, 40);
		return;
	}
	for (i = 0; i + 1 < 40; i += 2) {
		b->tcp[20 + i] = (uint8_t)(b->r >> 8) % 32;
		b->tcp[21 + i] = lengths[(b->r >> 16) % sizeof(lengths)];
	}
}

static void noise_in_header(struct broken *b)
{
	fill_random(b->f, b->tcp, 20);
}

static void any_flags(struct broken *b)
{
	b->tcp[13] = (uint8_t)b->r;
	fill_random(b->f, b->tcp + 18, 2); /* urgent pointer */
}

static void bad_checksum(struct broken *b)
{
	b->tcp[16] ^= 0x55;
}

static void bad_ip_checksum(struct broken *b)
{
	if (b->f->family == 4)
		b->ip[10] ^= 0x55;
	else
		b->ip[0] = (uint8_t)b->r; /* another version */
}

/* The IP header claims less, or more, than there is. */
static void lying_length(struct broken *b)
{
	size_t len = b->len;

	set_length(b, ETHER_LEN + b->ip_len + b->r % 200);
	b->len = len;
}

/* IPv4 options, or a header length that is none. */
static void ipv4_header(struct broken *b)
{
	size_t words = b->r % 16;

	b->ip[0] = (uint8_t)(0x40 | words);
	if (words > 5)
		fill_random(b->f, b->ip + 20, words * 4 - 20);
	packet_fix_ip(b->frame);
}

/* A chain of extension headers before the segment; now and then one that points beyond the packet. */
static void ipv6_extensions(struct broken *b)
{
	static const uint8_t kinds[] = { 0, 60, 43, 60, 135, 139, 44, 51 };
	size_t n = 1 + b->r % 8, i;
	uint8_t *next = b->ip + 6, *at = b->tcp;

	memmove(b->tcp + 8 * n, b->tcp, b->len - (size_t)(b->tcp - b->frame));
	for (i = 0; i < n; i++, at += 8) {
		*next = i ? kinds[(b->r >> (3 * i + 8)) & 7] : kinds[(b->r >> 3) & 1];
		next = at;
		memset(at, 0, 8);
		at[1] = (b->r >> (8 + i)) % 32 ? 0 : 200;
		at[2] = *next == 44 ? 0 : 1; /* PadN */
		at[3] = 4;
	}
	*next = 6;
	set_length(b, b->len + 8 * n);
}

static void ip_header(struct broken *b)
{
	if (b->f->family == 4)
		ipv4_header(b);
	else
		ipv6_extensions(b);
}

static void last_hop(struct broken *b)
{
	b->ip[b->f->family == 4 ? 8 : 7] = (uint8_t)(b->r & 1);
	packet_fix_ip(b->frame);
}

static void tiny(struct broken *b)
{
	set_length(b, ETHER_LEN + b->ip_len);
}

static void base(struct broken *b, struct flood *f, struct wire *w)
{
	uint8_t payload[PAYLOAD];
	struct tcp t = { .payload = payload, .payload_len = PAYLOAD };
	struct living flow;

	flow_living(f, random_next(&f->random) & 0x3fff, &flow); /* conntrack's table holds them all */
	fill_random(f, payload, sizeof(payload));
	b->r = random_next(&f->random);
	t.ends = flow.ends;
	t.ends.dport = 444; /* nobody's flow */
	t.seq = (uint32_t)b->r;
	t.flags = b->r & 0x100 ? F_RST : b->r & 0x200 ? F_RST | F_ACK : b->r & 0x400 ? F_SYN : F_ACK;
	b->f = f;
	b->ip_len = f->family == 4 ? 20 : 40;
	b->frame = wire_frame(w);
	b->ip = b->frame + ETHER_LEN;
	b->tcp = b->ip + b->ip_len;
	b->len = packet_tcp(b->frame, &t);
	b->r = random_next(&f->random);
}

void shape_malformed(struct flood *f, uint64_t i)
{
	static void (*const breaks[])(struct broken *) = {
		cut, short_header, long_header, options, noise_in_header, any_flags, bad_checksum, bad_ip_checksum, lying_length,
		ip_header, last_hop, tiny, options, ip_header,
	};
	struct broken b;

	base(&b, f, &f->client);
	breaks[i % (sizeof(breaks) / sizeof(*breaks))](&b);
	wire_add(&f->client, b.len);
}

static void piece_ipv4(struct flood *f, const struct broken *whole, size_t from, size_t to, uint16_t id)
{
	uint8_t *frame = wire_frame(&f->client), *ip = frame + ETHER_LEN;
	size_t all = whole->len - ETHER_LEN - 20;

	memcpy(ip, whole->ip, 20);
	memcpy(ip + 20, whole->tcp + from, to - from);
	put16(ip + 2, 20 + to - from);
	put16(ip + 4, id);
	put16(ip + 6, from / 8 | (to < all ? 0x2000 : 0));
	packet_fix_ip(frame);
	wire_add(&f->client, ETHER_LEN + 20 + to - from);
}

static void piece_ipv6(struct flood *f, const struct broken *whole, size_t from, size_t to, uint16_t id)
{
	uint8_t *frame = wire_frame(&f->client), *ip = frame + ETHER_LEN;
	size_t all = whole->len - ETHER_LEN - 40;

	memcpy(frame + 12, whole->frame + 12, 2 + 40);
	ip[6] = 44;
	put16(ip + 4, 8 + to - from);
	memset(ip + 40, 0, 8);
	ip[40] = 6;
	put16(ip + 42, from | (to < all));
	put16(ip + 46, id);
	memcpy(ip + 48, whole->tcp + from, to - from);
	wire_add(&f->client, ETHER_LEN + 48 + to - from);
}

static void piece(struct flood *f, const struct broken *whole, size_t from, size_t to, uint16_t id)
{
	memcpy(wire_frame(&f->client) + 12, whole->frame + 12, 2);
	if (f->family == 4)
		piece_ipv4(f, whole, from, to, id);
	else
		piece_ipv6(f, whole, from, to, id);
}

/* Two or three pieces of one segment: whole, the header itself cut, backwards, overlapping, one missing. */
void shape_fragments(struct flood *f, uint64_t i)
{
	static const uint8_t cuts[][4] = { { 0, 8, 8, 84 },  { 0, 16, 16, 84 },	 { 8, 84, 0, 8 },     { 0, 24, 16, 84 },
					   { 0, 8, 24, 84 }, { 16, 84, 16, 84 }, { 0, 80, 80, 84 }, { 0, 84, 0, 84 } };
	const uint8_t *c = cuts[i % (sizeof(cuts) / sizeof(*cuts))];
	uint8_t held[FRAME_MAX];
	struct broken b;

	base(&b, f, &f->client);
	memcpy(held, b.frame, b.len);
	b.frame = held;
	b.ip = held + ETHER_LEN;
	b.tcp = b.ip + b.ip_len;
	piece(f, &b, c[0], c[1], (uint16_t)i);
	piece(f, &b, c[2], c[3], (uint16_t)i);
}
