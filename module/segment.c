// SPDX-License-Identifier: GPL-2.0
/*
 * segment.c - a TCP segment, read from a view of its bytes
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "segment.h"

#define PROTO_HOPOPTS 0
#define PROTO_TCP 6
#define PROTO_ROUTING 43
#define PROTO_FRAGMENT 44
#define PROTO_AH 51
#define PROTO_DSTOPTS 60

#define OPT_EOL 0
#define OPT_NOP 1
#define OPT_TIMESTAMPS 8
#define OPT_MPTCP 30
#define MPTCP_SUB_RST 8

/* RFC 8200 sets no limit on extension headers; more than this is nobody's connection. */
#define EXTENSION_HEADERS_MAX 8

static u16 be16_at(const u8 *p)
{
	return (u16)((p[0] << 8) | p[1]);
}

static u32 be32_at(const u8 *p)
{
	return ((u32)p[0] << 24) | ((u32)p[1] << 16) | ((u32)p[2] << 8) | p[3];
}

/* IPv4, RFC 791. Sets *l4 and *l4_len (bytes of TCP header and payload on the wire). */
static enum segment_error parse_ipv4(const u8 *v, size_t n, u32 wire_len, struct segment *seg, u32 *l4_len)
{
	u32 ihl, total;

	if (n < 20)
		return SEGMENT_SHORT;
	ihl = (u32)(v[0] & 15) * 4;
	total = be16_at(v + 2);
	if (!total) /* BIG TCP: the length does not fit, the buffer's is the truth */
		total = wire_len;
	if (ihl < 20 || total < ihl || total > wire_len)
		return SEGMENT_NOT_IP;
	if (v[9] != PROTO_TCP)
		return SEGMENT_NOT_TCP;
	if (be16_at(v + 6) & 0x1fff)
		return SEGMENT_FRAGMENT;
	seg->family = 4;
	seg->tos = v[1];
	seg->ttl = v[8];
	seg->ipid = be16_at(v + 4);
	seg->df = (v[6] & 0x40) != 0;
	seg->cut = (v[6] & 0x20) != 0;
	memcpy(seg->tuple.src, v + 12, 4);
	memcpy(seg->tuple.dst, v + 16, 4);
	seg->l4 = (u16)ihl;
	*l4_len = total - ihl;
	return SEGMENT_OK;
}

/* Length of the extension header at p (8 bytes are there), or 0 when it is none. RFC 8200 section 4, RFC 4302 for AH. */
static u32 extension_len(u8 proto, const u8 *p)
{
	switch (proto) {
	case PROTO_HOPOPTS:
	case PROTO_ROUTING:
	case PROTO_DSTOPTS:
		return ((u32)p[1] + 1) * 8;
	case PROTO_FRAGMENT:
		return 8;
	case PROTO_AH:
		return ((u32)p[1] + 2) * 4;
	default:
		return 0;
	}
}

/* Walk from the fixed header to TCP. */
static enum segment_error skip_extensions(const u8 *v, size_t n, u32 *offset, bool *cut)
{
	u8 proto = v[6];
	int i;

	*offset = 40;
	for (i = 0; i <= EXTENSION_HEADERS_MAX; i++) {
		u32 len;

		if (proto == PROTO_TCP)
			return SEGMENT_OK;
		if (*offset + 8 > n)
			return SEGMENT_SHORT;
		len = extension_len(proto, v + *offset);
		if (!len)
			return SEGMENT_NOT_TCP;
		if (proto == PROTO_FRAGMENT && (be16_at(v + *offset + 2) & 0xfff8))
			return SEGMENT_FRAGMENT;
		if (proto == PROTO_FRAGMENT)
			*cut = (v[*offset + 3] & 1) != 0;
		proto = v[*offset];
		*offset += len;
	}
	return SEGMENT_NOT_TCP;
}

/* IPv6, RFC 8200. */
static enum segment_error parse_ipv6(const u8 *v, size_t n, u32 wire_len, struct segment *seg, u32 *l4_len)
{
	enum segment_error error;
	u32 total, offset;

