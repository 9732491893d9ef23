// SPDX-License-Identifier: GPL-2.0
/*
 * engine_hashed_ring.c - tests of the ring whose places are found again by hash
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../userspace/engine/hashed_ring.h"

#define PLACES	 4U
#define A	 8ULL /* of one bucket ... */
#define ANOTHER	 16ULL
#define ELSEWHERE 3ULL /* ... and of another */

static struct hashed_ring ring;

static int begin(void **state)
{
	(void)state;
	return hashed_ring_init(&ring, PLACES - 1, 2) ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	hashed_ring_free(&ring);
	return 0;
}

static void init__odd_capacity__room_for_it_in_a_power_of_two(void **state)
{
	(void)state;
	assert_int_equal(hashed_ring_size(&ring), PLACES);
}

static void newest__nothing_added__none(void **state)
{
	(void)state;
	assert_int_equal(hashed_ring_newest(&ring, A), 0);
	assert_int_equal(hashed_ring_newest(&ring, 0), 0);
}

static void older__bucket_of_two_hashes__newest_first_each_known_by_its_own(void **state)
{
	uint64_t number;

	(void)state;
	hashed_ring_add(&ring, A);
	hashed_ring_add(&ring, ELSEWHERE);
	hashed_ring_add(&ring, ANOTHER);
	number = hashed_ring_newest(&ring, A);
	assert_true(hashed_ring_is(&ring, number, ANOTHER) && !hashed_ring_is(&ring, number, A));
	number = hashed_ring_older(&ring, number);
	assert_true(hashed_ring_is(&ring, number, A));
	assert_int_equal(hashed_ring_older(&ring, number), 0);
}

static void add__ring_goes_round__the_oldest_is_gone_and_its_place_taken(void **state)
{
	uint32_t first;

	(void)state;
	first = hashed_ring_add(&ring, A);
	for (unsigned int i = 1; i < PLACES; i++)
		hashed_ring_add(&ring, ELSEWHERE);
	assert_int_not_equal(hashed_ring_newest(&ring, A), 0);
	assert_int_equal(hashed_ring_add(&ring, ELSEWHERE), first);
	assert_int_equal(hashed_ring_newest(&ring, A), 0);
}

static void older__chain_leads_to_a_place_taken_by_another__ends(void **state)
{
	unsigned int length = 0;

	(void)state;
	hashed_ring_add(&ring, A);
	for (unsigned int i = 0; i < PLACES - 2; i++)
		hashed_ring_add(&ring, ELSEWHERE);
	hashed_ring_add(&ring, ANOTHER);
	hashed_ring_add(&ring, ELSEWHERE);
	for (uint64_t number = hashed_ring_newest(&ring, A); number && length <= PLACES; number = hashed_ring_older(&ring, number))
		length++;
	assert_int_equal(length, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(init__odd_capacity__room_for_it_in_a_power_of_two),
		TEST(newest__nothing_added__none),
		TEST(older__bucket_of_two_hashes__newest_first_each_known_by_its_own),
		TEST(add__ring_goes_round__the_oldest_is_gone_and_its_place_taken),
		TEST(older__chain_leads_to_a_place_taken_by_another__ends),
	};

	return cmocka_run_group_tests_name("engine_hashed_ring", tests, NULL, NULL);
}
