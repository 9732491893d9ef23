// SPDX-License-Identifier: GPL-2.0
/*
 * daemon_state.c - tests of what is read from /proc
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

#include "../../module/uapi/rstwhy.h"
#include "../../userspace/daemon/module_state.h"
#include "../../userspace/daemon/nflog_owner.h"
#include "../../userspace/daemon/nflog_peer.h"

static const char whole[] = "version 0.1.0\nabi 1.0\nepoch 5f0c2a71d3e8b604\nnetns 4026531840\nenabled 1\nconntrack on\nflowtable built-in\ngroup 17\nsequence 81\n"
			    "rst_seen 100\nsuppressed_known 3\nsuppressed_unknown 4\nfailed 2\nflows_refused 5\nsomething_new 9\n";

static void module_state_parse__the_modules_file__all_is_taken(void **state)
{
	struct module_state got;

	(void)state;
	module_state_parse(whole, &got);
	assert_true(got.have_epoch);
	assert_true(got.epoch == 0x5f0c2a71d3e8b604ULL);
	assert_true(got.have_abi);
	assert_int_equal(got.major, 1);
	assert_int_equal(got.minor, 0);
	assert_string_equal(got.version, "0.1.0");
	assert_string_equal(got.conntrack, "on");
	assert_true(got.have_enabled && got.enabled);
	assert_true(got.flowtable_built_in);
	assert_true(got.have_group);
	assert_int_equal(got.group, 17);
	assert_true(got.have_sequence);
	assert_int_equal(got.sequence, 81);
	assert_int_equal(got.suppressed, 7);
	assert_int_equal(got.failed, 2);
	assert_int_equal(got.refused, 5);
}

static void module_state_parse__without_the_epoch__says_so(void **state)
{
	struct module_state got;

	(void)state;
	module_state_parse("abi 1.0\nflowtable module\nsequence 4\n", &got);
	assert_false(got.have_epoch);
	assert_false(got.flowtable_built_in);
	assert_true(got.have_abi);
}

static void module_state_parse__rubbish__nothing_taken(void **state)
{
	static const char *const texts[] = { "", "\n\n", "abi", "abi \n", "epoch\nabi x.y\n", " \t \n", "epoch 0\n", "abi 1\n" };
	struct module_state got;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		module_state_parse(texts[i], &got);
		assert_false(got.have_epoch);
		assert_false(got.have_abi);
		assert_false(got.have_sequence);
	}
}

static void module_state_parse__value_missing__next_line_is_not_taken_for_it(void **state)
{
	struct module_state got;

	(void)state;
	module_state_parse("sequence\n81 5\ngroup 3\n", &got);
	assert_false(got.have_sequence);
	assert_int_equal(got.group, 3);
}

static void module_state_abi__older_equal_newer__in_order(void **state)
{
	struct module_state got = { .have_abi = true };

	(void)state;
	got.major = RSTWHY_ABI_MAJOR;
	got.minor = 99;
	assert_int_equal(module_state_abi(&got), 0);
	got.major = RSTWHY_ABI_MAJOR + 1;
	assert_true(module_state_abi(&got) > 0);
	got.major = RSTWHY_ABI_MAJOR - 1;
	assert_true(module_state_abi(&got) < 0);
}

static void module_state_read__no_module__absent(void **state)
{
	struct module_state got;

	(void)state;
	assert_int_equal(module_state_read("/nonexistent", &got), MODULE_ABSENT);
	assert_int_equal(module_state_read("/proc/self/mem/x", &got), MODULE_UNREADABLE);
}

static void nflog_peer_parse__group_with_a_reader__its_port(void **state)
{
	static const char text[] = "    3    700     0 2 65535    100  1\n   17  11513     0 2 65535      2  1\n";
	uint32_t port = 0;

	(void)state;
	assert_true(nflog_peer_parse(text, 17, &port));
	assert_int_equal(port, 11513);
	assert_false(nflog_peer_parse(text, 1, &port));
	assert_false(nflog_peer_parse(text, 7, &port));
	assert_false(nflog_peer_parse("", 17, &port));
	assert_false(nflog_peer_parse("\n17\n", 17, &port));
}

static void nflog_owner_inode__a_second_socket__by_its_port(void **state)
{
	const char *text = "sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode\n"
			   "00000000dadc1bd5 0   2688239248 00000000 0        0        0     2        0        4       \n"
			   "00000000dadc1bd6 12  50         00000000 0        0        0     2        0        1434    \n"
			   "00000000dadc1bd7 12  2688239248 00000000 0        0        0     2        0        4294967297\n";

	(void)state;
	assert_true(nflog_owner_inode(text, 50) == 1434);
	assert_true(nflog_owner_inode(text, 2688239248U) == 4294967297ULL);
	assert_true(nflog_owner_inode(text, 51) == 0);
	assert_true(nflog_owner_inode("\n\n12 12", 12) == 0);
}

static void nflog_peer_program__own_process__its_name(void **state)
{
	char name[64];

	(void)state;
	assert_true(nflog_peer_program((uint32_t)getpid(), name, sizeof(name)));
	assert_string_equal(name, "daemon_state");
	assert_false(nflog_peer_program(UINT32_MAX, name, sizeof(name)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(module_state_parse__the_modules_file__all_is_taken),
		cmocka_unit_test(module_state_parse__without_the_epoch__says_so),
		cmocka_unit_test(module_state_parse__rubbish__nothing_taken),
		cmocka_unit_test(module_state_parse__value_missing__next_line_is_not_taken_for_it),
		cmocka_unit_test(module_state_abi__older_equal_newer__in_order),
		cmocka_unit_test(module_state_read__no_module__absent),
		cmocka_unit_test(nflog_peer_parse__group_with_a_reader__its_port),
		cmocka_unit_test(nflog_owner_inode__a_second_socket__by_its_port),
		cmocka_unit_test(nflog_peer_program__own_process__its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
