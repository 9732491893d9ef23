// SPDX-License-Identifier: GPL-2.0
/*
 * module_flowevict.c - a full flow memory: who is dead, and whom a stranger must not be able to kill
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "conversation_test.h"

#include "../../module/flowmem_table.h"

#define FLOWS 4096

/* The n-th of many clients. */
static void become(struct conversation *c, u32 n)
{
	c->orig = ipv4_tuple(0x0a010000 + n / 50000, (u16)(1024 + n % 50000), 0x0a020002, 443);
	c->reply = inverse(&c->orig);
	c->seq[CLIENT] = 1000 * n;
	c->seq[SERVER] = 77 * n;
}

static void open_one(struct conversation *c, u32 n)
{
	become(c, n);
	handshake(c);
	exchange(c);
}

/* How many of the newcomers that come then are remembered. */
static u32 newcomers(struct conversation *c, u32 count)
{
	u64 before = fm_count_read(&c->fm.counts[FM_CREATED]);

	for (u32 n = 0; n < count; n++)
		open_one(c, 100000 + n);
	return (u32)(fm_count_read(&c->fm.counts[FM_CREATED]) - before);
}

static int begin_large(void **state)
{
	*state = malloc(sizeof(struct conversation));
	return conversation_begin(*state, FLOWS) ? 0 : -1;
}

static void resets_that_anybody_can_send__make_nobody_a_victim(void **state)
{
	struct conversation *c = *state;

	for (u32 n = 0; n < FLOWS; n++) {
		open_one(c, n);
		c->seq[SERVER] += 123456;
		note_reset(c, SERVER, n + 1);
	}
	wait_ms(c, 60000);
	assert_int_equal(newcomers(c, 500), 0);
}

static void reset_with_the_right_number__makes_room(void **state)
{
	struct conversation *c = *state;

	for (u32 n = 0; n < FLOWS; n++) {
		open_one(c, n);
		note_reset(c, SERVER, n + 1);
	}
	wait_ms(c, 60000);
	assert_int_equal(newcomers(c, 500), 500);
}

/* Behind segments that were not seen, its number is not the one that was awaited; and beyond the rate limit nobody is told. */
static void reset_that_conntrack_closes_on__told_of_or_not__makes_room(void **state)
{
	struct conversation *c = *state;

	c->closes = true;
	for (u32 n = 0; n < FLOWS; n++) {
		open_one(c, n);
		c->seq[SERVER] += 123456;
		note_reset(c, SERVER, n & 1 ? n : 0);
	}
	wait_ms(c, 60000);
	assert_int_equal(newcomers(c, 500), 500);
}

/* Its last words may stay in a flowtable, and conntrack's state with them. */
static void closed_from_both_sides__makes_room(void **state)
{
	struct conversation *c = *state;

	for (u32 n = 0; n < FLOWS; n++) {
		open_one(c, n);
		speak(c, CLIENT, SEG_ACK | SEG_FIN, 0);
		if (n & 1)
			speak(c, SERVER, SEG_ACK | SEG_FIN, 0);
	}
	wait_ms(c, 60000);
	assert_int_equal(newcomers(c, 500), 500);
	assert_int_equal(fm_count_read(&c->fm.counts[FM_EVICTED_DEAD]), 500);
}

/* Who looks has no lock: each step is seen whole or not at all. */
static void away_count__each_step__writes_one_place_and_keeps_its_flags(void **state)
{
	struct fm_hot line[2] = {{.flags = FM_LEARN0}, {.flags = FM_LEARN1}};

	(void)state;
	for (u32 n = 0; n < FM_AWAY_MANY - 1; n++) {
		u16 first = line[0].flags, second = line[1].flags;

		assert_int_equal(fm_away(line), n);
		fm_go_away(line);
		assert_int_equal((first != line[0].flags) + (second != line[1].flags), 1);
	}
	for (u32 n = FM_AWAY_MANY - 1; n > 0; n--) {
		assert_int_equal(fm_away(line), n);
		fm_come_back(line);
	}
	assert_int_equal(fm_away(line), 0);
	assert_int_equal(line[0].flags, FM_LEARN0);
	assert_int_equal(line[1].flags, FM_LEARN1);
}

#define FULL(name) cmocka_unit_test_setup_teardown(name, begin_large, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FULL(resets_that_anybody_can_send__make_nobody_a_victim),
		FULL(reset_with_the_right_number__makes_room),
		FULL(reset_that_conntrack_closes_on__told_of_or_not__makes_room),
		FULL(closed_from_both_sides__makes_room),
		cmocka_unit_test(away_count__each_step__writes_one_place_and_keeps_its_flags),
	};

	return cmocka_run_group_tests_name("module_flowevict", tests, NULL, NULL);
}
