// SPDX-License-Identifier: GPL-2.0
/*
 * daemon_paths.c - tests of learning from events and verdicts, and of keeping it
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
#include "../../userspace/daemon/paths.h"
#include "../../userspace/learn/state.h"
#include "engine_scene.h"

#include <fcntl.h>
#include <sys/stat.h>

#define NS_PER_SEC 1000000000ULL
#define NOW 1780000000ULL
#define MINUTE_NS (60 * NS_PER_SEC)

static unsigned int announcements;
static char announced[1024];

/* Stands in for announce.c. */
void announce(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(announced, sizeof(announced), format, args);
	va_end(args);
	announcements++;
}

static struct scene s;
static struct paths *paths;
static char directory[64], file[96], bad[96];

static int begin(void **state)
{
	(void)state;
	announcements = 0;
	strcpy(directory, "/tmp/rstwhy-paths-XXXXXX");
	if (!mkdtemp(directory))
		return -1;
	snprintf(file, sizeof(file), "%s/paths.json", directory);
	snprintf(bad, sizeof(bad), "%s/paths.json.bad", directory);
	paths = paths_new(file, true);
	scene_established(&s);
	strcpy(scene_event(&s)->in, "eth1");
	return paths ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	paths_free(paths);
	unlink(file);
	unlink(bad);
	return rmdir(directory);
}

static void client(uint8_t number)
{
	scene_mem(&s)->orig.src[3] = number;
	scene_mem(&s)->reply.dst[3] = number;
	scene_event(&s)->ev.realtime_ns = NOW * NS_PER_SEC;
}

/* A silence of that client's, ended by a RST: what the daemon does with it. */
static void killed(uint8_t number, uint64_t gap_ms)
{
	scene_established(&s);
	strcpy(scene_event(&s)->in, "eth1");
	client(number);
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, gap_ms);
	scene_passive(&s);
	paths_bracket(paths, scene_event(&s), &s.incident.bracket);
	scene_judge(&s);
	paths_judged(paths, &s.incident, &s.verdict, &s.settings);
}

/* And one that was answered; the event's packet is the answer. */
static void survived(uint8_t number, uint64_t gap_ms)
{
	scene_established(&s);
	strcpy(scene_event(&s)->in, "eth1");
	client(number);
	scene_woke(&s, CLIENT, RSTWHY_BURST_DATA, gap_ms);
	scene_mem(&s)->flags |= RSTWHY_MEM_BURST_ANSWERED;
	scene_event(&s)->ev.kind = RSTWHY_KIND_SURVIVED;
	paths_survived(paths, scene_event(&s));
}

static struct path_bracket bracket(void)
{
	struct path_bracket b = { 0 };

	scene_established(&s);
	strcpy(scene_event(&s)->in, "eth1");
	client(200);
	paths_bracket(paths, scene_event(&s), &b);
	return b;
}

static void learn__kills_and_survivals__meet_on_one_path(void **state)
{
	struct path_bracket b;

	(void)state;
	for (uint8_t number = 1; number <= 3; number++) {
		survived(number, 345000);
		killed(number, 350500);
	}
	b = bracket();
	assert_true(b.have_survived && b.survived_ms == 345000);
	assert_true(b.have_killed && b.killed_ms == 350500);
	assert_int_equal(b.peers, 3);
}

static void learn__uncertain_or_other_verdicts__not(void **state)
{
	(void)state;
	for (uint8_t number = 1; number <= 4; number++) {
		killed(number, 5000); /* shorter than idle_min_ms: ambiguous */
		client(number);
		s.verdict.cause = CAUSE_REMOTE_ON_NEXT_PACKET;
		s.verdict.gap_ms = 350000;
		s.verdict.confidence = 0.69;
		paths_judged(paths, &s.incident, &s.verdict, &s.settings);
		s.verdict.confidence = 0.9;
		s.verdict.gap_ms = -1;
		paths_judged(paths, &s.incident, &s.verdict, &s.settings);
		s.verdict.gap_ms = 350000;
		s.verdict.blind = true;
		paths_judged(paths, &s.incident, &s.verdict, &s.settings);
		s.verdict.blind = false;
		s.verdict.cause = CAUSE_GATEWAY_EXPIRED_REJECT;
		paths_judged(paths, &s.incident, &s.verdict, &s.settings);
	}
	assert_int_equal(learn_count(paths_learned(paths)), 0);
}

