// SPDX-License-Identifier: GPL-2.0
/*
 * daemon_plain.c - tests of the group that plain log rules feed
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

#include <cmocka.h>
#include <linux/netfilter.h>

#include "plain_message.h"

#include "../../userspace/capture/recording.h"
#include "../../userspace/daemon/announce.h"
#include "../../userspace/daemon/plain.h"

#define SECOND 1000000000ULL
#define BOOT (5000 * SECOND)
#define OFFSET (1764000000 * SECOND)

static unsigned int announcements, incidents;
static uint64_t lost;
static struct incident last;

void announce(const char *format, ...)
{
	(void)format;
	announcements++;
}

void recording_note(struct recording *recording, const struct note *note, uint64_t position_ns)
{
	(void)recording, (void)note, (void)position_ns;
}

void recording_message(struct recording *recording, const uint8_t *bytes, size_t len, uint64_t boottime_ns, uint64_t realtime_ns,
		       uint64_t position_ns)
{
	(void)recording, (void)bytes, (void)len, (void)boottime_ns, (void)realtime_ns, (void)position_ns;
}

void report_advance(struct report *report, uint64_t boottime_ns, bool flush)
{
	(void)report, (void)boottime_ns, (void)flush;
}

void report_loss(struct report *report, enum loss_where where, uint64_t count, uint64_t realtime_ns)
{
	(void)report, (void)realtime_ns;
	assert_int_equal(where, LOSS_NETLINK);
	lost += count;
}

static void emit(void *user, const struct incident *incident, const struct verdict *verdict, bool held)
{
	(void)user, (void)verdict, (void)held;
	last = *incident;
	incidents++;
}

static char *interface(unsigned int index, char *name)
{
	sprintf(name, "eth%u", index);
	return name;
}

static void name_news(void *user, uint32_t index, const char *name)
{
	(void)user, (void)index, (void)name;
}

static struct plain *plain;
static struct ifnames *names;
static struct timeline *timeline;
static struct correlate *correlate;
static struct loss *loss;

static int set_up(void **state)
{
	const struct verdict_settings rules = { .idle_min_ms = 10000, .hold_ms = 1500 };
	struct intake_settings settings = { .epoch = 0xabcd, .netns = 77 };

	(void)state;
	announcements = incidents = 0;
	lost = 0;
	settings.loss = loss = loss_new();
	settings.correlate = correlate = correlate_new(8, &rules, emit, NULL);
	settings.timeline = timeline = timeline_new(correlate, loss, NULL);
	timeline_evidence(timeline, BOOT, BOOT + OFFSET);
	names = ifnames_new(interface, name_news, NULL);
	plain = plain_new(&settings, PLAIN_GROUP, names);
	return plain ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	plain_free(plain);
	ifnames_free(names);
	timeline_free(timeline);
	correlate_free(correlate);
	loss_free(loss);
	return 0;
}

static const uint8_t reset4[] = {
	0x45, 0,    0,	  40,	0x12, 0x34, 0x40, 0,	63, 6, 0, 0, 10, 2, 0, 2, 10, 1, 0, 2, /* IPv4 */
	0x01, 0xbb, 0xc8, 0x22, 0,    0,    0x23, 0x29, 0,  0, 7, 1, 0x50, 0x14, 1, 0, 0, 0, 0, 0, /* TCP */
};
static const uint8_t reset6[] = {
	0x60, 0, 0, 0, 0, 22, 6, 62, /* IPv6 */
	0x20, 1, 0xd, 0xb8, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x20, 1, 0xd, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
	0x01, 0xbb, 0xc8, 0x22, 0, 0, 0x23, 0x29, 0, 0, 0, 0, 0x50, 0x04, 0, 0, 0, 0, 0, 0, 'n', 'o',
};

static void arrive(const uint8_t *packet, size_t len, uint32_t number, uint64_t at_ns)
{
	uint8_t bytes[512];

	plain_arrived(plain, bytes, plain_message(bytes, sizeof(bytes), packet, len, number, 4), BOOT + at_ns, BOOT + OFFSET + at_ns);
}

static void arrived__a_reset__an_incident_with_nothing_but_the_packet(void **state)
{
	(void)state;
	arrive(reset4, sizeof(reset4), 0, 0);
	timeline_finish(timeline);
	assert_int_equal(incidents, 1);
	assert_true(last.first.plain);
	assert_int_equal(last.first.ev.by, RSTWHY_BY_UNSEEN);
	assert_int_equal(last.first.ev.direction, RSTWHY_DIR_NONE);
	assert_int_equal(last.first.ev.hook, RSTWHY_HOOK_PRE_ROUTING);
	assert_int_equal(last.first.ev.epoch, 0xabcd);
	assert_int_equal(last.first.ev.netns_inum, 77);
	assert_int_equal(last.first.ev.seq, 1);
	assert_true(last.first.ev.realtime_ns == BOOT + OFFSET);
	assert_int_equal(last.first.ev.mem.flags, 0);
	assert_string_equal(last.first.in, "eth4");
	assert_int_equal(last.first.seg.ttl, 63);
	assert_int_equal(lost, 0);
}

