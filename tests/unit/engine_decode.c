// SPDX-License-Identifier: GPL-2.0
/*
 * engine_decode.c - bytes to events, hostile bytes included
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "../../module/evidence.h"
#include "../../userspace/engine/event.h"

#define EPOCH	    0x1122334455667788ULL
#define MESSAGE_MAX 2048

/* A message as the module makes it: RST+ACK of 10.2.0.2:443, with payload bytes. */
struct message {
	uint8_t bytes[MESSAGE_MAX];
	size_t len;
	size_t packet_len;
};

static size_t put_packet(uint8_t *p, size_t payload)
{
	static const uint8_t header[40] = {
		0x45, 0,    0,	  0,	0x12, 0x34, 0x40, 0,	63, 6, 0,    0,	   10,	 2,    0, 2, 10, 1, 0, 2, /* IPv4 */
		0x01, 0xbb, 0xc8, 0x22, 0,    0,    0x23, 0x29, 0,  0, 0x07, 0xd1, 0x50, 0x14, 1, 0, 0,	 0, 0, 0, /* TCP */
	};

	memcpy(p, header, sizeof(header));
	p[2] = (uint8_t)((sizeof(header) + payload) >> 8);
	p[3] = (uint8_t)(sizeof(header) + payload);
	for (size_t i = 0; i < payload; i++)
		p[sizeof(header) + i] = (uint8_t)('a' + i % 26);
	return sizeof(header) + payload;
}

static struct rstwhy_evidence evidence(size_t packet_len)
{
	struct rstwhy_evidence ev;

	memset(&ev, 0, sizeof(ev));
	ev.kind = RSTWHY_KIND_RST;
	ev.family = 4;
	ev.epoch = EPOCH;
	ev.seq = 42;
	ev.wire_len = ev.captured = (uint32_t)packet_len;
	ev.mem.base[1].tsval = 0xabcdef01;
	ev.ct.remaining_before_ms = 431999000;
	evidence_seal(&ev);
	return ev;
}

static void make(struct message *m, size_t payload)
{
	struct rstwhy_evidence ev;

	memset(m, 0, sizeof(*m));
	m->packet_len = put_packet(m->bytes, payload);
	ev = evidence(m->packet_len);
	memcpy(m->bytes + m->packet_len, &ev, sizeof(ev));
	m->len = m->packet_len + sizeof(ev);
}

/* Rebuild with a body of another length: longer ones get bytes that we do not know before the tail, shorter ones are cut. */
static void resize(struct message *m, size_t body)
{
	struct rstwhy_evidence ev = evidence(m->packet_len);
	size_t known = sizeof(ev) - sizeof(ev.tail), kept = body < known ? body : known;
	uint8_t *p = m->bytes + m->packet_len;

	ev.tail.length = htonl((uint32_t)(body + sizeof(ev.tail)));
	memset(p, 0xee, body);
	memcpy(p, &ev, kept);
	memcpy(p + body, &ev.tail, sizeof(ev.tail));
	m->len = m->packet_len + body + sizeof(ev.tail);
}

/* On the heap, exactly as long as it is: the sanitizer sees any read beyond. */
static enum decode_result decode(const struct message *m, size_t len, const char *prefix, uint64_t epoch, struct event *event)
{
	uint8_t *exact = malloc(len ? len : 1);
	enum decode_result result;

	memcpy(exact, m->bytes, len);
	result = event_decode(prefix, exact, len, epoch, event, NULL, NULL);
	free(exact);
	return result;
}

