// SPDX-License-Identifier: GPL-2.0
/*
 * daemon_flowtable.c - the devices of a flowtable, out of nftables' message and out of the module's file
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "../../userspace/daemon/flowtable_devices.h"

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static _Alignas(struct nlmsghdr) char buffer[4096];

/* A flowtable on those devices; a name that ends in an asterisk is one by its beginning. */
static struct nlmsghdr *message_of(const char *const *names, size_t count)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct nlattr *hook, *list;

	mnl_nlmsg_put_extra_header(message, sizeof(struct nfgenmsg));
	mnl_attr_put_strz(message, NFTA_FLOWTABLE_NAME, "fast");
	hook = mnl_attr_nest_start(message, NFTA_FLOWTABLE_HOOK);
	mnl_attr_put_u32(message, NFTA_FLOWTABLE_HOOK_NUM, 0);
	list = mnl_attr_nest_start(message, NFTA_FLOWTABLE_HOOK_DEVS);
	for (size_t i = 0; i < count; i++)
		if (names[i][strlen(names[i]) - 1] == '*')
			mnl_attr_put(message, 2, strlen(names[i]) - 1, names[i]);
		else
			mnl_attr_put_strz(message, NFTA_DEVICE_NAME, names[i]);
	mnl_attr_nest_end(message, list);
	mnl_attr_nest_end(message, hook);
	return message;
}

static void two_of_them(struct flowtable_devices *devices, const char *beginning)
{
	char name[32];

	for (int i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "%.13s%d", beginning, i);
		flowtable_devices_add(devices, name);
	}
}

static void devices_parse__two_devices__both(void **state)
{
	static const char *const names[] = { "lan", "wan" };
	struct flowtable_devices devices = { .count = 0 };

	(void)state;
	assert_true(flowtable_devices_parse(&devices, message_of(names, 2), NULL));
	assert_int_equal(devices.count, 2);
	assert_true(flowtable_devices_have(&devices, "lan"));
	assert_true(flowtable_devices_have(&devices, "wan"));
}

static void devices_parse__second_flowtable_on_the_same__once(void **state)
{
	static const char *const names[] = { "lan", "lan" };
	struct flowtable_devices devices = { .count = 0 };

	(void)state;
	assert_true(flowtable_devices_parse(&devices, message_of(names, 2), NULL));
	assert_true(flowtable_devices_parse(&devices, message_of(names, 1), NULL));
	assert_int_equal(devices.count, 1);
}

static void devices_parse__longest_name__kept_whole(void **state)
{
	static const char *const names[] = { "fifteen-letters" };
	struct flowtable_devices devices = { .count = 0 };

	(void)state;
	assert_true(flowtable_devices_parse(&devices, message_of(names, 1), NULL));
	assert_true(flowtable_devices_have(&devices, "fifteen-letters"));
}

static void devices_parse__name_too_long__malformed(void **state)
{
	static const char *const names[] = { "sixteen-letters-" };
	struct flowtable_devices devices = { .count = 0 };

	(void)state;
	assert_false(flowtable_devices_parse(&devices, message_of(names, 1), NULL));
	assert_int_equal(devices.count, 0);
}

static void devices_parse__beginning__asked_for(void **state)
{
	static const char *const names[] = { "wan", "lan*" };
	struct flowtable_devices devices = { .count = 0 };

	(void)state;
	assert_true(flowtable_devices_parse(&devices, message_of(names, 2), two_of_them));
	assert_int_equal(devices.count, 3);
	assert_true(flowtable_devices_have(&devices, "lan1"));
}

static void devices_parse__no_hook__malformed(void **state)
{
	struct flowtable_devices devices = { .count = 0 };
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);

	(void)state;
	assert_false(flowtable_devices_parse(&devices, message, NULL));
	mnl_nlmsg_put_extra_header(message, sizeof(struct nfgenmsg));
	assert_false(flowtable_devices_parse(&devices, message, NULL));
}

static void devices_lines__as_the_module_writes_them__all(void **state)
{
	struct flowtable_devices devices = { .count = 0 };

	(void)state;
	flowtable_devices_lines(&devices, "lan\nwan.10\n\nfar-too-long-for-a-device\nlast");
	assert_int_equal(devices.count, 3);
	assert_true(flowtable_devices_have(&devices, "wan.10"));
	assert_true(flowtable_devices_have(&devices, "last"));
}

static void devices_add__no_room__counted(void **state)
{
	static struct flowtable_devices devices;
	char name[IF_NAMESIZE];

	(void)state;
	for (int i = 0; i < FLOWTABLE_DEVICES_MOST + 3; i++) {
		snprintf(name, sizeof(name), "dev%d", i);
		flowtable_devices_add(&devices, name);
	}
	assert_int_equal(devices.count, FLOWTABLE_DEVICES_MOST);
	assert_int_equal(devices.dropped, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(devices_parse__two_devices__both),
		cmocka_unit_test(devices_parse__second_flowtable_on_the_same__once),
		cmocka_unit_test(devices_parse__longest_name__kept_whole),
		cmocka_unit_test(devices_parse__name_too_long__malformed),
		cmocka_unit_test(devices_parse__beginning__asked_for),
		cmocka_unit_test(devices_parse__no_hook__malformed),
		cmocka_unit_test(devices_lines__as_the_module_writes_them__all),
		cmocka_unit_test(devices_add__no_room__counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
