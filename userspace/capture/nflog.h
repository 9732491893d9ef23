/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nflog.h - one NFLOG message as bytes: what the kernel sends, and what a DLT_NFLOG capture holds
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * A header (address family, version, group), then attributes: u16 length, u16 type, both in the order of the host that wrote them
 * (libpcap turns those of a foreign file), value, padding to four bytes. Pure; any bytes are allowed.
 */
#ifndef RSTWHY_NFLOG_H
#define RSTWHY_NFLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrows from the bytes it was read from. */
struct nflog_message {
	uint8_t family; /* NFPROTO_*; never 0 in what the kernel sends */
	uint16_t group;
	bool has_packet_header; /* NFULA_PACKET_HDR: always there in what the kernel sends */
	const char *prefix;	/* NFULA_PREFIX, NULL: none */
	const uint8_t *payload; /* NFULA_PAYLOAD, NULL: none */
	size_t payload_len;
	uint8_t hook; /* of NFULA_PACKET_HDR: NF_INET_* */
	bool has_seq;
	uint32_t seq;	      /* NFULA_SEQ: counted in the group, from 0 when it was bound */
	uint32_t ifin, ifout; /* interface indices, 0 none */
	uint64_t realtime_ns; /* NFULA_TIMESTAMP, 0 none: when the packet arrived */
};

/* Attributes behind a malformed one are left out. False: there is not even a header. */
bool nflog_parse(const uint8_t *bytes, size_t len, struct nflog_message *message);

/*
 * The message as bytes: its family, group, packet header (an empty one, where has_packet_header), prefix and payload. Returns the
 * length, 0: it does not fit.
 */
size_t nflog_build(uint8_t *bytes, size_t size, const struct nflog_message *message);

#endif
