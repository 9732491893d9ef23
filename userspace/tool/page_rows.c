// SPDX-License-Identifier: GPL-2.0
/*
 * page_rows.c - the rows of the page's table
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "page_data.h"

#include "../record/record_scan.h"

#include <string.h>

static void put_host(struct page_json *json, const char *key, const struct record_host *host)
{
	char text[TALLY_SERVER_TEXT];

	if (!host->ip[0])
		return;
	tally_server_text(host, text);
	page_json_text(json, key, text);
}

static void put_list(struct page_json *json, const char *key, const struct record_list *list)
{
	if (list->count == 0)
		return;
	page_json_open(json, key, '[');
	for (size_t i = 0; i < list->count; i++)
		page_json_text(json, NULL, list->item[i]);
	page_json_close(json, ']');
}

static void put_who(struct page_json *json, const struct record *record)
{
	page_json_text(json, "sender", record->sender);
	page_json_text(json, "by", record->by);
	page_json_flag(json, "both", record->both_ends);
	put_host(json, "client", &record->client);
	put_host(json, "server", &record->server);
	put_host(json, "nat_client", &record->nat_client);
	put_host(json, "nat_server", &record->nat_server);
	page_json_text(json, "source", record->source);
	page_json_text(json, "in", record->in && record->in[0] ? record->in : NULL);
	page_json_text(json, "out", record->out && record->out[0] ? record->out : NULL);
}

static void put_times(struct page_json *json, const struct record *record)
{
	page_json_known(json, "gap", record->gap_ms);
	page_json_known(json, "gap_min", record->gap_min_ms);
	page_json_known(json, "gap_max", record->gap_max_ms);
	page_json_known(json, "age", record->age_ms);
	page_json_known(json, "timeout", record->ct_timeout_before_gap_ms);
}

/* Advice that is the cause's own is in the list of causes already. */
static const char *own_advice(const struct record *record)
{
	enum cause cause;

	if (record->advice && record->cause && cause_by_name(record->cause, &cause) && !strcmp(record->advice, cause_text(cause)->advice))
		return NULL;
	return record->advice;
}

static void put_row(struct page_json *json, const struct record *record)
{
	page_json_open(json, NULL, '{');
	page_json_number(json, "ts", (double)(record->ts_ns / 1000000));
	if (record->kind != RECORD_RESET)
		page_json_text(json, "kind", record_kind_name(record->kind));
	page_json_text(json, "id", record->id[0] ? record->id : NULL);
	page_json_text(json, "amends", record->amends);
	page_json_text(json, "gateway", record->gateway);
	page_json_text(json, "class", record->class ? record->class : "unknown");
	page_json_text(json, "cause", record->cause ? record->cause : "ambiguous");
	page_json_known(json, "sure", record->confidence);
	page_json_text(json, "stage", record->stage);
	page_json_number(json, "count", (double)record->count);
	put_who(json, record);
	put_times(json, record);
	put_list(json, "evidence", &record->evidence);
	put_list(json, "also", &record->also);
	put_list(json, "candidates", &record->candidates);
	page_json_text(json, "advice", own_advice(record));
	page_json_close(json, '}');
}

void page_rows(struct page_json *json, struct last_lines *last)
{
	struct record record;
	size_t len;

	page_json_open(json, "rows", '[');
	for (size_t i = 0; i < last_lines_count(last); i++) {
		char *line = last_lines_at(last, i, &len);

		if (record_scan(line, len, &record))
			put_row(json, &record);
	}
	page_json_close(json, ']');
}
