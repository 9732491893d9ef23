// SPDX-License-Identifier: GPL-2.0
/*
 * record.c - records as such
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "record.h"

#include "../engine/digits.h"
#include "../engine/name.h"

#include <arpa/inet.h>

static const struct name kind_names[] = {
	[RECORD_RESET] = NAME("reset"), [RECORD_AMENDMENT] = NAME("amendment"), [RECORD_SILENCE] = NAME("silence"),
	[RECORD_LOSS] = NAME("loss"),	[RECORD_SUMMARY] = NAME("summary"),
};

const char *record_kind_name(enum record_kind kind)
{
	return kind_names[kind].text;
}

static void no_host(struct record_host *host)
{
	host->ip[0] = '\0';
	host->port = 0;
	host->len = 0;
}

void record_init(struct record *record, enum record_kind kind)
{
	memset(record, 0, offsetof(struct record, client));
	no_host(&record->client);
	no_host(&record->server);
	no_host(&record->nat_client);
	no_host(&record->nat_server);
	record->also.count = record->related.count = record->evidence.count = record->candidates.count = 0;
	record->kind = kind;
	record->confidence = -1;
	record->gap_ms = record->gap_min_ms = record->gap_max_ms = -1;
	record->idle_ms = record->ct_idle_ms = record->age_ms = -1;
	record->ct_timeout_before_gap_ms = record->ct_timeout_at_rst_ms = -1;
	record->lost = -1;
	record->held = true;
	record->rst.ipid = -1;
}

/* inet_ntop() goes through sprintf(), for each of two or four addresses a record. */
static void set_ipv4(struct record_host *host, const uint8_t addr[4])
{
	char *at = digits_small(host->ip, addr[0]);

#pragma GCC unroll 3
	for (unsigned int i = 1; i < 4; i++) {
		*at++ = '.';
		at = digits_small(at, addr[i]);
	}
	*at = '\0';
	host->len = (unsigned int)(at - host->ip);
}

static void set_ipv6(struct record_host *host, const uint8_t addr[16])
{
	if (!inet_ntop(AF_INET6, addr, host->ip, sizeof(host->ip)))
		host->ip[0] = '\0';
	host->len = (unsigned int)strlen(host->ip);
}

void record_host_set(struct record_host *host, uint8_t family, const uint8_t addr[16], uint16_t port_be)
{
	if (family == 6)
		set_ipv6(host, addr);
	else
		set_ipv4(host, addr);
	host->port = ntohs(port_be);
}
