// SPDX-License-Identifier: GPL-2.0
/*
 * daemon_outlets.c - tests of handing records on
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

#include "../../userspace/daemon/outlets.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char directory[32];
static struct config config;

static int set_up(void **state)
{
	(void)state;
	strcpy(directory, "/tmp/rstwhy-outlets-XXXXXX");
	memset(&config, 0, sizeof(config));
	return mkdtemp(directory) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	return rmdir(directory);
}

static int reader(char *path, size_t size, const char *name)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	snprintf(path, size, "%s/%s", directory, name);
	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

static void write_reset(struct outlets *outlets, const char *id)
{
	struct record record;

	record_init(&record, RECORD_RESET);
	strcpy(record.id, id);
	record.class = "application";
	record.cause = "abort";
	record.gateway = "gw1";
	outlets_write(outlets, &record);
}

static void gets_part(int fd, const char *part)
{
	char got[16384] = "";

	assert_true(recv(fd, got, sizeof(got) - 1, 0) > 0);
	if (!strstr(got, part))
		fail_msg("\"%s\" is not in: %s", part, got);
}

static void write__both_readers__each_in_its_form(void **state)
{
	struct outlets *outlets = outlets_new();
	int syslog = reader(config.syslog, sizeof(config.syslog), "syslog"), journal = reader(config.journal, sizeof(config.journal), "journal");
	const char *path;

	(void)state;
	assert_true(outlets_open(outlets, &config, &path));
	write_reset(outlets, "a-1-1");
	gets_part(syslog, " gw1 rstwhyd ");
	gets_part(journal, "\nRSTWHY_ID=a-1-1\n");
	assert_int_equal(outlets_metrics(outlets)->kinds[RECORD_RESET], 1);
	outlets_free(outlets);
	unlink(config.syslog);
	unlink(config.journal);
	close(syslog);
	close(journal);
}

static void write__missed_before__the_reader_is_told_first(void **state)
{
	struct outlets *outlets = outlets_new();
	const char *path;
	int fd;

	(void)state;
	snprintf(config.syslog, sizeof(config.syslog), "%s/syslog", directory);
	assert_true(outlets_open(outlets, &config, &path));
	write_reset(outlets, "a-1-1");
	write_reset(outlets, "a-1-2");
	fd = reader(config.syslog, sizeof(config.syslog), "syslog");
	write_reset(outlets, "a-1-3");
	gets_part(fd, " lost=\"2\" where=\"syslog\"]");
	gets_part(fd, "id=\"a-1-3\"");
	write_reset(outlets, "a-1-4");
	gets_part(fd, "id=\"a-1-4\"");
	outlets_free(outlets);
	unlink(config.syslog);
	close(fd);
}

/* SIGHUP, once a day. */
static void open__again_while_records_are_missed__the_reader_is_told_of_them(void **state)
{
	struct outlets *outlets = outlets_new();
	const char *path;
	int fd;

	(void)state;
	snprintf(config.syslog, sizeof(config.syslog), "%s/syslog", directory);
	assert_true(outlets_open(outlets, &config, &path));
	write_reset(outlets, "a-1-1");
	assert_true(outlets_open(outlets, &config, &path));
	write_reset(outlets, "a-1-2");
	fd = reader(config.syslog, sizeof(config.syslog), "syslog");
	write_reset(outlets, "a-1-3");
	gets_part(fd, " lost=\"2\" where=\"syslog\"]");
	gets_part(fd, "id=\"a-1-3\"");
	outlets_free(outlets);
	unlink(config.syslog);
	close(fd);
}

static void open__settings_changed__closed_and_opened(void **state)
{
	struct outlets *outlets = outlets_new();
	int fd = reader(config.journal, sizeof(config.journal), "journal");
	const char *path;
	char byte;

	(void)state;
	assert_true(outlets_open(outlets, &config, &path));
	unlink(config.journal);
	config.journal[0] = '\0';
	assert_true(outlets_open(outlets, &config, &path));
	write_reset(outlets, "a-1-1");
	assert_int_equal(recv(fd, &byte, 1, 0), -1);
	outlets_free(outlets);
	close(fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(write__both_readers__each_in_its_form),
		TEST(write__missed_before__the_reader_is_told_first),
		TEST(open__again_while_records_are_missed__the_reader_is_told_of_them),
		TEST(open__settings_changed__closed_and_opened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
