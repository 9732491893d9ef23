// SPDX-License-Identifier: GPL-2.0
/*
 * daemon_fields.c - tests of records as syslog messages and as journal entries
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../userspace/daemon/sink_journal.h"
#include "../../userspace/daemon/sink_syslog.h"

#define TS 1763806333123456000ULL /* 2025-11-22T10:12:13.123456Z */

static char buf[SINK_JOURNAL_MAX];

static void example(struct record *record)
{
	record_init(record, RECORD_RESET);
	strcpy(record->id, "5f0c2a71d3e8b604-4026531840-81");
	record->ts_ns = TS;
	record->gateway = "gw1";
	record->class = "idle-timeout";
	record->cause = "remote-on-next-packet";
	record->confidence = 0.97;
	record->sender = "server";
	record->by = "transit";
	strcpy(record->client.ip, "10.1.0.2");
	record->client.port = 51234;
	strcpy(record->server.ip, "2001:db8::2");
	record->server.port = 443;
	record->gap_ms = 350412.04;
	record->have_rst = true;
	record->rst.flags = "R";
	record->count = 1;
	record->evidence.item[record->evidence.count++] = "silent 350.4 s";
	record->evidence.item[record->evidence.count++] = "a second sentence";
}

static const char *syslog_of(const struct record *record)
{
	struct line line;

	line_init(&line, buf, SINK_SYSLOG_MAX);
	sink_syslog_render(&line, record, 42);
	assert_false(line.cut);
	return buf;
}

static const char *journal_of(const struct record *record)
{
	struct line line;

	line_init(&line, buf, SINK_JOURNAL_MAX);
	sink_journal_render(&line, record);
	assert_false(line.cut);
	return buf;
}

#define assert_has(text, part)                                                   \
	do {                                                                     \
		if (!strstr(text, part))                                         \
			fail_msg("\"%s\" is not in: %s", part, text);            \
	} while (0)
#define assert_begins(text, part) assert_true(strstr(text, part) == (text))
#define assert_lacks(text, part)                                                 \
	do {                                                                     \
		if (strstr(text, part))                                          \
			fail_msg("\"%s\" is in: %s", part, text);                \
	} while (0)

static void syslog__a_reset__header_data_and_text(void **state)
{
	struct record record;
	const char *text;

	(void)state;
	example(&record);
	text = syslog_of(&record);
	assert_begins(text, "<29>1 2025-11-22T10:12:13.123456Z gw1 rstwhyd 42 reset [rstwhy@32473 kind=\"reset\" id=\"5f0c2a71d3e8b604-4026531840-81\" ");
	assert_has(text, " client_ip=\"10.1.0.2\" client_port=\"51234\" server_ip=\"2001:db8::2\" server_port=\"443\" gap_ms=\"350412.04\" ");
	assert_has(text, " evidence=\"silent 350.4 s\" evidence=\"a second sentence\"] idle-timeout/remote-on-next-packet: reset by the server's side, "
			 "client 10.1.0.2:51234, server [2001:db8::2]:443, silent 350.4 s, 97 %");
}

static void syslog__what_would_end_the_data__escaped(void **state)
{
	struct record record;

	(void)state;
	example(&record);
	record.rst.payload = "\"] x\n<0>1 \\";
	record.rst.payload_len = 11;
	assert_has(syslog_of(&record), " rst_payload=\"\\\"\\] x\\\\x0a<0>1 \\\\\\\\\" ");
}

static void syslog__a_name_with_blanks__one_word(void **state)
{
	struct record record;

	(void)state;
	example(&record);
	record.gateway = "my gateway";
	assert_has(syslog_of(&record), "Z my_gateway rstwhyd ");
	assert_has(buf, " gateway=\"my gateway\" ");
}

static void syslog__severity__losses_above_noise(void **state)
{
	struct record record;

	(void)state;
	record_init(&record, RECORD_LOSS);
	record.lost = 12;
	record.where = "netlink";
	assert_begins(syslog_of(&record), "<28>1 ");
	assert_has(buf, " loss [rstwhy@32473 kind=\"loss\" ");
	assert_has(buf, " lost=\"12\" where=\"netlink\"] 12 records lost: netlink");
	example(&record);
	record.class = "noise";
	assert_begins(syslog_of(&record), "<30>1 ");
}

