// SPDX-License-Identifier: GPL-2.0
/*
 * offline_analysis.c - captures in, verdicts out
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <pcap/dlt.h>

#include "../../userspace/offline/analysis.h"
#include "../../userspace/offline/tcp_state.h"
#include "frames.h"

#define KEPT 8

/* What was found: strings are static or copied. */
struct found {
	size_t count;
	struct {
		char cause[64], by[32], client[RECORD_IP_MAX];
		double gap_ms;
		uint64_t count;
		double confidence;
	} record[KEPT];
	struct analysis_counts counts;
	enum savefile_result result;
	char error[SAVEFILE_ERROR_MAX];
};

static char path[] = "/tmp/rstwhy-capture-XXXXXX";

static void keep(void *user, const struct record *record)
{
	struct found *found = user;

	if (found->count < KEPT) {
		strcpy(found->record[found->count].cause, record->cause);
		strcpy(found->record[found->count].by, record->by);
		strcpy(found->record[found->count].client, record->client.ip);
		found->record[found->count].gap_ms = record->gap_ms;
		found->record[found->count].count = record->count;
		found->record[found->count].confidence = record->confidence;
	}
	found->count++;
}

/* False: the file cannot be opened as a capture. */
static bool analyze(struct found *found)
{
	struct analysis_settings settings = {
		.flows = 64, .rules = { .idle_min_ms = 10000, .hold_ms = 1500 }, .name = "test", .record = keep, .user = found,
	};
	struct savefile_packet packet;
	struct analysis *analysis;
	struct savefile *file;

	memset(found, 0, sizeof(*found));
	file = savefile_open(path, found->error);
	if (!file)
		return false;
	settings.link = savefile_link(file);
	assert_true(link_known(settings.link));
	analysis = analysis_new(&settings);
	while ((found->result = savefile_next(file, &packet)) == SAVEFILE_PACKET)
		analysis_packet(analysis, &packet);
	if (found->result == SAVEFILE_DAMAGED)
		strcpy(found->error, savefile_error(file));
	analysis_finish(analysis);
	found->counts = analysis_counts(analysis);
	analysis_free(analysis);
	savefile_close(file);
	return true;
}

/* A server side that forgot the connection in 350 s of silence. */
static void idle_kill(struct frames *f)
{
	frames_handshake(f);
	frames_exchange(f);
	frames_wait_ms(f, 350000);
	frames_say(f, FRAMES_CLIENT, SEG_ACK | SEG_PSH, 100);
	f->seq[FRAMES_CLIENT] -= 100;
	frames_wait_ms(f, 1);
	frames_reset(f, FRAMES_SERVER, false);
}

static void assert_idle_kill(const struct found *found, const char *client)
{
	assert_int_equal(found->result, SAVEFILE_END);
	assert_int_equal(found->count, 1);
	assert_string_equal(found->record[0].cause, "remote-on-next-packet");
	assert_string_equal(found->record[0].by, "transit");
	assert_string_equal(found->record[0].client, client);
	assert_true(found->record[0].gap_ms > 349900 && found->record[0].gap_ms < 350100);
}

static void analyze__each_link_type__idle_kill(void **state)
{
	static const int links[] = { DLT_EN10MB, DLT_LINUX_SLL, DLT_COOKED2, DLT_RAW, DLT_NULL, DLT_LOOP };
	struct found found;
	struct frames f;

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(links) / sizeof(links[0]); i++) {
		frames_begin(&f, path, links[i / 2]);
		f.v6 = i % 2;
		idle_kill(&f);
		frames_end(&f);
		assert_true(analyze(&found));
		assert_idle_kill(&found, f.v6 ? "2001:db8:1::2" : "10.1.0.2");
		assert_int_equal(found.counts.observer.copies, 0);
	}
}

static void put_words(FILE *file, const uint32_t *words, size_t count)
{
	assert_int_equal(fwrite(words, sizeof(*words), count, file), count);
}

static void put_block(FILE *to, const struct savefile_packet *packet)
{
	uint64_t us = packet->realtime_ns / 1000;
	uint32_t padded = (uint32_t)(packet->len + 3) & ~3U, total = 32 + padded;
	const uint32_t head[] = { 6, total, 0, (uint32_t)(us >> 32), (uint32_t)us, (uint32_t)packet->len, (uint32_t)packet->wire_len };

	put_words(to, head, 7);
	fwrite(packet->bytes, 1, packet->len, to);
	fwrite("\0\0\0", 1, padded - packet->len, to);
	put_words(to, &total, 1);
}

