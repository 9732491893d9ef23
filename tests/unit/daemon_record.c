// SPDX-License-Identifier: GPL-2.0
/*
 * daemon_record.c - tests of records: from a verdict, as JSON, and back
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <json-c/json.h>

#include "../../userspace/record/record.h"

static struct incident incident;
static struct verdict verdict;
static char buf[RECORD_LINE_MAX];
static const struct record_context context = { .gateway = "gw1", .lost_before = 3, .payload = true };

static void tuple_v4(struct rstwhy_tuple *tuple, const char *src, uint16_t sport, const char *dst, uint16_t dport)
{
	inet_pton(AF_INET, src, tuple->src);
	inet_pton(AF_INET, dst, tuple->dst);
	tuple->sport = htons(sport);
	tuple->dport = htons(dport);
}

static int set_up(void **state)
{
	struct rstwhy_evidence *ev = &incident.first.ev;

	(void)state;
	memset(&incident, 0, sizeof(incident));
	memset(&verdict, 0, sizeof(verdict));
	ev->epoch = 0x5f0c2a71d3e8b604ULL;
	ev->netns_inum = 4026531840U;
	ev->seq = 81;
	ev->realtime_ns = 1795342333123456789ULL;
	ev->family = 4;
	ev->by = RSTWHY_BY_TRANSIT;
	ev->direction = RSTWHY_DIR_REPLY;
	ev->ct.flags = RSTWHY_CT_FOUND | RSTWHY_CT_ATTACHED;
	tuple_v4(&ev->ct.orig, "10.1.0.2", 51234, "10.2.0.2", 443);
	tuple_v4(&ev->ct.reply, "10.2.0.2", 443, "10.1.0.2", 51234);
	incident.first.seg = (struct segment){ .family = 4, .ttl = 63, .flags = SEG_RST, .tuple = ev->ct.reply };
	strcpy(incident.first.in, "eth1");
	incident.count = 1;
	verdict = (struct verdict){ .cause = CAUSE_REMOTE_ON_NEXT_PACKET, .confidence = 0.97, .stage = STAGE_ESTABLISHED, .sender = SIDE_SERVER,
				    .seq_match = SEQ_EXACT, .gap_ms = 350412, .gap_min_ms = -1, .gap_max_ms = -1, .idle_ms = 0.3, .ct_idle_ms = 0,
				    .ct_timeout_before_gap_ms = 432000000, .ct_timeout_at_rst_ms = 300000, .age_ms = 3671000, .ct_state = 3 };
	strcpy(verdict.evidence[0], "first");
	verdict.evidence_count = 1;
	strcpy(verdict.candidates[0], "AWS NLB 350 s");
	verdict.candidates_count = 1;
	verdict.advice = "do this";
	return 0;
}

/* What a verdict's record need not ask its texts gives the same line where they may be any. */
static void assert_same_of_any_texts(struct record *record)
{
	static char other[RECORD_LINE_MAX];
	struct line line;

	record->verdict = NULL;
	record->ts = NULL;
	record->advice_len = record->netns_len = record->id_len = record->client.len = record->server.len = record->nat_client.len = record->nat_server.len = 0;
	line_init(&line, other, sizeof(other));
	record_json(&line, record);
	assert_string_equal(other, buf);
}

static const char *rendered(const struct record_context *with, bool held)
{
	static const struct verdict_settings settings = { .idle_min_ms = 5000, .hold_ms = 2000 };
	static struct record_kept kept; /* from one test to the next, too */
	static struct record record;
	struct record_context keeping = *with;
	struct verdict judged;
	struct line line;

	verdict_judge(&incident, &settings, &judged);
	verdict.ends = judged.ends;
	memset(&record, 0xa5, sizeof(record)); /* it may hold anything */
	keeping.kept = &kept;
	record_of_verdict(&record, &incident, &verdict, held, &keeping);
	line_init(&line, buf, sizeof(buf));
	record_json(&line, &record);
	assert_false(line.cut);
	assert_same_of_any_texts(&record);
	return buf;
}

/* One line, and valid JSON for somebody else's parser. */
static void assert_one_json_line(const char *text)
{
	json_object *root = json_tokener_parse(text);

	assert_non_null(root);
	assert_int_equal(json_object_put(root), 1);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	for (const char *c = text; *c && *c != '\n'; c++)
		assert_true(*c >= 0x20 && *c <= 0x7e);
}

