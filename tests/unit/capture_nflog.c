// SPDX-License-Identifier: GPL-2.0
/*
 * capture_nflog.c - NFLOG messages and notes as bytes, hostile ones included
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

#include "../../userspace/capture/note.h"

static const uint8_t payload[] = { 0x45, 1, 2, 3, 4 };

static size_t make(uint8_t *bytes, size_t size)
{
	struct nflog_message message = { .family = 10, .group = 17, .has_packet_header = true, .prefix = "rstwhy dir=reply", .payload = payload, .payload_len = sizeof(payload) };

	return nflog_build(bytes, size, &message);
}

static void nflog__built__parsed_again(void **state)
{
	struct nflog_message message;
	uint8_t bytes[128];
	size_t len = make(bytes, sizeof(bytes));

	(void)state;
	assert_int_equal(len % 4, 0);
	assert_true(nflog_parse(bytes, len, &message));
	assert_int_equal(message.family, 10);
	assert_int_equal(message.group, 17);
	assert_true(message.has_packet_header);
	assert_string_equal(message.prefix, "rstwhy dir=reply");
	assert_int_equal(message.payload_len, sizeof(payload));
	assert_memory_equal(message.payload, payload, sizeof(payload));
}

static void nflog__too_small__not_built(void **state)
{
	uint8_t bytes[128];
	size_t len = make(bytes, sizeof(bytes));

	(void)state;
	for (size_t size = 0; size < len; size++)
		assert_int_equal(make(bytes, size), 0);
}

/* On the heap, exactly as long as it is: the sanitizer sees any read beyond. */
static void nflog__any_bytes__never_beyond(void **state)
{
	uint8_t bytes[128];
	size_t len = make(bytes, sizeof(bytes));
	struct nflog_message message;

	(void)state;
	srand(1);
	for (int round = 0; round < 20000; round++) {
		size_t cut = (size_t)rand() % (len + 1);
		uint8_t *exact = malloc(cut ? cut : 1);

		memcpy(exact, bytes, cut);
		for (int i = rand() % 4; cut && i; i--)
			exact[(size_t)rand() % cut] = (uint8_t)rand();
		if (nflog_parse(exact, cut, &message) && message.prefix)
			assert_true(strlen(message.prefix) < cut);
		free(exact);
	}
}

static bool round_trip(const struct note *note, struct note *again)
{
	char text[NOTE_TEXT_MAX];
	struct nflog_message message = { .prefix = text };
	uint8_t bytes[NOTE_TEXT_MAX + 64];
	size_t len;

	note_format(note, text);
	len = nflog_build(bytes, sizeof(bytes), &message);
	return nflog_parse(bytes, len, &message) && note_read(&message, again);
}

static void note__each_kind__read_again(void **state)
{
	struct note notes[] = {
		{ .kind = NOTE_RECORDING, .epoch = UINT64_MAX, .netns = UINT32_MAX, .boottime_ns = UINT64_MAX, .realtime_ns = UINT64_MAX },
		{ .kind = NOTE_EPOCH, .epoch = 0x0123456789abcdefULL },
		{ .kind = NOTE_INTERFACE, .index = 3, .name = "eth0.12:x" },
		{ .kind = NOTE_COUNTERS, .sequence = UINT64_MAX, .suppressed = UINT64_MAX, .failed = UINT64_MAX, .boottime_ns = UINT64_MAX, .realtime_ns = 7 },
		{ .kind = NOTE_CLOCK, .boottime_ns = 12 },
		{ .kind = NOTE_END, .boottime_ns = 12, .realtime_ns = 13 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
		struct note again;

		assert_true(round_trip(&notes[i], &again));
		assert_memory_equal(&notes[i], &again, sizeof(again));
	}
}

static void note__kernels_message__is_none(void **state)
{
	struct nflog_message message = { .family = 2, .group = 17, .has_packet_header = true, .prefix = "rstwhy: epoch=0123456789abcdef", .payload = payload, .payload_len = sizeof(payload) };
	struct note note;

	(void)state;
	assert_false(note_read(&message, &note));
	message = (struct nflog_message){ .prefix = "rstwhy dir=reply" };
	assert_false(note_read(&message, &note));
	message.prefix = "rstwhy: something of tomorrow";
	assert_false(note_read(&message, &note));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nflog__built__parsed_again),	  cmocka_unit_test(nflog__too_small__not_built),
		cmocka_unit_test(nflog__any_bytes__never_beyond), cmocka_unit_test(note__each_kind__read_again),
		cmocka_unit_test(note__kernels_message__is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
