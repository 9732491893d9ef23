/* SPDX-License-Identifier: GPL-2.0 */
/*
 * packet.h - hand-made Ethernet frames with TCP in IPv4 or IPv6, for the floods
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef STRESS_PACKET_H
#define STRESS_PACKET_H

#include <stddef.h>
#include <stdint.h>

#define FRAME_MAX 1514
#define ETHER_LEN 14

enum { F_FIN = 1, F_SYN = 2, F_RST = 4, F_PSH = 8, F_ACK = 16 };

/* Addresses as on the wire, IPv4 in the first four bytes; ports in host order. */
struct ends {
	int family; /* 4 or 6 */
	uint8_t src[16], dst[16];
	uint16_t sport, dport;
};

struct tcp {
	struct ends ends;
	uint32_t seq, ack;
	uint8_t flags;
	const uint8_t *options; /* a multiple of 4 bytes, at most 40 */
	size_t options_len;
	const uint8_t *payload;
	size_t payload_len;
};

/**
 * packet_tcp() - write a whole frame with right lengths and checksums
 * @frame: FRAME_MAX bytes; its first ETHER_LEN are the caller's and left alone
 * @t: the segment
 *
 * Return: the frame's length.
 */
size_t packet_tcp(uint8_t *frame, const struct tcp *t);

/**
 * packet_fix_ip() - make an IPv4 header's checksum right again after a change; nothing for IPv6
 * @frame: from packet_tcp(); the header length is taken from its ihl, at most 60 bytes
 */
void packet_fix_ip(uint8_t *frame);

/**
 * packet_swap() - the same two ends, seen from the other one
 * @ends: changed in place
 */
void packet_swap(struct ends *ends);

/**
 * random_next() - the next number of a stream (splitmix64): the same seed gives the same packets everywhere
 * @state: of the stream
 */
uint64_t random_next(uint64_t *state);

#endif
