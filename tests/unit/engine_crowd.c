// SPDX-License-Identifier: GPL-2.0
/*
 * engine_crowd.c - findings that need more than one flow, and their amendments
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <arpa/inet.h>
#include <string.h>

#include "engine_feed.h"

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

/* Its retransmissions come so close together that no pause counts as a silence. */
static void host_lost__client_away_while_pushed_to__told(void **state)
{
	(void)state;
	scene_rst_from(&s, CLIENT);
	scene_passive(&s);
	scene_in_flight(&s, SERVER, 50);
	scene_last_segments(&s, 2840, 600);
	assert_cause(&s, CAUSE_HOST_LOST);
	assert_confidence(&s, 0.7, 0.8);
	scene_last_segments(&s, 900, 600);
	assert_not_cause(&s, CAUSE_HOST_LOST);
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
		TEST(host_lost__idle_and_busy_alike__told_and_amended),
		TEST(host_lost__only_idle_ones__idle_timeout),
		TEST(host_lost__client_away_while_pushed_to__told),
		TEST(host_lost__silent_no_longer_than_once_survived__told),
		TEST(host_lost__box_rejects_all_that_is_busy__told),
		TEST(host_lost__connections_younger_than_a_millisecond__told),
		TEST(host_lost__box_rejects_one_after_the_other__policy),
		TEST(failover__many_without_history_rejected__told),
		TEST(pattern__three_windows_in_a_train__injected),
		TEST(related__late_reset_of_the_side_not_told__names_the_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
