// SPDX-License-Identifier: GPL-2.0
/*
 * engine_due.c - tests of who is due first
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../userspace/engine/due.h"
#include "chance.h"

#define SLOTS 200U
#define STEPS 300000U

/* What is known of each without any order. */
static struct {
	bool waits;
	uint64_t ns, seq;
} known[SLOTS];

static uint32_t first_known(void)
{
	uint32_t first = DUE_NONE;

	for (uint32_t i = 0; i < SLOTS; i++) {
		if (!known[i].waits)
			continue;
		if (first == DUE_NONE || known[i].ns < known[first].ns ||
		    (known[i].ns == known[first].ns && known[i].seq < known[first].seq))
			first = i;
	}
	return first;
}

static void assert_known(const struct due *d)
{
	uint32_t first = first_known(), slot = 0;

	assert_int_equal(due_first(d), first);
	assert_true(due_first_ns(d) == (first == DUE_NONE ? UINT64_MAX : known[first].ns));
	for (uint32_t i = 0; i < SLOTS; i++) {
		if (!known[i].waits)
			continue;
		assert_int_equal(due_next(d, slot), i);
		slot = i + 1;
	}
	assert_int_equal(due_next(d, slot), DUE_NONE);
}

static void change(struct due *d, uint32_t slot, uint64_t ns, uint64_t seq)
{
	if (!known[slot].waits) {
		due_add(d, slot, ns, seq);
		known[slot].seq = seq;
	} else if (chance(3)) {
		due_remove(d, slot);
		known[slot].waits = false;
		return;
	} else {
		due_move(d, slot, ns);
	}
	known[slot].waits = true;
	known[slot].ns = ns;
}

/* By turns nearly in order, as most come, and in none. */
static void due__any_changes__first_is_the_soonest(void **state)
{
	struct due *d = due_new(SLOTS);

	(void)state;
	assert_non_null(d);
	for (uint32_t i = 0; i < STEPS; i++) {
		bool in_order = i / 5000 % 2;
		uint32_t first = due_first(d), slot = in_order && first != DUE_NONE && chance(2) ? first : chance(SLOTS);
		uint64_t late = in_order ? 1000 : chance(2000);

		change(d, slot, i + late - (in_order && !chance(8) ? 700 : 0), i);
		if (i % 16 == 0)
			assert_known(d);
	}
	due_free(d);
}

static void due__in_order__in_and_out(void **state)
{
	struct due *d = due_new(3);

	(void)state;
	assert_int_equal(due_first(d), DUE_NONE);
	for (uint32_t i = 0; i < 1000; i++) {
		due_add(d, i % 3, 100, i);
		if (i < 2)
			continue;
		assert_int_equal(due_first(d), (i - 2) % 3);
		due_remove(d, (i - 2) % 3);
	}
	due_free(d);
	due_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(due__any_changes__first_is_the_soonest),
		cmocka_unit_test(due__in_order__in_and_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