static void arrived__ipv6_with_words__its_payload_too(void **state)
{
	(void)state;
	arrive(reset6, sizeof(reset6), 0, 0);
	timeline_finish(timeline);
	assert_int_equal(last.first.seg.family, 6);
	assert_int_equal(last.first.payload_len, 2);
	assert_memory_equal(last.first.payload, "no", 2);
}

static void arrived__a_hole_in_the_numbers__a_loss(void **state)
{
	(void)state;
	arrive(reset4, sizeof(reset4), 3, 0); /* 0 to 2 never came */
	arrive(reset4, sizeof(reset4), 4, 1000);
	arrive(reset4, sizeof(reset4), 9, 2000);
	timeline_finish(timeline);
	assert_int_equal(lost, 3 + 4);
}

static void arrived__the_numbers_wrap__no_loss(void **state)
{
	(void)state;
	arrive(reset4, sizeof(reset4), 0x7ffffff0, 0);
	timeline_reach(timeline, BOOT + 10 * SECOND);
	lost = 0;
	arrive(reset4, sizeof(reset4), 0xf0000000, 10 * SECOND);
	arrive(reset4, sizeof(reset4), 0xfffffffe, 10 * SECOND);
	timeline_reach(timeline, BOOT + 20 * SECOND);
	lost = 0;
	arrive(reset4, sizeof(reset4), 0xffffffff, 20 * SECOND);
	arrive(reset4, sizeof(reset4), 0, 20 * SECOND + 1);
	arrive(reset4, sizeof(reset4), 1, 20 * SECOND + 2);
	timeline_finish(timeline);
	assert_int_equal(lost, 0);
	assert_true(last.first.ev.seq >= 0xffffffffULL);
}

static void arrived__no_resets__counted_and_told_once(void **state)
{
	uint8_t ack[sizeof(reset4)];

	(void)state;
	memcpy(ack, reset4, sizeof(ack));
	ack[33] = 0x10;
	arrive(ack, sizeof(ack), 0, 0);
	arrive((const uint8_t *)"garbage", 7, 1, 0);
	arrive(reset4, 30, 2, 0); /* cut within its TCP header by the rule's snaplen */
	timeline_finish(timeline);
	assert_int_equal(incidents, 0);
	assert_int_equal(plain_foreign(plain), 3);
	assert_int_equal(announcements, 1);
	assert_int_equal(lost, 0);
}

static void event__cut_by_snaplen__length_by_the_header(void **state)
{
	uint8_t packet[sizeof(reset4) + 10];
	struct nflog_message message = { .payload = packet, .payload_len = sizeof(packet), .hook = NF_INET_LOCAL_OUT };
	struct event event;

	(void)state;
	memset(packet, 'x', sizeof(packet));
	memcpy(packet, reset4, sizeof(reset4));
	packet[2] = 1; /* 256 + 40 bytes on the wire */
	assert_true(plain_event(&message, &event));
	assert_int_equal(event.ev.wire_len, 296);
	assert_int_equal(event.seg.len, 256);
	assert_int_equal(event.payload_len, 10);
	assert_int_equal(event.ev.hook, RSTWHY_HOOK_LOCAL_OUT);
	message.hook = NF_INET_POST_ROUTING;
	message.ifin = 3;
	assert_true(plain_event(&message, &event));
	assert_int_equal(event.ev.hook, RSTWHY_HOOK_PRE_ROUTING);
}

/* Any bytes, of any length, in a buffer of exactly that size: the sanitizers see the rest. */
static void event__random_bytes__no_harm(void **state)
{
	unsigned int random = 1;

	(void)state;
	for (unsigned int i = 0; i < 20000; i++) {
		size_t len = i % 90;
		uint8_t *packet = malloc(len ? len : 1);
		struct nflog_message message = { .payload = packet, .payload_len = len };
		struct event event;

		for (size_t at = 0; at < len; at++) {
			random = random * 1103515245U + 12345U;
			packet[at] = at < 40 && random >> 30 ? reset4[at] : (uint8_t)(random >> 16);
		}
		if (plain_event(&message, &event))
			assert_true(event.payload_len <= len);
		free(packet);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(arrived__a_reset__an_incident_with_nothing_but_the_packet),
		TEST(arrived__ipv6_with_words__its_payload_too),
		TEST(arrived__a_hole_in_the_numbers__a_loss),
		TEST(arrived__the_numbers_wrap__no_loss),
		TEST(arrived__no_resets__counted_and_told_once),
		cmocka_unit_test(event__cut_by_snaplen__length_by_the_header),
		cmocka_unit_test(event__random_bytes__no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
