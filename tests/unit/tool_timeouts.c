// SPDX-License-Identifier: GPL-2.0
/*
 * tool_timeouts.c - tests of what rstwhy timeouts shows
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

#include "../../userspace/tool/timeouts.h"

#define NOW 1780000000ULL

static struct learn *l;
static struct hints hints;
static struct timeouts_row rows[8];
static char text[TIMEOUTS_LINE_MAX];

static int begin(void **state)
{
	(void)state;
	hints_builtin(&hints);
	l = learn_new(8, LEARN_HALF_LIFE_DAYS);
	return l ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	learn_free(l);
	return 0;
}

static struct path path_of(uint8_t network, const char *in)
{
	struct path path = { .family = 4, .port = 443, .prefix = { 10, 2, network } };

	strcpy(path.in, in);
	return path;
}

/* 0: none of that kind */
static void shown(uint8_t network, uint64_t peers, uint64_t survived_ms, uint64_t killed_ms)
{
	struct path path = path_of(network, "eth1");

	for (uint64_t peer = 1; peer <= peers; peer++) {
		if (survived_ms)
			learn_survived(l, &path, peer, survived_ms, NOW);
		if (killed_ms)
			learn_killed(l, &path, peer, killed_ms, NOW);
	}
}

static const char *as_text(size_t row)
{
	struct line line;

	timeouts_rows(l, &hints, NOW + 120, rows);
	line_init(&line, text, sizeof(text));
	timeouts_text(&line, &rows[row], NOW + 120);
	return text;
}

static const char *as_json(size_t row)
{
	struct line line;

	timeouts_rows(l, &hints, NOW + 120, rows);
	line_init(&line, text, sizeof(text));
	timeouts_json(&line, &rows[row]);
	return text;
}

static void text__both_bounds__all_that_is_asked(void **state)
{
	(void)state;
	shown(0, 3, 349000, 350500);
	assert_string_equal(as_text(0), "10.2.0.0/24 port 443 via eth1 (server side)\n"
					"    silences of up to 349.0 s survive, from 350.5 s on they are killed\n"
					"    seen: 3 survived, 3 killed, 3 peers; last 120.0 s ago\n"
					"    candidates: 350 s: AWS NLB, AWS NAT gateway, AWS GWLB and 2 more\n"
					"    keepalive: every 314 seconds holds (silences as long have survived)\n");
}

static void text__two_peers__says_what_is_missing(void **state)
{
	(void)state;
	shown(0, 2, 349000, 350500);
	assert_string_equal(as_text(0), "10.2.0.0/24 port 443 via eth1 (server side)\n"
					"    nothing certain yet: three peers must have shown the same\n"
					"    seen: 2 survived, 2 killed, 2 peers; last 120.0 s ago\n");
}

static void text__only_one_bound__keepalive_told_as_such(void **state)
{
	(void)state;
	shown(0, 3, 0, 350500);
	assert_non_null(strstr(as_text(0), "from 350.5 s on silences are killed; how long one survives is not known\n"));
	assert_non_null(strstr(text, "keepalive: every 175 seconds holds (half of what is killed; no silence as long"));
	learn_free(l);
	l = learn_new(8, LEARN_HALF_LIFE_DAYS);
	shown(0, 3, 9000, 0);
	assert_non_null(strstr(as_text(0), "silences of up to 9.0 s survive, none was killed by as many peers\n"));
	assert_non_null(strstr(text, "keepalive: none is needed"));
}

static void text__contradiction__told(void **state)
{
	(void)state;
	shown(0, 3, 500000, 300000);
	assert_non_null(strstr(as_text(0), "contradicts itself"));
	assert_non_null(strstr(text, "keepalive: every 150 seconds holds (half of what is killed; not certain)"));
}

static void text__hostile_names__escaped(void **state)
{
	struct path path = path_of(0, "a\033[2J\n\xff");

	(void)state;
	learn_survived(l, &path, 1, 5000, NOW);
	assert_null(strpbrk(as_text(0), "\033\xff"));
	assert_memory_equal(text, "10.2.0.0/24 port 443 via a\\x1b", 29);
	assert_null(strpbrk(as_json(0), "\033\xff"));
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static void json__both_bounds__one_line(void **state)
{
	(void)state;
	hints.count = 0;
	assert_true(hints_add(&hints, &(struct hint){ 350, HINT_NEXT, "our \"box\"" }));
	shown(0, 3, 349000, 350500);
	assert_string_equal(as_json(0),
			    "{\"v\":1,\"prefix\":\"10.2.0.0/24\",\"port\":443,\"side\":\"server\",\"in\":\"eth1\",\"survived_ms\":349000,"
			    "\"killed_ms\":350500,\"contradiction\":false,\"survived_samples\":3,\"killed_samples\":3,\"peers\":3,"
			    "\"last\":\"2026-05-28T20:26:40.000000Z\",\"candidates\":[{\"name\":\"our \\\"box\\\"\",\"seconds\":350}],"
			    "\"keepalive_basis\":\"proven\",\"keepalive_s\":314}\n");
}

static void rows__order__what_kills_most_first(void **state)
{
	(void)state;
	shown(1, 6, 60000, 0);
	shown(2, 3, 0, 350000);
	shown(3, 5, 0, 900000);
	shown(4, 3, 50000, 0);
	timeouts_rows(l, &hints, NOW, rows);
	assert_int_equal(rows[0].entry->path.prefix[2], 3);
	assert_int_equal(rows[1].entry->path.prefix[2], 2);
	assert_int_equal(rows[2].entry->path.prefix[2], 1);
	assert_int_equal(rows[3].entry->path.prefix[2], 4);
}

static void keepalive__always_below_both_bounds(void **state)
{
	(void)state;
	for (double survived = 500; survived < 1e7; survived *= 1.7)
		for (double killed = 2000; killed < 1e7; killed *= 1.3) {
			struct path_bracket b = { .have_survived = true, .have_killed = true, .survived_ms = survived, .killed_ms = killed };
			struct keepalive k = keepalive_for(&b);

			assert_true(k.seconds >= 1 && k.seconds * 1000.0 < killed);
			assert_true(k.basis != KEEPALIVE_PROVEN || k.seconds == 1 || k.seconds * 1000.0 < survived);
			assert_true((k.basis == KEEPALIVE_DOUBTFUL) == (survived >= killed));
		}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(text__both_bounds__all_that_is_asked),
		TEST(text__two_peers__says_what_is_missing),
		TEST(text__only_one_bound__keepalive_told_as_such),
		TEST(text__contradiction__told),
		TEST(text__hostile_names__escaped),
		TEST(json__both_bounds__one_line),
		TEST(rows__order__what_kills_most_first),
		TEST(keepalive__always_below_both_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
