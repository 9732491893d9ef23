// SPDX-License-Identifier: GPL-2.0
/*
 * engine_written.c - tests of the incidents handed out lately
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../userspace/engine/written.h"

#define PLACES	4U
#define KEPT_NS 500000000ULL

static struct written *written;
static struct incident room[3];

static int begin(void **state)
{
	(void)state;
	written = written_new(PLACES);
	for (size_t i = 0; i < 3; i++)
		room[i] = (struct incident){.first.ev.seq = 1 + i * PLACES}; /* all of one place */
	return written ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	written_free(written);
	return 0;
}

static struct incident *get(uint64_t seq)
{
	enum cause *cause;

	return written_get(written, &room[0].first, seq, &cause);
}

static void put__place_is_free__kept_and_another_room_returned(void **state)
{
	enum cause *cause = NULL;

	(void)state;
	assert_ptr_not_equal(written_put(written, &room[0], CAUSE_ABORT, true, 0), &room[0]);
	assert_ptr_equal(written_get(written, &room[0].first, 1, &cause), &room[0]);
	assert_int_equal(*cause, CAUSE_ABORT);
	assert_null(get(1 + PLACES));
}

static void put__place_taken_a_moment_ago__the_older_stays(void **state)
{
	(void)state;
	written_put(written, &room[0], CAUSE_ABORT, true, 7);
	assert_ptr_equal(written_put(written, &room[1], CAUSE_ABORT, true, 7 + KEPT_NS - 1), &room[1]);
	assert_ptr_equal(get(1), &room[0]);
	assert_null(get(1 + PLACES));
}

static void put__older_was_kept_long_enough__its_room_returned(void **state)
{
	(void)state;
	written_put(written, &room[0], CAUSE_ABORT, true, 7);
	assert_ptr_equal(written_put(written, &room[1], CAUSE_ABORT, true, 7 + KEPT_NS), &room[0]);
	assert_ptr_equal(get(1 + PLACES), &room[1]);
	assert_null(get(1));
}

/* Its half second begins anew, not with the one whose place it took. */
static void put__newer_took_the_place__is_kept_as_long(void **state)
{
	(void)state;
	written_put(written, &room[0], CAUSE_ABORT, true, 0);
	written_put(written, &room[1], CAUSE_ABORT, true, KEPT_NS);
	assert_ptr_equal(written_put(written, &room[2], CAUSE_ABORT, true, 2 * KEPT_NS - 1), &room[2]);
	assert_ptr_equal(get(1 + PLACES), &room[1]);
}

/* Only somebody who makes up messages gives a number twice. */
static void put__same_number_again__takes_the_place_at_once(void **state)
{
	(void)state;
	room[1].first.ev.seq = 1;
	written_put(written, &room[0], CAUSE_ABORT, true, 7);
	assert_ptr_equal(written_put(written, &room[1], CAUSE_CRASH, true, 8), &room[0]);
	assert_ptr_equal(get(1), &room[1]);
}

static void put__nothing_can_amend_it__not_kept_and_the_older_stays(void **state)
{
	(void)state;
	written_put(written, &room[0], CAUSE_ABORT, true, 7);
	assert_ptr_equal(written_put(written, &room[1], CAUSE_ABORT, false, 7 + KEPT_NS), &room[1]);
	assert_ptr_equal(get(1), &room[0]);
	assert_null(get(1 + PLACES));
}

static void put__same_number_and_nothing_can_amend_it__the_older_is_forgotten(void **state)
{
	(void)state;
	room[1].first.ev.seq = 1;
	written_put(written, &room[0], CAUSE_ABORT, true, 7);
	assert_ptr_equal(written_put(written, &room[1], CAUSE_ABORT, false, 8), &room[1]);
	assert_null(get(1));
}

static void get__other_namespace_or_epoch__nothing(void **state)
{
	struct event event = {.ev = {.seq = 1, .netns_inum = 4}};
	enum cause *cause;

	(void)state;
	written_put(written, &room[0], CAUSE_ABORT, true, 7);
	assert_null(written_get(written, &event, 1, &cause));
	event = (struct event){.ev = {.seq = 1, .epoch = 4}};
	assert_null(written_get(written, &event, 1, &cause));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(put__place_is_free__kept_and_another_room_returned),
		TEST(put__place_taken_a_moment_ago__the_older_stays),
		TEST(put__older_was_kept_long_enough__its_room_returned),
		TEST(put__newer_took_the_place__is_kept_as_long),
		TEST(put__same_number_again__takes_the_place_at_once),
		TEST(put__nothing_can_amend_it__not_kept_and_the_older_stays),
		TEST(put__same_number_and_nothing_can_amend_it__the_older_is_forgotten),
		TEST(get__other_namespace_or_epoch__nothing),
	};

	return cmocka_run_group_tests_name("engine_written", tests, NULL, NULL);
}