/* The same packets as pcapng: a section header, an interface, enhanced packet blocks. */
static void turn_into_pcapng(void)
{
	static const uint32_t section[] = { 0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff, 28 };
	static const uint32_t interface[] = { 1, 20, DLT_EN10MB, 0, 20 };
	char error[SAVEFILE_ERROR_MAX], other[sizeof(path) + 4];
	struct savefile *from = savefile_open(path, error);
	struct savefile_packet packet;
	FILE *to;

	snprintf(other, sizeof(other), "%s.ng", path);
	to = fopen(other, "wb");
	put_words(to, section, 7);
	put_words(to, interface, 5);
	while (savefile_next(from, &packet) == SAVEFILE_PACKET)
		put_block(to, &packet);
	savefile_close(from);
	fclose(to);
	assert_int_equal(rename(other, path), 0);
}

static void analyze__pcapng__idle_kill(void **state)
{
	struct found found;
	struct frames f;

	(void)state;
	frames_begin(&f, path, DLT_EN10MB);
	idle_kill(&f);
	frames_end(&f);
	turn_into_pcapng();
	assert_true(analyze(&found));
	assert_idle_kill(&found, "10.1.0.2");
	assert_int_equal(truncate(path, 300), 0);
	assert_true(analyze(&found));
	assert_int_equal(found.result, SAVEFILE_DAMAGED);
	assert_non_null(strstr(found.error, "behind packet "));
}

static void analyze__vlan_tags__idle_kill(void **state)
{
	struct found found;
	struct frames f;

	(void)state;
	for (unsigned int tags = 1; tags <= 3; tags++) {
		frames_begin(&f, path, DLT_EN10MB);
		f.tags = tags;
		idle_kill(&f);
		frames_end(&f);
		assert_true(analyze(&found));
		assert_idle_kill(&found, "10.1.0.2");
	}
}

static void analyze__two_interfaces__counted_once(void **state)
{
	static const int links[] = { DLT_EN10MB, DLT_LINUX_SLL, DLT_COOKED2, DLT_RAW };
	struct found found;
	struct frames f;

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(links) / sizeof(links[0]); i++) {
		frames_begin(&f, path, links[i / 2]);
		f.twice = true;
		f.v6 = i % 2;
		idle_kill(&f);
		frames_end(&f);
		assert_true(analyze(&found));
		assert_idle_kill(&found, f.v6 ? "2001:db8:1::2" : "10.1.0.2");
		assert_int_equal(found.record[0].count, 1);
		assert_int_equal(found.counts.observer.copies, 8);
	}
}

static void analyze__host_sent_the_reset__unseen(void **state)
{
	struct found found;
	struct frames f;

	(void)state;
	frames_begin(&f, path, DLT_LINUX_SLL);
	frames_handshake(&f);
	frames_exchange(&f);
	f.outgoing = true;
	frames_reset(&f, FRAMES_CLIENT, true);
	frames_end(&f);
	assert_true(analyze(&found));
	assert_int_equal(found.count, 1);
	assert_string_equal(found.record[0].by, "unseen");
	assert_int_equal(found.counts.observer.by_host, 1);
}

static void analyze__busy_connection__never_idle(void **state)
{
	struct found found;
	struct frames f;

	(void)state;
	frames_begin(&f, path, DLT_EN10MB);
	frames_handshake(&f);
	for (int i = 0; i < 20; i++) {
		frames_exchange(&f);
		frames_wait_ms(&f, 500);
	}
	frames_reset(&f, FRAMES_SERVER, true);
	frames_end(&f);
	assert_true(analyze(&found));
	assert_int_equal(found.count, 1);
	assert_null(strstr(found.record[0].cause, "remote-on-next-packet"));
	assert_null(strstr(found.record[0].cause, "remote-at-expiry"));
}

static void analyze__refused__told(void **state)
{
	struct found found;
	struct frames f;

	(void)state;
	frames_begin(&f, path, DLT_EN10MB);
	frames_say(&f, FRAMES_CLIENT, SEG_SYN, 0);
	frames_wait_ms(&f, 10);
	f.seq[FRAMES_SERVER] = 0;
	frames_reset(&f, FRAMES_SERVER, true);
	frames_end(&f);
	assert_true(analyze(&found));
	assert_int_equal(found.count, 1);
	assert_string_equal(found.record[0].cause, "refused");
}

