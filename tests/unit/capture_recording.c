// SPDX-License-Identifier: GPL-2.0
/*
 * capture_recording.c - a recording on the disk: whole records, whatever happens
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../userspace/capture/recording.h"
#include "../../userspace/capture/savefile.h"

static char path[] = "/tmp/rstwhy-recording-XXXXXX";

static void complain(const char *file, const char *why)
{
	print_error("%s: %s\n", file, why);
}

static void recording__unwritable__error(void **state)
{
	(void)state;
	assert_null(recording_open("/nonexistent/recording.pcap", complain));
	assert_null(recording_open("/tmp", complain));
}

static unsigned int failures;

static void count_failure(const char *file, const char *why)
{
	(void)file;
	(void)why;
	failures++;
}

static void recording__disk_full__told_once(void **state)
{
	const struct note note = { .kind = NOTE_EPOCH, .epoch = 1 };
	struct recording *recording = recording_open("/dev/full", count_failure);

	(void)state;
	if (!recording)
		return; /* told at once */
	recording_note(recording, &note, 0);
	recording_note(recording, &note, 0);
	recording_close(recording);
	assert_int_equal(failures, 1);
}

/* How many whole packets the file holds. */
static uint64_t packets(enum savefile_result *result)
{
	char error[SAVEFILE_ERROR_MAX];
	struct savefile *file = savefile_open(path, error);
	struct savefile_packet packet;
	uint64_t count;

	assert_non_null(file);
	while ((*result = savefile_next(file, &packet)) == SAVEFILE_PACKET)
		;
	count = savefile_packets(file);
	savefile_close(file);
	return count;
}

static void recording__each_record__on_the_disk_at_once(void **state)
{
	const struct note note = { .kind = NOTE_EPOCH, .epoch = 1 };
	struct recording *recording = recording_open(path, complain);
	enum savefile_result result;

	(void)state;
	for (uint64_t n = 1; n <= 5; n++) {
		recording_note(recording, &note, 0);
		assert_int_equal(packets(&result), n);
		assert_int_equal(result, SAVEFILE_END);
	}
	recording_close(recording);
}

/* The file may not grow beyond the middle of a record: what is there stays whole. */
static void recording__no_room__no_torn_record(void **state)
{
	const struct rlimit small = { .rlim_cur = 200, .rlim_max = RLIM_INFINITY }, large = { RLIM_INFINITY, RLIM_INFINITY };
	const struct note note = { .kind = NOTE_EPOCH, .epoch = 1 };
	struct recording *recording = recording_open(path, count_failure);
	enum savefile_result result;

	(void)state;
	failures = 0;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (int n = 0; n < 5; n++)
		recording_note(recording, &note, 0);
	recording_close(recording);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &large), 0);
	assert_int_equal(failures, 1);
	assert_true(packets(&result) > 0);
	assert_int_equal(result, SAVEFILE_END);
}

static int make_path(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int remove_path(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recording__unwritable__error),
		cmocka_unit_test(recording__disk_full__told_once),
		cmocka_unit_test(recording__each_record__on_the_disk_at_once),
		cmocka_unit_test(recording__no_room__no_torn_record),
	};

	return cmocka_run_group_tests(tests, make_path, remove_path);
}
