// SPDX-License-Identifier: GPL-2.0
/*
 * filter.c - which records are wanted
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "filter.h"

#include "../daemon/nearest.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD_MAX 64

_Static_assert(CAUSE_COUNT <= 64, "causes are bits of a uint64_t");

/* The next word of a comma list into word; false at its end. A word too long comes as "". */
static bool next_word(const char **list, char word[WORD_MAX])
{
	size_t len;

	*list += strspn(*list, ", ");
	len = strcspn(*list, ", ");
	word[0] = '\0';
	if (len == 0)
		return false;
	if (len < WORD_MAX) {
		memcpy(word, *list, len);
		word[len] = '\0';
	}
	*list += len;
	return true;
}

static bool class_by_name(const char *name, enum cause_class *class)
{
	for (*class = CLASS_IDLE_TIMEOUT; *class <= CLASS_UNKNOWN; (*class)++)
		if (!strcmp(name, class_name(*class)))
			return true;
	return false;
}

static const char *nearest_cause(const char *name)
{
	enum cause nearest = 0;

	for (enum cause cause = 1; cause < CAUSE_COUNT; cause++)
		if (nearest_distance(name, cause_name(cause)) < nearest_distance(name, cause_name(nearest)))
			nearest = cause;
	return cause_name(nearest);
}

bool filter_add_classes(struct filter *filter, const char *names, char error[FILTER_ERROR_MAX])
{
	enum cause_class class;
	char word[WORD_MAX];

	while (next_word(&names, word)) {
		if (!class_by_name(word, &class)) {
			snprintf(error, FILTER_ERROR_MAX, "\"%s\" is no class; allowed: idle-timeout, firewall-reject, application, "
				 "stale-state, noise, unknown", word);
			return false;
		}
		filter->classes |= 1ULL << class;
	}
	return true;
}

bool filter_add_causes(struct filter *filter, const char *names, char error[FILTER_ERROR_MAX])
{
	char word[WORD_MAX];
	enum cause cause;

	while (next_word(&names, word)) {
		if (!cause_by_name(word, &cause)) {
			snprintf(error, FILTER_ERROR_MAX, "\"%s\" is no cause (%s?); allowed: those that `rstwhy explain` lists", word,
				 nearest_cause(word));
			return false;
		}
		filter->causes |= 1ULL << cause;
	}
	return true;
}

bool filter_add_addresses(struct filter *filter, const char *prefixes, char error[FILTER_ERROR_MAX])
{
	const char *bad = "";
	size_t bad_len = 0;

	if (ignore_parse(&filter->hosts, prefixes, &bad, &bad_len))
		return true;
	snprintf(error, FILTER_ERROR_MAX, "\"%.*s\" is no address; allowed: prefix (10.0.0.0/8), addr:port, [v6]:port",
		 (int)(bad_len < 80 ? bad_len : 80), bad);
	return false;
}

bool filter_add_ports(struct filter *filter, const char *ports, char error[FILTER_ERROR_MAX])
{
	char word[WORD_MAX], rule[WORD_MAX + 1];
	const char *bad;
	size_t bad_len;

	while (next_word(&ports, word)) {
		snprintf(rule, sizeof(rule), ":%s", word);
		if (word[0] == ':' || !ignore_parse(&filter->ports, rule, &bad, &bad_len)) {
			snprintf(error, FILTER_ERROR_MAX, "\"%s\" is no port; allowed: 1 to 65535", word);
			return false;
		}
	}
	return true;
}

bool filter_set_confidence(struct filter *filter, const char *text, char error[FILTER_ERROR_MAX])
{
	char *end;

	filter->min_confidence = strtod(text, &end);
	if (end != text && !*end && filter->min_confidence >= 0.0 && filter->min_confidence <= 1.0)
		return true;
	snprintf(error, FILTER_ERROR_MAX, "\"%.40s\" is no confidence; allowed: 0 to 1", text);
	return false;
}

static bool host_match(const struct ignore_list *list, const struct record_host *host)
{
	uint8_t family = strchr(host->ip, ':') ? 6 : 4, addr[16] = { 0 };

	if (inet_pton(family == 6 ? AF_INET6 : AF_INET, host->ip, addr) != 1)
		return false;
	return ignore_match(list, family, addr, htons(host->port));
}

static bool hosts_match(const struct ignore_list *list, const struct record *record)
{
	if (list->count == 0)
		return true;
	return host_match(list, &record->client) || host_match(list, &record->server) || host_match(list, &record->nat_client) ||
	       host_match(list, &record->nat_server);
}

/* Causes that a newer daemon may know and we do not pass only where no cause was asked for. */
static bool cause_match(const struct filter *filter, const struct record *record)
{
	enum cause cause;

	if (filter->causes == 0)
		return true;
	return record->cause && cause_by_name(record->cause, &cause) && (filter->causes & 1ULL << cause);
}

static bool class_match(const struct filter *filter, const struct record *record)
{
	enum cause_class class;

	if (!record->class || !class_by_name(record->class, &class))
		return filter->classes == 0;
	if (filter->classes)
		return filter->classes & 1ULL << class;
	return class != CLASS_NOISE || filter->all || filter->causes;
}

static bool source_match(const struct ignore_list *list, const struct record *record)
{
	struct record_host source = { .port = 0 };

	if (list->count == 0)
		return true;
	snprintf(source.ip, sizeof(source.ip), "%.45s", record->source ? record->source : "");
	return host_match(list, &source);
}

bool filter_match(const struct filter *filter, const struct record *record)
{
	if (record->kind == RECORD_LOSS)
		return true;
	if (!class_match(filter, record) || !cause_match(filter, record))
		return false;
	if (record->kind == RECORD_SUMMARY)
		return source_match(&filter->hosts, record) && filter->ports.count == 0;
	return record->confidence >= filter->min_confidence && hosts_match(&filter->hosts, record) && hosts_match(&filter->ports, record);
}
