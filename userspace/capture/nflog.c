// SPDX-License-Identifier: GPL-2.0
/*
 * nflog.c - one NFLOG message as bytes
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "nflog.h"

#include <linux/netfilter/nfnetlink_log.h>
#include <string.h>

#define HEADER 4U
#define ATTRIBUTE 4U
#define NS_PER_SEC 1000000000ULL
#define TYPE_MASK 0x3fffU /* above it: nested, byte order */

static uint16_t host16(const uint8_t *p)
{
	uint16_t value;

	memcpy(&value, p, sizeof(value));
	return value;
}

static uint32_t big32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint64_t big64(const uint8_t *p)
{
	return (uint64_t)big32(p) << 32 | big32(p + 4);
}

static size_t aligned(size_t len)
{
	return (len + 3U) & ~(size_t)3U;
}

/* Within its bytes; as the kernel sends it, with the last of them. */
static bool ends(const uint8_t *text, size_t len)
{
	return len && (!text[len - 1] || memchr(text, '\0', len));
}

static inline void take(struct nflog_message *message, unsigned int type, const uint8_t *value, size_t len)
{
	switch (type) {
	case NFULA_PACKET_HDR:
		message->has_packet_header = true;
		message->hook = len >= 3 ? value[2] : 0;
		break;
	case NFULA_SEQ:
		message->has_seq = len == 4;
		message->seq = len == 4 ? big32(value) : 0;
		break;
	case NFULA_IFINDEX_INDEV:
		message->ifin = len == 4 ? big32(value) : 0;
		break;
	case NFULA_IFINDEX_OUTDEV:
		message->ifout = len == 4 ? big32(value) : 0;
		break;
	case NFULA_TIMESTAMP:
		message->realtime_ns = len == 16 ? big64(value) * NS_PER_SEC + big64(value + 8) * 1000U : 0;
		break;
	case NFULA_PREFIX:
		if (ends(value, len))
			message->prefix = (const char *)value;
		break;
	case NFULA_PAYLOAD:
		message->payload = value;
		message->payload_len = len;
		break;
	default:
		break;
	}
}

bool nflog_parse(const uint8_t *bytes, size_t len, struct nflog_message *message)
{
	*message = (struct nflog_message){ 0 };
	if (len < HEADER)
		return false;
	message->family = bytes[0];
	message->group = (uint16_t)(bytes[2] << 8 | bytes[3]);
	bytes += HEADER;
	len -= HEADER;
	while (len >= ATTRIBUTE) {
		size_t size = host16(bytes), step = aligned(size);

		if (size < ATTRIBUTE || size > len)
			break;
		take(message, host16(bytes + 2) & TYPE_MASK, bytes + ATTRIBUTE, size - ATTRIBUTE);
		if (step >= len)
			break;
		bytes += step;
		len -= step;
	}
	return true;
}

/* Where bytes are being put. */
struct builder {
	uint8_t *bytes;
	size_t size, len;
	bool full;
};

static void put(struct builder *b, uint16_t type, const void *value, size_t len)
{
	uint16_t size = (uint16_t)(ATTRIBUTE + len);

	if (len > UINT16_MAX - ATTRIBUTE - 3U || aligned(size) > b->size - b->len) {
		b->full = true;
		return;
	}
	memset(b->bytes + b->len, 0, aligned(size));
	memcpy(b->bytes + b->len, &size, sizeof(size));
	memcpy(b->bytes + b->len + 2, &type, sizeof(type));
	memcpy(b->bytes + b->len + ATTRIBUTE, value, len);
	b->len += aligned(size);
}

size_t nflog_build(uint8_t *bytes, size_t size, const struct nflog_message *message)
{
	const struct nfulnl_msg_packet_hdr header = { 0 };
	struct builder b = { .bytes = bytes, .size = size, .len = HEADER };

	if (size < HEADER)
		return 0;
	bytes[0] = message->family;
	bytes[1] = 0;
	bytes[2] = (uint8_t)(message->group >> 8);
	bytes[3] = (uint8_t)message->group;
	if (message->has_packet_header)
		put(&b, NFULA_PACKET_HDR, &header, sizeof(header));
	if (message->prefix)
		put(&b, NFULA_PREFIX, message->prefix, strlen(message->prefix) + 1);
	if (message->payload)
		put(&b, NFULA_PAYLOAD, message->payload, message->payload_len);
	return b.full ? 0 : b.len;
}