/* Between survived and killed the verdict is half sure only; that must not keep the bracket from closing. */
static void learn__shorter_kill_than_known__narrows_the_bracket(void **state)
{
	(void)state;
	for (uint8_t number = 1; number <= 3; number++) {
		survived(number, 60000);
		killed(number, 3600000);
	}
	killed(4, 360000);
	assert_true(s.verdict.confidence <= 0.5);
	killed(5, 360000);
	killed(6, 360000);
	assert_true(bracket().killed_ms == 360000);
	killed(7, 361000);
	assert_true(s.verdict.confidence > 0.8);
}

static void learn__amended_to_host_lost__taken_back(void **state)
{
	(void)state;
	for (uint8_t number = 1; number <= 4; number++) {
		killed(number, 350500);
		s.verdict.cause = CAUSE_HOST_LOST;
		s.verdict.gap_ms = number == 4 ? 350500 : 1; /* one of the four; the others are of another gap */
		paths_judged(paths, &s.incident, &s.verdict, &s.settings);
	}
	assert_int_equal(bracket().peers, 3);
	assert_int_equal(bracket().samples, 3);
	assert_true(bracket().have_killed);
}

/* An outage, not the path's timeout. */
static void learn__silence_answered_after_all__taken_back(void **state)
{
	(void)state;
	for (uint8_t number = 1; number <= 4; number++) {
		killed(number, 350500);
		s.verdict.cause = CAUSE_IGNORED;
		s.incident.kind = INCIDENT_AMENDMENT;
		s.incident.first.ev.kind = number == 4 ? RSTWHY_KIND_SILENCE : RSTWHY_KIND_RST;
		paths_judged(paths, &s.incident, &s.verdict, &s.settings);
	}
	assert_int_equal(bracket().peers, 3);
	assert_int_equal(bracket().samples, 3);
}

static void learn__survived_but_unfit__not(void **state)
{
	static const uint32_t unfit[] = { RSTWHY_MEM_BLIND, RSTWHY_MEM_FIN_ORIG, RSTWHY_MEM_FIN_REPLY, RSTWHY_MEM_BURST_INVALID };

	(void)state;
	for (size_t i = 0; i < sizeof(unfit) / sizeof(unfit[0]); i++) {
		survived(1, 345000);
		paths_free(paths);
		paths = paths_new(file, true);
		scene_mem(&s)->flags |= unfit[i];
		paths_survived(paths, scene_event(&s));
		assert_int_equal(learn_count(paths_learned(paths)), 0);
	}
	scene_mem(&s)->flags = RSTWHY_MEM_KNOWN | RSTWHY_MEM_BURST;
	paths_survived(paths, scene_event(&s));
	assert_int_equal(learn_count(paths_learned(paths)), 0);
}

static void keep__saved_and_loaded__same_bracket(void **state)
{
	(void)state;
	for (uint8_t number = 1; number <= 3; number++)
		killed(number, 350500);
	paths_save(paths);
	paths_free(paths);
	paths = paths_new(file, true);
	paths_load(paths);
	assert_true(bracket().killed_ms == 350500);
	assert_int_equal(announcements, 0);
}

static void keep__tick__every_few_minutes_and_when_changed(void **state)
{
	(void)state;
	paths_tick(paths, MINUTE_NS);
	paths_tick(paths, 10 * MINUTE_NS);
	assert_int_equal(access(file, F_OK), -1); /* nothing learned */
	survived(1, 60000);
	paths_tick(paths, 11 * MINUTE_NS);
	assert_int_equal(access(file, F_OK), -1); /* not yet */
	paths_tick(paths, 20 * MINUTE_NS);
	assert_int_equal(access(file, F_OK), 0);
	assert_int_equal(unlink(file), 0);
	paths_tick(paths, 30 * MINUTE_NS);
	assert_int_equal(access(file, F_OK), -1); /* unchanged */
}

