/* SPDX-License-Identifier: GPL-2.0 */
/*
 * conversation_test.h - what the tests of the flow memory share: a conversation for each, and how its memory is looked at
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_TEST_CONVERSATION_TEST_H
#define RSTWHY_TEST_CONVERSATION_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above */
#include <cmocka.h>
#include <stdlib.h>

#include "conversation.h"

#define O RSTWHY_DIR_ORIGINAL
#define R RSTWHY_DIR_REPLY
#define assert_flags(mem, bits) assert_int_equal((mem).flags & (bits), (bits))
#define assert_no_flags(mem, bits) assert_int_equal((mem).flags & (bits), 0)
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

/* Ticks are 4.2 ms: two of them may be lost at the ends. */
static inline void near(u64 value, u64 truth)
{
	assert_in_range(value, truth < 9 ? 0 : truth - 9, truth + 9);
}

static inline int begin(void **state)
{
	*state = malloc(sizeof(struct conversation));
	conversation_begin(*state, 64);
	return 0;
}

static inline int end(void **state)
{
	conversation_end(*state);
	free(*state);
	return 0;
}

#endif
