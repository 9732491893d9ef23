// SPDX-License-Identifier: GPL-2.0
/*
 * tool_log_reader.c - tests of reading a log from end to end
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

#include "../../userspace/tool/log_reader.h"

static char path[64];
static char error[LOG_READER_ERROR_MAX];

static int set_up(void **state)
{
	int fd;

	(void)state;
	strcpy(path, "/tmp/rstwhy-reader-XXXXXX");
	fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int tear_down(void **state)
{
	(void)state;
	return unlink(path);
}

static void put(const char *text, size_t len)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	fclose(file);
}

/* The file through a filter of the shell. */
static void filter(const char *how)
{
	char command[512];

	snprintf(command, sizeof(command), "cat %s | %s >%s.new && mv %s.new %s", path, how, path, path, path);
	assert_int_equal(system(command), 0);
}

/* Lines of i digits for i from 0 to 4999, which are 12 MB in all. */
static void put_many(void)
{
	FILE *file = fopen(path, "wb");

	for (int i = 0; i < 5000; i++)
		fprintf(file, "%0*d\n", i + 1, i);
	fclose(file);
}

static void assert_many(struct log_reader *reader)
{
	size_t len, i = 0;
	char *line;

	for (; log_reader_next(reader, &line, &len); i++) {
		assert_int_equal(len, i + 1);
		line[len] = '\0';
		assert_int_equal(strtoul(line, NULL, 10), i);
	}
	assert_int_equal(i, 5000);
	assert_true(log_reader_close(reader, error));
}

static void lines__over_many_blocks__all_whole(void **state)
{
	(void)state;
	put_many();
	assert_many(log_reader_open(path, error));
}

static void gzip__is_recognised__and_read(void **state)
{
	struct log_reader *reader;

	(void)state;
	put_many();
	filter("gzip -c");
	reader = log_reader_open(path, error);
	assert_non_null(reader);
	assert_true(log_reader_size(reader) < 1000000);
	assert_many(reader);
}

static void others__are_recognised__and_read(void **state)
{
	static const char *const packers[] = {"xz -c", "zstd -cq", "bzip2 -c", "lz4 -cq"};

	(void)state;
	for (size_t i = 0; i < sizeof(packers) / sizeof(packers[0]); i++) {
		put_many();
		filter(packers[i]);
		assert_many(log_reader_open(path, error));
	}
}

static void gzip__cut__is_told(void **state)
{
	struct log_reader *reader;
	char *line;
	size_t len;

	(void)state;
	put_many();
	filter("gzip -c | head -c 3000");
	reader = log_reader_open(path, error);
	assert_non_null(reader);
	while (log_reader_next(reader, &line, &len))
		;
	assert_false(log_reader_close(reader, error));
	assert_non_null(strstr(error, "gzip"));
}

static void gzip__left_early__is_no_damage(void **state)
{
	struct log_reader *reader;
	char *line;
	size_t len;

	(void)state;
	put_many();
	filter("gzip -c");
	reader = log_reader_open(path, error);
	assert_true(log_reader_next(reader, &line, &len));
	assert_true(log_reader_close(reader, error));
}

static void end__without_a_newline__is_a_line(void **state)
{
	struct log_reader *reader;
	char *line;
	size_t len;

	(void)state;
	put("one\n\ntwo", 8);
	reader = log_reader_open(path, error);
	assert_true(log_reader_next(reader, &line, &len) && len == 3);
	assert_true(log_reader_next(reader, &line, &len) && len == 0);
	assert_true(log_reader_next(reader, &line, &len) && len == 3 && !memcmp(line, "two", 3));
	line[len] = '\0';
	assert_false(log_reader_next(reader, &line, &len));
	assert_int_equal(log_reader_position(reader), 8);
	assert_true(log_reader_close(reader, error));
}

/* Of each length around the bound, with one line before and after. */
static void too_long__left_out__and_counted(void **state)
{
	static const size_t lengths[] = { LOG_LINE_MAX - 1, LOG_LINE_MAX, LOG_LINE_MAX + 1, 4 * LOG_LINE_MAX, 9 * LOG_LINE_MAX + 7 };

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		size_t size = lengths[i] + 5, len, lines = 0;
		char *text = malloc(size), *line;
		struct log_reader *reader;
		bool taken = lengths[i] <= LOG_LINE_MAX;

		memset(text, 'x', size);
		memcpy(text, "a\n", 2);
		memcpy(text + size - 3, "\nb\n", 3);
		put(text, size);
		reader = log_reader_open(path, error);
		while (log_reader_next(reader, &line, &len)) {
			lines++;
			assert_true(len == 1 || len == lengths[i]);
		}
		assert_int_equal(lines, taken ? 3 : 2);
		assert_int_equal(log_reader_too_long(reader), taken ? 0 : 1);
		assert_true(log_reader_close(reader, error));
		free(text);
	}
}

static void open__absent_or_a_directory__tells_why(void **state)
{
	(void)state;
	assert_null(log_reader_open("/nonexistent/x", error));
	assert_string_equal(error, "there is no such file; rstwhy doctor tells why nothing is logged");
	assert_null(log_reader_open("/tmp", error));
	assert_string_equal(error, "Is a directory");
}

static void gzip__not_installed__is_what_is_said(void **state)
{
	char *path_before = strdup(getenv("PATH"));

	(void)state;
	put("one\n", 4);
	filter("gzip");
	setenv("PATH", "/nonexistent", 1);
	assert_null(log_reader_open(path, error));
	setenv("PATH", path_before, 1);
	free(path_before);
	assert_non_null(strstr(error, "gzip"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lines__over_many_blocks__all_whole),
		TEST(gzip__is_recognised__and_read),
		TEST(others__are_recognised__and_read),
		TEST(gzip__cut__is_told),
		TEST(gzip__not_installed__is_what_is_said),
		TEST(gzip__left_early__is_no_damage),
		TEST(end__without_a_newline__is_a_line),
		TEST(too_long__left_out__and_counted),
		TEST(open__absent_or_a_directory__tells_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
