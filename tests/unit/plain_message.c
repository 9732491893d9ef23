// SPDX-License-Identifier: GPL-2.0
/*
 * plain_message.c - what the kernel makes of a plain log rule
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "plain_message.h"

#include "../../userspace/capture/nflog.h"

#include <arpa/inet.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <string.h>

size_t put_packet(uint8_t *p, unsigned int host, unsigned int port, bool rst)
{
	static const uint8_t header[40] = {
		0x45, 0,    0,	  40,	0x12, 0x34, 0x40, 0,	63, 6, 0,    0,	   10,	 2,    0, 2, 10, 1, 0, 2, /* IPv4 */
		0x01, 0xbb, 0xc8, 0x22, 0,    0,    0x23, 0x29, 0,  0, 0x07, 0xd1, 0x50, 0x14, 1, 0, 0,	 0, 0, 0, /* TCP */
	};

	memcpy(p, header, sizeof(header));
	p[15] = (uint8_t)host;
	p[23] = (uint8_t)port;
	p[33] = rst ? (uint8_t)(0x04 | (host & 1) << 4) : 0x10;
	return sizeof(header);
}

static size_t put_number(uint8_t *bytes, uint16_t type, uint32_t value)
{
	uint16_t size = 8;

	value = htonl(value);
	memcpy(bytes, &size, 2);
	memcpy(bytes + 2, &type, 2);
	memcpy(bytes + 4, &value, 4);
	return size;
}

size_t plain_message(uint8_t *bytes, size_t size, const uint8_t *packet, size_t len, uint32_t number, uint32_t interface)
{
	const struct nflog_message message = {
		.family = 2, .group = PLAIN_GROUP, .has_packet_header = true, .prefix = "RST ", .payload = packet, .payload_len = len,
	};
	size_t used = nflog_build(bytes, size, &message);

	used += put_number(bytes + used, NFULA_SEQ, number);
	return used + put_number(bytes + used, NFULA_IFINDEX_INDEV, interface);
}
