// SPDX-License-Identifier: GPL-2.0
/*
 * record_read.c - a record from its JSON line
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "record.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NUMBER_MAX 9e15 /* whole numbers are exact up to here */

struct record_document {
	json_object *root;
	char payload[EVENT_PAYLOAD_MAX];
};

static json_object *member(json_object *object, const char *key)
{
	json_object *value = NULL;

	return json_object_object_get_ex(object, key, &value) ? value : NULL;
}

/* A string member, borrowed; NULL when it is absent or no string. */
static const char *text_of(json_object *object, const char *key)
{
	json_object *value = member(object, key);

	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

/* A number from 0 to NUMBER_MAX; -1 when it is absent, another type or out of these bounds. */
static double number_of(json_object *object, const char *key)
{
	json_object *value = member(object, key);
	bool number = json_object_is_type(value, json_type_int) || json_object_is_type(value, json_type_double);
	double found = number ? json_object_get_double(value) : -1.0;

	return found >= 0.0 && found <= NUMBER_MAX ? found : -1.0;
}

static uint64_t count_of(json_object *object, const char *key)
{
	double value = number_of(object, key);

	return value > 0.0 ? (uint64_t)value : 0;
}

static bool flag_of(json_object *object, const char *key, bool absent)
{
	json_object *value = member(object, key);

	return json_object_is_type(value, json_type_boolean) ? json_object_get_boolean(value) : absent;
}

/* "2026-11-22T10:12:13.123456Z" as nanoseconds since 1970; 0 when it is none. */
static uint64_t time_of(json_object *object, const char *key)
{
	const char *text = text_of(object, key);
	struct tm tm = { 0 };
	unsigned int micros;
	time_t seconds;

	if (!text || sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d.%6uZ", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
			    &tm.tm_sec, &micros) != 7)
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	seconds = timegm(&tm);
	return seconds < 0 ? 0 : (uint64_t)seconds * 1000000000ULL + micros * 1000ULL;
}

static void read_list(struct record_list *list, json_object *object, const char *key)
{
	json_object *array = member(object, key);
	size_t length = json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;

	for (size_t i = 0; i < length && list->count < RECORD_LIST_MAX; i++) {
		json_object *item = json_object_array_get_idx(array, i);

		if (json_object_is_type(item, json_type_string))
			list->item[list->count++] = json_object_get_string(item);
	}
}

static void read_host(struct record_host *host, json_object *object, const char *key)
{
	json_object *value = member(object, key);
	const char *ip = text_of(value, "ip");

	if (!ip || strlen(ip) >= sizeof(host->ip))
		return;
	strcpy(host->ip, ip);
	host->port = (uint16_t)count_of(value, "port");
}

/* The bytes that json_bytes() wrote as \u00XX come back as U+0080..U+00FF in UTF-8: one byte each again. */
static size_t bytes_of_utf8(char *bytes, size_t room, const char *text, size_t len)
{
	size_t made = 0;

	for (size_t i = 0; i < len && made < room; i++) {
		unsigned char c = (unsigned char)text[i];

		if ((c == 0xc2 || c == 0xc3) && i + 1 < len)
			c = (unsigned char)((c << 6) | ((unsigned char)text[++i] & 0x3f));
		bytes[made++] = (char)c;
	}
	return made;
}

static void read_payload(struct record_document *document, struct record_rst *rst, json_object *object)
{
	json_object *value = member(object, "payload");

	if (!json_object_is_type(value, json_type_string))
		return;
	rst->payload = document->payload;
	rst->payload_len = bytes_of_utf8(document->payload, sizeof(document->payload), json_object_get_string(value),
					 (size_t)json_object_get_string_len(value));
}

static void read_rst(struct record_document *document, struct record *record)
{
	json_object *object = member(document->root, "rst");

	if (!json_object_is_type(object, json_type_object))
		return;
	record->have_rst = true;
	record->rst.flags = text_of(object, "flags");
	record->rst.seq_match = text_of(object, "seq_match");
	record->rst.ttl = (unsigned int)count_of(object, "ttl");
	record->rst.win = (unsigned int)count_of(object, "win");
	record->rst.ipid = member(object, "ipid") ? (int)(count_of(object, "ipid") & 0xffff) : -1;
	read_payload(document, &record->rst, object);
}

