// SPDX-License-Identifier: GPL-2.0
/*
 * learn_known.c - tests of the file of known timeouts
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

#include "../../userspace/learn/known_timeouts.h"

static struct hints hints;
static struct known_timeouts_error error;

static int begin(void **state)
{
	(void)state;
	memset(&hints, 0, sizeof(hints));
	memset(&error, 0, sizeof(error));
	return 0;
}

static bool read_bytes(const char *text, size_t len)
{
	FILE *file = fmemopen(NULL, len + 1, "w+");
	bool good;

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	fflush(file);
	rewind(file);
	good = known_timeouts_read(file, "f", &hints, &error);
	fclose(file);
	return good;
}

static void line__entries__are_read(void **state)
{
	(void)state;
	assert_null(known_timeouts_line("350 N AWS NLB", &hints));
	assert_null(known_timeouts_line("  240\tSNBFE \t Azure  x \t", &hints));
	assert_null(known_timeouts_line("# comment", &hints));
	assert_null(known_timeouts_line("   ", &hints));
	assert_null(known_timeouts_line("", &hints));
	assert_null(known_timeouts_line("31536000 S #1", &hints));
	assert_int_equal(hints.count, 3);
	assert_string_equal(hints.hint[0].name, "#1");
	assert_int_equal(hints.hint[1].seconds, 350);
	assert_int_equal(hints.hint[1].kinds, HINT_NEXT);
	assert_string_equal(hints.hint[2].name, "Azure  x");
	assert_int_equal(hints.hint[2].kinds, HINT_SILENT | HINT_NEXT | HINT_BOTH | HINT_FIN | HINT_END);
}

static void line__wrong__says_what_is_allowed(void **state)
{
	static const char *const lines[] = {
		"x", "350", "350 ", "350 N", "350 N ", "0 N x", "-1 N x", "31536001 N x", "99999999999999999999 N x", "3.5 N x", "350s N x",
		"350 X x", "350 NN x", "350 n x", "350 N,S x", "N 350 x", "350 N a\033[31m", "350 N caf\xc3\xa9",
		"350 N 012345678901234567890123456789012345678901234567",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		const char *wrong = known_timeouts_line(lines[i], &hints);

		if (!wrong)
			fail_msg("\"%s\" was accepted", lines[i]);
		assert_non_null(strstr(wrong, "; allowed: "));
	}
	assert_int_equal(hints.count, 0);
}

static void line__too_many__refused(void **state)
{
	(void)state;
	for (int i = 0; i < HINTS_MAX; i++)
		assert_null(known_timeouts_line("350 N x", &hints));
	assert_string_equal(known_timeouts_line("350 N x", &hints), "too many; allowed: 256 entries");
}

static void read__error__names_file_and_line(void **state)
{
	static const char text[] = "# x\n\n350 N y\n350 Q y\n";

	(void)state;
	assert_false(read_bytes(text, sizeof(text) - 1));
	assert_memory_equal(error.text, "f:4: kinds are not possible; allowed: ", 38);
}

static void read__long_line_or_zero_byte__refused(void **state)
{
	static char text[400];

	(void)state;
	memset(text, '#', sizeof(text));
	assert_false(read_bytes(text, sizeof(text)));
	assert_non_null(strstr(error.text, "f:1: the line is too long"));
	assert_false(read_bytes("350 N x\0y\n350 N z\n", 18));
	assert_non_null(strstr(error.text, "f:1:"));
}

static void read__order_of_the_file__longest_first_then_as_written(void **state)
{
	static const char text[] = "60 F a\n350 N b\n60 F c\n350 S d";

	(void)state;
	assert_true(read_bytes(text, sizeof(text) - 1));
	assert_int_equal(hints.count, 4);
	assert_string_equal(hints.hint[0].name, "b");
	assert_string_equal(hints.hint[1].name, "d");
	assert_string_equal(hints.hint[2].name, "a");
	assert_string_equal(hints.hint[3].name, "c");
}

static void load__absent__built_in_only_for_the_default(void **state)
{
	static struct hints builtin;

	(void)state;
	hints_builtin(&builtin);
	assert_true(known_timeouts_load("", &hints, &error));
	assert_memory_equal(&hints, &builtin, sizeof(hints));
	memset(&hints, 0, sizeof(hints));
	assert_false(known_timeouts_load("/nonexistent/known.conf", &hints, &error));
	assert_string_equal(error.text, "/nonexistent/known.conf: No such file or directory");
	assert_false(known_timeouts_load("/tmp", &hints, &error));
	assert_int_equal(hints.count, 0);
}

static void load__wrong_file__old_ones_stay(void **state)
{
	static struct hints before;
	char name[] = "/tmp/rstwhy-known-XXXXXX";
	int fd = mkstemp(name);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "60 F a\nrubbish\n", 15), 15);
	close(fd);
	hints_builtin(&hints);
	before = hints;
	assert_false(known_timeouts_load(name, &hints, &error));
	unlink(name);
	assert_memory_equal(&hints, &before, sizeof(hints));
}

static void shipped_file__is_what_is_built_in(void **state)
{
	static struct hints builtin;

	(void)state;
	if (access("userspace/deploy/known-timeouts.conf", R_OK) != 0)
		skip(); /* run from elsewhere */
	hints_builtin(&builtin);
	if (!known_timeouts_load("userspace/deploy/known-timeouts.conf", &hints, &error))
		fail_msg("%s", error.text);
	assert_int_equal(hints.count, builtin.count);
	for (size_t i = 0; i < hints.count; i++) {
		assert_int_equal(hints.hint[i].seconds, builtin.hint[i].seconds);
		assert_int_equal(hints.hint[i].kinds, builtin.hint[i].kinds);
		assert_string_equal(hints.hint[i].name, builtin.hint[i].name);
	}
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(line__entries__are_read),
		TEST(line__wrong__says_what_is_allowed),
		TEST(line__too_many__refused),
		TEST(read__error__names_file_and_line),
		TEST(read__long_line_or_zero_byte__refused),
		TEST(read__order_of_the_file__longest_first_then_as_written),
		TEST(load__absent__built_in_only_for_the_default),
		TEST(load__wrong_file__old_ones_stay),
		TEST(shipped_file__is_what_is_built_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