static void record_json__sample_of_the_design__byte_for_byte(void **state)
{
	(void)state;
	assert_string_equal(
		rendered(&context, true),
		"{\"v\":1,\"kind\":\"reset\",\"id\":\"5f0c2a71d3e8b604-4026531840-81\",\"ts\":\"2026-11-22T10:12:13.123456Z\",\"gateway\":\"gw1\","
		"\"class\":\"idle-timeout\",\"cause\":\"remote-on-next-packet\",\"confidence\":0.97,\"also\":[],\"stage\":\"established\","
		"\"sender\":\"server\",\"by\":\"transit\",\"direction\":\"reply\",\"client\":{\"ip\":\"10.1.0.2\",\"port\":51234},"
		"\"server\":{\"ip\":\"10.2.0.2\",\"port\":443},\"gap_ms\":350412,\"idle_ms\":0.3,\"ct_idle_ms\":0,"
		"\"ct_timeout_before_gap_ms\":432000000,\"ct_timeout_at_rst_ms\":300000,\"ct_state\":\"ESTABLISHED\",\"age_ms\":3671000,"
		"\"rst\":{\"flags\":\"R\",\"seq_match\":\"exact\",\"ttl\":63,\"win\":0,\"ipid\":0,\"payload\":\"\"},\"count\":1,\"related\":[],"
		"\"in\":\"eth1\",\"out\":\"\",\"netns\":4026531840,\"evidence\":[\"first\"],\"candidates\":[\"AWS NLB 350 s\"],"
		"\"advice\":\"do this\",\"lost_before\":3}\n");
}

static void record_json__unknown_numbers__keys_absent(void **state)
{
	(void)state;
	verdict.gap_ms = verdict.idle_ms = verdict.ct_idle_ms = verdict.age_ms = -1;
	verdict.ct_timeout_before_gap_ms = verdict.ct_timeout_at_rst_ms = -1;
	verdict.ct_state = -1;
	verdict.sender = SIDE_UNKNOWN;
	rendered(&context, true);
	assert_null(strstr(buf, "_ms\""));
	assert_null(strstr(buf, "ct_state"));
	assert_null(strstr(buf, "sender"));
	assert_null(strstr(buf, "both_ends"));
	assert_null(strstr(buf, "blind"));
	assert_null(strstr(buf, "held"));
	assert_null(strstr(buf, "nat"));
	assert_one_json_line(buf);
}

static void record_json__flags_that_are_set__told(void **state)
{
	(void)state;
	verdict.both_ends = verdict.blind = true;
	verdict.gap_ms = -1;
	verdict.gap_min_ms = 30000;
	verdict.gap_max_ms = 350000.5;
	verdict.also[0] = CAUSE_HOST_LOST;
	verdict.also_count = 1;
	rendered(&context, false);
	assert_non_null(strstr(buf, "\"gap_min_ms\":30000,\"gap_max_ms\":350000.5,\"blind\":true,"));
	assert_non_null(strstr(buf, "\"both_ends\":true,"));
	assert_non_null(strstr(buf, "\"also\":[\"stale-state/host-lost\"],"));
	assert_non_null(strstr(buf, "\"held\":false}"));
}

static void record_json__translated__nat_holds_what_differs(void **state)
{
	(void)state;
	tuple_v4(&incident.first.ev.ct.reply, "10.3.0.9", 8443, "192.0.2.1", 40001);
	incident.first.ev.realtime_ns += 876544321; /* another second */
	incident.first.ev.netns_inum = 7;
	rendered(&context, true);
	assert_non_null(strstr(buf, "\"nat\":{\"client\":{\"ip\":\"192.0.2.1\",\"port\":40001},\"server\":{\"ip\":\"10.3.0.9\",\"port\":8443}}"));
}

static void record_json__rst_with_ack_on_ipv6__no_ipid(void **state)
{
	(void)state;
	incident.first.seg.family = incident.first.ev.family = 6;
	incident.first.seg.flags = SEG_RST | SEG_ACK;
	rendered(&context, true);
	assert_non_null(strstr(buf, "\"flags\":\"RA\""));
	assert_null(strstr(buf, "ipid"));
}

static void record_json__payload_not_wanted__absent(void **state)
{
	const struct record_context without = { .gateway = "gw1" };

	(void)state;
	memcpy(incident.first.payload, "secret", 6);
	incident.first.payload_len = 6;
	rendered(&without, true);
	assert_null(strstr(buf, "payload"));
	assert_null(strstr(buf, "secret"));
}

