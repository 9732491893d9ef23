// SPDX-License-Identifier: GPL-2.0
/*
 * engine_scan.c - many that refuse one client, and many clients that are refused
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <arpa/inet.h>

#include "engine_feed.h"

static void refuse(uint16_t client_port, uint16_t server_port)
{
	scene_connecting(&s);
	feed_other_flow(client_port);
	scene_mem(&s)->orig.dport = scene_mem(&s)->reply.sport = htons(server_port);
	scene_event(&s)->seg.tuple.sport = htons(server_port);
	scene_refusing(&s);
	feed(client_port);
}

static void assert_twelve_refused(void)
{
	correlate_flush(c);
	assert_int_equal(count, 12);
	for (size_t i = 0; i < 12; i++)
		assert_int_equal(records[i].cause, CAUSE_REFUSED);
}

static void scan__many_ports_refuse_one_client__probes(void **state)
{
	size_t amended = 0, refused = 0;

	(void)state;
	for (uint16_t i = 0; i < 12; i++)
		refuse((uint16_t)(1000 + i), (uint16_t)(20 + i));
	correlate_flush(c);
	/* Twelve are more than are held here: what was written as refused before the crowd was one is amended. */
	for (size_t i = 0; i < count; i++) {
		bool first_word = i < 12 && records[i].incident.scanned < SCAN_LEAST;

		amended += records[i].incident.kind == INCIDENT_AMENDMENT;
		refused += first_word;
		assert_int_equal(records[i].cause, first_word ? CAUSE_REFUSED : CAUSE_PROBE);
	}
	assert_int_equal(amended, refused);
	assert_in_range(refused, 1, 4);
}

static void scan__one_port_refuses_again_and_again__refused(void **state)
{
	(void)state;
	for (uint16_t i = 0; i < 12; i++)
		refuse((uint16_t)(1000 + i), 20 + i % 4);
	correlate_flush(c);
	for (size_t i = 0; i < 12; i++)
		assert_int_equal(records[i].cause, CAUSE_REFUSED);
}

/* Many clients behind one address: each was refused once. */
static void scan__clients_behind_translation__refused(void **state)
{
	(void)state;
	for (uint16_t i = 0; i < 12; i++) {
		scene_connecting(&s);
		scene_snat(&s);
		scene_mem(&s)->orig.src[3] = (uint8_t)(10 + i);
		scene_mem(&s)->reply.dport = htons((uint16_t)(40000 + i));
		scene_mem(&s)->orig.dport = scene_mem(&s)->reply.sport = htons((uint16_t)(20 + i));
		scene_rst_from(&s, SERVER);
		scene_refusing(&s);
		feed(i);
	}
	assert_twelve_refused();
}

/* One published port, whose backends are all down. */
static void scan__backends_of_one_published_port__refused(void **state)
{
	(void)state;
	for (uint16_t i = 0; i < 12; i++) {
		scene_connecting(&s);
		scene_dnat(&s);
		scene_mem(&s)->orig.sport = scene_mem(&s)->reply.dport = htons((uint16_t)(1000 + i));
		scene_mem(&s)->reply.src[3] = (uint8_t)(10 + i);
		scene_rst_from(&s, SERVER);
		scene_refusing(&s);
		feed(i);
	}
	assert_twelve_refused();
}

static void scan__syns_that_never_crossed__backscatter(void **state)
{
	(void)state;
	for (uint16_t i = 0; i < 12; i++) {
		scene_unknown(&s);
		feed_other_flow((uint16_t)(1000 + i));
		scene_event(&s)->seg.tuple.sport = htons((uint16_t)(20 + i));
		scene_refusing(&s);
		feed(i);
	}
	correlate_flush(c);
	for (size_t i = 0; i < 12; i++)
		assert_int_equal(records[i].cause, CAUSE_BACKSCATTER);
}

/* No module sends one number twice; a recording that somebody made up may. Its checksum being wrong, each is handed out at once. */
static void scan__same_flow_and_number_again__handed_out_once_each(void **state)
{
	struct event again;

	(void)state;
	scene_connecting(&s);
	scene_refusing(&s);
	scene_event(&s)->ev.csum = RSTWHY_CSUM_BAD;
	feed(0);
	assert_int_equal(count, 1);
	again = *scene_event(&s);
	again.seg.tuple.sport = htons(21); /* another target, by the packet */
	correlate_event(c, &again);
	assert_int_equal(count, 2);
	assert_int_equal(correlate_held(c), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, feed_begin, feed_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(scan__many_ports_refuse_one_client__probes),
		TEST(scan__same_flow_and_number_again__handed_out_once_each),
		TEST(scan__one_port_refuses_again_and_again__refused),
		TEST(scan__clients_behind_translation__refused),
		TEST(scan__backends_of_one_published_port__refused),
		TEST(scan__syns_that_never_crossed__backscatter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
