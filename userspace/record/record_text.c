// SPDX-License-Identifier: GPL-2.0
/*
 * record_text.c - a record for people
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Who reset whom, when in the connection's life, after how much silence, why, how sure, what to change:
 *
 * 10:12:13.123 idle-timeout/remote-on-next-packet  server side → 10.1.0.2:51234  for 10.2.0.2:443
 *              established, after 350.4 s of silence; the client's next segment was answered by RST in 0.3 ms
 *              candidates: AWS NLB 350 s · 97 % · set keepalive below 350 s
 */
#include "record.h"

#include <string.h>

#define INDENT "             " /* the width of "10:12:13.123 " */
#define ARROW " \xe2\x86\x92 "
#define DOT " \xc2\xb7 "
#define TIMES "\xc3\x97"
#define WRAP 110 /* a further sentence that would pass this column gets its own line */

#define RESET "\033[0m"
#define DIM "\033[2m"
#define BOLD_RED "\033[1;31m"

static void put(struct line *line, const char *text)
{
	line_plain_escaped(line, text, strlen(text));
}

static void put_or(struct line *line, const char *text, const char *otherwise)
{
	put(line, text ? text : otherwise);
}

const char *record_class_colour(const char *class)
{
	static const struct {
		const char *class, *colour;
	} colours[] = {
		{ "idle-timeout", "\033[1;33m" }, { "firewall-reject", BOLD_RED }, { "application", "\033[1;36m" },
		{ "stale-state", "\033[1;35m" },  { "noise", DIM },
	};

	for (size_t i = 0; class && i < sizeof(colours) / sizeof(colours[0]); i++)
		if (!strcmp(class, colours[i].class))
			return colours[i].colour;
	return "\033[1m";
}

/* Digits behind the point suit the size: "0.3 ms", "350.4 s", "12.5 h". */
static void put_duration(struct line *line, double ms)
{
	static const struct {
		double below_ms, unit_ms;
		const char *name;
	} units[] = {
		{ 1000.0, 1.0, " ms" }, { 1e7, 1000.0, " s" }, { 1.8e8, 3.6e6, " h" }, { 1e18, 8.64e7, " days" },
	};
	size_t i = 0;

	ms = ms > 0.0 ? ms : 0.0; /* a line of the log may hold anything */
	ms = ms < 1e15 ? ms : 1e15;
	while (i + 1 < sizeof(units) / sizeof(units[0]) && ms >= units[i].below_ms)
		i++;
	line_decimal(line, (double)(uint64_t)(ms / units[i].unit_ms * 10.0 + 0.5) / 10.0);
	line_text(line, units[i].name);
}

static void put_host(struct line *line, const struct record_host *host)
{
	bool v6 = strchr(host->ip, ':');

	if (!host->ip[0]) {
		line_text(line, "?");
		return;
	}
	line_text(line, v6 ? "[" : "");
	put(line, host->ip);
	line_text(line, v6 ? "]:" : ":");
	line_u64(line, host->port);
}

static bool is(const char *text, const char *what)
{
	return text && !strcmp(text, what);
}

static bool by_gateway(const struct record *record)
{
	return record->by && !strncmp(record->by, "gateway-", 8);
}

/* Whether the RST went to the server. The sender tells; for the gateway's own, the direction. */
static bool toward_server(const struct record *record)
{
	if (is(record->sender, "client"))
		return true;
	return is(record->sender, "gateway") && is(record->direction, "original");
}

static const char *who(const struct record *record)
{
	if (by_gateway(record))
		return "this gateway";
	if (is(record->sender, "client"))
		return "client side";
	return is(record->sender, "server") ? "server side" : "somebody";
}

static void put_parties(struct line *line, const struct record *record)
{
	bool to_server = toward_server(record);

	line_text(line, who(record));
	line_text(line, record->kind == RECORD_SILENCE ? " silent" : "");
	line_text(line, ARROW);
	put_host(line, to_server ? &record->server : &record->client);
	line_text(line, record->both_ends ? " and the other end, too" : "");
	line_text(line, to_server ? "  from " : "  for ");
	put_host(line, to_server ? &record->client : &record->server);
}

static void put_nat(struct line *line, const struct record *record)
{
	if (!record->nat_client.ip[0] && !record->nat_server.ip[0])
		return;
	line_text(line, "  (NAT: ");
	put_host(line, record->nat_client.ip[0] ? &record->nat_client : &record->client);
	line_text(line, ARROW);
	put_host(line, record->nat_server.ip[0] ? &record->nat_server : &record->server);
	line_char(line, ')');
}

static void put_path(struct line *line, const struct record *record, bool colour)
{
	line_text(line, colour ? record_class_colour(record->class) : "");
	put_or(line, record->class, "unknown");
	line_char(line, '/');
	put_or(line, record->cause, "ambiguous");
	line_text(line, colour ? RESET : "");
}

static void put_head(struct line *line, const struct record *record, bool colour)
{
	line_clock(line, record->ts_ns);
	line_char(line, ' ');
	put_path(line, record, colour);
	line_text(line, "  ");
	put_parties(line, record);
	put_nat(line, record);
	if (record->count > 1) {
		line_text(line, "  " TIMES);
		line_u64(line, record->count);
	}
	if (record->kind != RECORD_RESET) {
		line_text(line, "  ");
		line_text(line, record_kind_name(record->kind));
	}
	if (record->amends) {
		line_text(line, " of ");
		put(line, record->amends);
	}
	line_char(line, '\n');
}

