// SPDX-License-Identifier: GPL-2.0
/*
 * record_verdict.c - an incident and its verdict as a record
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "record.h"

#include "../engine/digits.h"
#include "../engine/name.h"

#define NS_PER_SEC 1000000000ULL

static const char *actor_name(uint8_t by)
{
	static const struct name names[] = {
		[RSTWHY_BY_UNSEEN] = NAME("unseen"),
		[RSTWHY_BY_TRANSIT] = NAME("transit"),
		[RSTWHY_BY_GATEWAY_REJECT] = NAME("gateway-reject"),
		[RSTWHY_BY_GATEWAY_STACK] = NAME("gateway-stack"),
		[RSTWHY_BY_GATEWAY_RAW] = NAME("gateway-raw"),
		[RSTWHY_BY_GATEWAY_SOCKET] = NAME("gateway-socket"),
	};

	return by < sizeof(names) / sizeof(names[0]) ? names[by].text : NULL;
}

static const char *direction_name(uint8_t direction)
{
	static const struct name names[] = {
		[RSTWHY_DIR_ORIGINAL] = NAME("original"),
		[RSTWHY_DIR_REPLY] = NAME("reply"),
		[RSTWHY_DIR_NONE] = NAME("none"),
	};

	return direction < sizeof(names) / sizeof(names[0]) ? names[direction].text : NULL;
}

/* As /proc/net/nf_conntrack spells them. */
static const char *ct_state_name(int state)
{
	static const struct name names[] = {
		NAME("NONE"),	    NAME("SYN_SENT"), NAME("SYN_RECV"),	 NAME("ESTABLISHED"), NAME("FIN_WAIT"),
		NAME("CLOSE_WAIT"), NAME("LAST_ACK"), NAME("TIME_WAIT"), NAME("CLOSE"),	      NAME("SYN_SENT2"),
	};

	return state >= 0 && (size_t)state < sizeof(names) / sizeof(names[0]) ? names[state].text : NULL;
}

static const char *flags_name(const struct segment *seg)
{
	static const struct name rst = NAME("R"), rst_ack = NAME("RA");

	return (seg->flags & SEG_ACK ? &rst_ack : &rst)->text;
}

#define AMENDMENT "-a"
#define NETNS_AT  (DIGITS_HEX + 1)

_Static_assert(RECORD_ID_MAX > DIGITS_HEX + DIGITS_U32 + DIGITS_U64 + 2 + sizeof(AMENDMENT) - 1, "an id has room");

static void set_prefix(struct record_kept *kept, const struct rstwhy_evidence *ev)
{
	char *at = digits_hex(kept->prefix, ev->epoch, DIGITS_HEX);

	*at++ = '-';
	at = digits_u64(at, ev->netns_inum);
	*at++ = '-';
	kept->epoch = ev->epoch;
	kept->netns = ev->netns_inum;
	kept->prefix_len = (unsigned int)(at - kept->prefix);
}

static char *put_id(char id[RECORD_ID_MAX], const struct record_kept *kept, uint64_t seq)
{
	char *at;

	memcpy(id, kept->prefix, sizeof(kept->prefix)); /* of a known length, and what is too much goes */
	at = digits_u64(id + kept->prefix_len, seq);
	*at = '\0';
	return at;
}

/* An amendment has its own id, and names the record that it corrects. */
static void fill_id(struct record *record, const struct incident *incident, struct record_kept *kept)
{
	const struct rstwhy_evidence *ev = &incident->first.ev;
	char *end;

	if (kept->prefix_len == 0 || kept->epoch != ev->epoch || kept->netns != ev->netns_inum)
		set_prefix(kept, ev);
	end = put_id(record->id, kept, ev->seq);
	record->netns = ev->netns_inum;
	record->netns_digits = record->id + NETNS_AT;
	record->netns_len = kept->prefix_len - 1 - NETNS_AT;
	if (incident->kind == INCIDENT_AMENDMENT) {
		memcpy(end, AMENDMENT, sizeof(AMENDMENT));
		end += sizeof(AMENDMENT) - 1;
		put_id(record->first_id, kept, ev->seq);
		record->amends = record->first_id;
	}
	record->id_len = (unsigned int)(end - record->id);
	for (uint32_t i = 0; i < incident->related_count && i < INCIDENT_RELATED_MAX; i++) {
		put_id(record->related_id[i], kept, incident->related[i]);
		record->related.item[record->related.count++] = record->related_id[i];
	}
}

static void fill_time(struct record *record, uint64_t ts_ns, struct record_kept *kept)
{
	uint64_t second = ts_ns / NS_PER_SEC;

	record->ts_ns = ts_ns;
	record->ts = NULL;
	if (!kept)
		return;
	if (kept->ts[0] && kept->second == second)
		line_change_timestamp(kept->ts, ts_ns);
	else
		line_put_timestamp(kept->ts, ts_ns);
	kept->second = second;
	record->ts = kept->ts;
}

