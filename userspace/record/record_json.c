// SPDX-License-Identifier: GPL-2.0
/*
 * record_json.c - a record as one JSON line
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "json.h"
#include "record.h"

#define GATEWAY_MAX 256

/* The longest resets: lists and texts of the engine, a payload, a host name, all of them escaped byte by byte. */
_Static_assert(RECORD_LINE_MAX > 6 * (VERDICT_EVIDENCE_MAX * VERDICT_TEXT_MAX + VERDICT_CANDIDATES_MAX * 64 + VERDICT_TEXT_MAX +
				      EVENT_PAYLOAD_MAX + GATEWAY_MAX + 2 * EVENT_IFNAME) + 4096,
	       "a record must fit into a line");

LINE_INLINE void json_optional(struct json *json, const char *key, const char *value)
{
	if (value)
		json_string(json, key, value);
}

/* A word of the vocabulary, or what a log says in its place. */
LINE_INLINE void json_word(struct json *json, const struct record *record, const char *key, const char *value)
{
	if (value && (json->sure || record->verdict))
		json_name(json, key, name_of(value));
	else if (value)
		json_string(json, key, value);
}

LINE_INLINE void json_words(struct json *json, const struct record *record, const char *key, const struct record_list *list)
{
	json_open(json, key, '[');
	for (size_t i = 0; i < list->count; i++)
		json_word(json, record, NULL, list->item[i]);
	json_close(json, ']');
}

/* len: of each item, 0 not counted; NULL: of none. */
LINE_INLINE void json_list(struct json *json, const char *key, const struct record_list *list, const unsigned char *len)
{
	json_open(json, key, '[');
	for (size_t i = 0; i < list->count; i++)
		json_bytes(json, NULL, list->item[i], len && len[i] ? len[i] : strlen(list->item[i]));
	json_close(json, ']');
}

/* In one go, with an address of known length. */
LINE_INLINE void json_counted_host(struct json *json, const char *key, const struct record_host *host)
{
	if (!json_key(json, key, sizeof("{\"ip\":\"\",\"port\":}") + sizeof(host->ip) + DIGITS_U32))
		return;
	json_put(json, "{\"ip\":\"");
	memcpy(json->at, host->ip, sizeof(host->ip));
	json->at += host->len;
	json_put(json, "\",\"port\":");
	json->at = digits_u64(json->at, host->port);
	json_put(json, "}");
}

LINE_INLINE void json_host(struct json *json, const char *key, const struct record_host *host)
{
	if (host->len) {
		json_counted_host(json, key, host);
		return;
	}
	if (!host->ip[0])
		return;
	json_open(json, key, '{');
	json_string(json, KEY("ip"), host->ip);
	json_u64(json, KEY("port"), host->port);
	json_close(json, '}');
}

LINE_INLINE void json_hosts(struct json *json, const struct record *record)
{
	json_host(json, KEY("client"), &record->client);
	json_host(json, KEY("server"), &record->server);
	if (!record->nat_client.ip[0] && !record->nat_server.ip[0])
		return;
	json_open(json, KEY("nat"), '{');
	json_host(json, KEY("client"), &record->nat_client);
	json_host(json, KEY("server"), &record->nat_server);
	json_close(json, '}');
}

LINE_INLINE void json_ages(struct json *json, const struct record *record)
{
	json_known_decimal(json, KEY("gap_ms"), record->gap_ms);
	json_known_decimal(json, KEY("gap_min_ms"), record->gap_min_ms);
	json_known_decimal(json, KEY("gap_max_ms"), record->gap_max_ms);
	if (record->blind)
		json_bool(json, KEY("blind"), true);
	json_known_decimal(json, KEY("idle_ms"), record->idle_ms);
	json_known_decimal(json, KEY("ct_idle_ms"), record->ct_idle_ms);
	json_known_decimal(json, KEY("ct_timeout_before_gap_ms"), record->ct_timeout_before_gap_ms);
	json_known_decimal(json, KEY("ct_timeout_at_rst_ms"), record->ct_timeout_at_rst_ms);
	json_word(json, record, KEY("ct_state"), record->ct_state);
	json_known_decimal(json, KEY("age_ms"), record->age_ms);
}

LINE_INLINE void json_rst(struct json *json, const struct record *record)
{
	const struct record_rst *rst = &record->rst;

	json_open(json, KEY("rst"), '{');
	json_word(json, record, KEY("flags"), rst->flags);
	json_word(json, record, KEY("seq_match"), rst->seq_match);
	json_u64(json, KEY("ttl"), rst->ttl);
	json_u64(json, KEY("win"), rst->win);
	if (rst->ipid >= 0)
		json_u64(json, KEY("ipid"), (uint64_t)rst->ipid);
	if (rst->payload)
		json_bytes(json, KEY("payload"), rst->payload, rst->payload_len);
	json_close(json, '}');
}