static const char *stage_words(const char *stage)
{
	static const struct {
		const char *stage, *words;
	} table[] = {
		{ "connect", "while connecting" },
		{ "accepted", "accepted, before any data" },
		{ "request", "request sent, no answer yet" },
		{ "closing", "while closing" },
		{ "closed", "already closed" },
	};

	for (size_t i = 0; stage && i < sizeof(table) / sizeof(table[0]); i++)
		if (!strcmp(stage, table[i].stage))
			return table[i].words;
	return stage ? stage : "stage unknown";
}

static void put_silence(struct line *line, const struct record *record)
{
	bool bounds = record->gap_ms < 0 && record->gap_max_ms >= 0;

	if (record->gap_ms < 0 && !bounds)
		return;
	line_text(line, ", after ");
	if (bounds) {
		put_duration(line, record->gap_min_ms);
		line_text(line, " to ");
	}
	put_duration(line, bounds ? record->gap_max_ms : record->gap_ms);
	line_text(line, " of silence");
}

/* A sentence goes on the current line while it fits, else on one of its own. */
static void put_sentence(struct line *line, const char *sentence, size_t *column)
{
	size_t length = strlen(sentence);

	if (*column + length + 2 > WRAP) {
		line_text(line, "\n" INDENT);
		*column = sizeof(INDENT) - 1;
	} else {
		line_text(line, "; ");
		*column += 2;
	}
	put(line, sentence);
	*column += length;
}

static void put_evidence(struct line *line, const struct record *record)
{
	size_t start = line->len, column;

	line_text(line, INDENT);
	put(line, stage_words(record->stage));
	if (record->age_ms >= 1000) {
		line_text(line, ", ");
		put_duration(line, record->age_ms);
		line_text(line, " old");
	}
	put_silence(line, record);
	column = line->len - start;
	for (size_t i = 0; i < record->evidence.count; i++)
		put_sentence(line, record->evidence.item[i], &column);
	line_char(line, '\n');
}

static void put_payload(struct line *line, const struct record_rst *rst)
{
	if (rst->payload_len == 0)
		return;
	line_text(line, INDENT "the RST says \"");
	line_plain_escaped(line, rst->payload, rst->payload_len);
	line_text(line, "\"\n");
}

static void put_joined(struct line *line, const char *before, const struct record_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		line_text(line, i == 0 ? before : ", ");
		put(line, list->item[i]);
	}
	line_text(line, list->count ? DOT : "");
}

static void put_conclusion(struct line *line, const struct record *record)
{
	line_text(line, INDENT);
	put_joined(line, "candidates: ", &record->candidates);
	put_joined(line, "or: ", &record->also);
	line_u64(line, record->confidence > 0.0 ? (uint64_t)(record->confidence * 100.0 + 0.5) : 0);
	line_text(line, " %");
	if (record->advice && record->advice[0]) {
		line_text(line, DOT);
		put(line, record->advice);
	}
	line_char(line, '\n');
}

const char *record_loss_words(const char *where)
{
	static const struct {
		const char *where, *words;
	} table[] = {
		{ "netlink", "the daemon read too slowly: raise nflog.buffer_max" },
		{ "rate", "the module's rate limit: sysctl net.netfilter.nf_rstwhy_rate" },
		{ "memory", "the kernel had no memory for them" },
		{ "restart", "the module was loaded again" },
		{ "log", "the log could not be written" },
	};

	for (size_t i = 0; where && i < sizeof(table) / sizeof(table[0]); i++)
		if (!strcmp(where, table[i].where))
			return table[i].words;
	return "";
}

static void text_loss(struct line *line, const struct record *record, bool colour)
{
	line_clock(line, record->ts_ns);
	line_text(line, colour ? " " BOLD_RED "-- " : " -- ");
	if (record->lost >= 0)
		line_decimal(line, record->lost);
	else
		line_text(line, "an unknown number of");
	line_text(line, record->lost == 1.0 ? " record lost (" : " records lost (");
	put_or(line, record->where, "somewhere");
	line_text(line, colour ? ")" RESET : ")");
	if (record_loss_words(record->where)[0]) {
		line_text(line, DOT);
		line_text(line, record_loss_words(record->where));
	}
	line_char(line, '\n');
}

static void text_summary(struct line *line, const struct record *record, bool colour)
{
	line_clock(line, record->ts_ns);
	line_char(line, ' ');
	put_path(line, record, colour);
	line_text(line, "  ");
	line_u64(line, record->count);
	line_text(line, " more from ");
	put_or(line, record->source, "?");
	line_text(line, " since ");
	line_clock(line, record->from_ns);
	line_char(line, '\n');
}

void record_day(struct line *line, uint64_t ts_ns, uint64_t *day)
{
	uint64_t today = ts_ns / 86400000000000ULL;

	if (today == *day)
		return;
	*day = today;
	line_text(line, "-- ");
	line_date(line, ts_ns);
	line_text(line, " UTC\n");
}

void record_text(struct line *line, const struct record *record, bool colour)
{
	if (record->kind == RECORD_LOSS) {
		text_loss(line, record, colour);
		return;
	}
	if (record->kind == RECORD_SUMMARY) {
		text_summary(line, record, colour);
		return;
	}
	put_head(line, record, colour);
	put_evidence(line, record);
	put_payload(line, &record->rst);
	put_conclusion(line, record);
}
