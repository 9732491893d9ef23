/* SPDX-License-Identifier: GPL-2.0 */
/*
 * segment.h - a TCP segment, read from a view of its bytes
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_SEGMENT_H
#define RSTWHY_SEGMENT_H

#include "freestanding.h"
#include "uapi/rstwhy.h"

#define SEG_FIN 0x01
#define SEG_SYN 0x02
#define SEG_RST 0x04
#define SEG_PSH 0x08
#define SEG_ACK 0x10
#define SEG_URG 0x20

/* The longest view segment_parse() can use: IPv6 header, extension headers, TCP header with options. */
#define SEGMENT_VIEW_MAX 256

/* Why bytes are not a TCP segment that can be judged. */
enum segment_error {
	SEGMENT_OK = 0,
	SEGMENT_SHORT,	  /* the view ends inside a header */
	SEGMENT_NOT_IP,	  /* neither version 4 nor 6, or an impossible header length */
	SEGMENT_NOT_TCP,  /* another protocol */
	SEGMENT_FRAGMENT, /* not the first fragment: no TCP header in it */
	SEGMENT_BAD_TCP,  /* data offset below 5 words or beyond the packet */
};

/* Integers are in host byte order, tuple's addresses and ports as on the wire. */
struct segment {
	struct rstwhy_tuple tuple;
	u8 family; /* 4 or 6 */
	u8 ttl;
	u8 tos;
	u8 flags; /* SEG_* */
	bool df;
	bool cut; /* a first fragment: the rest of it is in others */
	bool has_ts;
	bool has_mptcp_rst;
	u8 mptcp_reason;
	u16 ipid; /* IPv4 */
	u16 win;
	u16 l4;	     /* offset of the TCP header in the view */
	u16 payload; /* offset of its payload */
	u32 flowlabel; /* IPv6 */
	u32 seq;
	u32 ack; /* the field, also without the ACK flag */
	u32 len; /* payload bytes on the wire */
	u32 end; /* seq + len + SYN + FIN */
	u32 tsval;
	u32 tsecr;
};

enum segment_error segment_parse(const u8 *view, size_t view_len, u32 wire_len, struct segment *seg);

#endif
