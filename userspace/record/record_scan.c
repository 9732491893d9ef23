// SPDX-License-Identifier: GPL-2.0
/*
 * record_scan.c - a record from its JSON line, in place
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "record_scan.h"

#include "json_pull.h"

#include <string.h>
#include <time.h>

#define NUMBER_MAX 9e15 /* whole numbers are exact up to here */
#define NS_PER_SEC 1000000000ULL

struct scan {
	struct json_pull pull;
	struct record *record;
	const char *kind;
	double version;
	size_t next; /* where the table is searched from: the keys come in its order */
};

typedef void read_fn(struct scan *scan, void *field);

struct member {
	const char *key;
	size_t len;
	read_fn *read;
	size_t offset; /* of the field in struct record */
};

static void read_text(struct scan *scan, void *field)
{
	const char **text = field;

	*text = json_pull_string(&scan->pull);
}

static void read_number(struct scan *scan, void *field)
{
	double *number = field, value;

	*number = json_pull_number(&scan->pull, &value) && value >= 0.0 && value <= NUMBER_MAX ? value : -1.0;
}

static void read_count(struct scan *scan, void *field)
{
	uint64_t *count = field;
	double value;

	*count = json_pull_number(&scan->pull, &value) && value > 0.0 && value <= NUMBER_MAX ? (uint64_t)value : 0;
}

static void read_flag(struct scan *scan, void *field)
{
	json_pull_bool(&scan->pull, field);
}

static unsigned int digits(const char *at, size_t count, bool *good)
{
	unsigned int value = 0;

	for (size_t i = 0; i < count; i++) {
		*good = *good && at[i] >= '0' && at[i] <= '9';
		value = value * 10 + (unsigned int)(at[i] - '0');
	}
	return value;
}

/* Days since 1970 of a date of the Gregorian calendar. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month <= 2 ? year - 1 : year, era = y / 400, of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* "2026-11-22T10:12:13.123456Z" as nanoseconds since 1970; 0 when it is none. */
static uint64_t time_of(const char *text)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd.ddddddZ";
	unsigned int month, day, hour, minute, second, micros;
	bool good = text && strlen(text) == sizeof(form) - 1;
	int64_t days;

	for (size_t i = 0; good && i < sizeof(form) - 1; i++)
		good = form[i] == 'd' || form[i] == text[i];
	if (!good)
		return 0;
	month = digits(text + 5, 2, &good);
	day = digits(text + 8, 2, &good);
	days = days_of((int64_t)digits(text, 4, &good), month, day);
	hour = digits(text + 11, 2, &good);
	minute = digits(text + 14, 2, &good);
	second = digits(text + 17, 2, &good);
	micros = digits(text + 20, 6, &good);
	if (!good || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60 || days < 0)
		return 0;
	return ((uint64_t)days * 86400 + hour * 3600 + minute * 60 + second) * NS_PER_SEC + micros * 1000ULL;
}

static void read_time(struct scan *scan, void *field)
{
	uint64_t *ns = field;

	*ns = time_of(json_pull_string(&scan->pull));
}

static void read_list(struct scan *scan, void *field)
{
	struct record_list *list = field;

	list->count = 0;
	if (!json_pull_enter(&scan->pull, '[')) {
		json_pull_skip(&scan->pull);
		return;
	}
	while (json_pull_element(&scan->pull)) {
		const char *item = json_pull_string(&scan->pull);

		if (item && list->count < RECORD_LIST_MAX)
			list->item[list->count++] = item;
	}
}

static void read_host(struct scan *scan, void *field)
{
	struct record_host *host = field;
	struct json_pull *pull = &scan->pull;
	const char *ip = NULL, *key;
	uint64_t port = 0;
	size_t len;

	if (!json_pull_enter(pull, '{')) {
		json_pull_skip(pull);
		return;
	}
	while ((key = json_pull_key(pull, &len))) {
		if (len == 2 && !memcmp(key, "ip", 2))
			ip = json_pull_string(pull);
		else if (len == 4 && !memcmp(key, "port", 4))
			read_count(scan, &port);
		else
			json_pull_skip(pull);
	}
	if (!ip || strlen(ip) >= sizeof(host->ip))
		return;
	strcpy(host->ip, ip);
	host->port = (uint16_t)port;
}

static void read_nat(struct scan *scan, void *field)
{
	struct json_pull *pull = &scan->pull;
	const char *key;
	size_t len;

	(void)field;
	if (!json_pull_enter(pull, '{')) {
		json_pull_skip(pull);
		return;
	}
	while ((key = json_pull_key(pull, &len))) {
		if (len == 6 && !memcmp(key, "client", 6))
			read_host(scan, &scan->record->nat_client);
		else if (len == 6 && !memcmp(key, "server", 6))
			read_host(scan, &scan->record->nat_server);
		else
			json_pull_skip(pull);
	}
}

