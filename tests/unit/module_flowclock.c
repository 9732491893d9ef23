// SPDX-License-Identifier: GPL-2.0
/*
 * module_flowclock.c - clocks that jump: the gateway was suspended, ran for 208 days, or read another CPU's time
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Boottime goes on while the machine sleeps, so a suspended gateway sees one long silence, which nothing crossed it in.
 */
#include "conversation_test.h"

#define HOURS(n) ((n)*3600000ULL)
#define WRAP_MS ((1ULL << 32) * (1U << FM_TICK_SHIFT) / 1000000) /* 208 days */

static void suspended_amid_a_request__answered_later__survived_and_no_kill(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	exchange(c);
	speak(c, CLIENT, SEG_ACK | SEG_PSH, 100);
	wait_ms(c, HOURS(8));
	speak(c, SERVER, SEG_ACK | SEG_PSH, 1000);
	wait_ms(c, 3);
	speak(c, CLIENT, SEG_ACK, 0);
	exchange(c);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_flags(mem, RSTWHY_MEM_BURST_ANSWERED);
	near(mem.survived_ms, HOURS(8));
	near(mem.last_ms[O], 0);
}

static void suspended_while_idle__woken_and_reset__silence_is_the_whole_sleep(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	exchange(c);
	wait_ms(c, 5000);
	wait_ms(c, HOURS(24 * 30)); /* suspended */
	wait_ms(c, 2000);
	speak(c, CLIENT, SEG_ACK | SEG_PSH, 50);
	wait_ms(c, 1);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_no_flags(mem, RSTWHY_MEM_BURST_ANSWERED | RSTWHY_MEM_BLIND | RSTWHY_MEM_LOST);
	near(mem.burst_gap_ms, HOURS(24 * 30) + 7000);
	assert_int_equal(mem.burst_copies, 1);
}

static void suspended__then_others_flood__idle_flow_is_still_known(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	exchange(c);
	wait_ms(c, HOURS(24 * 100));
	for (u32 i = 0; i < 10000; i++) {
		struct conversation other = *c;

		other.orig = ipv4_tuple(0xc6120000 + i, (u16)i, 0x0a020002, 443);
		other.reply = inverse(&other.orig);
		other.fresh = true;
		other.assured = false;
		other.state = 1;
		speak(&other, CLIENT, SEG_SYN, 0);
		c->fm = other.fm;
	}
	assert_true(reset_from(c, SERVER, false, &mem));
	near(mem.last_ms[R], HOURS(24 * 100) + 3);
}

static void ticks__wrap_in_a_silence__its_length_is_right(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	c->now_us = (WRAP_MS - 10000) * 1000;
	handshake(c);
	exchange(c);
	wait_ms(c, 20000);
	speak(c, CLIENT, SEG_ACK | SEG_PSH, 50);
	wait_ms(c, 12);
	assert_true(reset_from(c, SERVER, false, &mem));
	near(mem.burst_gap_ms, 20000);
	near(mem.last_ms[O], 12);
	near(mem.last_ms[R], 20015);
}

/* Both sides' segments are stamped by a CPU that is a tick ahead; what comes next is read on one that is not there yet. */
static void clock__a_tick_behind__no_silence_of_208_days(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	exchange(c);
	wait_ms(c, 100);
	speak(c, CLIENT, SEG_ACK | SEG_PSH, 50);
	speak(c, SERVER, SEG_ACK | SEG_PSH, 50);
	c->now_us -= (1U << FM_TICK_SHIFT) / 1000 + 100;
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_in_range(mem.last_ms[O], 0, 9);
	assert_in_range(mem.last_ms[R], 0, 9);
	speak(c, CLIENT, SEG_ACK, 0);
	speak(c, CLIENT, SEG_ACK | SEG_PSH, 50);
	speak(c, SERVER, SEG_ACK | SEG_PSH, 50);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_true(mem.survived_ms < 1000);
	assert_true(!(mem.flags & RSTWHY_MEM_BURST) || mem.burst_gap_ms < 1000);
}

static void timeout_code__values_in_use__exact(void **state)
{
	static const u32 seconds[] = { 1, 2, 10, 30, 60, 120, 300, 350, 3600, 7440, 86400, 432000 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++)
		if (seconds[i] < 4096 || seconds[i] % 16 == 0)
			assert_int_equal(fm_timeout_ms(fm_timeout_code(seconds[i] * 1000)), seconds[i] * 1000);
	assert_int_equal(fm_timeout_ms(fm_timeout_code(432000000 - 4)), 432000000);
	for (i = 4090; i < 4100; i++) /* where the coarse ones begin */
		assert_in_range(fm_timeout_ms(fm_timeout_code((u32)i * 1000)), i * 1000 - 8000, i * 1000 + 8000);
	for (i = 4094000; i < 4097000; i++)
		assert_in_range(fm_timeout_ms(fm_timeout_code((u32)i)), i - 8000, i + 8000);
}

/* Another CPU has had the flow before, with a clock that it read later. */
static void reset_noted_by_a_later_clock__still_watched(void **state)
{
	struct conversation *c = *state;

	handshake(c);
	exchange(c);
	note_reset(c, SERVER, 5);
	c->now_us--;
	speak(c, SERVER, SEG_ACK | SEG_PSH, 10);
	assert_int_equal(c->told, RSTWHY_AFTER_SENDER_DATA);
	assert_int_equal(c->told_ref, 5);
}

static void syn_noted_by_a_later_clock__still_answered(void **state)
{
	struct conversation *c = *state;
	u32 seq = c->seq[CLIENT] + 90000000;
	struct rstwhy_memory mem;

	handshake(c);
	exchange(c);
	say_at(c, CLIENT, SEG_SYN, seq, 0, 0);
	c->now_us--;
	speak(c, SERVER, SEG_ACK, 0); /* a straggler of the connection before */
	c->now_us += 1000;
	say_at(c, SERVER, SEG_SYN | SEG_ACK, 5, seq + 1, 0);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_int_equal(mem.isn[O], seq);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timeout_code__values_in_use__exact),
		TEST(reset_noted_by_a_later_clock__still_watched),
		TEST(syn_noted_by_a_later_clock__still_answered),
		TEST(suspended_amid_a_request__answered_later__survived_and_no_kill),
		TEST(suspended_while_idle__woken_and_reset__silence_is_the_whole_sleep),
		TEST(suspended__then_others_flood__idle_flow_is_still_known),
		TEST(ticks__wrap_in_a_silence__its_length_is_right),
		TEST(clock__a_tick_behind__no_silence_of_208_days),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
