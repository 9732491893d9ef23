// SPDX-License-Identifier: GPL-2.0
/*
 * tally.c - what a report counts
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "tally.h"

#include "tally_verdicts.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tally *tally_new(void)
{
	struct tally *tally = calloc(1, sizeof(*tally));

	if (!tally)
		return NULL;
	tally->servers = heavy_new(TALLY_SERVERS, sizeof(struct tally_server));
	tally->paths = heavy_new(TALLY_PATHS, sizeof(struct tally_place));
	tally->gateways = heavy_new(TALLY_GATEWAYS, sizeof(uint64_t));
	tally->verdicts = tally_verdicts_new();
	if (tally->servers && tally->paths && tally->gateways && tally->verdicts)
		return tally;
	tally_free(tally);
	return NULL;
}

void tally_free(struct tally *tally)
{
	if (!tally)
		return;
	heavy_free(tally->servers);
	heavy_free(tally->paths);
	heavy_free(tally->gateways);
	tally_verdicts_free(tally->verdicts);
	free(tally);
}

static bool is_address(const char *text)
{
	size_t len = strspn(text, "0123456789abcdefABCDEF:.");

	return len > 0 && !text[len];
}

void tally_server_text(const struct record_host *host, char text[TALLY_SERVER_TEXT])
{
	if (!is_address(host->ip))
		strcpy(text, "?");
	else
		snprintf(text, TALLY_SERVER_TEXT, strchr(host->ip, ':') ? "[%s]:%u" : "%s:%u", host->ip, (unsigned int)host->port);
}

/* "10.1.0.0/24", "2001:db8:1::/64"; "?" where there is no address. */
static void network_text(const char *ip, char text[TALLY_SERVER_TEXT])
{
	struct in6_addr v6;
	const char *dot = strrchr(ip, '.');

	strcpy(text, "?");
	if (!is_address(ip))
		return;
	if (dot && !strchr(ip, ':')) {
		snprintf(text, TALLY_SERVER_TEXT, "%.*s.0/24", (int)(dot - ip), ip);
	} else if (inet_pton(AF_INET6, ip, &v6) == 1) {
		memset(v6.s6_addr + 8, 0, 8);
		inet_ntop(AF_INET6, &v6, text, INET6_ADDRSTRLEN);
		strcat(text, "/64");
	}
}

enum cause_class tally_class(const struct record *record)
{
	enum cause cause;

	for (enum cause_class class = CLASS_IDLE_TIMEOUT; record->class && class <= CLASS_UNKNOWN; class++)
		if (!strcmp(record->class, class_name(class)))
			return class;
	return record->cause && cause_by_name(record->cause, &cause) ? cause_text(cause)->class : CLASS_UNKNOWN;
}

static void change_count(uint32_t *count, int64_t change)
{
	int64_t changed = (int64_t)*count + change;

	*count = changed < 0 ? 0 : changed > UINT32_MAX ? UINT32_MAX : (uint32_t)changed;
}

static void change_total(uint64_t *count, int64_t change)
{
	*count = change < 0 && *count < (uint64_t)-change ? 0 : *count + (uint64_t)change;
}

static void change_gaps(struct gaps *gaps, const struct counted *counted, int64_t change)
{
	if (counted->bar >= 0)
		change_count(counted->class == CLASS_IDLE_TIMEOUT ? &gaps->idle[counted->bar] : &gaps->other[counted->bar], change);
}

static void change_place(struct tally_place *place, const struct record *record, const struct counted *counted, int64_t change)
{
	change_count(&place->classes[counted->class], change);
	change_count(&place->causes[counted->cause], change);
	place->last_ns = record->ts_ns > place->last_ns ? record->ts_ns : place->last_ns;
	if (place->classes[CLASS_IDLE_TIMEOUT] == 0) /* the only one was taken back */
		place->gap_min_ms = place->gap_max_ms = 0;
	if (change < 0 || counted->class != CLASS_IDLE_TIMEOUT || record->gap_ms < 0)
		return;
	if (place->gap_max_ms == 0 || record->gap_ms < place->gap_min_ms)
		place->gap_min_ms = record->gap_ms;
	if (record->gap_ms > place->gap_max_ms)
		place->gap_max_ms = record->gap_ms;
}