static void keep__off__no_file(void **state)
{
	struct paths *off = paths_new("", true);

	(void)state;
	paths_load(off);
	paths_survived(off, scene_event(&s));
	paths_save(off);
	paths_free(off);
	assert_int_equal(announcements, 0);
}

static void keep__unwritable__said_once_and_when_it_works_again(void **state)
{
	char later[64];

	(void)state;
	snprintf(later, sizeof(later), "%.50s-away", directory);
	survived(1, 60000);
	assert_int_equal(rename(directory, later), 0);
	paths_save(paths);
	paths_save(paths);
	assert_int_equal(announcements, 1);
	assert_non_null(strstr(announced, "cannot be written: No such file or directory"));
	assert_int_equal(rename(later, directory), 0);
	paths_save(paths);
	paths_save(paths);
	assert_int_equal(announcements, 2);
	assert_non_null(strstr(announced, "is written again"));
}

static void load__corrupt__kept_aside_and_begun_anew(void **state)
{
	FILE *out = fopen(file, "w");

	(void)state;
	fputs("{\"v\":1,\"paths\":[", out);
	fclose(out);
	paths_load(paths);
	assert_int_equal(announcements, 1);
	assert_int_equal(access(bad, F_OK), 0);
	assert_int_equal(access(file, F_OK), -1);
	survived(1, 60000);
	paths_save(paths);
	assert_int_equal(access(file, F_OK), 0);
	assert_int_equal(announcements, 1);
}

static void keep__read_only__reads_but_never_writes_nor_renames(void **state)
{
	(void)state;
	for (uint8_t number = 1; number <= 3; number++)
		killed(number, 350500);
	paths_save(paths);
	paths_free(paths);
	paths = paths_new(file, false);
	paths_load(paths);
	assert_true(bracket().have_killed);
	assert_int_equal(unlink(file), 0);
	survived(1, 60000);
	paths_save(paths);
	assert_int_equal(access(file, F_OK), -1);
	assert_int_equal(close(creat(file, 0600)), 0);
	paths_load(paths);
	assert_int_equal(announcements, 1);
	assert_int_equal(access(file, F_OK), 0);
	assert_int_equal(access(bad, F_OK), -1);
}

/* What stood before the wrong part is not half learned. */
static void load__half_right__nothing_of_it(void **state)
{
	FILE *out;
	char text[4096];
	size_t len;

	(void)state;
	for (uint8_t number = 1; number <= 3; number++)
		killed(number, 350500);
	paths_save(paths);
	out = fopen(file, "r+");
	len = fread(text, 1, sizeof(text), out);
	assert_true(len > 4 && len < sizeof(text));
	fseek(out, (long)len - 3, SEEK_SET);
	fputs(",null]}\n", out);
	fclose(out);
	paths_free(paths);
	paths = paths_new(file, true);
	paths_load(paths);
	assert_int_equal(announcements, 1);
	assert_int_equal(learn_count(paths_learned(paths)), 0);
}

static void load__a_directory__left_alone(void **state)
{
	(void)state;
	assert_int_equal(mkdir(file, 0700), 0);
	paths_load(paths);
	survived(1, 60000);
	paths_save(paths);
	assert_int_equal(announcements, 1);
	assert_int_equal(rmdir(file), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(learn__kills_and_survivals__meet_on_one_path),
		TEST(learn__uncertain_or_other_verdicts__not),
		TEST(learn__shorter_kill_than_known__narrows_the_bracket),
		TEST(learn__amended_to_host_lost__taken_back),
		TEST(learn__silence_answered_after_all__taken_back),
		TEST(learn__survived_but_unfit__not),
		TEST(keep__saved_and_loaded__same_bracket),
		TEST(keep__tick__every_few_minutes_and_when_changed),
		TEST(keep__off__no_file),
		TEST(keep__unwritable__said_once_and_when_it_works_again),
		TEST(keep__read_only__reads_but_never_writes_nor_renames),
		TEST(load__corrupt__kept_aside_and_begun_anew),
		TEST(load__half_right__nothing_of_it),
		TEST(load__a_directory__left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
