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

#include "../../userspace/daemon/announce.h"
#include "../../userspace/daemon/sink.h"

#include <errno.h>
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

/* A file may grow to this many bytes: a full disk of our own. */
static void limit_size(rlim_t bytes)
{
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
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
		TEST(sink_write__lines__appended_in_order),
		TEST(sink_write__no_room_for_the_line__nothing_of_it_stays),
		TEST(sink_write__works_again__announced_once_after_the_confession),
		TEST(sink_open__unwritable__errno_tells),
		TEST(sink_open__new_file__others_cannot_read_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
