// SPDX-License-Identifier: GPL-2.0
/*
 * engine_crowd.c - findings that need more than one flow, and their amendments
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <arpa/inet.h>
#include <string.h>

#include "engine_feed.h"

/* The server's socket of that client port, the client having spoken age_ms ago and last. */
static void abort_of(uint16_t port, uint64_t age_ms, uint64_t at_ms)
{
	scene_established(&s);
	scene_last_segments(&s, age_ms, age_ms + 5);
	feed_other_flow(port);
	scene_active(&s);
	feed(at_ms);
}

static void crash__three_within_milliseconds__told(void **state)
{
	(void)state;
	abort_of(1, 700, 0);
	abort_of(2, 900, 1);
	abort_of(3, 4000, 2);
	correlate_flush(c);
	assert_int_equal(count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(records[i].cause, CAUSE_CRASH);
		assert_int_equal(records[i].incident.related_count, 2);
	}
}

static void crash__half_a_second_apart__aborts(void **state)
{
	(void)state;
	abort_of(1, 700, 0);
	abort_of(2, 900, 500);
	correlate_flush(c);
	assert_int_equal(records[0].cause, CAUSE_ABORT);
	assert_int_equal(records[1].cause, CAUSE_ABORT);
}

static void crash__another_port_of_the_host__aborts(void **state)
{
	(void)state;
	abort_of(1, 700, 0);
	scene_established(&s);
	scene_mem(&s)->orig.dport = scene_mem(&s)->reply.sport = 99;
	scene_last_segments(&s, 700, 705);
	feed_other_flow(2);
	scene_active(&s);
	feed(1);
	correlate_flush(c);
	assert_int_equal(records[0].cause, CAUSE_ABORT);
	assert_int_equal(records[1].cause, CAUSE_ABORT);
}

/* Each was sent something at this moment, and the server does not like it. */
static void crash__all_prompted__requests_rejected(void **state)
{
	(void)state;
	for (uint16_t port = 1; port <= 3; port++) {
		scene_established(&s);
		scene_said_nothing(&s, SERVER);
		scene_in_flight(&s, CLIENT, 100);
		feed_other_flow(port);
		scene_active(&s);
		feed(port);
	}
	correlate_flush(c);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(records[i].cause, CAUSE_REQUEST_REJECTED);
}

/* Sent one after the other, reset at one blow a moment later. */
static void crash__young_requests_at_one_blow__told(void **state)
{
	(void)state;
	for (uint16_t port = 1; port <= 2; port++) {
		scene_established(&s);
		scene_said_nothing(&s, SERVER);
		scene_in_flight(&s, CLIENT, 100);
		scene_mem(&s)->last_ms[CLIENT] = scene_mem(&s)->last_data_ms[CLIENT] = port * 10;
		feed_other_flow(port);
		scene_active(&s);
		feed(0);
	}
	correlate_flush(c);
	assert_int_equal(records[0].cause, CAUSE_CRASH);
	assert_int_equal(records[1].cause, CAUSE_CRASH);
}

/* The server's socket of that client port, silent so long and all read. */
static void out_of_silence(uint16_t port, uint64_t silent_ms, uint64_t at_ms)
{
	scene_established(&s);
	scene_timestamps(&s);
	scene_last_segments(&s, silent_ms, silent_ms);
	feed_other_flow(port);
	scene_active(&s);
	feed(at_ms);
}

static void crash__silent_for_different_times__told(void **state)
{
	(void)state;
	out_of_silence(1, 41000, 0);
	out_of_silence(2, 60000, 0);
	out_of_silence(3, 83000, 1);
	correlate_flush(c);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(records[i].cause, CAUSE_CRASH);
		assert_int_equal(records[i].incident.related_count, 2);
	}
}

