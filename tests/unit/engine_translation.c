// SPDX-License-Identifier: GPL-2.0
/*
 * engine_translation.c - NAT that this gateway lost, met by whoever spoke next
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <string.h>

#include "engine_scene.h"

static struct scene s;

static int begin(void **state)
{
	(void)state;
	scene_established(&s);
	return 0;
}

/*
 * A published port without translation of the client: the server spoke first, its segment made an entry of its own, untranslated, and
 * the client does not know such a connection.
 */
static void published_server_first(void)
{
	scene_dnat(&s);
	scene_woke(&s, SERVER, RSTWHY_BURST_DATA, 301000);
	scene_rst_from(&s, CLIENT);
	scene_lost(&s, false);
	scene_mem(&s)->timeout_before_gap_ms = 300000;
	scene_mem(&s)->flags |= RSTWHY_MEM_ALIAS | RSTWHY_MEM_BURST_INVALID;
	scene_ct(&s)->flags = RSTWHY_CT_FOUND | RSTWHY_CT_ATTACHED;
	scene_ct(&s)->orig = scene_mem(&s)->reply;
	scene_ct(&s)->reply = scene_mem(&s)->orig;
	memcpy(scene_ct(&s)->reply.dst, scene_mem(&s)->reply.src, 16);
	scene_ct(&s)->reply.dport = scene_mem(&s)->reply.sport;
	scene_event(&s)->ev.direction = RSTWHY_DIR_REPLY;
	scene_event(&s)->seg.tuple = scene_ct(&s)->reply;
}

static void expired_remap__published_and_the_server_spoke_first__told(void **state)
{
	(void)state;
	published_server_first();
	assert_cause(&s, CAUSE_GATEWAY_EXPIRED_REMAP);
	assert_int_equal(s.verdict.sender, SIDE_CLIENT);
	assert_true(s.verdict.gap_ms == 301000);
	scene_mem(&s)->timeout_before_gap_ms = DAYS_5_MS;
	assert_cause(&s, CAUSE_GATEWAY_FLUSHED);
	assert_also(&s, CAUSE_NAT_BYPASS);
	scene_mem(&s)->flags &= ~(uint32_t)RSTWHY_MEM_LOST;
	assert_cause(&s, CAUSE_NAT_BYPASS);
}

static void own_entry__living_flow__no_escape(void **state)
{
	(void)state;
	scene_dnat(&s);
	scene_in_flight(&s, SERVER, 100);
	scene_rst_from(&s, CLIENT);
	scene_active(&s);
	assert_cause(&s, CAUSE_CANCEL);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(expired_remap__published_and_the_server_spoke_first__told),
		TEST(own_entry__living_flow__no_escape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