/* Every byte there is, in every string that comes from outside. */
static void record_json__hostile_strings__one_valid_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < EVENT_PAYLOAD_MAX; i++)
		incident.first.payload[i] = (uint8_t)i;
	incident.first.payload_len = EVENT_PAYLOAD_MAX;
	memcpy(incident.first.in, "e\n\"\\\x1b[0m\xff\x01{}", 13);
	memcpy(incident.first.out, "\",\"cause\":\"x", 13);
	rendered(&context, true);
	assert_one_json_line(buf);
}

static void record_json__everything_at_its_longest__fits(void **state)
{
	static char advice[VERDICT_TEXT_MAX];
	(void)state;
	memset(incident.first.payload, 0xff, EVENT_PAYLOAD_MAX);
	incident.first.payload_len = EVENT_PAYLOAD_MAX;
	memset(verdict.evidence, 0x01, sizeof(verdict.evidence));
	memset(verdict.candidates, 0x01, sizeof(verdict.candidates));
	memset(advice, 0x01, sizeof(advice));
	for (size_t i = 0; i < VERDICT_EVIDENCE_MAX; i++)
		verdict.evidence[i][VERDICT_TEXT_MAX - 1] = '\0';
	for (size_t i = 0; i < VERDICT_CANDIDATES_MAX; i++)
		verdict.candidates[i][63] = '\0';
	advice[VERDICT_TEXT_MAX - 1] = '\0';
	verdict.advice = advice;
	verdict.evidence_count = VERDICT_EVIDENCE_MAX;
	verdict.candidates_count = VERDICT_CANDIDATES_MAX;
	verdict.also_count = VERDICT_ALSO_MAX;
	assert_one_json_line(rendered(&context, false));
}

static void record_json__values_beyond_the_enums__absent_not_a_crash(void **state)
{
	(void)state;
	incident.first.ev.by = 200;
	incident.first.ev.direction = 99;
	verdict.ct_state = 1000;
	rendered(&context, true);
	assert_null(strstr(buf, "\"by\""));
	assert_null(strstr(buf, "\"direction\""));
	assert_null(strstr(buf, "ct_state"));
	assert_one_json_line(buf);
}

static void record_json__every_word__as_any_text(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < CAUSE_COUNT; i++) {
		verdict.cause = verdict.also[0] = (enum cause)i;
		verdict.also_count = 1;
		verdict.advice = cause_text(verdict.cause)->advice;
		verdict.advice_len = cause_text(verdict.cause)->advice_len;
		verdict.stage = (enum stage)(i % (STAGE_CLOSED + 1));
		verdict.sender = (enum side)(i % (SIDE_GATEWAY + 1));
		verdict.seq_match = (enum seq_match)(i % (SEQ_ABOVE + 1));
		verdict.ct_state = (int)(i % 10);
		incident.first.ev.by = (uint8_t)(i % 6);
		incident.first.ev.direction = (uint8_t)(i % 3);
		incident.kind = i % 2 ? INCIDENT_RESET : INCIDENT_AMENDMENT;
		rendered(&context, true);
		assert_non_null(strstr(buf, cause_path((enum cause)i)));
		assert_non_null(strstr(buf, stage_name(verdict.stage)));
		assert_one_json_line(buf);
	}
}

static void record_json__loss_and_summary__as_designed(void **state)
{
	struct record record;
	struct line line;

	(void)state;
	record_init(&record, RECORD_LOSS);
	record.ts_ns = 1795342333000000000ULL;
	record.gateway = "gw1";
	record.lost = 12;
	record.where = "netlink";
	line_init(&line, buf, sizeof(buf));
	record_json(&line, &record);
	assert_string_equal(buf, "{\"v\":1,\"kind\":\"loss\",\"ts\":\"2026-11-22T10:12:13.000000Z\",\"gateway\":\"gw1\",\"lost\":12,\"where\":\"netlink\"}\n");
	record_init(&record, RECORD_SUMMARY);
	record.ts_ns = record.from_ns = record.to_ns = 1795342333000000000ULL;
	record.source = "10.0.0.1";
	record.class = "noise";
	record.cause = "probe";
	record.count = 99;
	line_init(&line, buf, sizeof(buf));
	record_json(&line, &record);
	assert_non_null(strstr(buf, "\"source\":\"10.0.0.1\",\"class\":\"noise\",\"cause\":\"probe\",\"from\":\"2026-11-22T10:12:13.000000Z\",\"to\":"));
	assert_one_json_line(buf);
}

