// SPDX-License-Identifier: GPL-2.0
/*
 * record_brief.c - a record in one line of ASCII, for syslog and the journal
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 *   idle-timeout/remote-on-next-packet: reset by the server's side, client 10.1.0.2:51234, server 10.2.0.2:443, silent 350.4 s, 97 %
 */
#include "record_fields.h"

#include <string.h>

static void put(struct line *line, const char *text)
{
	line_plain_escaped(line, text, strlen(text));
}

static void put_host(struct line *line, const char *what, const struct record_host *host)
{
	bool v6 = strchr(host->ip, ':');

	if (!host->ip[0])
		return;
	line_text(line, what);
	line_text(line, v6 ? "[" : "");
	put(line, host->ip);
	line_text(line, v6 ? "]:" : ":");
	line_u64(line, host->port);
}

static void put_path(struct line *line, const struct record *record)
{
	put(line, record->class ? record->class : "unknown");
	line_char(line, '/');
	put(line, record->cause ? record->cause : "ambiguous");
}

static void put_seconds(struct line *line, double ms)
{
	line_decimal(line, (double)(uint64_t)(ms / 100.0 + 0.5) / 10.0);
}

static void put_silence(struct line *line, const struct record *record)
{
	if (record->gap_ms >= 0) {
		line_text(line, ", silent ");
		put_seconds(line, record->gap_ms);
	} else if (record->gap_max_ms >= 0) {
		line_text(line, ", silent ");
		put_seconds(line, record->gap_min_ms);
		line_text(line, " to ");
		put_seconds(line, record->gap_max_ms);
	} else {
		return;
	}
	line_text(line, " s");
}

static const char *who(const struct record *record)
{
	const char *sender = record->sender ? record->sender : "";

	if (record->kind == RECORD_SILENCE)
		return "nobody answers";
	if (record->by && !strncmp(record->by, "gateway-", 8))
		return "reset by this gateway";
	if (!strcmp(sender, "client"))
		return "reset by the client's side";
	return !strcmp(sender, "server") ? "reset by the server's side" : "reset";
}

static void put_reset(struct line *line, const struct record *record)
{
	put_path(line, record);
	line_text(line, ": ");
	line_text(line, who(record));
	put_host(line, ", client ", &record->client);
	put_host(line, ", server ", &record->server);
	put_silence(line, record);
	if (record->confidence >= 0) {
		line_text(line, ", ");
		line_u64(line, (uint64_t)(record->confidence * 100.0 + 0.5));
		line_text(line, " %");
	}
	if (record->amends) {
		line_text(line, ", amends ");
		put(line, record->amends);
	}
}

static void put_loss(struct line *line, const struct record *record)
{
	if (record->lost >= 0)
		line_decimal(line, record->lost);
	else
		line_text(line, "an unknown number of");
	line_text(line, " records lost: ");
	put(line, record->where ? record->where : "unknown");
}

static void put_summary(struct line *line, const struct record *record)
{
	put_path(line, record);
	line_text(line, ": ");
	line_u64(line, record->count);
	line_text(line, " more from ");
	put(line, record->source ? record->source : "?");
}

void record_brief(struct line *line, const struct record *record)
{
	if (record->kind == RECORD_LOSS)
		put_loss(line, record);
	else if (record->kind == RECORD_SUMMARY)
		put_summary(line, record);
	else
		put_reset(line, record);
}
