// SPDX-License-Identifier: GPL-2.0
/*
 * payload.c - fuzz: what a RST says of itself, and how it is shown
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Input: a byte of flags, two of the window, one of the MPTCP reason, then the payload.
 */
#include "shown.h"

#include <string.h>

#define HEAD 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A RST of a connection that was silent for minutes; bits say what is known of it. */
static void fill(struct event *event, const uint8_t *head)
{
	struct rstwhy_evidence *ev = &event->ev;

	memset(event, 0, sizeof(*event));
	ev->kind = RSTWHY_KIND_RST;
	ev->by = RSTWHY_BY_TRANSIT;
	ev->family = 4;
	ev->boottime_ns = 1000000000000ULL;
	ev->realtime_ns = 1795000000000000000ULL;
	ev->direction = head[0] & 1 ? RSTWHY_DIR_REPLY : RSTWHY_DIR_ORIGINAL;
	ev->ct.flags = RSTWHY_CT_OFF;
	if (head[0] & 2) {
		ev->mem.flags = RSTWHY_MEM_KNOWN | RSTWHY_MEM_BURST;
		ev->mem.direction = ev->direction;
		ev->mem.age_ms = 600000;
		ev->mem.burst_gap_ms = ev->mem.gap_min_ms = ev->mem.gap_max_ms = 350000;
		ev->mem.last_ms[0] = ev->mem.last_ms[1] = head[0] & 4 ? 350000 : 1;
	}
	event->seg.family = 4;
	event->seg.flags = SEG_RST | (head[0] & 8 ? SEG_ACK : 0);
	event->seg.ttl = 64;
	event->seg.win = (uint16_t)(head[1] << 8 | head[2]);
	event->seg.has_mptcp_rst = head[0] & 16;
	event->seg.mptcp_reason = head[3];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct verdict_settings settings = { .idle_min_ms = 10000, .hold_ms = 1500 };
	static struct incident incident;
	static struct verdict verdict;
	static struct record record;
	struct record_context context = { .gateway = "gw" };
	struct event *event = &incident.first;

	if (size < HEAD)
		return 0;
	incident = (struct incident){ .count = 1, .windows = 1, .hold_over = true };
	fill(event, data);
	size -= HEAD;
	event->payload_len = (uint16_t)(size < EVENT_PAYLOAD_MAX ? size : EVENT_PAYLOAD_MAX);
	event->seg.len = (uint32_t)size;
	memcpy(event->payload, data + HEAD, event->payload_len);
	context.payload = !(data[0] & 32);
	verdict_judge(&incident, &settings, &verdict);
	record_of_verdict(&record, &incident, &verdict, true, &context);
	shown_record(&record);
	return 0;
}
