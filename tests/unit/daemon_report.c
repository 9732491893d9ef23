// SPDX-License-Identifier: GPL-2.0
/*
 * daemon_report.c - tests of the logs, and of what they tell is missing
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
#include "../../userspace/daemon/report.h"

#include <signal.h>
#include <sys/resource.h>

#define TS_NS 1764000000000000000ULL

/* Stands in for announce.c. */
void announce(const char *format, ...)
{
	(void)format;
}

static char directory[32], rotated[64];
static struct config config;
static struct loss *loss;
static struct report *report;

static int set_up(void **state)
{
	const char *path;

	(void)state;
	strcpy(directory, "/tmp/rstwhy-report-XXXXXX");
	if (!mkdtemp(directory))
		return -1;
	config_defaults(&config);
	snprintf(config.json, sizeof(config.json), "%s/json", directory);
	snprintf(config.text, sizeof(config.text), "%s/text", directory);
	snprintf(rotated, sizeof(rotated), "%s/json.1", directory);
	loss = loss_new();
	report = report_new(&config, loss);
	return report_open(report, &config, &path) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	report_free(report);
	loss_free(loss);
	unlink(config.json);
	unlink(config.text);
	unlink(rotated);
	return rmdir(directory);
}

static void write_one(void)
{
	report_loss(report, LOSS_RATE, 5, TS_NS);
	report_flush(report);
}

static void assert_has(const char *path, const char *part)
{
	FILE *file = fopen(path, "r");
	char text[4096];

	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in: %s", part, text);
}

/* logrotate makes room, and a new log: nothing else would ever tell of what is missing. */
static void report_open__lines_were_missed__the_new_log_tells_of_them(void **state)
{
	const char *path;

	(void)state;
	limit_size(0);
	write_one();
	write_one();
	report_loss(report, LOSS_RATE, 5, TS_NS); /* taken only */
	assert_int_equal(rename(config.json, rotated), 0);
	assert_true(report_open(report, &config, &path));
	limit_size(RLIM_INFINITY);
	assert_int_equal(report_counts(report)->unwritten, 3);
	write_one();
	assert_int_equal(report_counts(report)->unwritten, 3);
	assert_has(config.json, "\"lost\":3,\"where\":\"log\"}\n{");
	assert_has(config.text, "3 records lost (log)");
}

/* Noise that is not written cannot tell how much was lost before it. */
static void report_incident__lost_before_noise_held_back__next_record_tells(void **state)
{
	static struct incident incident = {.count = 1, .first.ev = {.netns_inum = 1, .realtime_ns = TS_NS}};
	static struct verdict verdict = {.ends.family = 4, .advice = ""};
	enum loss_where where;
	uint64_t lost;

	(void)state;
	config.noise = NOISE_NONE;
	loss_message(loss, &(struct loss_report){.netns = 1, .seq = 1}, 1);
	loss_message(loss, &(struct loss_report){.netns = 1, .seq = 12}, 2);
	assert_true(loss_take(loss, 1, true, &where, &lost));
	verdict.cause = CAUSE_BACKSCATTER;
	report_incident(report, &incident, &verdict, true);
	verdict.cause = CAUSE_ABORT;
	report_incident(report, &incident, &verdict, true);
	report_flush(report);
	assert_has(config.json, "\"lost_before\":10}");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(report_open__lines_were_missed__the_new_log_tells_of_them),
		TEST(report_incident__lost_before_noise_held_back__next_record_tells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