static enum record_kind kind_of(const struct incident *incident)
{
	static const enum record_kind kinds[] = {
		[INCIDENT_RESET] = RECORD_RESET,
		[INCIDENT_SILENCE] = RECORD_SILENCE,
		[INCIDENT_AMENDMENT] = RECORD_AMENDMENT,
	};

	return kinds[incident->kind];
}

static void fill_hosts(struct record *record, const struct endpoints *ends)
{
	record_host_set(&record->client, ends->family, ends->client.addr, ends->client.port);
	record_host_set(&record->server, ends->family, ends->server.addr, ends->server.port);
	if (ends->have_nat_client)
		record_host_set(&record->nat_client, ends->family, ends->nat_client.addr, ends->nat_client.port);
	if (ends->have_nat_server)
		record_host_set(&record->nat_server, ends->family, ends->nat_server.addr, ends->nat_server.port);
}

static void fill_numbers(struct record *record, const struct verdict *verdict)
{
	record->gap_ms = verdict->gap_ms;
	record->gap_min_ms = verdict->gap_min_ms;
	record->gap_max_ms = verdict->gap_max_ms;
	record->blind = verdict->blind;
	record->idle_ms = verdict->idle_ms;
	record->ct_idle_ms = verdict->ct_idle_ms;
	record->ct_timeout_before_gap_ms = verdict->ct_timeout_before_gap_ms;
	record->ct_timeout_at_rst_ms = verdict->ct_timeout_at_rst_ms;
	record->ct_state = ct_state_name(verdict->ct_state);
	record->age_ms = verdict->age_ms;
}

static void fill_rst(struct record *record, const struct incident *incident, const struct verdict *verdict, bool payload)
{
	const struct event *event = &incident->first;
	const struct segment *seg = &event->seg;

	record->rst.flags = flags_name(seg);
	record->rst.seq_match = seq_match_name(verdict->seq_match);
	record->rst.ttl = seg->ttl;
	record->rst.win = seg->win;
	record->rst.ipid = seg->family == 4 ? seg->ipid : -1;
	record->rst.payload = payload ? (const char *)event->payload : NULL;
	record->rst.payload_len = payload ? event->payload_len : 0;
}

static void fill_lists(struct record *record, const struct verdict *verdict)
{
	for (size_t i = 0; i < verdict->also_count; i++)
		record->also.item[record->also.count++] = cause_path(verdict->also[i]);
	for (size_t i = 0; i < verdict->evidence_count; i++)
		record->evidence.item[record->evidence.count++] = verdict->evidence[i];
	for (size_t i = 0; i < verdict->candidates_count; i++)
		record->candidates.item[record->candidates.count++] = verdict->candidates[i];
}

_Static_assert(INCIDENT_RELATED_MAX <= RECORD_LIST_MAX, "related");
_Static_assert(VERDICT_ALSO_MAX <= RECORD_LIST_MAX, "also");
_Static_assert(VERDICT_EVIDENCE_MAX <= RECORD_LIST_MAX, "evidence");
_Static_assert(VERDICT_CANDIDATES_MAX <= RECORD_LIST_MAX, "candidates");

/* As record_init(), but for what is set below in any case. */
static void init(struct record *record, enum record_kind kind)
{
	record->kind = kind;
	record->amends = record->where = record->source = NULL;
	record->from_ns = record->to_ns = 0;
	record->lost = -1;
	record->rst = (struct record_rst){ .ipid = -1 };
	record->nat_client.ip[0] = record->nat_server.ip[0] = '\0';
	record->nat_client.port = record->nat_server.port = 0;
	record->nat_client.len = record->nat_server.len = 0;
	record->also.count = record->related.count = record->evidence.count = record->candidates.count = 0;
}

void record_of_verdict(struct record *record, const struct incident *incident, const struct verdict *verdict, bool held,
		       const struct record_context *context)
{
	const struct event *event = &incident->first;
	struct record_kept none = { 0 };

	init(record, kind_of(incident));
	record->verdict = verdict;
	record->actor = event->ev.by;
	fill_id(record, incident, context->kept ? context->kept : &none);
	fill_time(record, event->ev.realtime_ns, context->kept);
	record->gateway = context->gateway;
	record->class = class_name(cause_text(verdict->cause)->class);
	record->cause = cause_name(verdict->cause);
	record->confidence = verdict->confidence;
	record->stage = stage_name(verdict->stage);
	record->sender = verdict->sender == SIDE_UNKNOWN ? NULL : side_name(verdict->sender);
	record->both_ends = verdict->both_ends;
	record->by = actor_name(event->ev.by);
	record->direction = direction_name(event->ev.direction);
	fill_hosts(record, &verdict->ends);
	fill_numbers(record, verdict);
	record->have_rst = event->ev.kind != RSTWHY_KIND_SILENCE;
	if (record->have_rst)
		fill_rst(record, incident, verdict, context->payload);
	fill_lists(record, verdict);
	record->count = incident->count;
	record->in = event->in;
	record->out = event->out;
	record->advice = verdict->advice;
	record->advice_len = verdict->advice_len;
	record->lost_before = context->lost_before;
	record->held = held;
}
