// SPDX-License-Identifier: GPL-2.0
/*
 * packet.c - hand-made Ethernet frames with TCP in IPv4 or IPv6, for the floods
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "packet.h"

#include <string.h>

static void put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

static uint32_t sum16(const uint8_t *p, size_t n, uint32_t sum)
{
	size_t i;

	for (i = 0; i + 1 < n; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	if (n & 1)
		sum += (uint32_t)p[n - 1] << 8;
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static size_t address_len(int family)
{
	return family == 4 ? 4 : 16;
}

static void ip_header(uint8_t *ip, const struct ends *e, size_t l4_len)
{
	if (e->family == 4) {
		memset(ip, 0, 20);
		ip[0] = 0x45;
		put16(ip + 2, (uint32_t)(20 + l4_len));
		ip[6] = 0x40;
		ip[8] = 64;
		ip[9] = 6;
		memcpy(ip + 12, e->src, 4);
		memcpy(ip + 16, e->dst, 4);
		put16(ip + 10, fold(sum16(ip, 20, 0)));
		return;
	}
	memset(ip, 0, 8);
	ip[0] = 0x60;
	put16(ip + 4, (uint32_t)l4_len);
	ip[6] = 6;
	ip[7] = 64;
	memcpy(ip + 8, e->src, 16);
	memcpy(ip + 24, e->dst, 16);
}

size_t packet_tcp(uint8_t *frame, const struct tcp *t)
{
	size_t ip_len = t->ends.family == 4 ? 20 : 40, head = 20 + t->options_len, l4_len = head + t->payload_len;
	uint8_t *ip = frame + ETHER_LEN, *th = ip + ip_len;
	uint32_t sum;

	put16(frame + 12, t->ends.family == 4 ? 0x0800 : 0x86dd);
	ip_header(ip, &t->ends, l4_len);
	put16(th, t->ends.sport);
	put16(th + 2, t->ends.dport);
	put32(th + 4, t->seq);
	put32(th + 8, t->flags & F_ACK ? t->ack : 0);
	th[12] = (uint8_t)(head / 4 << 4);
	th[13] = t->flags;
	put16(th + 14, t->flags & F_RST ? 0 : 64240);
	put32(th + 16, 0);
	if (t->options_len)
		memcpy(th + 20, t->options, t->options_len);
	if (t->payload_len)
		memcpy(th + head, t->payload, t->payload_len);
	sum = sum16(t->ends.src, address_len(t->ends.family), (uint32_t)l4_len + 6);
	sum = sum16(t->ends.dst, address_len(t->ends.family), sum);
	put16(th + 16, fold(sum16(th, l4_len, sum)));
	return ETHER_LEN + ip_len + l4_len;
}

void packet_fix_ip(uint8_t *frame)
{
	uint8_t *ip = frame + ETHER_LEN;
	size_t len = (size_t)(ip[0] & 15) * 4;

	if (ip[0] >> 4 != 4 || len < 20)
		return;
	put16(ip + 10, 0);
	put16(ip + 10, fold(sum16(ip, len, 0)));
}

void packet_swap(struct ends *e)
{
	uint8_t held[16];
	uint16_t port = e->sport;

	memcpy(held, e->src, sizeof(held));
	memcpy(e->src, e->dst, sizeof(held));
	memcpy(e->dst, held, sizeof(held));
	e->sport = e->dport;
	e->dport = port;
}

uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}
