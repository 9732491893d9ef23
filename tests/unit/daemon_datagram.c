// SPDX-License-Identifier: GPL-2.0
/*
 * daemon_datagram.c - tests of a reader that is late, restarted or slow
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

#include <cmocka.h>

#include "../../userspace/daemon/announce.h"
#include "../../userspace/daemon/sink_datagram.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static unsigned int announcements;
static char directory[32], path[64];

/* Stands in for announce.c. */
void announce(const char *format, ...)
{
	(void)format;
	announcements++;
}

static int set_up(void **state)
{
	(void)state;
	announcements = 0;
	strcpy(directory, "/tmp/rstwhy-dgram-XXXXXX");
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof(path), "%s/log", directory);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(directory);
}

static int reader(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	strcpy(at.sun_path, path);
	unlink(path);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

static void gets_text(int fd, const char *expected)
{
	char got[64] = "";

	assert_int_equal(recv(fd, got, sizeof(got) - 1, 0), strlen(expected));
	assert_string_equal(got, expected);
}

static void send__a_reader__one_datagram_each(void **state)
{
	int fd = reader();
	struct sink_datagram *sink = sink_datagram_open(path);

	(void)state;
	assert_non_null(sink);
	assert_true(sink_datagram_send(sink, "one", 3));
	assert_true(sink_datagram_send(sink, "two", 3));
	gets_text(fd, "one");
	gets_text(fd, "two");
	assert_int_equal(announcements, 0);
	sink_datagram_close(sink);
	close(fd);
}

static void send__the_reader_comes_later__what_came_before_is_counted(void **state)
{
	struct sink_datagram *sink = sink_datagram_open(path);
	int fd;

	(void)state;
	assert_non_null(sink);
	assert_int_equal(announcements, 1);
	assert_false(sink_datagram_send(sink, "lost", 4));
	assert_false(sink_datagram_send(sink, "lost", 4));
	assert_int_equal(sink_datagram_missed(sink), 2);
	assert_int_equal(announcements, 2);
	fd = reader();
	assert_true(sink_datagram_send(sink, "there", 5));
	gets_text(fd, "there");
	assert_int_equal(announcements, 2);
	sink_datagram_confess(sink);
	assert_int_equal(sink_datagram_missed(sink), 0);
	assert_true(sink_datagram_send(sink, "next", 4));
	assert_int_equal(announcements, 3);
	sink_datagram_close(sink);
	close(fd);
}

static void send__the_reader_is_restarted__goes_on_without_loss(void **state)
{
	int fd = reader();
	struct sink_datagram *sink = sink_datagram_open(path);

	(void)state;
	assert_true(sink_datagram_send(sink, "one", 3));
	close(fd);
	fd = reader();
	assert_true(sink_datagram_send(sink, "two", 3));
	gets_text(fd, "two");
	assert_int_equal(sink_datagram_missed(sink), 0);
	sink_datagram_close(sink);
	close(fd);
}

/* Nobody reads: the queue fills up. A daemon that waits for it each time would stand still. */
static void send__nobody_reads__never_blocks_and_counts(void **state)
{
	int fd = reader();
	struct sink_datagram *sink = sink_datagram_open(path);
	unsigned int sent = 0, refused = 0;

	(void)state;
	for (unsigned int i = 0; i < 5000; i++) {
		if (sink_datagram_send(sink, "x", 1))
			sent++;
		else
			refused++;
	}
	assert_true(sent > 0 && refused > 0);
	assert_int_equal(sink_datagram_missed(sink), refused);
	assert_int_equal(announcements, 1);
	for (unsigned int i = 0; i < sent; i++)
		gets_text(fd, "x");
	assert_true(sink_datagram_send(sink, "again", 5));
	gets_text(fd, "again");
	sink_datagram_close(sink);
	close(fd);
}

static void open__a_name_too_long__errno_tells(void **state)
{
	char name[SINK_DATAGRAM_PATH_MAX + 1];

	(void)state;
	memset(name, 'x', sizeof(name));
	name[0] = '/';
	name[sizeof(name) - 1] = '\0';
	assert_null(sink_datagram_open(name));
	assert_int_equal(errno, ENAMETOOLONG);
	name[sizeof(name) - 2] = '\0';
	sink_datagram_close(sink_datagram_open(name));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(send__a_reader__one_datagram_each),
		TEST(send__the_reader_comes_later__what_came_before_is_counted),
		TEST(send__the_reader_is_restarted__goes_on_without_loss),
		TEST(send__nobody_reads__never_blocks_and_counts),
		TEST(open__a_name_too_long__errno_tells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