/* Each when its own minute was over: the ages are alike, whatever lies between them. */
static void crash__silent_for_the_same_time__timers(void **state)
{
	(void)state;
	out_of_silence(1, 60000, 0);
	out_of_silence(2, 60000, 20);
	out_of_silence(3, 60001, 40);
	correlate_flush(c);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(records[i].cause, CAUSE_ENDPOINT_TIMER);
}

static void crash__second_after_the_first_was_written__amended(void **state)
{
	struct verdict_settings none = {.idle_min_ms = 10000, .hold_ms = 0};

	(void)state;
	correlate_settings(c, &none);
	abort_of(1, 700, 0);
	abort_of(2, 900, 3);
	assert_int_equal(count, 3);
	assert_int_equal(records[0].cause, CAUSE_ABORT);
	assert_int_equal(records[1].incident.kind, INCIDENT_AMENDMENT);
	assert_int_equal(records[1].cause, CAUSE_CRASH);
	assert_true(records[1].incident.first.ev.seq == 100);
	assert_int_equal(records[2].cause, CAUSE_CRASH);
	abort_of(3, 900, 4);
	assert_int_equal(count, 4); /* amended once */
	assert_int_equal(correlate_counts(c)->amended, 1);
}

/* The client speaks after gap_ms, and the server does not know the connection. */
static void lost_of(uint16_t port, uint64_t gap_ms, uint64_t at_ms)
{
	scene_established(&s);
	feed_other_flow(port);
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, gap_ms);
	scene_passive(&s);
	feed(at_ms);
}

static void host_lost__idle_and_busy_alike__told_and_amended(void **state)
{
	(void)state;
	lost_of(1, 400000, 0);
	correlate_advance(c, START + 2000 * MS);
	assert_int_equal(records[0].cause, CAUSE_REMOTE_ON_NEXT_PACKET);
	lost_of(2, 2000, 5000);
	lost_of(3, 1500, 6000);
	correlate_flush(c);
	assert_int_equal(count, 4);
	assert_int_equal(records[1].incident.kind, INCIDENT_AMENDMENT);
	assert_int_equal(records[1].cause, CAUSE_HOST_LOST);
	assert_int_equal(records[2].cause, CAUSE_HOST_LOST);
	assert_int_equal(records[3].cause, CAUSE_HOST_LOST);
}

static void host_lost__only_idle_ones__idle_timeout(void **state)
{
	(void)state;
	for (uint16_t port = 1; port <= 3; port++)
		lost_of(port, 400000, port * 10);
	correlate_flush(c);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(records[i].cause, CAUSE_REMOTE_ON_NEXT_PACKET);
}

static void host_lost__silent_no_longer_than_once_survived__told(void **state)
{
	(void)state;
	for (uint16_t port = 1; port <= 3; port++) {
		scene_established(&s);
		feed_other_flow(port);
		scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 400000);
		scene_mem(&s)->survived_ms = 500000;
		scene_passive(&s);
		feed(port * 10);
	}
	correlate_flush(c);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(records[i].cause, CAUSE_HOST_LOST);
}

/* Rejected in mid-life by a box of another TTL; the connection was so old. */
static void boxed(uint16_t port, uint64_t age_ms, uint64_t at_ms)
{
	scene_established(&s);
	feed_other_flow(port);
	scene_in_flight(&s, CLIENT, 100);
	scene_passive(&s);
	scene_event(&s)->seg.ttl = 255;
	scene_mem(&s)->age_ms = age_ms;
	feed(at_ms);
}

static void host_lost__box_rejects_all_that_is_busy__told(void **state)
{
	(void)state;
	for (uint16_t port = 1; port <= 3; port++)
		boxed(port, 60000, port * 100);
	correlate_flush(c);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(records[i].cause, CAUSE_HOST_LOST);
}

static void host_lost__connections_younger_than_a_millisecond__told(void **state)
{
	(void)state;
	for (uint16_t port = 1; port <= 3; port++)
		boxed(port, 0, 0);
	correlate_flush(c);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(records[i].cause, CAUSE_HOST_LOST);
}

