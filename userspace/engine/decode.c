// SPDX-License-Identifier: GPL-2.0
/*
 * decode.c - from the bytes of one NFULA_PAYLOAD to an event
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * The layout is module/uapi/rstwhy.h: the packet, then body and tail of the trailer. Whoever may write to the group may have
 * written these bytes, so every length is checked against what is really there before it is used.
 */
#include <arpa/inet.h>
#include <string.h>

#include "../../module/evidence.h"
#include "event.h"

#define BODY_SIZE (sizeof(struct rstwhy_evidence) - sizeof(struct rstwhy_tail))

/* Up to the epoch: without these a body says nothing. */
#define BODY_LEAST offsetof(struct rstwhy_evidence, ref_seq)

static bool prefix_is_ours(const char *prefix)
{
	return !prefix || strncmp(prefix, RSTWHY_PREFIX, strlen(RSTWHY_PREFIX)) == 0;
}

/* Reads the last twelve bytes into host order. */
static bool read_tail(const uint8_t *payload, size_t len, struct rstwhy_tail *tail)
{
	if (len < sizeof(*tail))
		return false;
	memcpy(tail, payload + len - sizeof(*tail), sizeof(*tail));
	tail->major = ntohs(tail->major);
	tail->minor = ntohs(tail->minor);
	tail->length = ntohl(tail->length);
	tail->magic = ntohl(tail->magic);
	return tail->magic == RSTWHY_MAGIC && tail->length >= sizeof(*tail) && tail->length <= len;
}

/* A longer body is cut to what we know, a shorter one leaves the rest zero. */
static void read_body(const uint8_t *body, size_t body_len, const struct rstwhy_tail *tail, struct rstwhy_evidence *ev)
{
	size_t len = body_len < BODY_SIZE ? body_len : BODY_SIZE;

	memcpy(ev, body, len);
	if (len < BODY_SIZE)
		memset((uint8_t *)ev + len, 0, BODY_SIZE - len);
	evidence_swap(ev);
	ev->tail = *tail;
}

static void copy_payload(const uint8_t *packet, size_t captured, struct event *event)
{
	size_t held = event->seg.payload < captured ? captured - event->seg.payload : 0;

	if (held > event->seg.len)
		held = event->seg.len; /* link-layer padding */
	if (held > sizeof(event->payload))
		held = sizeof(event->payload);
	if (held)
		memcpy(event->payload, packet + event->seg.payload, held);
	event->payload_len = (uint16_t)held;
}

static enum decode_result read_packet(const uint8_t *packet, size_t room, struct event *event)
{
	size_t captured = event->ev.captured;
	uint32_t wire = event->ev.wire_len;

	if (captured > room || wire < captured)
		return DECODE_BAD_PACKET;
	if (segment_parse(packet, captured, wire, &event->seg) != SEGMENT_OK)
		return DECODE_BAD_PACKET;
	copy_payload(packet, captured, event);
	return DECODE_OK;
}

enum decode_result event_decode(const char *prefix, const uint8_t *payload, size_t len, uint64_t epoch, struct event *event,
				uint16_t *major, uint16_t *minor)
{
	struct rstwhy_tail tail;

	event->plain = false;
	memset(event->in, 0, sizeof(event->in));
	memset(event->out, 0, sizeof(event->out));
	event->payload_len = 0;
	if (!prefix_is_ours(prefix) || !payload || !read_tail(payload, len, &tail))
		return DECODE_FOREIGN;
	if (tail.major != RSTWHY_ABI_MAJOR) {
		if (major)
			*major = tail.major;
		if (minor)
			*minor = tail.minor;
		return DECODE_OTHER_ABI;
	}
	if (tail.length - sizeof(tail) < BODY_LEAST)
		return DECODE_FOREIGN;
	read_body(payload + len - tail.length, tail.length - sizeof(tail), &tail, &event->ev);
	if (epoch && event->ev.epoch != epoch)
		return DECODE_EPOCH;
	return read_packet(payload, len - tail.length, event);
}
