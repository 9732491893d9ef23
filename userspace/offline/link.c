// SPDX-License-Identifier: GPL-2.0
/*
 * link.c - from a captured frame to the IP packet in it
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * The layouts are those of https://www.tcpdump.org/linktypes.html; numbers below are libpcap's DLT_*, spelled out where older
 * headers lack them.
 */
#include "link.h"

#include <pcap/dlt.h>

#define SLL2 276
#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86dd
#define TAGS_MAX 4
#define OUTGOING 4 /* PACKET_OUTGOING */

const char link_types[] = "Ethernet (with VLAN tags), Linux cooked v1 and v2, raw IP, null/loopback, NFLOG";

/* What is left of the frame, on its way to the network header. */
struct rest {
	const uint8_t *bytes;
	size_t len, wire_len;
	uint64_t place;
};

static unsigned int be16_at(const uint8_t *p)
{
	return (unsigned int)p[0] << 8 | p[1];
}

bool link_known(int type)
{
	switch (type) {
	case DLT_EN10MB:
	case DLT_LINUX_SLL:
	case SLL2:
	case DLT_RAW:
	case DLT_IPV4:
	case DLT_IPV6:
	case DLT_NULL:
	case DLT_LOOP:
	case DLT_NFLOG:
		return true;
	default:
		return false;
	}
}

bool link_tells_outgoing(int type)
{
	return type == DLT_LINUX_SLL || type == SLL2;
}

/* FNV-1a over what tells one place from another. */
static void mix(struct rest *rest, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		rest->place = (rest->place ^ bytes[i]) * 1099511628211ULL;
}

static bool skip(struct rest *rest, size_t len)
{
	if (rest->len < len)
		return false;
	rest->bytes += len;
	rest->len -= len;
	rest->wire_len -= len;
	return true;
}

static bool is_tag(unsigned int type)
{
	return type == 0x8100 || type == 0x88a8 || type == 0x9100;
}

/* Behind the link header: tags (IEEE 802.1Q and ad), then IP. */
static bool skip_tags(struct rest *rest, unsigned int type)
{
	for (int i = 0; i < TAGS_MAX && is_tag(type); i++) {
		if (rest->len < 4)
			return false;
		mix(rest, rest->bytes, 2);
		type = be16_at(rest->bytes + 2);
		skip(rest, 4);
	}
	return type == ETHERTYPE_IPV4 || type == ETHERTYPE_IPV6;
}

static bool skip_ethernet(struct rest *rest)
{
	const uint8_t *p = rest->bytes;

	if (rest->len < 14)
		return false;
	mix(rest, p, 12);
	skip(rest, 14);
	return skip_tags(rest, be16_at(p + 12));
}

static bool skip_cooked(struct rest *rest, bool *outgoing)
{
	const uint8_t *p = rest->bytes;

	if (rest->len < 16)
		return false;
	*outgoing = be16_at(p) == OUTGOING;
	mix(rest, p, 14);
	skip(rest, 16);
	return skip_tags(rest, be16_at(p + 14));
}

static bool skip_cooked2(struct rest *rest, bool *outgoing)
{
	const uint8_t *p = rest->bytes;

	if (rest->len < 20)
		return false;
	*outgoing = p[10] == OUTGOING;
	mix(rest, p + 4, 16);
	skip(rest, 20);
	return skip_tags(rest, be16_at(p));
}

static bool skip_header(int type, struct rest *rest, bool *outgoing)
{
	switch (type) {
	case DLT_EN10MB:
		return skip_ethernet(rest);
	case DLT_LINUX_SLL:
		return skip_cooked(rest, outgoing);
	case SLL2:
		return skip_cooked2(rest, outgoing);
	case DLT_NULL: /* the address family's number differs between systems: the packet itself tells */
	case DLT_LOOP:
		return skip(rest, 4);
	default:
		return true;
	}
}

enum link_result link_read(int type, const uint8_t *frame, size_t len, size_t wire_len, struct link_packet *packet)
{
	struct rest rest = { .bytes = frame, .len = len, .wire_len = wire_len, .place = 14695981039346656037ULL };

	*packet = (struct link_packet){ 0 };
	if (!skip_header(type, &rest, &packet->outgoing) || rest.len == 0)
		return LINK_OTHER;
	if (rest.bytes[0] >> 4 != 4 && rest.bytes[0] >> 4 != 6)
		return LINK_OTHER;
	packet->bytes = rest.bytes;
	packet->len = rest.len;
	packet->wire_len = rest.wire_len;
	packet->place = rest.place;
	return LINK_IP;
}
