// SPDX-License-Identifier: GPL-2.0
/*
 * engine_cause.c - the vocabulary is whole
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../userspace/engine/cause.h"
#include "../../userspace/engine/verdict.h"

static void cause__every_row__has_words(void **state)
{
	(void)state;
	for (int i = 0; i < CAUSE_COUNT; i++) {
		const struct cause_text *t = cause_text((enum cause)i);

		assert_non_null(t->name);
		assert_true(strlen(t->meaning) > 10);
		assert_true(strlen(t->recognised) > 10);
		assert_in_range(strlen(t->advice), 10, VERDICT_TEXT_MAX - 1);
		assert_int_equal(t->advice_len, strlen(t->advice));
		for (const char *c = t->advice; *c; c++)
			assert_true(*c >= 0x20 && *c <= 0x7e && *c != '"' && *c != '\\');
	}
}

static void cause__every_path__is_class_and_name(void **state)
{
	char expected[128];

	(void)state;
	for (int i = 0; i < CAUSE_COUNT; i++) {
		const struct cause_text *t = cause_text((enum cause)i);

		snprintf(expected, sizeof(expected), "%s/%s", class_name(t->class), t->name);
		assert_string_equal(cause_path((enum cause)i), expected);
	}
}

static void cause__by_name_and_by_path__found(void **state)
{
	(void)state;
	for (int i = 0; i < CAUSE_COUNT; i++) {
		enum cause found = CAUSE_COUNT;

		assert_true(cause_by_name(cause_name((enum cause)i), &found));
		assert_int_equal(found, i);
		found = CAUSE_COUNT;
		assert_true(cause_by_name(cause_path((enum cause)i), &found));
		assert_int_equal(found, i);
	}
}

static void cause__unknown_name__not_found(void **state)
{
	enum cause found;

	(void)state;
	assert_false(cause_by_name("abor", &found));
	assert_false(cause_by_name("idle-timeout/abort", &found));
	assert_false(cause_by_name("", &found));
	assert_false(cause_by_name(NULL, &found));
}

static void cause__number_out_of_range__ambiguous(void **state)
{
	(void)state;
	assert_string_equal(cause_name((enum cause)999), "ambiguous");
	assert_string_equal(class_name((enum cause_class)99), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cause__every_row__has_words),		 cmocka_unit_test(cause__every_path__is_class_and_name),
		cmocka_unit_test(cause__by_name_and_by_path__found),	 cmocka_unit_test(cause__unknown_name__not_found),
		cmocka_unit_test(cause__number_out_of_range__ambiguous),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