static void analyze__cut_anywhere__judged_up_to_there(void **state)
{
	struct found found;
	struct frames f;
	off_t whole;

	(void)state;
	frames_begin(&f, path, DLT_EN10MB);
	idle_kill(&f);
	whole = 24 + 8 * (16 + 54) + 2 * 100 + 1000;
	frames_say(&f, FRAMES_CLIENT, SEG_ACK, 500);
	frames_end(&f);
	assert_int_equal(truncate(path, whole + 30), 0);
	assert_true(analyze(&found));
	assert_int_equal(found.result, SAVEFILE_DAMAGED);
	assert_non_null(strstr(found.error, "behind packet 8 (byte "));
	assert_int_equal(found.count, 1);
	assert_string_equal(found.record[0].cause, "remote-on-next-packet");
	for (off_t size = whole; size >= 0; size -= 7) {
		assert_int_equal(truncate(path, size), 0);
		assert_int_equal(analyze(&found), size >= 24);
	}
}

static void analyze__no_capture__error(void **state)
{
	struct found found;
	FILE *file = fopen(path, "w");

	(void)state;
	fputs("this is no capture but a text that is long enough to have been one\n", file);
	fclose(file);
	assert_false(analyze(&found));
	assert_non_null(strstr(found.error, "not a capture"));
	assert_null(savefile_open("/", found.error));
	assert_null(savefile_open("/nonexistent", found.error));
}

static void analyze__any_frames__survived(void **state)
{
	static const int links[] = { DLT_EN10MB, DLT_LINUX_SLL, DLT_COOKED2, DLT_RAW, DLT_NULL, DLT_LOOP, DLT_NFLOG };
	struct found found;
	struct frames f;

	(void)state;
	srand(5);
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		frames_begin(&f, path, links[i]);
		for (int n = 0; n < 3000; n++) {
			uint8_t bytes[120];
			size_t len = (size_t)rand() % sizeof(bytes);

			for (size_t b = 0; b < len; b++)
				bytes[b] = (uint8_t)(rand() % 5 ? (b % 3 ? 0 : 0x45) : rand());
			frames_raw(&f, bytes, len);
			frames_wait_ms(&f, (uint64_t)rand() % 3);
		}
		frames_end(&f);
		assert_true(analyze(&found));
		assert_int_equal(found.counts.packets, 3000);
	}
}

static void link__unknown_type__refused(void **state)
{
	(void)state;
	assert_false(link_known(DLT_IEEE802_11));
	assert_true(link_known(DLT_NFLOG));
}

static void tcp_state__life__as_conntrack_names_it(void **state)
{
	uint8_t s = 0;

	(void)state;
	assert_int_equal(s = tcp_state_next(s, SEG_SYN, false), TCP_STATE_SYN_SENT);
	assert_int_equal(s = tcp_state_next(s, SEG_SYN | SEG_ACK, false), TCP_STATE_SYN_RECV);
	assert_int_equal(s = tcp_state_next(s, SEG_ACK, false), TCP_STATE_ESTABLISHED);
	assert_int_equal(s = tcp_state_next(s, SEG_SYN, false), TCP_STATE_ESTABLISHED); /* a stranger's */
	assert_int_equal(s = tcp_state_next(s, SEG_FIN | SEG_ACK, false), TCP_STATE_FIN_WAIT);
	assert_int_equal(s = tcp_state_next(s, SEG_FIN | SEG_ACK, false), TCP_STATE_FIN_WAIT); /* repeated */
	assert_int_equal(s = tcp_state_next(s, SEG_ACK, true), TCP_STATE_CLOSE_WAIT);
	assert_int_equal(s = tcp_state_next(s, SEG_FIN | SEG_ACK, true), TCP_STATE_LAST_ACK);
	assert_int_equal(s = tcp_state_next(s, SEG_ACK, true), TCP_STATE_TIME_WAIT);
	assert_int_equal(s = tcp_state_next(s, SEG_SYN, true), TCP_STATE_SYN_SENT);
	assert_int_equal(tcp_state_next(0, SEG_ACK, false), TCP_STATE_ESTABLISHED); /* in mid-stream */
}

static int make_path(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	if (fd < 0)
		return -1;
	return close(fd);
}

static int remove_path(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(analyze__each_link_type__idle_kill),	   cmocka_unit_test(analyze__vlan_tags__idle_kill),
		cmocka_unit_test(analyze__pcapng__idle_kill),		   cmocka_unit_test(analyze__two_interfaces__counted_once),   cmocka_unit_test(analyze__host_sent_the_reset__unseen),
		cmocka_unit_test(analyze__busy_connection__never_idle),	   cmocka_unit_test(analyze__refused__told),
		cmocka_unit_test(analyze__cut_anywhere__judged_up_to_there), cmocka_unit_test(analyze__no_capture__error),
		cmocka_unit_test(analyze__any_frames__survived),	   cmocka_unit_test(link__unknown_type__refused),
		cmocka_unit_test(tcp_state__life__as_conntrack_names_it),
	};

	return cmocka_run_group_tests(tests, make_path, remove_path);
}