static void read_kind(struct scan *scan, void *field)
{
	(void)field;
	scan->kind = json_pull_string(&scan->pull);
}

static void read_version(struct scan *scan, void *field)
{
	(void)field;
	if (!json_pull_number(&scan->pull, &scan->version))
		scan->version = 0;
}

static void read_id(struct scan *scan, void *field)
{
	const char *id = json_pull_string(&scan->pull);

	if (id && strlen(id) < RECORD_ID_MAX)
		strcpy(field, id);
}

#define ROW(key, read, field) { key, sizeof(key) - 1, read, offsetof(struct record, field) }

/* In the order of a line, so that the next key mostly is the next row. */
static const struct member members[] = {
	ROW("v", read_version, kind),
	ROW("kind", read_kind, kind),
	ROW("id", read_id, id),
	ROW("amends", read_text, amends),
	ROW("ts", read_time, ts_ns),
	ROW("gateway", read_text, gateway),
	ROW("class", read_text, class),
	ROW("cause", read_text, cause),
	ROW("confidence", read_number, confidence),
	ROW("also", read_list, also),
	ROW("stage", read_text, stage),
	ROW("sender", read_text, sender),
	ROW("both_ends", read_flag, both_ends),
	ROW("by", read_text, by),
	ROW("direction", read_text, direction),
	ROW("client", read_host, client),
	ROW("server", read_host, server),
	ROW("nat", read_nat, nat_client),
	ROW("gap_ms", read_number, gap_ms),
	ROW("gap_min_ms", read_number, gap_min_ms),
	ROW("gap_max_ms", read_number, gap_max_ms),
	ROW("blind", read_flag, blind),
	ROW("idle_ms", read_number, idle_ms),
	ROW("ct_idle_ms", read_number, ct_idle_ms),
	ROW("ct_timeout_before_gap_ms", read_number, ct_timeout_before_gap_ms),
	ROW("ct_timeout_at_rst_ms", read_number, ct_timeout_at_rst_ms),
	ROW("ct_state", read_text, ct_state),
	ROW("age_ms", read_number, age_ms),
	ROW("count", read_count, count),
	ROW("in", read_text, in),
	ROW("out", read_text, out),
	ROW("netns", read_count, netns),
	ROW("evidence", read_list, evidence),
	ROW("candidates", read_list, candidates),
	ROW("advice", read_text, advice),
	ROW("lost_before", read_count, lost_before),
	ROW("held", read_flag, held),
	ROW("lost", read_number, lost),
	ROW("where", read_text, where),
	ROW("source", read_text, source),
	ROW("from", read_time, from_ns),
	ROW("to", read_time, to_ns),
};

#define MEMBERS (sizeof(members) / sizeof(members[0]))

static const struct member *find_member(struct scan *scan, const char *key, size_t len)
{
	for (size_t i = 0; i < MEMBERS; i++) {
		size_t at = scan->next + i < MEMBERS ? scan->next + i : scan->next + i - MEMBERS;

		if (members[at].len == len && !memcmp(members[at].key, key, len)) {
			scan->next = at + 1 < MEMBERS ? at + 1 : 0;
			return &members[at];
		}
	}
	return NULL;
}

static bool scan_members(struct scan *scan)
{
	const struct member *member;
	const char *key;
	size_t len;

	if (!json_pull_enter(&scan->pull, '{'))
		return false;
	while ((key = json_pull_key(&scan->pull, &len))) {
		member = find_member(scan, key, len);
		if (member)
			member->read(scan, (char *)scan->record + member->offset);
		else
			json_pull_skip(&scan->pull);
	}
	return json_pull_done(&scan->pull);
}

bool record_scan(char *text, size_t len, struct record *record)
{
	struct scan scan = { .record = record };

	if (len > RECORD_LINE_MAX || memchr(text, '\0', len))
		return false;
	record_init(record, RECORD_RESET);
	json_pull_init(&scan.pull, text, len);
	if (!scan_members(&scan) || !scan.kind || scan.version < RECORD_VERSION || scan.version >= RECORD_VERSION + 1)
		return false;
	for (enum record_kind kind = RECORD_RESET; kind <= RECORD_SUMMARY; kind++)
		if (!strcmp(scan.kind, record_kind_name(kind))) {
			record->kind = kind;
			return true;
		}
	return false;
}
