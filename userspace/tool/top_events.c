// SPDX-License-Identifier: GPL-2.0
/*
 * top_events.c - the latest resets, as top remembers them
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "top_events.h"

#include "tally.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define AMENDS_WITHIN 8192 /* an amendment comes within seconds: no further back than so many events */

struct top_events {
	size_t next, count;
	bool full;
	uint64_t lost;
	struct top_event ring[TOP_EVENTS];
};

struct top_events *top_events_new(void)
{
	return calloc(1, sizeof(struct top_events));
}

void top_events_free(struct top_events *events)
{
	free(events);
}

void top_events_clear(struct top_events *events)
{
	events->next = events->count = 0;
	events->lost = 0;
	events->full = false;
}

size_t top_events_count(const struct top_events *events)
{
	return events->count;
}

uint64_t top_events_lost(const struct top_events *events)
{
	return events->lost;
}

bool top_events_full(const struct top_events *events)
{
	return events->full;
}

const struct top_event *top_events_at(const struct top_events *events, size_t index)
{
	return &events->ring[(events->next + TOP_EVENTS - 1 - index) % TOP_EVENTS];
}

static uint64_t hash_of(const char *id)
{
	uint64_t hash = 0xcbf29ce484222325ULL;

	for (; *id; id++)
		hash = (hash ^ (unsigned char)*id) * 0x100000001b3ULL;
	return hash;
}

static void read_host(struct top_host *host, const char *ip)
{
	if (inet_pton(AF_INET, ip, host->addr) == 1)
		host->family = 4;
	else if (inet_pton(AF_INET6, ip, host->addr) == 1)
		host->family = 6;
}

static uint8_t sender_of(const struct record *record)
{
	if (record->by && !strncmp(record->by, "gateway-", 8))
		return TOP_GATEWAY;
	if (!record->sender)
		return TOP_SOMEBODY;
	return !strcmp(record->sender, "client") ? TOP_CLIENT : !strcmp(record->sender, "server") ? TOP_SERVER : TOP_GATEWAY;
}

static struct top_event event_of(const struct record *record)
{
	struct top_event event = { .ts_ns = record->ts_ns, .count = 1, .gap_ms = (float)record->gap_ms, .cause = TOP_OTHER };
	enum cause cause;

	event.class = (uint8_t)tally_class(record);
	if (record->cause && cause_by_name(record->cause, &cause))
		event.cause = (uint8_t)cause;
	event.sender = sender_of(record);
	event.port = record->server.port;
	event.id = hash_of(record->kind == RECORD_AMENDMENT && record->amends ? record->amends : record->id);
	read_host(&event.client, record->client.ip);
	read_host(&event.server, record->server.ip);
	if (record->kind == RECORD_SUMMARY) {
		event.count = record->count < UINT32_MAX ? (uint32_t)record->count : UINT32_MAX;
		read_host(&event.client, record->source ? record->source : "");
	}
	return event;
}

/* The event that an amendment speaks of, or NULL. */
static struct top_event *find_amended(struct top_events *events, uint64_t id)
{
	size_t most = events->count < AMENDS_WITHIN ? events->count : AMENDS_WITHIN;

	for (size_t i = 0; i < most; i++) {
		struct top_event *event = &events->ring[(events->next + TOP_EVENTS - 1 - i) % TOP_EVENTS];

		if (event->id == id)
			return event;
	}
	return NULL;
}

void top_events_pass_over(struct top_events *events, const struct record *record)
{
	struct top_event *amended = NULL;

	if (record->kind == RECORD_AMENDMENT && record->amends)
		amended = find_amended(events, hash_of(record->amends));
	if (amended)
		amended->count = 0;
}

void top_events_add(struct top_events *events, const struct record *record)
{
	struct top_event event, *amended = NULL;

	if (record->kind == RECORD_LOSS) {
		events->lost += record->lost > 0 ? (uint64_t)record->lost : 0;
		return;
	}
	event = event_of(record);
	if (record->kind == RECORD_AMENDMENT)
		amended = find_amended(events, event.id);
	if (amended) {
		*amended = event;
		return;
	}
	events->full = events->full || events->count == TOP_EVENTS;
	events->ring[events->next] = event;
	events->next = (events->next + 1) % TOP_EVENTS;
	events->count += events->count < TOP_EVENTS;
}