/* Sentences at their longest, every byte escaped: what does not fit is left out whole, the text is still there. */
static void syslog__too_long__whole_fields_and_the_text(void **state)
{
	static char sentence[256];
	struct record record;
	const char *text;

	(void)state;
	example(&record);
	memset(sentence, '\n', sizeof(sentence) - 1);
	record.evidence.count = 0;
	while (record.evidence.count < RECORD_LIST_MAX)
		record.evidence.item[record.evidence.count++] = sentence;
	record.advice = "fits again";
	record.related = record.evidence;
	text = syslog_of(&record);
	assert_true(strlen(text) < SINK_SYSLOG_MAX);
	assert_has(text, "\"] idle-timeout/remote-on-next-packet: ");
}

static void journal__a_reset__lines_of_fields(void **state)
{
	struct record record;
	const char *text;

	(void)state;
	example(&record);
	text = journal_of(&record);
	assert_begins(text, "MESSAGE=idle-timeout/remote-on-next-packet: reset by the server's side, client ");
	assert_has(text, "\nPRIORITY=5\nSYSLOG_FACILITY=3\nSYSLOG_IDENTIFIER=rstwhyd\nMESSAGE_ID=9d7b1f2c6a3e4f58b0c4e2a17d95f3c6\n");
	assert_has(text, "\nRSTWHY_CLIENT_IP=10.1.0.2\nRSTWHY_CLIENT_PORT=51234\n");
	assert_has(text, "\nRSTWHY_EVIDENCE=silent 350.4 s\nRSTWHY_EVIDENCE=a second sentence\n");
	assert_lacks(text, "RSTWHY_AMENDS");
	assert_int_equal(text[strlen(text) - 1], '\n');
}

static void journal__a_line_break_in_the_payload__makes_no_field(void **state)
{
	struct record record;

	(void)state;
	example(&record);
	record.rst.payload = "x\nPRIORITY=0\n";
	record.rst.payload_len = 13;
	assert_has(journal_of(&record), "\nRSTWHY_RST_PAYLOAD=x\\x0aPRIORITY=0\\x0a\n");
}

static void brief__an_amendment_and_bounds__told(void **state)
{
	struct record record;
	struct line line;

	(void)state;
	example(&record);
	record.kind = RECORD_AMENDMENT;
	record.amends = "a-1-2";
	record.gap_ms = -1;
	record.gap_min_ms = 30000;
	record.gap_max_ms = 61000;
	record.by = "gateway-reject";
	line_init(&line, buf, sizeof(buf));
	record_brief(&line, &record);
	assert_string_equal(buf, "idle-timeout/remote-on-next-packet: reset by this gateway, client 10.1.0.2:51234, server [2001:db8::2]:443, "
				 "silent 30 to 61 s, 97 %, amends a-1-2");
}

static void brief__a_summary__who_and_how_many(void **state)
{
	struct record record;
	struct line line;

	(void)state;
	record_init(&record, RECORD_SUMMARY);
	record.class = "noise";
	record.cause = "probe";
	record.source = "10.1.0.9";
	record.count = 77;
	line_init(&line, buf, sizeof(buf));
	record_brief(&line, &record);
	assert_string_equal(buf, "noise/probe: 77 more from 10.1.0.9");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(syslog__a_reset__header_data_and_text),
		cmocka_unit_test(syslog__what_would_end_the_data__escaped),
		cmocka_unit_test(syslog__a_name_with_blanks__one_word),
		cmocka_unit_test(syslog__severity__losses_above_noise),
		cmocka_unit_test(syslog__too_long__whole_fields_and_the_text),
		cmocka_unit_test(journal__a_reset__lines_of_fields),
		cmocka_unit_test(journal__a_line_break_in_the_payload__makes_no_field),
		cmocka_unit_test(brief__an_amendment_and_bounds__told),
		cmocka_unit_test(brief__a_summary__who_and_how_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
