// SPDX-License-Identifier: GPL-2.0
/*
 * module_flowbare.c - bursts that are not what they seem: bare acknowledgements, answers by another path, holes before them
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "conversation_test.h"

/* A window update, say: nobody answers it, and what comes after a longer silence has nothing to do with it. */
static void burst__bare_acknowledgement_then_a_longer_silence__counts_that(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	exchange(c);
	wait_ms(c, 2000);
	speak(c, CLIENT, SEG_ACK, 0);
	wait_ms(c, 600000);
	speak(c, CLIENT, SEG_ACK | SEG_PSH, 50);
	wait_ms(c, 12);
	assert_true(reset_from(c, SERVER, false, &mem));
	near(mem.burst_gap_ms, 600000);
	assert_int_equal(mem.burst_kind, RSTWHY_BURST_DATA);
	assert_int_equal(mem.burst_first_us, 12000);
	assert_int_equal(mem.burst_copies, 1);
	assert_int_equal(mem.unanswered_before, 0);
}

static void burst__other_side_after_a_bare_acknowledgement_and_a_silence__counts_that(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	exchange(c);
	wait_ms(c, 2000);
	speak(c, CLIENT, SEG_ACK, 0);
	wait_ms(c, 600000);
	speak(c, SERVER, SEG_ACK | SEG_PSH, 50);
	wait_ms(c, 12);
	assert_true(reset_from(c, CLIENT, false, &mem));
	assert_no_flags(mem, RSTWHY_MEM_BURST_ANSWERED);
	near(mem.burst_gap_ms, 600000);
	assert_int_equal(mem.burst_dir, R);
	assert_int_equal(mem.unanswered_before, 0);
}

/* The longer silence is that before it: it may have been swallowed as well. */
static void burst__bare_acknowledgement_then_data__silence_before_both(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	exchange(c);
	wait_ms(c, 600000);
	speak(c, CLIENT, SEG_ACK, 0);
	wait_ms(c, 2000);
	speak(c, CLIENT, SEG_ACK | SEG_PSH, 50);
	wait_ms(c, 12);
	assert_true(reset_from(c, SERVER, false, &mem));
	near(mem.burst_gap_ms, 600000);
	assert_int_equal(mem.burst_kind, RSTWHY_BURST_DATA);
}

/* The other side takes another path: that it answered is known by what comes next. */
static void burst__other_side_unseen__each_silence_counts(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	speak(c, SERVER, SEG_ACK | SEG_PSH, 50);
	wait_ms(c, 2000);
	speak(c, SERVER, SEG_ACK | SEG_PSH, 50);
	wait_ms(c, 600000);
	speak(c, SERVER, SEG_ACK | SEG_PSH, 50);
	wait_ms(c, 12);
	assert_true(reset_from(c, SERVER, false, &mem));
	near(mem.burst_gap_ms, 600000);
	assert_int_equal(mem.unanswered_before, 0);
}

static void burst__other_side_unseen_and_copies__silence_before_them(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;
	u32 seq, ack;

	speak(c, SERVER, SEG_ACK | SEG_PSH, 50);
	wait_ms(c, 600000);
	seq = c->seq[SERVER];
	ack = c->seq[CLIENT];
	speak(c, SERVER, SEG_ACK | SEG_PSH, 50);
	wait_ms(c, 2000);
	say_at(c, SERVER, SEG_ACK | SEG_PSH, seq, ack, 50);
	wait_ms(c, 4000);
	say_at(c, SERVER, SEG_ACK | SEG_PSH, seq, ack, 50);
	assert_true(reset_from(c, SERVER, false, &mem));
	near(mem.burst_gap_ms, 600000);
	assert_int_equal(mem.burst_copies, 3);
}

/* The data after it is the first copy of something that wants an answer. */
static void silence__data_after_bare_acknowledgements__told_at_its_third_copy(void **state)
{
	struct conversation *c = *state;
	u32 seq, ack;
	int i;

	handshake(c);
	exchange(c);
	wait_ms(c, 20000);
	seq = c->seq[CLIENT];
	ack = c->seq[SERVER];
	for (i = 1; i <= 3; i++)
		say_at(c, CLIENT, SEG_ACK, seq, ack, 0);
	for (i = 1; i <= 4; i++) {
		say_at(c, CLIENT, SEG_ACK | SEG_PSH, seq, ack, 50);
		assert_int_equal(c->told_kind, i == 3 ? RSTWHY_KIND_SILENCE : 0);
	}
}

/* The second segment after a silence was the first to come; or the first one was lost before us, which the other side's answer shows. */
static void burst__hole_before_it__blind_until_it_is_filled_or_missed(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;
	int filled;

	for (filled = 0; filled < 2; filled++) {
		handshake(c);
		exchange(c);
		wait_ms(c, 20000);
		say_at(c, CLIENT, SEG_ACK | SEG_PSH, c->seq[CLIENT] + 100, c->seq[SERVER], 50);
		assert_true(reset_from(c, SERVER, false, &mem));
		assert_flags(mem, RSTWHY_MEM_BLIND);
		if (filled)
			say_at(c, CLIENT, SEG_ACK | SEG_PSH, c->seq[CLIENT], c->seq[SERVER], 100);
		else
			say_at(c, SERVER, SEG_ACK, c->seq[SERVER], c->seq[CLIENT], 0);
		assert_true(reset_from(c, SERVER, false, &mem));
		assert_no_flags(mem, RSTWHY_MEM_BLIND);
		near(mem.burst_gap_ms, 20000);
		conversation_end(c);
		conversation_begin(c, 64);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(burst__bare_acknowledgement_then_a_longer_silence__counts_that),
		TEST(burst__other_side_after_a_bare_acknowledgement_and_a_silence__counts_that),
		TEST(burst__bare_acknowledgement_then_data__silence_before_both),
		TEST(burst__other_side_unseen__each_silence_counts),
		TEST(burst__other_side_unseen_and_copies__silence_before_them),
		TEST(burst__hole_before_it__blind_until_it_is_filled_or_missed),
		TEST(silence__data_after_bare_acknowledgements__told_at_its_third_copy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