static void read_numbers(struct record *record, json_object *root)
{
	record->confidence = number_of(root, "confidence");
	record->gap_ms = number_of(root, "gap_ms");
	record->gap_min_ms = number_of(root, "gap_min_ms");
	record->gap_max_ms = number_of(root, "gap_max_ms");
	record->idle_ms = number_of(root, "idle_ms");
	record->ct_idle_ms = number_of(root, "ct_idle_ms");
	record->ct_timeout_before_gap_ms = number_of(root, "ct_timeout_before_gap_ms");
	record->ct_timeout_at_rst_ms = number_of(root, "ct_timeout_at_rst_ms");
	record->age_ms = number_of(root, "age_ms");
	record->lost = number_of(root, "lost");
	record->count = count_of(root, "count");
	record->netns = count_of(root, "netns");
	record->lost_before = count_of(root, "lost_before");
	record->blind = flag_of(root, "blind", false);
	record->both_ends = flag_of(root, "both_ends", false);
	record->held = flag_of(root, "held", true);
}

static void read_texts(struct record *record, json_object *root)
{
	const char *id = text_of(root, "id");

	if (id && strlen(id) < sizeof(record->id))
		strcpy(record->id, id);
	record->amends = text_of(root, "amends");
	record->gateway = text_of(root, "gateway");
	record->class = text_of(root, "class");
	record->cause = text_of(root, "cause");
	record->stage = text_of(root, "stage");
	record->sender = text_of(root, "sender");
	record->by = text_of(root, "by");
	record->direction = text_of(root, "direction");
	record->ct_state = text_of(root, "ct_state");
	record->in = text_of(root, "in");
	record->out = text_of(root, "out");
	record->advice = text_of(root, "advice");
	record->where = text_of(root, "where");
	record->source = text_of(root, "source");
	record->ts_ns = time_of(root, "ts");
	record->from_ns = time_of(root, "from");
	record->to_ns = time_of(root, "to");
}

static void read_record(struct record_document *document, struct record *record)
{
	json_object *root = document->root;
	json_object *nat = member(root, "nat");

	read_texts(record, root);
	read_numbers(record, root);
	read_rst(document, record);
	read_host(&record->client, root, "client");
	read_host(&record->server, root, "server");
	read_host(&record->nat_client, nat, "client");
	read_host(&record->nat_server, nat, "server");
	read_list(&record->also, root, "also");
	read_list(&record->related, root, "related");
	read_list(&record->evidence, root, "evidence");
	read_list(&record->candidates, root, "candidates");
}

/* The kind of a document of our version, or false. */
static bool kind_of(json_object *root, enum record_kind *kind)
{
	const char *name = text_of(root, "kind");

	if (!name || count_of(root, "v") != RECORD_VERSION)
		return false;
	for (*kind = RECORD_RESET; *kind <= RECORD_SUMMARY; (*kind)++)
		if (!strcmp(name, record_kind_name(*kind)))
			return true;
	return false;
}

static json_object *parse_object(const char *text, size_t len)
{
	json_tokener *tokener = len <= RECORD_LINE_MAX ? json_tokener_new() : NULL;
	json_object *root;

	if (!tokener)
		return NULL;
	root = json_tokener_parse_ex(tokener, text, (int)len);
	json_tokener_free(tokener);
	if (json_object_is_type(root, json_type_object))
		return root;
	json_object_put(root);
	return NULL;
}

struct record_document *record_parse(const char *text, size_t len, struct record *record)
{
	struct record_document *document = calloc(1, sizeof(*document));
	enum record_kind kind;

	if (!document)
		return NULL;
	document->root = parse_object(text, len);
	if (!document->root || !kind_of(document->root, &kind)) {
		record_release(document);
		return NULL;
	}
	record_init(record, kind);
	read_record(document, record);
	return document;
}

void record_release(struct record_document *document)
{
	if (!document)
		return;
	json_object_put(document->root);
	free(document);
}