	if (n < 40)
		return SEGMENT_SHORT;
	total = be16_at(v + 4);
	total = total ? total + 40 : wire_len; /* 0: jumbogram, BIG TCP */
	if (total > wire_len)
		return SEGMENT_NOT_IP;
	error = skip_extensions(v, n, &offset, &seg->cut);
	if (error)
		return error;
	if (offset > total)
		return SEGMENT_NOT_IP;
	seg->family = 6;
	seg->tos = (u8)(be16_at(v) >> 4);
	seg->ttl = v[7];
	seg->flowlabel = be32_at(v) & 0xfffff;
	seg->df = true;
	memcpy(seg->tuple.src, v + 8, 16);
	memcpy(seg->tuple.dst, v + 24, 16);
	seg->l4 = (u16)offset;
	*l4_len = total - offset;
	return SEGMENT_OK;
}

static void parse_option(const u8 *opt, u32 len, struct segment *seg)
{
	if (opt[0] == OPT_TIMESTAMPS && len == 10) {
		seg->has_ts = true;
		seg->tsval = be32_at(opt + 2);
		seg->tsecr = be32_at(opt + 6);
	} else if (opt[0] == OPT_MPTCP && len == 4 && (opt[2] >> 4) == MPTCP_SUB_RST) {
		seg->has_mptcp_rst = true;
		seg->mptcp_reason = opt[3];
	}
}

/* Options, RFC 9293 section 3.2. What is malformed ends the walk: receivers differ, and nothing here depends on the rest. */
static void parse_options(const u8 *opt, u32 len, struct segment *seg)
{
	u32 i = 0;

	while (i < len && opt[i] != OPT_EOL) {
		if (opt[i] == OPT_NOP) {
			i++;
			continue;
		}
		if (i + 2 > len || opt[i + 1] < 2 || i + opt[i + 1] > len)
			return;
		parse_option(opt + i, opt[i + 1], seg);
		i += opt[i + 1];
	}
}

/* RFC 9293 section 3.1. */
static enum segment_error parse_tcp(const u8 *v, size_t n, u32 l4_len, struct segment *seg)
{
	const u8 *th = v + seg->l4;
	u32 doff, seen;

	if (n < (size_t)seg->l4 + 20)
		return l4_len < 20 ? SEGMENT_BAD_TCP : SEGMENT_SHORT;
	doff = (u32)(th[12] >> 4) * 4;
	if (doff < 20 || doff > l4_len)
		return SEGMENT_BAD_TCP;
	memcpy(&seg->tuple.sport, th, 2);
	memcpy(&seg->tuple.dport, th + 2, 2);
	seg->seq = be32_at(th + 4);
	seg->ack = be32_at(th + 8);
	seg->flags = th[13] & 0x3f;
	seg->win = be16_at(th + 14);
	seg->payload = (u16)(seg->l4 + doff);
	seg->len = l4_len - doff;
	seg->end = seg->seq + seg->len + !!(seg->flags & SEG_SYN) + !!(seg->flags & SEG_FIN);
	seen = n < seg->payload ? (u32)n - seg->l4 : doff;
	parse_options(th + 20, seen - 20, seg);
	return SEGMENT_OK;
}

/**
 * segment_parse() - read a TCP segment
 * @view: bytes from the network header on
 * @view_len: how many of them can be read; a view that ends inside the options loses only the options behind its end
 * @wire_len: length of the whole packet from the network header on, at least @view_len
 * @seg: filled, all of it; meaningless after an error
 *
 * Context: any; pure. Any bytes are allowed.
 * Return: SEGMENT_OK or why not.
 */
enum segment_error segment_parse(const u8 *view, size_t view_len, u32 wire_len, struct segment *seg)
{
	enum segment_error error;
	u32 l4_len = 0;

	memset(seg, 0, sizeof(*seg));
	if (!view_len)
		return SEGMENT_SHORT;
	if (view[0] >> 4 == 4)
		error = parse_ipv4(view, view_len, wire_len, seg, &l4_len);
	else if (view[0] >> 4 == 6)
		error = parse_ipv6(view, view_len, wire_len, seg, &l4_len);
	else
		error = SEGMENT_NOT_IP;
	if (error)
		return error;
	return parse_tcp(view, view_len, l4_len, seg);
}
