// SPDX-License-Identifier: GPL-2.0
/*
 * daemon_ignore.c - tests of the ignore list
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../userspace/daemon/ignore.h"

#include <arpa/inet.h>

static bool parses(const char *text, struct ignore_list *list)
{
	const char *bad;
	size_t bad_len;

	list->count = 0;
	return ignore_parse(list, text, &bad, &bad_len);
}

/* Whether host:port is on the list that text makes. */
static bool matches(const char *text, const char *host, uint16_t port)
{
	uint8_t family = strchr(host, ':') ? 6 : 4, addr[16] = { 0 };
	static struct ignore_list list;

	assert_true(parses(text, &list));
	assert_int_equal(inet_pton(family == 6 ? AF_INET6 : AF_INET, host, addr), 1);
	return ignore_match(&list, family, addr, htons(port));
}

static void ignore_match__prefix_v4__covers_its_hosts_only(void **state)
{
	(void)state;
	assert_true(matches("10.0.0.0/8", "10.255.1.2", 80));
	assert_false(matches("10.0.0.0/8", "11.0.0.1", 80));
	assert_true(matches("192.168.4.0/22", "192.168.7.255", 1));
	assert_false(matches("192.168.4.0/22", "192.168.8.0", 1));
	assert_true(matches("0.0.0.0/0", "203.0.113.9", 1));
}

static void ignore_match__bare_address__is_one_host(void **state)
{
	(void)state;
	assert_true(matches("10.1.2.3", "10.1.2.3", 9));
	assert_false(matches("10.1.2.3", "10.1.2.2", 9));
	assert_true(matches("2001:db8::1", "2001:db8::1", 9));
}

static void ignore_match__prefix_v6__covers_its_hosts_only(void **state)
{
	(void)state;
	assert_true(matches("2001:db8::/33", "2001:db8:7fff::1", 9));
	assert_false(matches("2001:db8::/33", "2001:db8:8000::1", 9));
}

static void ignore_match__other_family__never(void **state)
{
	(void)state;
	assert_false(matches("0.0.0.0/0", "::1", 9));
	assert_false(matches("::/0", "10.0.0.1", 9));
}

static void ignore_match__port_alone__any_address(void **state)
{
	(void)state;
	assert_true(matches(":8080", "10.0.0.1", 8080));
	assert_true(matches(":8080", "::1", 8080));
	assert_false(matches(":8080", "::1", 8081));
}

static void ignore_match__address_and_port__both_must_fit(void **state)
{
	(void)state;
	assert_true(matches("10.0.0.1:80", "10.0.0.1", 80));
	assert_false(matches("10.0.0.1:80", "10.0.0.1", 81));
	assert_false(matches("10.0.0.1:80", "10.0.0.2", 80));
	assert_true(matches("[2001:db8::1]:443", "2001:db8::1", 443));
	assert_false(matches("[2001:db8::1]:443", "2001:db8::1", 444));
}

static void ignore_match__list__any_item_will_do(void **state)
{
	(void)state;
	assert_true(matches("10.0.0.1, :22 ,\t[::1]:5", "::1", 5));
	assert_true(matches("10.0.0.1, :22 ,\t[::1]:5", "192.0.2.1", 22));
	assert_false(matches("10.0.0.1, :22 ,\t[::1]:5", "192.0.2.1", 23));
}

static void ignore_match__empty_list__nothing(void **state)
{
	(void)state;
	assert_false(matches("", "10.0.0.1", 80));
	assert_false(matches(" , ", "10.0.0.1", 80));
}

static void ignore_parse__bad_items__refused(void **state)
{
	static const char *const bad[] = {
		"1.2.3", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "::1/129", ":0", ":65536", ":", "10.0.0.1:", "[::1]", "[::1]80", "[::1]x80", "[10.0.0.1]:80",
		"[::1]:0", "host", "10.0.0.1:80:90x", "[::1", ":-1", "10.0.0.1/8 /9",
	};
	static struct ignore_list list;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (parses(bad[i], &list))
			fail_msg("\"%s\" was accepted", bad[i]);
}

static void ignore_parse__bad_item_in_a_list__is_named(void **state)
{
	static struct ignore_list list;
	const char *bad = NULL;
	size_t bad_len = 0;

	(void)state;
	assert_false(ignore_parse(&list, "10.0.0.1, nonsense, :80", &bad, &bad_len));
	assert_int_equal(bad_len, 8);
	assert_memory_equal(bad, "nonsense", 8);
}

static void ignore_parse__too_many__refused_at_the_bound(void **state)
{
	static char text[IGNORE_MAX * 4 + 8];
	static struct ignore_list list;

	(void)state;
	for (size_t i = 0; i < IGNORE_MAX; i++)
		strcat(text, ":80,");
	assert_true(parses(text, &list));
	assert_int_equal(list.count, IGNORE_MAX);
	strcat(text, ":81");
	assert_false(parses(text, &list));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ignore_match__prefix_v4__covers_its_hosts_only),
		cmocka_unit_test(ignore_match__bare_address__is_one_host),
		cmocka_unit_test(ignore_match__prefix_v6__covers_its_hosts_only),
		cmocka_unit_test(ignore_match__other_family__never),
		cmocka_unit_test(ignore_match__port_alone__any_address),
		cmocka_unit_test(ignore_match__address_and_port__both_must_fit),
		cmocka_unit_test(ignore_match__list__any_item_will_do),
		cmocka_unit_test(ignore_match__empty_list__nothing),
		cmocka_unit_test(ignore_parse__bad_items__refused),
		cmocka_unit_test(ignore_parse__bad_item_in_a_list__is_named),
		cmocka_unit_test(ignore_parse__too_many__refused_at_the_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