static void record_parse__own_line__comes_back_the_same(void **state)
{
	static char again[RECORD_LINE_MAX];
	struct record_document *document;
	struct record record;
	struct line line;

	(void)state;
	for (size_t i = 0; i < EVENT_PAYLOAD_MAX; i++)
		incident.first.payload[i] = (uint8_t)i;
	incident.first.payload_len = EVENT_PAYLOAD_MAX;
	verdict.both_ends = verdict.blind = true;
	verdict.gap_min_ms = 1;
	verdict.gap_max_ms = 2;
	verdict.also[0] = CAUSE_HOST_LOST;
	verdict.also_count = 1;
	rendered(&context, false);
	document = record_parse(buf, strlen(buf), &record);
	assert_non_null(document);
	line_init(&line, again, sizeof(again));
	record_json(&line, &record);
	assert_string_equal(again, buf);
	record_release(document);
}

static void record_parse__what_is_no_record__refused(void **state)
{
	static const char *const texts[] = {
		"", "x", "[]", "{}", "1", "null", "\"v\"", "{\"v\":1}", "{\"kind\":\"reset\"}", "{\"v\":2,\"kind\":\"reset\"}", "{\"v\":1,\"kind\":\"dance\"}",
		"{\"v\":1,\"kind\":\"reset\"", "{\"v\":1,\"kind\":7}", "{\"v\":[1],\"kind\":\"reset\"}",
	};
	struct record record;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (record_parse(texts[i], strlen(texts[i]), &record))
			fail_msg("%s was taken for a record", texts[i]);
}

static void record_parse__wrong_types_and_monsters__unknown(void **state)
{
	static const char text[] = "{\"v\":1,\"kind\":\"reset\",\"id\":5,\"ts\":\"yesterday\",\"class\":[],\"client\":\"x\",\"server\":{\"ip\":7},"
				   "\"gap_ms\":1e300,\"idle_ms\":-4,\"age_ms\":\"9\",\"count\":1e99,\"also\":{\"a\":1},\"evidence\":[1,\"two\",null],"
				   "\"rst\":[],\"nat\":3,\"held\":\"no\",\"confidence\":1e40,\"lost_before\":-3}";
	struct record_document *document;
	struct record record;
	struct line line;

	(void)state;
	document = record_parse(text, strlen(text), &record);
	assert_non_null(document);
	assert_int_equal(record.ts_ns, 0);
	assert_null(record.class);
	assert_true(record.gap_ms < 0 && record.idle_ms < 0 && record.age_ms < 0 && record.confidence < 0);
	assert_int_equal(record.count, 0);
	assert_int_equal(record.evidence.count, 1);
	assert_string_equal(record.evidence.item[0], "two");
	assert_true(record.held);
	line_init(&line, buf, sizeof(buf));
	record_text(&line, &record, true);
	record_json(&line, &record);
	record_release(document);
}

static void record__amendment__own_id_and_whose(void **state)
{
	(void)state;
	incident.kind = INCIDENT_AMENDMENT;
	incident.related[0] = 90;
	incident.related_count = 1;
	rendered(&context, true);
	assert_non_null(strstr(buf, "\"kind\":\"amendment\",\"id\":\"5f0c2a71d3e8b604-4026531840-81-a\",\"amends\":\"5f0c2a71d3e8b604-4026531840-81\""));
	assert_non_null(strstr(buf, "\"related\":[\"5f0c2a71d3e8b604-4026531840-90\"]"));
}

static void record__silence__no_rst(void **state)
{
	(void)state;
	incident.kind = INCIDENT_SILENCE;
	incident.first.ev.kind = RSTWHY_KIND_SILENCE;
	rendered(&context, true);
	assert_non_null(strstr(buf, "\"kind\":\"silence\""));
	assert_null(strstr(buf, "\"rst\""));
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(record_json__sample_of_the_design__byte_for_byte),
		TEST(record_json__unknown_numbers__keys_absent),
		TEST(record_json__flags_that_are_set__told),
		TEST(record_json__translated__nat_holds_what_differs),
		TEST(record__amendment__own_id_and_whose),
		TEST(record__silence__no_rst),
		TEST(record_json__rst_with_ack_on_ipv6__no_ipid),
		TEST(record_json__payload_not_wanted__absent),
		TEST(record_json__hostile_strings__one_valid_line),
		TEST(record_json__everything_at_its_longest__fits),
		TEST(record_json__values_beyond_the_enums__absent_not_a_crash),
		TEST(record_json__every_word__as_any_text),
		TEST(record_json__loss_and_summary__as_designed),
		TEST(record_parse__own_line__comes_back_the_same),
		TEST(record_parse__what_is_no_record__refused),
		TEST(record_parse__wrong_types_and_monsters__unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
