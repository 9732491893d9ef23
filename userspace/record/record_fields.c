// SPDX-License-Identifier: GPL-2.0
/*
 * record_fields.c - a record as names and values, for logs that take fields
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "record_fields.h"

#include <string.h>

#define VALUE_MAX (4 * EVENT_PAYLOAD_MAX + 1) /* the longest: a payload, or a sentence, every byte escaped */

struct fields {
	record_field_fn *field;
	void *user;
	char value[VALUE_MAX];
};

static struct line begin(struct fields *fields)
{
	struct line line;

	line_init(&line, fields->value, sizeof(fields->value));
	return line;
}

static void hand_out(struct fields *fields, const char *name, const struct line *line)
{
	fields->field(fields->user, name, line->data, line->len);
}

static void bytes(struct fields *fields, const char *name, const char *value, size_t len)
{
	struct line line = begin(fields);

	line_plain_escaped(&line, value, len);
	hand_out(fields, name, &line);
}

static void text(struct fields *fields, const char *name, const char *value)
{
	if (value && value[0])
		bytes(fields, name, value, strlen(value));
}

static void list(struct fields *fields, const char *name, const struct record_list *items)
{
	for (size_t i = 0; i < items->count; i++)
		text(fields, name, items->item[i]);
}

static void number(struct fields *fields, const char *name, uint64_t value)
{
	struct line line = begin(fields);

	line_u64(&line, value);
	hand_out(fields, name, &line);
}

static void decimal(struct fields *fields, const char *name, double value)
{
	struct line line = begin(fields);

	if (value < 0)
		return;
	line_decimal(&line, value);
	hand_out(fields, name, &line);
}

static void moment(struct fields *fields, const char *name, uint64_t realtime_ns)
{
	struct line line = begin(fields);

	line_timestamp(&line, realtime_ns);
	hand_out(fields, name, &line);
}

static void host(struct fields *fields, const char *ip, const char *port, const struct record_host *host)
{
	if (!host->ip[0])
		return;
	text(fields, ip, host->ip);
	number(fields, port, host->port);
}

static void ages(struct fields *fields, const struct record *record)
{
	decimal(fields, "gap_ms", record->gap_ms);
	decimal(fields, "gap_min_ms", record->gap_min_ms);
	decimal(fields, "gap_max_ms", record->gap_max_ms);
	decimal(fields, "idle_ms", record->idle_ms);
	decimal(fields, "ct_timeout_before_gap_ms", record->ct_timeout_before_gap_ms);
	text(fields, "ct_state", record->ct_state);
	decimal(fields, "age_ms", record->age_ms);
}

static void packet(struct fields *fields, const struct record_rst *rst)
{
	text(fields, "rst_flags", rst->flags);
	text(fields, "rst_seq_match", rst->seq_match);
	number(fields, "rst_ttl", rst->ttl);
	number(fields, "rst_win", rst->win);
	if (rst->payload && rst->payload_len)
		bytes(fields, "rst_payload", rst->payload, rst->payload_len);
}

static void reset(struct fields *fields, const struct record *record)
{
	text(fields, "class", record->class);
	text(fields, "cause", record->cause);
	decimal(fields, "confidence", record->confidence);
	text(fields, "stage", record->stage);
	text(fields, "sender", record->sender);
	if (record->both_ends)
		text(fields, "both_ends", "true");
	text(fields, "by", record->by);
	text(fields, "direction", record->direction);
	host(fields, "client_ip", "client_port", &record->client);
	host(fields, "server_ip", "server_port", &record->server);
	host(fields, "nat_client_ip", "nat_client_port", &record->nat_client);
	host(fields, "nat_server_ip", "nat_server_port", &record->nat_server);
	ages(fields, record);
	if (record->have_rst)
		packet(fields, &record->rst);
	number(fields, "count", record->count);
	text(fields, "in", record->in);
	text(fields, "out", record->out);
	number(fields, "netns", record->netns);
	number(fields, "lost_before", record->lost_before);
	list(fields, "also", &record->also);
	list(fields, "related", &record->related);
	list(fields, "candidates", &record->candidates);
	list(fields, "evidence", &record->evidence);
	text(fields, "advice", record->advice);
}

static void loss(struct fields *fields, const struct record *record)
{
	decimal(fields, "lost", record->lost);
	text(fields, "where", record->where);
}

static void summary(struct fields *fields, const struct record *record)
{
	text(fields, "source", record->source);
	text(fields, "class", record->class);
	text(fields, "cause", record->cause);
	moment(fields, "from", record->from_ns);
	moment(fields, "to", record->to_ns);
	number(fields, "count", record->count);
}

void record_fields(const struct record *record, record_field_fn *field, void *user)
{
	struct fields fields = { .field = field, .user = user };

	text(&fields, "kind", record_kind_name(record->kind));
	text(&fields, "id", record->id);
	text(&fields, "amends", record->amends);
	moment(&fields, "ts", record->ts_ns);
	text(&fields, "gateway", record->gateway);
	if (record->kind == RECORD_LOSS)
		loss(&fields, record);
	else if (record->kind == RECORD_SUMMARY)
		summary(&fields, record);
	else
		reset(&fields, record);
}
