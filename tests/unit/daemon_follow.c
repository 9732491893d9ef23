// SPDX-License-Identifier: GPL-2.0
/*
 * daemon_follow.c - tests of following a file that grows and is rotated
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
#include <fcntl.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../userspace/tool/follow.h"

static char path[64], rotated[80];
static struct follow *follow;

static void append(const char *text)
{
	FILE *file = fopen(path, "a");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static int set_up(void **state)
{
	int fd;

	(void)state;
	strcpy(path, "/tmp/rstwhy-follow-XXXXXX");
	fd = mkstemp(path);
	if (fd < 0)
		return -1;
	close(fd);
	snprintf(rotated, sizeof(rotated), "%s.1", path);
	follow = follow_new(path);
	return follow ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	follow_free(follow);
	unlink(rotated);
	unlink(path);
	return 0;
}

static void assert_next(const char *expected)
{
	const char *line;
	size_t len;

	assert_true(follow_next(follow, &line, &len));
	assert_int_equal(len, strlen(expected));
	assert_memory_equal(line, expected, len);
}

static void assert_none(void)
{
	const char *line;
	size_t len;

	assert_false(follow_next(follow, &line, &len));
}

static void follow_next__lines__one_by_one(void **state)
{
	(void)state;
	append("one\n\nthree\n");
	assert_next("one");
	assert_next("");
	assert_next("three");
	assert_none();
}

static void follow_next__line_without_end__waits_for_it(void **state)
{
	(void)state;
	append("be");
	assert_none();
	append("gin\nnext");
	assert_next("begin");
	assert_none();
	append("\n");
	assert_next("next");
}

static void follow_next__renamed_and_new_file__old_rest_then_new(void **state)
{
	(void)state;
	append("one\ntwo\n");
	assert_next("one");
	assert_int_equal(rename(path, rotated), 0);
	append("three\n");
	assert_next("two");
	assert_next("three");
	assert_none();
	append("four\n");
	assert_next("four");
}

static void follow_next__renamed_but_not_yet_new__old_file_still_counts(void **state)
{
	FILE *old;

	(void)state;
	append("one\n");
	assert_next("one");
	assert_int_equal(rename(path, rotated), 0);
	assert_none();
	old = fopen(rotated, "a");
	fputs("late\n", old);
	fclose(old);
	assert_next("late");
	append("new\n");
	assert_next("new");
}

static void follow_next__cut__starts_over(void **state)
{
	(void)state;
	append("one\ntwo\nthree\n");
	assert_next("one");
	assert_next("two");
	assert_next("three");
	assert_none();
	assert_int_equal(truncate(path, 0), 0);
	append("new\n");
	assert_next("new");
}

static void follow_next__line_too_long__left_out_alone(void **state)
{
	static char text[3 * FOLLOW_LINE_MAX];

	(void)state;
	memset(text, 'x', sizeof(text) - 2);
	text[sizeof(text) - 2] = '\n';
	append("before\n");
	append(text);
	append("behind\n");
	assert_next("before");
	assert_next("behind");
	assert_none();
}

static void follow_next__no_file_yet__comes_later(void **state)
{
	(void)state;
	unlink(path);
	assert_false(follow_present(follow));
	assert_none();
	append("first\n");
	assert_next("first");
}

static void follow_next__standard_input_ends_without_a_newline__is_a_line(void **state)
{
	struct follow *piped = follow_new("-");
	int saved = dup(STDIN_FILENO), fd;
	const char *line;
	size_t len;

	(void)state;
	append("first\nlast");
	fd = open(path, O_RDONLY);
	assert_true(piped && saved >= 0 && fd >= 0);
	dup2(fd, STDIN_FILENO);
	assert_true(follow_next(piped, &line, &len));
	assert_int_equal(len, 5);
	assert_true(follow_next(piped, &line, &len));
	assert_int_equal(len, 4);
	assert_memory_equal(line, "last", 4);
	assert_false(follow_next(piped, &line, &len));
	dup2(saved, STDIN_FILENO);
	close(saved);
	close(fd);
	follow_free(piped);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(follow_next__lines__one_by_one),
		TEST(follow_next__line_without_end__waits_for_it),
		TEST(follow_next__renamed_and_new_file__old_rest_then_new),
		TEST(follow_next__renamed_but_not_yet_new__old_file_still_counts),
		TEST(follow_next__cut__starts_over),
		TEST(follow_next__line_too_long__left_out_alone),
		TEST(follow_next__no_file_yet__comes_later),
		TEST(follow_next__standard_input_ends_without_a_newline__is_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
