// SPDX-License-Identifier: GPL-2.0
/*
 * daemon_sink_pipe.c - tests of writing whole lines where somebody else has to read them: a pipe, a FIFO
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

#include <fcntl.h>
#include <sys/stat.h>

static unsigned int announcements;

/* Stands in for announce.c. */
void announce(const char *format, ...)
{
	(void)format;
	announcements++;
}

static char directory[64], path[80];

static int set_up(void **state)
{
	(void)state;
	announcements = 0;
	strcpy(directory, "/tmp/rstwhy-sink-XXXXXX");
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof(path), "%s/fifo", directory);
	return mkfifo(path, 0600);
}

static int tear_down(void **state)
{
	(void)state;
	return unlink(path) || rmdir(directory);
}

/* Others may write to a pipe, too, and only so much of it is one piece. */
static void sink_take__standard_output_is_a_pipe__each_line_at_once(void **state)
{
	int ends[2], saved = dup(STDOUT_FILENO);
	struct sink *sink;
	char text[16];
	bool taken;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDOUT_FILENO);
	sink = sink_open("-");
	taken = sink && sink_take(sink, "one\n", 4, 1);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	assert_true(taken);
	assert_int_equal(read(ends[0], text, sizeof(text)), 4);
	sink_close(sink);
	close(ends[0]);
	close(ends[1]);
}

/* Where a reader is missing or asleep the daemon neither waits nor dies, and the line that only half fitted stands alone. */
static void sink_write__fifo_without_a_reader__full_is_told_and_none_is_glued(void **state)
{
	enum { LONG = 5000 }; /* more than PIPE_BUF: may be torn */
	static char line[LONG], got[1 << 20];
	struct sink *sink;
	size_t taken = 0, whole = 0, len;
	int reader;

	(void)state;
	memset(line, 'x', sizeof(line));
	line[LONG - 1] = '\n';
	sink = sink_open(path);
	assert_non_null(sink);
	while (taken < sizeof(got) / LONG && sink_write(sink, line, LONG))
		taken++;
	assert_in_range(taken, 1, sizeof(got) / LONG - 1);
	assert_false(sink_write(sink, "again\n", 6));
	assert_int_equal(sink_missed(sink), 2);
	assert_int_equal(announcements, 1);
	reader = open(path, O_RDONLY | O_NONBLOCK);
	len = (size_t)read(reader, got, sizeof(got));
	assert_true(sink_write(sink, "two were lost\n", 14));
	len += (size_t)read(reader, got + len, sizeof(got) - len);
	for (size_t at = 0, end; at < len; at = end + 1) {
		for (end = at; end < len && got[end] != '\n'; end++)
			;
		whole += end - at == LONG - 1;
	}
	assert_int_equal(whole, taken);
	assert_memory_equal(got + len - 15, "\ntwo were lost\n", 15);
	close(reader);
	sink_close(sink);
}

/* Its owner lets others write only, as a log collector may. */
static void sink_open__fifo_may_only_be_written__opens_where_it_is_read(void **state)
{
	bool root = geteuid() == 0;
	struct sink *sink;
	int reader;

	(void)state;
	assert_int_equal(chmod(path, root ? 0622 : 0200), 0);
	assert_int_equal(chmod(directory, 0755), 0);
	reader = root ? open(path, O_RDONLY | O_NONBLOCK) : -1;
	if (root)
		assert_int_equal(seteuid(65534), 0);
	sink = sink_open(path);
	if (root)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(sink != NULL, reader >= 0);
	if (reader >= 0)
		close(reader);
	sink_close(sink);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sink_take__standard_output_is_a_pipe__each_line_at_once),
		cmocka_unit_test_setup_teardown(sink_write__fifo_without_a_reader__full_is_told_and_none_is_glued, set_up, tear_down),
		cmocka_unit_test_setup_teardown(sink_open__fifo_may_only_be_written__opens_where_it_is_read, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("daemon_sink_pipe", tests, NULL, NULL);
}
