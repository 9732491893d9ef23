// SPDX-License-Identifier: GPL-2.0
/*
 * evidence.c - fuzz: the trailer's body and the packet before it, to the verdict and its lines
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Input: the body as it is in the trailer (short ones end in zeros), then the packet.
 */
#include "shown.h"

#include <arpa/inet.h>
#include <string.h>

#define BODY (sizeof(struct rstwhy_evidence) - sizeof(struct rstwhy_tail))
#define PACKET_MOST 1024

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Packet, body, tail: returns the length. */
static size_t build(const uint8_t *data, size_t size, uint8_t *message)
{
	size_t body = size < BODY ? size : BODY, packet = size - body < PACKET_MOST ? size - body : PACKET_MOST;
	const struct rstwhy_tail tail = {
		.major = htons(RSTWHY_ABI_MAJOR),
		.minor = htons(RSTWHY_ABI_MINOR),
		.length = htonl(sizeof(struct rstwhy_evidence)),
		.magic = htonl(RSTWHY_MAGIC),
	};

	memcpy(message, data + body, packet);
	memset(message + packet, 0, BODY);
	memcpy(message + packet, data, body);
	memcpy(message + packet + BODY, &tail, sizeof(tail));
	return packet + BODY + sizeof(tail);
}

static void judge(const struct event *event)
{
	static const struct verdict_settings settings = { .idle_min_ms = 10000, .hold_ms = 1500 };
	static const struct record_context context = { .gateway = "gw\x1b[2J\n", .payload = true };
	static struct incident incident;
	static struct verdict verdict;
	static struct record record;

	incident = (struct incident){ .first = *event, .count = 1, .windows = 1, .hold_over = true };
	incident.kind = event->ev.kind == RSTWHY_KIND_SILENCE ? INCIDENT_SILENCE : INCIDENT_RESET;
	memcpy(incident.first.in, "eth0\x1b\n", 6);
	verdict_judge(&incident, &settings, &verdict);
	must(verdict.confidence >= 0 && verdict.confidence <= 1);
	must(verdict.also_count <= VERDICT_ALSO_MAX && verdict.evidence_count <= VERDICT_EVIDENCE_MAX);
	record_of_verdict(&record, &incident, &verdict, true, &context);
	shown_record(&record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t message[PACKET_MOST + sizeof(struct rstwhy_evidence)];
	static struct event event;
	size_t len = build(data, size, message);

	if (event_decode(RSTWHY_PREFIX, message, len, 0, &event, NULL, NULL) == DECODE_OK)
		judge(&event);
	return 0;
}
