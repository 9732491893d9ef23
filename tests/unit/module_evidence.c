// SPDX-License-Identifier: GPL-2.0
/*
 * module_evidence.c - the sealed trailer and the prefix
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above */
#include <cmocka.h>
#include <stdlib.h>

#include "../../module/evidence.h"

static void seal__body__little_endian_and_tail_last(void **state)
{
	struct rstwhy_evidence ev = { .seq = 0x0102030405060708ULL, .kind = RSTWHY_KIND_RST };
	const u8 *bytes = (const u8 *)&ev;
	static const u8 tail[12] = { 0, RSTWHY_ABI_MAJOR, 0, RSTWHY_ABI_MINOR, 0, 0, 2, 0xa0, 'R', 'W', 'H', 'Y' };

	(void)state;
	evidence_seal(&ev);
	assert_int_equal(bytes[8], 8);
	assert_int_equal(bytes[15], 1);
	assert_memory_equal(bytes + sizeof(ev) - 12, tail, 12);
}

static void prefix__known_flow__says_idle_and_gap(void **state)
{
	struct rstwhy_evidence ev = { .kind = RSTWHY_KIND_RST, .by = RSTWHY_BY_TRANSIT, .direction = RSTWHY_DIR_REPLY };
	char text[RSTWHY_PREFIX_MAX + 1];

	(void)state;
	ev.mem.flags = RSTWHY_MEM_KNOWN | RSTWHY_MEM_BURST;
	ev.mem.burst_gap_ms = 350012;
	ev.mem.last_ms[1] = 350013;
	evidence_prefix(text, sizeof(text), &ev);
	assert_string_equal(text, "rstwhy dir=reply idle=0ms gap=350012ms by=transit");
}

static void prefix__nothing_known__invents_no_number(void **state)
{
	struct rstwhy_evidence ev = { .kind = RSTWHY_KIND_AFTER, .by = 99, .direction = RSTWHY_DIR_NONE };
	char text[RSTWHY_PREFIX_MAX + 1];

	(void)state;
	evidence_prefix(text, sizeof(text), &ev);
	assert_string_equal(text, "rstwhy after dir=none by=unseen");
}

static void prefix__largest_numbers__fits(void **state)
{
	struct rstwhy_evidence ev;
	char text[RSTWHY_PREFIX_MAX + 1];

	(void)state;
	memset(&ev, 0xff, sizeof(ev));
	ev.kind = RSTWHY_KIND_AFTER;
	ev.by = RSTWHY_BY_GATEWAY_SOCKET;
	ev.direction = RSTWHY_DIR_ORIGINAL;
	ev.mem.last_ms[0] = ev.mem.last_ms[1] = RSTWHY_NEVER - 1;
	assert_in_range(evidence_prefix(text, sizeof(text), &ev), 60, RSTWHY_PREFIX_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seal__body__little_endian_and_tail_last),
		cmocka_unit_test(prefix__known_flow__says_idle_and_gap),
		cmocka_unit_test(prefix__nothing_known__invents_no_number),
		cmocka_unit_test(prefix__largest_numbers__fits),
	};

	return cmocka_run_group_tests_name("module_evidence", tests, NULL, NULL);
}
