// SPDX-License-Identifier: GPL-2.0
/*
 * module_segment.c - segments read from bytes, good and bad
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above */
#include <cmocka.h>
#include <arpa/inet.h>
#include <stdlib.h>

#include "../../module/segment.h"

/* 10.1.0.2:51234 > 10.2.0.2:443, PSH+ACK, timestamps, 3 bytes of data */
static const u8 v4[] = {
	0x45, 0x02, 0x00, 0x37, 0x12, 0x34, 0x40, 0x00, 0x3f, 0x06, 0x00, 0x00, 10, 1, 0, 2, 10, 2, 0, 2,
	0xc8, 0x22, 0x01, 0xbb, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x80, 0x18, 0x01, 0xf5, 0, 0, 0, 0,
	0x01, 0x01, 0x08, 0x0a, 0, 0, 0, 7, 0, 0, 0, 9,
	'a', 'b', 'c',
};

static void ipv4__ordinary__all_fields(void **state)
{
	struct segment s;

	(void)state;
	assert_int_equal(segment_parse(v4, sizeof(v4), sizeof(v4), &s), SEGMENT_OK);
	assert_int_equal(s.family, 4);
	assert_int_equal(s.ttl, 63);
	assert_int_equal(s.tos, 2);
	assert_int_equal(s.ipid, 0x1234);
	assert_true(s.df);
	assert_int_equal(ntohs(s.tuple.sport), 51234);
	assert_int_equal(ntohs(s.tuple.dport), 443);
	assert_int_equal(s.tuple.dst[1], 2);
	assert_int_equal(s.seq, 0x11223344);
	assert_int_equal(s.ack, 0x55667788);
	assert_int_equal(s.end, 0x11223347);
	assert_int_equal(s.len, 3);
	assert_int_equal(s.flags, SEG_PSH | SEG_ACK);
	assert_int_equal(s.win, 501);
	assert_true(s.has_ts);
	assert_int_equal(s.tsval, 7);
	assert_int_equal(s.tsecr, 9);
	assert_int_equal(s.l4, 20);
	assert_int_equal(s.payload, 52);
}

static void ipv4__padded_by_the_link__length_is_the_headers(void **state)
{
	u8 padded[64] = { 0 };
	struct segment s;

	(void)state;
	memcpy(padded, v4, sizeof(v4));
	assert_int_equal(segment_parse(padded, sizeof(padded), sizeof(padded), &s), SEGMENT_OK);
	assert_int_equal(s.len, 3);
}

static void ipv4__big_tcp__length_is_the_buffers(void **state)
{
	u8 big[sizeof(v4)];
	struct segment s;

	(void)state;
	memcpy(big, v4, sizeof(v4));
	big[2] = big[3] = 0;
	assert_int_equal(segment_parse(big, sizeof(big), 100000, &s), SEGMENT_OK);
	assert_int_equal(s.len, 100000 - 52);
}

static void bytes__cut_anywhere__error_and_no_overrun(void **state)
{
	size_t n;

	(void)state;
	for (n = 0; n < 40; n++) {
		u8 *cut = malloc(n + 1); /* the sanitizer watches its end */
		struct segment s;

		memcpy(cut, v4, n);
		assert_int_equal(segment_parse(cut, n, sizeof(v4), &s), SEGMENT_SHORT);
		free(cut);
	}
}

static void ipv4__second_fragment_or_other_protocol__told_apart(void **state)
{
	u8 p[sizeof(v4)];
	struct segment s;

	(void)state;
	memcpy(p, v4, sizeof(v4));
	p[7] = 1;
	assert_int_equal(segment_parse(p, sizeof(p), sizeof(p), &s), SEGMENT_FRAGMENT);
	memcpy(p, v4, sizeof(v4));
	p[9] = 17;
	assert_int_equal(segment_parse(p, sizeof(p), sizeof(p), &s), SEGMENT_NOT_TCP);
	p[0] = 0x65;
	assert_int_not_equal(segment_parse(p, sizeof(p), sizeof(p), &s), SEGMENT_OK);
	p[0] = 0x15;
	assert_int_equal(segment_parse(p, sizeof(p), sizeof(p), &s), SEGMENT_NOT_IP);
}

static void ipv4__first_fragment__read_and_called_cut(void **state)
{
	u8 p[sizeof(v4)];
	struct segment s;

	(void)state;
	assert_int_equal(segment_parse(v4, sizeof(v4), sizeof(v4), &s), SEGMENT_OK);
	assert_false(s.cut);
	memcpy(p, v4, sizeof(v4));
	p[6] |= 0x20;
	assert_int_equal(segment_parse(p, sizeof(p), sizeof(p), &s), SEGMENT_OK);
	assert_true(s.cut);
}

