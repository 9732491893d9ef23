// SPDX-License-Identifier: GPL-2.0
/*
 * engine_endpoints.c - the connection as the client knows it
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "engine_scene.h"

static struct scene s;

static int begin(void **state)
{
	(void)state;
	scene_established(&s);
	return 0;
}

static void append(char *text, size_t size, const char *label, uint8_t family, const struct endpoint *e)
{
	char addr[INET6_ADDRSTRLEN];
	size_t used = strlen(text);

	inet_ntop(family == 6 ? AF_INET6 : AF_INET, e->addr, addr, sizeof(addr));
	snprintf(text + used, size - used, "%s%s %s %u", used ? ", " : "", label, addr, ntohs(e->port));
}

static const char *endpoints(void)
{
	static char text[512];
	static const struct verdict_settings settings = {.idle_min_ms = 5000, .hold_ms = 2000};
	struct verdict v;
	struct endpoints e;

	verdict_judge(&s.incident, &settings, &v);
	e = v.ends;
	text[0] = '\0';
	append(text, sizeof(text), "client", e.family, &e.client);
	append(text, sizeof(text), "server", e.family, &e.server);
	if (e.have_nat_client)
		append(text, sizeof(text), "nat client", e.family, &e.nat_client);
	if (e.have_nat_server)
		append(text, sizeof(text), "nat server", e.family, &e.nat_server);
	return text;
}

#define PLAIN "client 10.1.0.2 51234, server 10.2.0.2 443"
#define SNAT  PLAIN ", nat client 192.0.2.1 40001"
#define DNAT  "client 10.1.0.2 51234, server 203.0.113.9 80, nat server 10.2.0.2 443"

static void endpoints__rst_of_either_side__same(void **state)
{
	(void)state;
	assert_string_equal(endpoints(), PLAIN);
	scene_rst_from(&s, CLIENT);
	assert_string_equal(endpoints(), PLAIN);
}

static void endpoints__ipv6__same(void **state)
{
	(void)state;
	scene_established6(&s);
	assert_string_equal(endpoints(), "client 2001:db8:1::2 51234, server 2001:db8:2::2 443");
}

static void endpoints__opener_is_reply_side__roles_swapped(void **state)
{
	(void)state;
	scene_reversed(&s);
	assert_string_equal(endpoints(), PLAIN);
	scene_rst_from(&s, CLIENT);
	assert_string_equal(endpoints(), PLAIN);
}

static void endpoints__source_translated__client_by_own_address(void **state)
{
	(void)state;
	scene_snat(&s);
	assert_string_equal(endpoints(), SNAT);
	scene_rst_from(&s, CLIENT);
	assert_string_equal(endpoints(), SNAT);
}

static void endpoints__source_translated_and_reversed__same(void **state)
{
	(void)state;
	scene_snat(&s);
	scene_reversed(&s);
	assert_string_equal(endpoints(), SNAT);
}

static void endpoints__destination_translated__server_as_addressed(void **state)
{
	(void)state;
	scene_dnat(&s);
	assert_string_equal(endpoints(), DNAT);
	scene_reversed(&s);
	assert_string_equal(endpoints(), DNAT);
}

static void endpoints__entry_gone__from_memory(void **state)
{
	(void)state;
	scene_snat(&s);
	scene_lost(&s, false);
	assert_string_equal(endpoints(), SNAT);
}

static void endpoints__remapped__the_old_translation(void **state)
{
	(void)state;
	scene_snat(&s);
	scene_lost(&s, true);
	scene_ct(&s)->reply.dport = htons(50000);
	assert_string_equal(endpoints(), SNAT);
}

static void endpoints__memory_unknown__from_conntrack(void **state)
{
	(void)state;
	scene_snat(&s);
	memset(scene_mem(&s), 0, sizeof(*scene_mem(&s)));
	assert_string_equal(endpoints(), SNAT);
}

static void endpoints__packet_alone__its_two_ends(void **state)
{
	(void)state;
	scene_unknown(&s);
	assert_string_equal(endpoints(), PLAIN);
	scene_established(&s);
	scene_rst_from(&s, CLIENT);
	memset(scene_mem(&s), 0, sizeof(*scene_mem(&s)));
	memset(scene_ct(&s), 0, sizeof(*scene_ct(&s)));
	assert_string_equal(endpoints(), PLAIN);
}

/* Neither port is a service's: who sent a bare RST was more often asked than asking. */
static void endpoints__packet_alone_between_given_out_ports__rst_is_the_servers(void **state)
{
	(void)state;
	scene_unknown(&s);
	scene_event(&s)->seg.tuple.sport = htons(60000);
	assert_string_equal(endpoints(), "client 10.1.0.2 51234, server 10.2.0.2 60000");
	scene_event(&s)->seg.flags |= SEG_ACK;
	scene_event(&s)->seg.seq = 1;
	assert_string_equal(endpoints(), "client 10.2.0.2 60000, server 10.1.0.2 51234");
}

static void endpoints__reply_tuple_missing__no_translation_claimed(void **state)
{
	(void)state;
	memset(&scene_mem(&s)->reply, 0, sizeof(scene_mem(&s)->reply));
	assert_string_equal(endpoints(), PLAIN);
	scene_mem(&s)->flags |= RSTWHY_MEM_OPENER_REPLY;
	assert_string_equal(endpoints(), "client 10.2.0.2 443, server 10.1.0.2 51234");
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(endpoints__rst_of_either_side__same),
		TEST(endpoints__ipv6__same),
		TEST(endpoints__opener_is_reply_side__roles_swapped),
		TEST(endpoints__source_translated__client_by_own_address),
		TEST(endpoints__source_translated_and_reversed__same),
		TEST(endpoints__destination_translated__server_as_addressed),
		TEST(endpoints__entry_gone__from_memory),
		TEST(endpoints__remapped__the_old_translation),
		TEST(endpoints__memory_unknown__from_conntrack),
		TEST(endpoints__packet_alone__its_two_ends),
		TEST(endpoints__packet_alone_between_given_out_ports__rst_is_the_servers),
		TEST(endpoints__reply_tuple_missing__no_translation_claimed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
