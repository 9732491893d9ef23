// SPDX-License-Identifier: GPL-2.0
/*
 * frames.c - captures that a test writes itself
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "frames.h"

#include <pcap/pcap.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define NS_PER_SEC 1000000000ULL

static void put16(uint8_t *p, unsigned int value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

static void put32(uint8_t *p, uint32_t value)
{
	put16(p, value >> 16);
	put16(p + 2, value & 0xffff);
}

void frames_begin(struct frames *f, const char *path, int link)
{
	*f = (struct frames){ .link = link, .now_ns = FRAMES_START, .seq = { 0xfffffff0U, 5000 }, .ipid = 100 };
	f->format = pcap_open_dead_with_tstamp_precision(link, 65535, PCAP_TSTAMP_PRECISION_NANO);
	f->dumper = pcap_dump_open(f->format, path);
	assert_non_null(f->dumper);
}

void frames_end(struct frames *f)
{
	pcap_dump_close(f->dumper);
	pcap_close(f->format);
}

void frames_wait_ms(struct frames *f, uint64_t ms)
{
	f->now_ns += ms * 1000000;
}

void frames_raw(struct frames *f, const uint8_t *bytes, size_t len)
{
	struct pcap_pkthdr header = {
		.ts = { .tv_sec = (time_t)(f->now_ns / NS_PER_SEC), .tv_usec = (suseconds_t)(f->now_ns % NS_PER_SEC) },
		.caplen = (bpf_u_int32)len,
		.len = (bpf_u_int32)len,
	};

	pcap_dump(f->dumper, &header, bytes);
}

static size_t put_ethernet(const struct frames *f, uint8_t *p, unsigned int who, unsigned int hop)
{
	size_t at = 12;

	memset(p, 0x02, 12);
	p[5] = (uint8_t)(who + 2 * hop);
	p[11] = (uint8_t)(!who + 2 * hop);
	for (unsigned int i = 0; i < f->tags; i++, at += 4) {
		put16(p + at, i == 0 && f->tags > 1 ? 0x88a8 : 0x8100);
		put16(p + at + 2, 100 + i);
	}
	put16(p + at, f->v6 ? 0x86dd : 0x0800);
	return at + 2;
}

/* The link header. */
static size_t put_link(const struct frames *f, uint8_t *p, unsigned int who, unsigned int hop)
{
	unsigned int type = hop || f->outgoing ? 4 : 0;

	memset(p, 0, 32);
	switch (f->link) {
	case DLT_EN10MB:
		return put_ethernet(f, p, who, hop);
	case DLT_LINUX_SLL:
		put16(p, type);
		put16(p + 14, f->v6 ? 0x86dd : 0x0800);
		return 16;
	case DLT_COOKED2:
		put16(p, f->v6 ? 0x86dd : 0x0800);
		put32(p + 4, 2 + hop);
		p[10] = (uint8_t)type;
		return 20;
	case DLT_NULL:
	case DLT_LOOP:
		p[f->link == DLT_LOOP ? 3 : 0] = f->v6 ? 24 : 2;
		return 4;
	default:
		return 0;
	}
}

static size_t put_ipv4(uint8_t *p, unsigned int who, size_t l4_len, uint8_t ttl, uint16_t ipid)
{
	static const uint8_t address[2][4] = { { 10, 1, 0, 2 }, { 10, 2, 0, 2 } };

	memset(p, 0, 20);
	p[0] = 0x45;
	put16(p + 2, (unsigned int)(20 + l4_len));
	put16(p + 4, ipid);
	p[6] = 0x40;
	p[8] = ttl;
	p[9] = 6;
	memcpy(p + 12, address[who], 4);
	memcpy(p + 16, address[!who], 4);
	return 20;
}

static size_t put_ipv6(uint8_t *p, unsigned int who, size_t l4_len, uint8_t ttl)
{
	static const uint8_t net[4] = { 0x20, 0x01, 0x0d, 0xb8 };

	memset(p, 0, 40);
	p[0] = 0x60;
	put16(p + 4, (unsigned int)l4_len);
	p[6] = 6;
	p[7] = ttl;
	memcpy(p + 8, net, 4);
	memcpy(p + 24, net, 4);
	p[13] = (uint8_t)(1 + who);
	p[29] = (uint8_t)(2 - who);
	p[23] = p[39] = 2;
	return 40;
}

/* One segment on one hop. */
static void put(struct frames *f, unsigned int who, unsigned int hop, uint8_t flags, uint32_t seq, uint32_t ack, unsigned int win, size_t len,
		uint16_t ipid)
{
	uint8_t frame[2048] = { 0 };
	size_t at = put_link(f, frame, who, hop);
	uint8_t ttl = (uint8_t)((who == FRAMES_CLIENT ? 64 : 61) - (int)hop);

	at += f->v6 ? put_ipv6(frame + at, who, 20 + len, ttl) : put_ipv4(frame + at, who, 20 + len, ttl, ipid);
	put16(frame + at, who == FRAMES_CLIENT ? 51234 : 443);
	put16(frame + at + 2, who == FRAMES_CLIENT ? 443 : 51234);
	put32(frame + at + 4, seq);
	put32(frame + at + 8, ack);
	frame[at + 12] = 0x50;
	frame[at + 13] = flags;
	put16(frame + at + 14, win);
	frames_raw(f, frame, at + 20 + len);
}

static void put_all(struct frames *f, unsigned int who, uint8_t flags, uint32_t seq, uint32_t ack, unsigned int win, size_t len, uint16_t ipid)
{
	put(f, who, 0, flags, seq, ack, win, len, ipid);
	if (!f->twice)
		return;
	f->now_ns += 20000;
	put(f, who, 1, flags, seq, ack, win, len, ipid);
}

void frames_say(struct frames *f, unsigned int who, uint8_t flags, size_t len)
{
	put_all(f, who, flags, f->seq[who], flags & SEG_ACK ? f->seq[!who] : 0, 500, len, f->ipid++);
	f->seq[who] += (uint32_t)len + !!(flags & SEG_SYN) + !!(flags & SEG_FIN);
}

void frames_handshake(struct frames *f)
{
	frames_say(f, FRAMES_CLIENT, SEG_SYN, 0);
	frames_wait_ms(f, 11);
	frames_say(f, FRAMES_SERVER, SEG_SYN | SEG_ACK, 0);
	frames_wait_ms(f, 3);
	frames_say(f, FRAMES_CLIENT, SEG_ACK, 0);
}

void frames_exchange(struct frames *f)
{
	frames_say(f, FRAMES_CLIENT, SEG_ACK | SEG_PSH, 100);
	frames_wait_ms(f, 11);
	frames_say(f, FRAMES_SERVER, SEG_ACK | SEG_PSH, 1000);
	frames_wait_ms(f, 3);
	frames_say(f, FRAMES_CLIENT, SEG_ACK, 0);
}

void frames_reset(struct frames *f, unsigned int who, bool active)
{
	if (active)
		put_all(f, who, SEG_RST | SEG_ACK, f->seq[who], f->seq[!who], 500, 0, f->ipid++);
	else
		put_all(f, who, SEG_RST, f->seq[who], 0, 0, 0, 0);
}