static void tcp__impossible_data_offset__refused(void **state)
{
	u8 p[sizeof(v4)];
	struct segment s;

	(void)state;
	memcpy(p, v4, sizeof(v4));
	p[32] = 0x40;
	assert_int_equal(segment_parse(p, sizeof(p), sizeof(p), &s), SEGMENT_BAD_TCP);
	p[32] = 0xf0;
	assert_int_equal(segment_parse(p, sizeof(p), sizeof(p), &s), SEGMENT_BAD_TCP);
}

static void options__malformed__the_walk_ends(void **state)
{
	static const u8 bombs[][12] = {
		{ 8, 0 }, { 8, 1 }, { 8, 200 }, { 30, 4, 0x80, 3, 8 }, { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 8 },
	};
	u8 p[sizeof(v4)];
	struct segment s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bombs) / sizeof(bombs[0]); i++) {
		memcpy(p, v4, sizeof(v4));
		memcpy(p + 40, bombs[i], 12);
		assert_int_equal(segment_parse(p, sizeof(p), sizeof(p), &s), SEGMENT_OK);
		assert_false(s.has_ts);
		assert_int_equal(s.has_mptcp_rst, i == 3);
	}
}

/* Fixed header, hop-by-hop of 8 bytes, destination options of 16, TCP SYN */
static void ipv6__extension_headers__skipped(void **state)
{
	u8 p[40 + 8 + 16 + 20] = { 0x6a, 0xbc, 0xde, 0xf0, 0, 44, 0, 64 };
	struct segment s;

	(void)state;
	p[23] = 1;
	p[39] = 2;
	p[40] = 60;
	p[48] = 6;
	p[49] = 1;
	p[64 + 12] = 0x50;
	p[64 + 13] = SEG_SYN;
	assert_int_equal(segment_parse(p, sizeof(p), sizeof(p), &s), SEGMENT_OK);
	assert_int_equal(s.family, 6);
	assert_int_equal(s.tos, 0xab);
	assert_int_equal(s.flowlabel, 0xcdef0);
	assert_int_equal(s.l4, 64);
	assert_int_equal(s.end, 1);
	p[48] = 44;
	assert_int_not_equal(segment_parse(p, sizeof(p), sizeof(p), &s), SEGMENT_OK);
}

static void ipv6__endless_extension_headers__bounded(void **state)
{
	u8 p[40 + 8 * 20] = { 0x60, 0, 0, 0, 0, 160, 60, 64 };
	struct segment s;
	size_t i;

	(void)state;
	for (i = 40; i < sizeof(p); i += 8)
		p[i] = 60;
	assert_int_equal(segment_parse(p, sizeof(p), sizeof(p), &s), SEGMENT_NOT_TCP);
}

static void any_bytes__random__never_beyond_the_view(void **state)
{
	u32 x = 1, round;

	(void)state;
	for (round = 0; round < 200000; round++) {
		u8 *p = malloc(96);
		struct segment s;
		size_t i, n;

		for (i = 0; i < 96; i++) {
			x = x * 1664525 + 1013904223;
			p[i] = (u8)(x >> 24);
		}
		p[0] = (u8)(round & 1 ? 0x45 : 0x60);
		p[round & 1 ? 9 : 6] = 6;
		n = x % 97;
		p = realloc(p, n ? n : 1);
		segment_parse(p, n, 96, &s);
		free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ipv4__ordinary__all_fields),
		cmocka_unit_test(ipv4__padded_by_the_link__length_is_the_headers),
		cmocka_unit_test(ipv4__big_tcp__length_is_the_buffers),
		cmocka_unit_test(bytes__cut_anywhere__error_and_no_overrun),
		cmocka_unit_test(ipv4__second_fragment_or_other_protocol__told_apart),
		cmocka_unit_test(ipv4__first_fragment__read_and_called_cut),
		cmocka_unit_test(tcp__impossible_data_offset__refused),
		cmocka_unit_test(options__malformed__the_walk_ends),
		cmocka_unit_test(ipv6__extension_headers__skipped),
		cmocka_unit_test(ipv6__endless_extension_headers__bounded),
		cmocka_unit_test(any_bytes__random__never_beyond_the_view),
	};

	return cmocka_run_group_tests_name("module_segment", tests, NULL, NULL);
}