static void host_lost__box_rejects_one_after_the_other__policy(void **state)
{
	(void)state;
	for (uint16_t port = 1; port <= 3; port++)
		boxed(port, 1500, port * 2000);
	correlate_flush(c);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(records[i].cause, CAUSE_REMOTE_POLICY);
}

static void failover__many_without_history_rejected__told(void **state)
{
	(void)state;
	for (uint16_t port = 1; port <= 3; port++) {
		scene_established(&s);
		feed_other_flow(port);
		scene_reject_of_invalid(&s);
		memset(scene_mem(&s), 0, sizeof(*scene_mem(&s)));
		memset(scene_ct(&s), 0, sizeof(*scene_ct(&s)));
		scene_ct(&s)->flags = RSTWHY_CT_INVALID;
		feed(port);
	}
	correlate_flush(c);
	assert_int_equal(records[2].cause, CAUSE_GATEWAY_FAILOVER);
	assert_int_equal(records[0].cause, CAUSE_GATEWAY_FAILOVER);
}

static void refuse(uint16_t client_port, uint16_t server_port)
{
	scene_connecting(&s);
	feed_other_flow(client_port);
	scene_mem(&s)->orig.dport = scene_mem(&s)->reply.sport = htons(server_port);
	scene_event(&s)->seg.tuple.sport = htons(server_port);
	scene_refusing(&s);
	feed(client_port);
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

static void pattern__three_windows_in_a_train__injected(void **state)
{
	(void)state;
	scene_active(&s);
	for (uint16_t i = 0; i < 3; i++) {
		scene_event(&s)->seg.win = (uint16_t)(1980 + i);
		feed(i);
	}
	correlate_flush(c);
	assert_int_equal(count, 1);
	assert_int_equal(records[0].cause, CAUSE_INJECTED);
}

static void related__late_reset_of_the_side_not_told__names_the_first(void **state)
{
	(void)state;
	scene_by(&s, RSTWHY_BY_GATEWAY_REJECT);
	feed(0);
	correlate_flush(c);
	scene_established(&s);
	scene_reset_before(&s, SERVER, 240000);
	scene_mem(&s)->reset_seq = 100;
	scene_woke(&s, SERVER, RSTWHY_BURST_DATA, 240000);
	scene_rst_from(&s, CLIENT);
	scene_mem(&s)->last_ms[CLIENT] = 240001;
	feed(240000);
	correlate_flush(c);
	assert_int_equal(count, 2);
	assert_int_equal(records[1].cause, CAUSE_AFTER_CLOSE);
	assert_int_equal(records[1].incident.related_count, 1);
	assert_true(records[1].incident.related[0] == 100);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, feed_begin, feed_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(crash__three_within_milliseconds__told),
		TEST(crash__half_a_second_apart__aborts),
		TEST(crash__another_port_of_the_host__aborts),
		TEST(crash__all_prompted__requests_rejected),
		TEST(crash__young_requests_at_one_blow__told),
		TEST(crash__silent_for_different_times__told),
		TEST(crash__silent_for_the_same_time__timers),
		TEST(crash__second_after_the_first_was_written__amended),
		TEST(host_lost__idle_and_busy_alike__told_and_amended),
		TEST(host_lost__only_idle_ones__idle_timeout),
		TEST(host_lost__silent_no_longer_than_once_survived__told),
		TEST(host_lost__box_rejects_all_that_is_busy__told),
		TEST(host_lost__connections_younger_than_a_millisecond__told),
		TEST(host_lost__box_rejects_one_after_the_other__policy),
		TEST(failover__many_without_history_rejected__told),
		TEST(scan__many_ports_refuse_one_client__probes),
		TEST(scan__syns_that_never_crossed__backscatter),
		TEST(scan__same_flow_and_number_again__handed_out_once_each),
		TEST(scan__one_port_refuses_again_and_again__refused),
		TEST(pattern__three_windows_in_a_train__injected),
		TEST(related__late_reset_of_the_side_not_told__names_the_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