LINE_INLINE void json_advice(struct json *json, const struct record *record)
{
	if (record->advice_len)
		json_literal(json, KEY("advice"), record->advice, record->advice_len);
	else
		json_optional(json, KEY("advice"), record->advice);
}

/* Its digits are in the id already. */
LINE_INLINE void json_netns(struct json *json, const struct record *record)
{
	if (record->netns_len)
		json_digits(json, KEY("netns"), record->netns_digits, record->netns_len);
	else
		json_u64(json, KEY("netns"), record->netns);
}

LINE_INLINE void json_reset(struct json *json, const struct record *record)
{
	const struct verdict *verdict = record->verdict;

	json_word(json, record, KEY("class"), record->class);
	json_word(json, record, KEY("cause"), record->cause);
	json_known_decimal(json, KEY("confidence"), record->confidence);
	json_words(json, record, KEY("also"), &record->also);
	json_word(json, record, KEY("stage"), record->stage);
	json_word(json, record, KEY("sender"), record->sender);
	if (record->both_ends)
		json_bool(json, KEY("both_ends"), true);
	json_word(json, record, KEY("by"), record->by);
	json_word(json, record, KEY("direction"), record->direction);
	json_hosts(json, record);
	json_ages(json, record);
	if (record->have_rst)
		json_rst(json, record);
	json_u64(json, KEY("count"), record->count);
	json_list(json, KEY("related"), &record->related, NULL);
	json_optional(json, KEY("in"), record->in);
	json_optional(json, KEY("out"), record->out);
	json_netns(json, record);
	json_list(json, KEY("evidence"), &record->evidence, verdict ? verdict->evidence_len : NULL);
	json_list(json, KEY("candidates"), &record->candidates, verdict ? verdict->candidates_len : NULL);
	json_advice(json, record);
	json_u64(json, KEY("lost_before"), record->lost_before);
	if (!record->held)
		json_bool(json, KEY("held"), false);
}

LINE_INLINE void json_loss(struct json *json, const struct record *record)
{
	json_known_decimal(json, KEY("lost"), record->lost);
	json_optional(json, KEY("where"), record->where);
}

LINE_INLINE void json_id(struct json *json, const struct record *record)
{
	if (record->id_len)
		json_plain(json, KEY("id"), record->id, record->id_len, sizeof(record->id));
	else if (record->id[0])
		json_string(json, KEY("id"), record->id);
}

LINE_INLINE void json_summary(struct json *json, const struct record *record)
{
	json_optional(json, KEY("source"), record->source);
	json_optional(json, KEY("class"), record->class);
	json_optional(json, KEY("cause"), record->cause);
	json_time(json, KEY("from"), record->from_ns);
	json_time(json, KEY("to"), record->to_ns);
	json_u64(json, KEY("count"), record->count);
}

/* Inlined twice, where there surely is room and where there may be not, so that the compiler leaves out what each need not ask. */
LINE_INLINE void put_record(struct line *line, const struct record *record, size_t gateway_len, bool sure)
{
	struct json json = json_begin(line);

	json.sure = sure;
	json_open(&json, NULL, '{');
	json_u64(&json, KEY("v"), RECORD_VERSION);
	json_name(&json, KEY("kind"), name_of(record_kind_name(record->kind)));
	json_id(&json, record);
	json_optional(&json, KEY("amends"), record->amends);
	if (record->ts)
		json_plain(&json, KEY("ts"), record->ts, LINE_TIMESTAMP, LINE_TIMESTAMP);
	else
		json_time(&json, KEY("ts"), record->ts_ns);
	if (record->gateway)
		json_bytes(&json, KEY("gateway"), record->gateway, gateway_len);
	switch (record->kind) {
	case RECORD_LOSS:
		json_loss(&json, record);
		break;
	case RECORD_SUMMARY:
		json_summary(&json, record);
		break;
	default:
		json_reset(&json, record);
	}
	json_close(&json, '}');
	json_as_is(&json, "\n");
	json_end(&json);
}

/* What was made from a verdict has its bounds: see above. */
void record_json(struct line *line, const struct record *record)
{
	size_t gateway_len = record->gateway ? strlen(record->gateway) : 0;

	if (record->verdict && gateway_len <= GATEWAY_MAX && line_room(line, RECORD_LINE_MAX - 1))
		put_record(line, record, gateway_len, true);
	else
		put_record(line, record, gateway_len, false);
}
