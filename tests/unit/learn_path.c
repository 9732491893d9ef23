// SPDX-License-Identifier: GPL-2.0
/*
 * learn_path.c - tests of which path an event speaks of
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
#include <unistd.h>

#include <cmocka.h>

#include "../../userspace/learn/path.h"
#include "engine_scene.h"

static struct scene s;
static struct path path;
static uint64_t peer;

static int begin(void **state)
{
	(void)state;
	scene_established(&s);
	strcpy(scene_event(&s)->in, "eth1");
	return 0;
}

static const char *prefix(void)
{
	static char text[PATH_PREFIX_TEXT];

	assert_true(path_of_event(scene_event(&s), &path, &peer));
	path_prefix_text(&path, text);
	return text;
}

static void reset__of_the_server__its_network_and_port(void **state)
{
	(void)state;
	assert_string_equal(prefix(), "10.2.0.0/24");
	assert_int_equal(path.port, 443);
	assert_int_equal(path.side, PATH_SERVER);
	assert_string_equal(path.in, "eth1");
}

static void reset__of_the_client__its_network_but_the_servers_port(void **state)
{
	(void)state;
	scene_rst_from(&s, CLIENT);
	assert_string_equal(prefix(), "10.1.0.0/24");
	assert_int_equal(path.port, 443);
	assert_int_equal(path.side, PATH_CLIENT);
}

static void reset__translated__the_real_server(void **state)
{
	(void)state;
	scene_dnat(&s);
	assert_string_equal(prefix(), "10.2.0.0/24");
	assert_int_equal(path.port, 443);
}

static void reset__ipv6__is_a_64(void **state)
{
	(void)state;
	scene_established6(&s);
	assert_string_equal(prefix(), "2001:db8:2::/64");
}

static void reset__reversed__sides_as_opened(void **state)
{
	struct path before;

	(void)state;
	prefix();
	before = path;
	scene_reversed(&s);
	prefix();
	assert_memory_equal(&path, &before, sizeof(path));
}

static void survived__answer_of_the_server__same_path_and_peer_as_its_reset(void **state)
{
	struct path before;
	uint64_t client;

	(void)state;
	prefix();
	before = path;
	client = peer;
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, 60000);
	scene_event(&s)->ev.kind = RSTWHY_KIND_SURVIVED;
	prefix();
	assert_memory_equal(&path, &before, sizeof(path));
	assert_true(peer == client);
	scene_woke(&s, SERVER, RSTWHY_BURST_DATA, 60000);
	assert_string_equal(prefix(), "10.1.0.0/24");
	assert_string_equal(path.in, ""); /* the event's packet is the server's */
}

static void event__no_history__no_path(void **state)
{
	(void)state;
	scene_unknown(&s);
	assert_false(path_of_event(scene_event(&s), &path, &peer));
	scene_established(&s);
	scene_mem(&s)->direction = 7;
	assert_false(path_of_event(scene_event(&s), &path, &peer));
	scene_established(&s);
	scene_event(&s)->ev.kind = RSTWHY_KIND_SURVIVED;
	assert_false(path_of_event(scene_event(&s), &path, &peer));
}

static void prefix_parse__what_text_makes__comes_back(void **state)
{
	static const char *const good[] = { "10.2.0.0/24", "2001:db8:2::/64", "::/64" };
	static const char *const bad[] = { "", "10.2.0.0", "10.2.0.1/24", "10.2.0.0/25", "10.2.0.0/64", "2001:db8::1/64", "2001:db8::/24",
					   "x/24", "/24", "10.2.0.0/24 ", "1:2:3:4:5:6:7:8:9:0:1:2:3:4:5:6:7:8:9:0:1:2:3:4:5/64" };
	char text[PATH_PREFIX_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(path_prefix_parse(good[i], &path));
		path_prefix_text(&path, text);
		assert_string_equal(text, good[i]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (path_prefix_parse(bad[i], &path))
			fail_msg("\"%s\" was accepted", bad[i]);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reset__of_the_server__its_network_and_port),
		TEST(reset__of_the_client__its_network_but_the_servers_port),
		TEST(reset__translated__the_real_server),
		TEST(reset__ipv6__is_a_64),
		TEST(reset__reversed__sides_as_opened),
		TEST(survived__answer_of_the_server__same_path_and_peer_as_its_reset),
		TEST(event__no_history__no_path),
		TEST(prefix_parse__what_text_makes__comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
