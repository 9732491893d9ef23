// SPDX-License-Identifier: GPL-2.0
/*
 * tool_since.c - tests of moments as people write them, and of rotated logs' names
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../../userspace/tool/log_files.h"
#include "../../userspace/tool/since.h"

#define SECOND 1000000000ULL
#define NOW (1795342200ULL * SECOND) /* 2026-11-22T10:10:00Z */
#define MIDNIGHT (1795305600ULL * SECOND)

static void since__what_people_write__is_that_moment(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} cases[] = {
		{ "90s", NOW - 90 * SECOND },
		{ "10m", NOW - 600 * SECOND },
		{ "2h", NOW - 7200 * SECOND },
		{ "3d", NOW - 3 * 86400 * SECOND },
		{ "1w", NOW - 7 * 86400 * SECOND },
		{ "999999999w", 0 },
		{ "today", MIDNIGHT },
		{ "yesterday", MIDNIGHT - 86400 * SECOND },
		{ "10:05", MIDNIGHT + 36300 * SECOND },
		{ "10:05:07", MIDNIGHT + 36307 * SECOND },
		{ "2026-11-22", MIDNIGHT },
		{ "2026-11-22T10:10", NOW },
		{ "2026-11-22 10:10:00", NOW },
		{ "2026-11-22T10:10:00Z", NOW },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t ns = 1;

		if (!since_parse(cases[i].text, NOW, &ns) || ns != cases[i].ns)
			fail_msg("%s: %llu, not %llu", cases[i].text, (unsigned long long)ns, (unsigned long long)cases[i].ns);
	}
}

static void since__anything_else__is_refused(void **state)
{
	static const char *const texts[] = { "",	   "10",	 "m",	       "10x",	     "10mm",	   "-5m",		"25:00",
					     "10:60",	   "10:0x",	 "2026-13-01", "2026-02-30", "2026-11-22T", "2026-11-22x10:10", "noon",
					     "2026-11-22T10:10:00+01:00", "10:05:", "1969-01-01" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		uint64_t ns;

		if (since_parse(texts[i], NOW, &ns))
			fail_msg("taken: \"%s\"", texts[i]);
	}
}

static void rotated__names_of_logrotate__and_no_others(void **state)
{
	(void)state;
	assert_true(log_files_is_rotated("resets.jsonl.1", "resets.jsonl"));
	assert_true(log_files_is_rotated("resets.jsonl.2.gz", "resets.jsonl"));
	assert_true(log_files_is_rotated("resets.jsonl-20261121.gz", "resets.jsonl"));
	assert_true(log_files_is_rotated("resets.jsonl-20261121.zst", "resets.jsonl"));
	assert_false(log_files_is_rotated("resets.jsonl", "resets.jsonl"));
	assert_false(log_files_is_rotated("resets.jsonl.bak", "resets.jsonl"));
	assert_false(log_files_is_rotated("resets.jsonl.1.tmp", "resets.jsonl"));
	assert_false(log_files_is_rotated("other.jsonl.1", "resets.jsonl"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(since__what_people_write__is_that_moment),
		cmocka_unit_test(since__anything_else__is_refused),
		cmocka_unit_test(rotated__names_of_logrotate__and_no_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