static void decode__whole_message__event(void **state)
{
	struct message m;
	struct event e;

	(void)state;
	make(&m, 20);
	assert_int_equal(decode(&m, m.len, "rstwhy dir=reply", EPOCH, &e), DECODE_OK);
	assert_int_equal(e.ev.seq, 42);
	assert_int_equal(e.ev.mem.base[1].tsval, 0xabcdef01);
	assert_int_equal(e.ev.ct.remaining_before_ms, 431999000);
	assert_int_equal(e.ev.tail.length, sizeof(e.ev));
	assert_int_equal(e.seg.flags, SEG_RST | SEG_ACK);
	assert_int_equal(e.seg.seq, 9001);
	assert_int_equal(ntohs(e.seg.tuple.sport), 443);
	assert_int_equal(e.payload_len, 20);
	assert_memory_equal(e.payload, "abcdefghijklmnopqrst", 20);
	assert_string_equal(e.in, "");
}

static void decode__no_prefix__accepted(void **state)
{
	struct message m;
	struct event e;

	(void)state;
	make(&m, 0);
	assert_int_equal(decode(&m, m.len, NULL, EPOCH, &e), DECODE_OK);
}

static void decode__prefix_of_another_rule__foreign(void **state)
{
	struct message m;
	struct event e;

	(void)state;
	make(&m, 0);
	assert_int_equal(decode(&m, m.len, "drop: ", EPOCH, &e), DECODE_FOREIGN);
	assert_int_equal(decode(&m, m.len, "rstwhy", EPOCH, &e), DECODE_FOREIGN);
	assert_int_equal(decode(&m, m.len, "", EPOCH, &e), DECODE_FOREIGN);
}

static void decode__packet_without_trailer__foreign(void **state)
{
	struct message m;
	struct event e;

	(void)state;
	make(&m, 100);
	assert_int_equal(decode(&m, m.packet_len, "rstwhy ", EPOCH, &e), DECODE_FOREIGN);
}

static void decode__other_epoch__told(void **state)
{
	struct message m;
	struct event e;

	(void)state;
	make(&m, 0);
	assert_int_equal(decode(&m, m.len, NULL, EPOCH + 1, &e), DECODE_EPOCH);
	assert_int_equal(decode(&m, m.len, NULL, 0, &e), DECODE_OK);
}

static void decode__other_major__version_told(void **state)
{
	struct message m;
	struct event e;
	uint16_t major = 0, minor = 0;

	(void)state;
	make(&m, 0);
	m.bytes[m.len - 11] = 7;
	m.bytes[m.len - 9] = 3;
	assert_int_equal(event_decode(NULL, m.bytes, m.len, EPOCH, &e, &major, &minor), DECODE_OTHER_ABI);
	assert_int_equal(major, 7);
	assert_int_equal(minor, 3);
	assert_int_equal(event_decode(NULL, m.bytes, m.len, EPOCH, &e, NULL, NULL), DECODE_OTHER_ABI);
}

static void decode__longer_body__known_part_read(void **state)
{
	struct message m;
	struct event e;

	(void)state;
	make(&m, 5);
	resize(&m, sizeof(e.ev) - sizeof(e.ev.tail) + 200);
	assert_int_equal(decode(&m, m.len, NULL, EPOCH, &e), DECODE_OK);
	assert_int_equal(e.ev.mem.base[1].tsval, 0xabcdef01);
	assert_int_equal(e.payload_len, 5);
}

static void decode__shorter_body__rest_is_zero(void **state)
{
	struct message m;
	struct event e;

	(void)state;
	make(&m, 5);
	resize(&m, offsetof(struct rstwhy_evidence, mem));
	assert_int_equal(decode(&m, m.len, NULL, EPOCH, &e), DECODE_OK);
	assert_int_equal(e.ev.ct.remaining_before_ms, 431999000);
	assert_int_equal(e.ev.mem.base[1].tsval, 0);
	assert_int_equal(e.payload_len, 5);
}

static void decode__body_without_epoch__foreign(void **state)
{
	struct message m;
	struct event e;

	(void)state;
	make(&m, 5);
	resize(&m, 16);
	assert_int_equal(decode(&m, m.len, NULL, EPOCH, &e), DECODE_FOREIGN);
	assert_int_equal(decode(&m, m.len, NULL, 0, &e), DECODE_FOREIGN);
}

