// SPDX-License-Identifier: GPL-2.0
/*
 * metrics.c - counts of what was written, for Prometheus
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "metrics.h"

#include <string.h>

/* Each list's last one takes what is none of the others. */
const char *const metrics_actors[METRICS_ACTORS] = {
	"transit", "gateway-reject", "gateway-stack", "gateway-raw", "gateway-socket", "unseen",
};
const char *const metrics_senders[METRICS_SENDERS] = { "client", "server", "gateway", "unknown" };
const char *const metrics_wheres[METRICS_WHERES] = { "netlink", "rate", "memory", "restart", "log", "other" };

/* Around the timeouts that are in use: 30 s, 60 s, 240 s (Azure), 300 s, 350 s (AWS), 900 s, an hour, conntrack's days. */
const double metrics_bounds[METRICS_BUCKETS] = { 5, 15, 30, 60, 120, 240, 300, 350, 600, 900, 1800, 3600, 86400, 432000 };

static size_t index_of(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; name && i + 1 < count; i++)
		if (!strcmp(names[i], name))
			return i;
	return count - 1;
}

static void count_gap(struct metrics *metrics, const struct record *record)
{
	double seconds = record->gap_ms / 1000.0;

	if (record->gap_ms < 0)
		return;
	metrics->gap_count++;
	metrics->gap_seconds += seconds;
	for (size_t i = 0; i < METRICS_BUCKETS; i++) {
		if (seconds > metrics_bounds[i])
			continue;
		metrics->gaps[i]++;
		return;
	}
}

static uint32_t hash_of(const struct record_host *host)
{
	uint32_t hash = 2166136261U ^ host->port;

	for (const char *at = host->ip; *at; at++)
		hash = (hash ^ (unsigned char)*at) * 16777619U;
	return hash;
}

static bool is_host(const struct metrics_server *server, const struct record_host *host)
{
	return server->port == host->port && !strcmp(server->ip, host->ip);
}

/* Its server, or a new one where there is room; NULL: there is not. */
static struct metrics_server *server_of(struct metrics *metrics, const struct record_host *host)
{
	uint32_t hash = hash_of(host), at = hash;
	struct metrics_server *server;
	uint8_t *place;

	for (; *(place = &metrics->server_at[at % METRICS_PLACES]); at++)
		if (metrics->server_hash[*place - 1] == hash && is_host(&metrics->servers[*place - 1], host))
			return &metrics->servers[*place - 1];
	if (metrics->servers_count == METRICS_SERVERS)
		return NULL;
	*place = (uint8_t)++metrics->servers_count;
	metrics->server_hash[*place - 1] = hash;
	server = &metrics->servers[*place - 1];
	memcpy(server->ip, host->ip, sizeof(server->ip));
	server->port = host->port;
	return server;
}

static void count_server(struct metrics *metrics, const struct record_host *host)
{
	struct metrics_server *server = server_of(metrics, host);

	*(server ? &server->idle_timeouts : &metrics->other_servers) += 1;
}

/* A record made from a verdict need not compare thirty names. */
static enum cause cause_of(const struct record *record)
{
	enum cause cause = CAUSE_AMBIGUOUS;

	if (record->verdict)
		return record->verdict->cause;
	cause_by_name(record->cause, &cause);
	return cause;
}

static size_t actor_of(const struct record *record)
{
	static const size_t actors[] = {
		[RSTWHY_BY_UNSEEN] = 5,	       [RSTWHY_BY_TRANSIT] = 0,	    [RSTWHY_BY_GATEWAY_REJECT] = 1,
		[RSTWHY_BY_GATEWAY_STACK] = 2, [RSTWHY_BY_GATEWAY_RAW] = 3, [RSTWHY_BY_GATEWAY_SOCKET] = 4,
	};

	if (!record->verdict)
		return index_of(metrics_actors, METRICS_ACTORS, record->by);
	return record->actor < sizeof(actors) / sizeof(actors[0]) ? actors[record->actor] : METRICS_ACTORS - 1;
}

static size_t sender_of(const struct record *record)
{
	static const size_t senders[] = { [SIDE_CLIENT] = 0, [SIDE_SERVER] = 1, [SIDE_GATEWAY] = 2, [SIDE_UNKNOWN] = 3 };

	return record->verdict ? senders[record->verdict->sender] : index_of(metrics_senders, METRICS_SENDERS, record->sender);
}

static void count_verdict(struct metrics *metrics, const struct record *record)
{
	enum cause cause = cause_of(record);

	metrics->causes[cause]++;
	metrics->actors[actor_of(record)]++;
	metrics->senders[sender_of(record)]++;
	if (cause_text(cause)->class != CLASS_IDLE_TIMEOUT)
		return;
	count_gap(metrics, record);
	count_server(metrics, &record->server);
}

void metrics_count(struct metrics *metrics, const struct record *record)
{
	metrics->kinds[record->kind]++;
	if (record->kind == RECORD_RESET || record->kind == RECORD_SILENCE)
		count_verdict(metrics, record);
	else if (record->kind == RECORD_LOSS)
		metrics->lost[index_of(metrics_wheres, METRICS_WHERES, record->where)] += record->lost > 0 ? record->lost : 0;
}