/* What is to be taken back is looked up without a vote. */
static void change_places(struct tally *tally, const struct record *record, const struct counted *counted, int64_t change)
{
	char key[2 * TALLY_SERVER_TEXT], server[TALLY_SERVER_TEXT], network[TALLY_SERVER_TEXT];
	struct tally_server *at;
	struct tally_place *path;
	int len;

	tally_server_text(&record->server, server);
	network_text(record->client.ip, network);
	len = snprintf(key, sizeof(key), "%s\t%s", network, server);
	at = change > 0 ? heavy_vote(tally->servers, server, strlen(server)) : heavy_find(tally->servers, server, strlen(server));
	path = change > 0 ? heavy_vote(tally->paths, key, (size_t)len) : heavy_find(tally->paths, key, (size_t)len);
	if (at) {
		change_place(&at->place, record, counted, change);
		change_gaps(&at->gaps, counted, change);
	}
	if (path)
		change_place(path, record, counted, change);
}

static void change_totals(struct tally *tally, const struct record *record, const struct counted *counted, int64_t change)
{
	change_total(&tally->events, change);
	change_total(&tally->classes[counted->class], change);
	change_total(&tally->causes[counted->cause], change);
	ages_add(&tally->ages, record->ts_ns, counted->class, change);
	if (tally->first_ns == 0 || record->ts_ns < tally->first_ns)
		tally->first_ns = record->ts_ns;
	if (record->ts_ns > tally->last_ns)
		tally->last_ns = record->ts_ns;
}

static struct counted judge(const struct record *record)
{
	struct counted counted = { .cause = TALLY_OTHER, .class = (uint8_t)tally_class(record) };
	enum cause cause;

	if (record->cause && cause_by_name(record->cause, &cause))
		counted.cause = (uint8_t)cause;
	counted.bar = (int16_t)(counted.class == CLASS_NOISE ? -1 : gaps_bar(record->gap_ms));
	return counted;
}

static void count_verdict(struct tally *tally, const struct record *record, const struct counted *counted, int64_t change)
{
	change_totals(tally, record, counted, change);
	change_gaps(&tally->gaps, counted, change);
	change_places(tally, record, counted, change);
}

static void add_verdict(struct tally *tally, const struct record *record)
{
	struct counted counted = judge(record), before;

	if (record->kind == RECORD_AMENDMENT && record->amends && tally_verdicts_find(tally->verdicts, record->amends, &before)) {
		count_verdict(tally, record, &before, -1);
		tally->amended++;
	}
	tally->silences += record->kind == RECORD_SILENCE;
	count_verdict(tally, record, &counted, 1);
	tally_verdicts_keep(tally->verdicts, record->kind == RECORD_AMENDMENT && record->amends ? record->amends : record->id, &counted);
}

static void add_loss(struct tally *tally, const struct record *record)
{
	const char *where = record->where ? record->where : "unknown";
	struct tally_loss *loss = tally->losses;

	while (loss < tally->losses + TALLY_WHERES - 1 && loss->where[0] && strncmp(loss->where, where, sizeof(loss->where) - 1) != 0)
		loss++;
	snprintf(loss->where, sizeof(loss->where), "%.15s", where);
	if (record->lost < 0)
		loss->unknown++;
	else
		loss->lost += (uint64_t)record->lost;
}

static void add_gateway(struct tally *tally, const struct record *record)
{
	uint64_t *count = record->gateway ? heavy_vote(tally->gateways, record->gateway, strlen(record->gateway)) : NULL;

	if (count)
		++*count;
}

void tally_add(struct tally *tally, const struct record *record)
{
	struct counted counted;

	tally->records++;
	add_gateway(tally, record);
	if (record->kind == RECORD_LOSS) {
		add_loss(tally, record);
	} else if (record->kind == RECORD_SUMMARY) {
		counted = judge(record);
		change_totals(tally, record, &counted, record->count < UINT32_MAX ? (int64_t)record->count : UINT32_MAX);
	} else {
		add_verdict(tally, record);
	}
}

void tally_pass_over(struct tally *tally, const struct record *record)
{
	struct counted before;

	if (record->kind != RECORD_AMENDMENT || !record->amends || !tally_verdicts_find(tally->verdicts, record->amends, &before))
		return;
	count_verdict(tally, record, &before, -1);
	tally_verdicts_forget(tally->verdicts, record->amends);
}