static void decode__captured_longer_than_message__bad_packet(void **state)
{
	struct message m;
	struct rstwhy_evidence ev;
	struct event e;

	(void)state;
	make(&m, 0);
	ev = evidence(4000);
	memcpy(m.bytes + m.packet_len, &ev, sizeof(ev));
	assert_int_equal(decode(&m, m.len, NULL, EPOCH, &e), DECODE_BAD_PACKET);
}

static void decode__not_tcp__bad_packet(void **state)
{
	struct message m;
	struct event e;

	(void)state;
	make(&m, 0);
	m.bytes[9] = 17;
	assert_int_equal(decode(&m, m.len, NULL, EPOCH, &e), DECODE_BAD_PACKET);
}

static void decode__long_payload__bounded(void **state)
{
	struct message m;
	struct event e;

	(void)state;
	make(&m, 1200);
	assert_int_equal(decode(&m, m.len, NULL, EPOCH, &e), DECODE_OK);
	assert_int_equal(e.payload_len, EVENT_PAYLOAD_MAX);
	assert_int_equal(e.seg.len, 1200);
}

/* A message cut at the front or the back anywhere never makes an event of ours, and nothing is read beyond it. */
static void decode__every_truncation__no_event(void **state)
{
	struct message m;
	struct event e;

	(void)state;
	make(&m, 30);
	for (size_t len = 0; len < m.len; len++)
		assert_int_not_equal(decode(&m, len, NULL, EPOCH, &e), DECODE_OK);
}

static void check_bounds(enum decode_result result, const struct event *e)
{
	assert_in_range(result, DECODE_OK, DECODE_BAD_PACKET);
	assert_true(e->payload_len <= EVENT_PAYLOAD_MAX);
}

static void decode__every_bit_flipped__bounded(void **state)
{
	struct message m;
	struct event e;

	(void)state;
	make(&m, 30);
	for (size_t bit = 0; bit < m.len * 8; bit++) {
		m.bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
		check_bounds(decode(&m, m.len, NULL, 0, &e), &e);
		m.bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
}

static void decode__random_bytes_before_a_tail__bounded(void **state)
{
	struct message m;
	struct event e;
	uint32_t x = 1;

	(void)state;
	for (int round = 0; round < 5000; round++) {
		make(&m, (size_t)round % 300);
		for (int i = 0; i < 40; i++) {
			x = x * 1664525U + 1013904223U;
			m.bytes[(x >> 8) % (m.len - 12)] = (uint8_t)x;
		}
		check_bounds(decode(&m, m.len, NULL, 0, &e), &e);
	}
}

static void decode__nothing__foreign(void **state)
{
	struct event e;

	(void)state;
	assert_int_equal(event_decode(NULL, NULL, 0, 0, &e, NULL, NULL), DECODE_FOREIGN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decode__whole_message__event),
		cmocka_unit_test(decode__no_prefix__accepted),
		cmocka_unit_test(decode__prefix_of_another_rule__foreign),
		cmocka_unit_test(decode__packet_without_trailer__foreign),
		cmocka_unit_test(decode__other_epoch__told),
		cmocka_unit_test(decode__other_major__version_told),
		cmocka_unit_test(decode__longer_body__known_part_read),
		cmocka_unit_test(decode__shorter_body__rest_is_zero),
		cmocka_unit_test(decode__body_without_epoch__foreign),
		cmocka_unit_test(decode__captured_longer_than_message__bad_packet),
		cmocka_unit_test(decode__not_tcp__bad_packet),
		cmocka_unit_test(decode__long_payload__bounded),
		cmocka_unit_test(decode__every_truncation__no_event),
		cmocka_unit_test(decode__every_bit_flipped__bounded),
		cmocka_unit_test(decode__random_bytes_before_a_tail__bounded),
		cmocka_unit_test(decode__nothing__foreign),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
