// SPDX-License-Identifier: GPL-2.0
/*
 * daemon_metrics.c - tests of the counts for Prometheus
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

#include "../../userspace/daemon/metrics.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static struct metrics metrics;
static char directory[32], path[64], text[65536];

static int set_up(void **state)
{
	(void)state;
	memset(&metrics, 0, sizeof(metrics));
	strcpy(directory, "/tmp/rstwhy-metrics-XXXXXX");
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof(path), "%s/rstwhy.prom", directory);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(directory); /* fails if anything else was left */
}

static void reset(const char *cause, const char *server, double gap_ms)
{
	struct record record;

	record_init(&record, RECORD_RESET);
	record.cause = cause;
	record.by = "transit";
	record.sender = "server";
	record.gap_ms = gap_ms;
	snprintf(record.server.ip, sizeof(record.server.ip), "%s", server);
	record.server.port = 443;
	metrics_count(&metrics, &record);
}

static void write_text(void)
{
	const struct metrics_sample sample = { .ignored = 3, .unwritten = 4, .held = 2, .module = true, .suppressed = 9, .started = 1763806333.25 };
	FILE *file;

	assert_true(metrics_write(&metrics, &sample, path));
	file = fopen(path, "r");
	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
}

#define assert_line(line)                                                        \
	do {                                                                     \
		if (!strstr(text, "\n" line "\n"))                               \
			fail_msg("no line \"%s\"", line);                        \
	} while (0)

static unsigned int series(void)
{
	unsigned int count = 0;

	for (const char *at = text; at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL)
		count += *at != '#' && *at != '\0';
	return count;
}

static void write__nothing_happened__every_cause_is_there(void **state)
{
	(void)state;
	write_text();
	assert_line("rstwhy_resets_total{class=\"idle-timeout\",cause=\"remote-on-next-packet\"} 0");
	assert_line("rstwhy_resets_total{class=\"unknown\",cause=\"ambiguous\"} 0");
	assert_line("rstwhy_server_idle_timeouts_total{server=\"other\"} 0");
	assert_line("rstwhy_ignored_total 3");
	assert_line("rstwhy_verdicts_held 2");
	assert_line("rstwhy_module_up 1");
	assert_line("rstwhy_module_suppressed_total 9");
	assert_line("rstwhy_start_time_seconds 1763806333.25");
}

static void count__resets__by_cause_actor_side_and_gap(void **state)
{
	(void)state;
	reset("remote-on-next-packet", "10.2.0.2", 350412);
	reset("remote-on-next-packet", "10.2.0.2", 350000);
	reset("remote-on-next-packet", "2001:db8::2", 5e8 * 2);
	reset("abort", "10.2.0.2", 350000);
	write_text();
	assert_line("rstwhy_resets_total{class=\"idle-timeout\",cause=\"remote-on-next-packet\"} 3");
	assert_line("rstwhy_resets_total{class=\"application\",cause=\"abort\"} 1");
	assert_line("rstwhy_resets_by_total{by=\"transit\"} 4");
	assert_line("rstwhy_resets_from_total{sender=\"server\"} 4");
	assert_line("rstwhy_idle_gap_seconds_bucket{le=\"300\"} 0");
	assert_line("rstwhy_idle_gap_seconds_bucket{le=\"350\"} 1");
	assert_line("rstwhy_idle_gap_seconds_bucket{le=\"600\"} 2");
	assert_line("rstwhy_idle_gap_seconds_bucket{le=\"432000\"} 2");
	assert_line("rstwhy_idle_gap_seconds_bucket{le=\"+Inf\"} 3");
	assert_line("rstwhy_idle_gap_seconds_count 3");
	assert_line("rstwhy_idle_gap_seconds_sum 1000700.412");
	assert_line("rstwhy_server_idle_timeouts_total{server=\"10.2.0.2:443\"} 2");
	assert_line("rstwhy_server_idle_timeouts_total{server=\"[2001:db8::2]:443\"} 1");
}

static void count__more_servers_than_there_is_room__bounded(void **state)
{
	unsigned int before;
	char server[32];

	(void)state;
	write_text();
	before = series();
	for (unsigned int i = 0; i < 1000; i++) {
		snprintf(server, sizeof(server), "10.%u.%u.1", i / 256, i % 256);
		reset("silent-drop", server, 60000);
	}
	write_text();
	assert_int_equal(series(), before + METRICS_SERVERS);
	assert_line("rstwhy_server_idle_timeouts_total{server=\"10.0.63.1:443\"} 1");
	assert_line("rstwhy_server_idle_timeouts_total{server=\"other\"} 936");
}

static void count__other_kinds__are_no_resets(void **state)
{
	struct record record;

	(void)state;
	record_init(&record, RECORD_LOSS);
	record.lost = 12;
	record.where = "netlink";
	metrics_count(&metrics, &record);
	record.lost = -1;
	record.where = "restart";
	metrics_count(&metrics, &record);
	record_init(&record, RECORD_AMENDMENT);
	record.cause = "crash";
	metrics_count(&metrics, &record);
	write_text();
	assert_line("rstwhy_records_total{kind=\"loss\"} 2");
	assert_line("rstwhy_records_total{kind=\"amendment\"} 1");
	assert_line("rstwhy_lost_total{where=\"netlink\"} 12");
	assert_line("rstwhy_lost_total{where=\"restart\"} 0");
	assert_line("rstwhy_lost_total{where=\"log\"} 4");
	assert_line("rstwhy_resets_total{class=\"application\",cause=\"crash\"} 0");
}

static void write__any_umask__others_can_read_it(void **state)
{
	mode_t old = umask(0077);
	struct stat st;

	(void)state;
	write_text();
	umask(old);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
}

/* What is beside it is a directory: it cannot be replaced, and the file stays as it was. */
static void write__impossible__the_old_one_stays(void **state)
{
	const struct metrics_sample sample = { .module = true };
	char beside[80];

	(void)state;
	reset("abort", "10.2.0.2", -1);
	write_text();
	snprintf(beside, sizeof(beside), "%s.new", path);
	assert_int_equal(mkdir(beside, 0700), 0);
	assert_false(metrics_write(&metrics, &sample, path));
	assert_int_equal(errno, EISDIR);
	assert_int_equal(rmdir(beside), 0);
	assert_int_equal(access(path, F_OK), 0);
	assert_false(metrics_write(&metrics, &sample, "/nonexistent/rstwhy.prom"));
	assert_int_equal(errno, ENOENT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(write__nothing_happened__every_cause_is_there),
		TEST(count__resets__by_cause_actor_side_and_gap),
		TEST(count__more_servers_than_there_is_room__bounded),
		TEST(count__other_kinds__are_no_resets),
		TEST(write__any_umask__others_can_read_it),
		TEST(write__impossible__the_old_one_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
