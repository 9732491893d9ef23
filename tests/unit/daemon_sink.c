// SPDX-License-Identifier: GPL-2.0
/*
 * daemon_sink.c - tests of writing whole lines, also when the disk is full
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

#include "full_disk.h"

#include "../../userspace/daemon/announce.h"
#include "../../userspace/daemon/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

static unsigned int announcements;

/* Stands in for announce.c. */
void announce(const char *format, ...)
{
	(void)format;
	announcements++;
}

static char path[64];

static int set_up(void **state)
{
	int fd;

	(void)state;
	announcements = 0;
	strcpy(path, "/tmp/rstwhy-sink-XXXXXX");
	fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int tear_down(void **state)
{
	(void)state;
	return unlink(path);
}

static void content(char *text, size_t size)
{
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	text[fread(text, 1, size - 1, file)] = '\0';
	fclose(file);
}

static void put(const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void sink_open__last_line_torn__next_one_stands_alone(void **state)
{
	struct sink *sink;
	uint64_t inode, length;
	char text[64];

	(void)state;
	put("one\ntw");
	sink = sink_open(path);
	assert_non_null(sink);
	assert_int_equal(announcements, 1);
	sink_place(sink, &inode, &length);
	assert_int_equal(length, 7);
	assert_true(sink_write(sink, "three\n", 6));
	sink_close(sink);
	content(text, sizeof(text));
	assert_string_equal(text, "one\ntw\nthree\n");
}

static void sink_open__whole_lines_or_none__nothing_added(void **state)
{
	static const char *const whole[] = { "", "one\n", "one\n\n" };
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
		put(whole[i]);
		sink_close(sink_open(path));
		content(text, sizeof(text));
		assert_string_equal(text, whole[i]);
	}
	assert_int_equal(announcements, 0);
}

static void sink_write__lines__appended_in_order(void **state)
{
	struct sink *sink = sink_open(path);
	char text[64];

	(void)state;
	assert_non_null(sink);
	assert_true(sink_write(sink, "one\n", 4));
	assert_true(sink_write(sink, "two\n", 4));
	sink_close(sink);
	sink = sink_open(path);
	assert_true(sink_write(sink, "three\n", 6));
	sink_close(sink);
	content(text, sizeof(text));
	assert_string_equal(text, "one\ntwo\nthree\n");
}

static void sink_write__no_room_for_the_line__nothing_of_it_stays(void **state)
{
	struct sink *sink = sink_open(path);
	char text[64];

	(void)state;
	assert_true(sink_write(sink, "first\n", 6));
	limit_size(10);
	assert_false(sink_write(sink, "second line\n", 12));
	assert_false(sink_write(sink, "third line\n", 11));
	limit_size(RLIM_INFINITY);
	assert_int_equal(sink_missed(sink), 2);
	assert_int_equal(announcements, 1);
	sink_close(sink);
	content(text, sizeof(text));
	assert_string_equal(text, "first\n");
}

static void sink_write__works_again__announced_once_after_the_confession(void **state)
{
	struct sink *sink = sink_open(path);

	(void)state;
	limit_size(3);
	assert_false(sink_write(sink, "lost\n", 5));
	limit_size(RLIM_INFINITY);
	assert_true(sink_write(sink, "one was lost\n", 13));
	assert_int_equal(announcements, 1);
	sink_confess(sink);
	assert_int_equal(sink_missed(sink), 0);
	assert_true(sink_write(sink, "next\n", 5));
	assert_true(sink_write(sink, "next\n", 5));
	assert_int_equal(announcements, 2);
	sink_close(sink);
}

static void sink_take__lines__in_the_file_once_flushed(void **state)
{
	struct sink *sink = sink_open(path);
	char text[64];

	(void)state;
	assert_true(sink_take(sink, "one\n", 4, 1));
	assert_true(sink_take(sink, "two\n", 4, 2));
	content(text, sizeof(text));
	assert_string_equal(text, "");
	assert_int_equal(sink_bytes(sink), 0);
	assert_true(sink_flush(sink));
	assert_int_equal(sink_bytes(sink), 8);
	assert_true(sink_take(sink, "three\n", 6, 3));
	assert_true(sink_write(sink, "now\n", 4)); /* in the order they were given */
	content(text, sizeof(text));
	assert_string_equal(text, "one\ntwo\nthree\nnow\n");
	assert_true(sink_take(sink, "last\n", 5, 4));
	sink_close(sink);
	content(text, sizeof(text));
	assert_string_equal(text, "one\ntwo\nthree\nnow\nlast\n");
}

/* Lines as long as may be: while there is room for one more they are put together where they will be written from. */
static void sink_room__lines_put_there__behind_each_other(void **state)
{
	struct sink *sink = sink_open(path);
	char text[64], *room;
	size_t lines = 0;

	(void)state;
	assert_true(sink_take(sink, "one\n", 4, 1));
	room = sink_room(sink);
	memcpy(room, "two\n", 4);
	assert_true(sink_take(sink, room, 4, 2));
	assert_ptr_equal(sink_room(sink), room + 4);
	memcpy(room + 4, "not taken\n", 10);
	assert_true(sink_write(sink, "three\n", 6));
	content(text, sizeof(text));
	assert_string_equal(text, "one\ntwo\nthree\n");
	for (lines = 0; (room = sink_room(sink)); lines++) {
		memset(room, 'x', SINK_LINE_MAX);
		assert_true(sink_take(sink, room, SINK_LINE_MAX, lines));
	}
	assert_true(lines > 1);
	assert_true(sink_flush(sink));
	assert_int_equal(sink_bytes(sink), 14 + lines * SINK_LINE_MAX);
	assert_non_null(sink_room(sink));
	sink_close(sink);
}

static void sink_room__not_gathered__none(void **state)
{
	struct sink *sink = sink_open("/dev/null");

	(void)state;
	assert_null(sink_room(sink));
	sink_close(sink);
}

static uint64_t lost[8];
static size_t lost_count;

static void on_lost(void *user, uint64_t tag)
{
	assert_ptr_equal(user, lost);
	lost[lost_count++] = tag;
}

/* The torn one and those behind it are lost, what was whole stays. */
static void sink_flush__no_room_for_all__whole_lines_stay_and_the_rest_is_told(void **state)
{
	struct sink *sink = sink_open(path);
	char text[64];

	(void)state;
	lost_count = 0;
	sink_on_lost(sink, on_lost, lost);
	assert_true(sink_take(sink, "first\n", 6, 10));
	assert_true(sink_take(sink, "second\n", 7, 20));
	assert_true(sink_take(sink, "third line\n", 11, 30));
	assert_true(sink_take(sink, "4\n", 2, 40));
	limit_size(18);
	assert_false(sink_flush(sink));
	limit_size(RLIM_INFINITY);
	assert_int_equal(lost_count, 2);
	assert_int_equal(lost[0], 30);
	assert_int_equal(lost[1], 40);
	assert_int_equal(sink_missed(sink), 2);
	assert_int_equal(sink_bytes(sink), 13);
	assert_int_equal(announcements, 1);
	content(text, sizeof(text));
	assert_string_equal(text, "first\nsecond\n");
	sink_close(sink);
}

/* Where the end of a line is the end of the room nothing is torn. */
static void sink_flush__room_ends_with_a_line__that_one_stays(void **state)
{
	struct sink *sink = sink_open(path);
	char text[64];

	(void)state;
	lost_count = 0;
	sink_on_lost(sink, on_lost, lost);
	assert_true(sink_take(sink, "first\n", 6, 10));
	assert_true(sink_take(sink, "second\n", 7, 20));
	limit_size(6);
	assert_false(sink_flush(sink));
	limit_size(RLIM_INFINITY);
	assert_int_equal(lost_count, 1);
	assert_int_equal(lost[0], 20);
	content(text, sizeof(text));
	assert_string_equal(text, "first\n");
	sink_close(sink);
}

/* Until the file has told of its losses, and once more behind that, each line is tried by itself. */
static void sink_take__in_trouble__written_at_once(void **state)
{
	struct sink *sink = sink_open(path);
	char text[64];

	(void)state;
	limit_size(3);
	assert_true(sink_take(sink, "lost\n", 5, 1));
	assert_false(sink_flush(sink));
	assert_false(sink_take(sink, "lost too\n", 9, 2));
	limit_size(RLIM_INFINITY);
	assert_int_equal(sink_missed(sink), 2);
	assert_true(sink_write(sink, "two lost\n", 9));
	sink_confess(sink);
	assert_true(sink_take(sink, "next\n", 5, 3));
	content(text, sizeof(text));
	assert_string_equal(text, "two lost\nnext\n");
	assert_int_equal(announcements, 2);
	assert_true(sink_take(sink, "later\n", 6, 4));
	content(text, sizeof(text));
	assert_string_equal(text, "two lost\nnext\n");
	sink_close(sink);
}

/* What fills the room is written, and the line that finds none there after a failure is not put before the confession. */
static void sink_take__more_than_is_gathered__written_when_full(void **state)
{
	static char line[SINK_LINE_MAX];
	struct sink *sink = sink_open(path);
	uint64_t taken = 0;

	(void)state;
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\n';
	while (sink_bytes(sink) == 0 && taken < 64)
		taken += sink_take(sink, line, sizeof(line), taken + 1);
	assert_in_range(taken, 2, 63);
	assert_int_equal(sink_bytes(sink), (taken - 1) * sizeof(line));
	lost_count = 0;
	sink_on_lost(sink, on_lost, lost);
	limit_size((rlim_t)(taken - 1) * sizeof(line));
	while (sink_take(sink, line, sizeof(line), 7) && ++taken < 64)
		;
	limit_size(RLIM_INFINITY);
	assert_int_equal(sink_missed(sink), lost_count + 1);
	assert_int_equal(sink_bytes(sink) % sizeof(line), 0);
	sink_close(sink);
}

/* The shell opens it without O_APPEND: the next line must not lie behind a hole. */
static void sink_write__standard_output_is_a_full_file__no_hole(void **state)
{
	int saved = dup(STDOUT_FILENO), file = open(path, O_WRONLY | O_TRUNC);
	struct sink *sink;
	bool wrote;
	char text[64];

	(void)state;
	dup2(file, STDOUT_FILENO);
	close(file);
	sink = sink_open("-");
	limit_size(10);
	wrote = sink && sink_write(sink, "first\n", 6) && !sink_write(sink, "second line\n", 12);
	limit_size(RLIM_INFINITY);
	wrote = wrote && sink_write(sink, "third\n", 6);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	sink_close(sink);
	assert_true(wrote);
	content(text, sizeof(text));
	assert_string_equal(text, "first\nthird\n");
}

static void sink_open__unwritable__errno_tells(void **state)
{
	(void)state;
	assert_null(sink_open("/nonexistent/directory/log"));
	assert_int_equal(errno, ENOENT);
}

static void sink_open__new_file__others_cannot_read_it(void **state)
{
	struct sink *sink;
	struct stat st;

	(void)state;
	assert_int_equal(unlink(path), 0);
	sink = sink_open(path);
	assert_non_null(sink);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07, 0);
	sink_close(sink);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sink_open__last_line_torn__next_one_stands_alone),
		TEST(sink_open__whole_lines_or_none__nothing_added),
		TEST(sink_write__lines__appended_in_order),
		TEST(sink_write__no_room_for_the_line__nothing_of_it_stays),
		TEST(sink_write__works_again__announced_once_after_the_confession),
		TEST(sink_take__lines__in_the_file_once_flushed),
		TEST(sink_room__lines_put_there__behind_each_other),
		TEST(sink_room__not_gathered__none),
		TEST(sink_flush__no_room_for_all__whole_lines_stay_and_the_rest_is_told),
		TEST(sink_flush__room_ends_with_a_line__that_one_stays),
		TEST(sink_take__in_trouble__written_at_once),
		TEST(sink_take__more_than_is_gathered__written_when_full),
		TEST(sink_write__standard_output_is_a_full_file__no_hole),
		TEST(sink_open__unwritable__errno_tells),
		TEST(sink_open__new_file__others_cannot_read_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
