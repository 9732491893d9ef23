// SPDX-License-Identifier: GPL-2.0
/*
 * metrics.c - counts of what was written, for Prometheus
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "metrics.h"

#include <stdio.h>
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

static void put_name(char name[METRICS_SERVER_MAX], const struct record_host *host)
{
	bool v6 = strchr(host->ip, ':');

	snprintf(name, METRICS_SERVER_MAX, "%s%s%s:%u", v6 ? "[" : "", host->ip, v6 ? "]" : "", host->port);
}

static struct metrics_server *find_server(struct metrics *metrics, const struct record_host *host, uint32_t hash)
{
	char name[METRICS_SERVER_MAX];

	for (size_t i = 0; i < metrics->servers_count; i++) {
		if (metrics->server_hash[i] != hash)
			continue;
		put_name(name, host);
		if (!strcmp(metrics->servers[i].name, name))
			return &metrics->servers[i];
	}
	return NULL;
}

static void add_server(struct metrics *metrics, const struct record_host *host, uint32_t hash)
{
	struct metrics_server *server = &metrics->servers[metrics->servers_count];

	*server = (struct metrics_server){ .idle_timeouts = 1 };
	put_name(server->name, host);
	metrics->server_hash[metrics->servers_count++] = hash;
}

static void count_server(struct metrics *metrics, const struct record_host *host)
{
	uint32_t hash = hash_of(host);
	struct metrics_server *server = find_server(metrics, host, hash);

	if (server)
		server->idle_timeouts++;
	else if (metrics->servers_count == METRICS_SERVERS)
		metrics->other_servers++;
	else
		add_server(metrics, host, hash);
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

static void count_verdict(struct metrics *metrics, const struct record *record)
{
	enum cause cause = cause_of(record);

	metrics->causes[cause]++;
	metrics->actors[index_of(metrics_actors, METRICS_ACTORS, record->by)]++;
	metrics->senders[index_of(metrics_senders, METRICS_SENDERS, record->sender)]++;
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
