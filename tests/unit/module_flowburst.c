// SPDX-License-Identifier: GPL-2.0
/*
 * module_flowburst.c - silences in the flow memory, and who ends them
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "conversation_test.h"

static void burst__first_segment_after_silence__gap_is_the_silence(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	exchange(c);
	wait_ms(c, 350000);
	speak(c, CLIENT, SEG_ACK | SEG_PSH, 50);
	wait_ms(c, 12);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_flags(mem, RSTWHY_MEM_BURST);
	assert_no_flags(mem, RSTWHY_MEM_BURST_ANSWERED | RSTWHY_MEM_BLIND | RSTWHY_MEM_LOST);
	near(mem.burst_gap_ms, 350000);
	assert_int_equal(mem.burst_dir, O);
	assert_int_equal(mem.burst_kind, RSTWHY_BURST_DATA);
	assert_int_equal(mem.burst_first_us, 12000);
	assert_int_equal(mem.timeout_before_gap_ms, 432000000);
	near(mem.last_ms[O], 12);
	near(mem.last_ms[R], 350015);
	near(mem.last_data_ms[R], 350015);
	assert_int_equal(mem.burst_copies, 1);
	assert_int_equal(mem.unanswered_before, 0);
}

static void burst__copies_for_minutes__gap_stays_the_first_silence(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;
	u32 seq, ack;
	int i;

	handshake(c);
	exchange(c);
	wait_ms(c, 20000);
	seq = c->seq[CLIENT];
	ack = c->seq[SERVER];
	speak(c, CLIENT, SEG_ACK | SEG_PSH, 50);
	for (i = 0; i < 8; i++) {
		wait_ms(c, 200ULL << i);
		say_at(c, CLIENT, SEG_ACK | SEG_PSH, seq, ack, 50);
	}
	assert_true(reset_from(c, SERVER, false, &mem));
	near(mem.burst_gap_ms, 20000);
	assert_int_equal(mem.burst_copies, 9);
	assert_int_equal(mem.burst_first_us, 51000000);
	assert_int_equal(mem.burst_last_us, 0);
}

static void burst__answered__gap_is_survived_and_next_silence_counts(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	exchange(c);
	wait_ms(c, 60000);
	exchange(c);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_flags(mem, RSTWHY_MEM_BURST_ANSWERED);
	near(mem.survived_ms, 60000);
	wait_ms(c, 30000);
	speak(c, SERVER, SEG_ACK | SEG_PSH, 10);
	assert_true(reset_from(c, CLIENT, false, &mem));
	assert_no_flags(mem, RSTWHY_MEM_BURST_ANSWERED);
	near(mem.burst_gap_ms, 30000);
	assert_int_equal(mem.burst_dir, R);
	near(mem.survived_ms, 60000);
}

static void burst__old_acknowledgement__answers_nothing(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;
	u32 old;

	handshake(c);
	exchange(c);
	wait_ms(c, 20000);
	old = c->seq[CLIENT];
	speak(c, CLIENT, SEG_ACK | SEG_PSH, 50);
	wait_ms(c, 5);
	say_at(c, SERVER, SEG_ACK, c->seq[SERVER], old, 0);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_no_flags(mem, RSTWHY_MEM_BURST_ANSWERED);
}

static void silence__third_copy_unanswered__told_once(void **state)
{
	struct conversation *c = *state;
	u32 seq, ack;
	int i;

	handshake(c);
	exchange(c);
	wait_ms(c, 20000);
	seq = c->seq[CLIENT];
	ack = c->seq[SERVER];
	for (i = 1; i <= 5; i++) {
		say_at(c, CLIENT, SEG_ACK | SEG_PSH, seq, ack, 50);
		assert_int_equal(c->told_kind, i == 3 ? RSTWHY_KIND_SILENCE : 0);
		say_at(c, CLIENT, SEG_ACK | SEG_PSH, seq + 50, ack, 50); /* another segment is no copy */
		assert_int_equal(c->told_kind, 0);
		wait_ms(c, 300);
	}
}

static void silence__told_and_answered_later__taken_back(void **state)
{
	struct conversation *c = *state;
	u32 seq, ack;
	int i;

	handshake(c);
	exchange(c);
	wait_ms(c, 30000);
	exchange(c);
	wait_ms(c, 20000);
	seq = c->seq[CLIENT];
	ack = c->seq[SERVER];
	for (i = 0; i < 4; i++)
		say_at(c, CLIENT, SEG_ACK | SEG_PSH, seq, ack, 50);
	c->seq[CLIENT] += 50;
	speak(c, SERVER, SEG_ACK, 0);
	assert_int_equal(c->told_kind, RSTWHY_KIND_SURVIVED);
}

static void silence__survived__told_when_a_quarter_longer(void **state)
{
	static const struct {
		u64 silence;
		u8 told;
	} pauses[] = { { 1500, 0 }, { 12000, RSTWHY_KIND_SURVIVED }, { 13000, 0 }, { 20000, RSTWHY_KIND_SURVIVED }, { 15000, 0 } };
	struct conversation *c = *state;
	size_t i;

	handshake(c);
	exchange(c);
	for (i = 0; i < sizeof(pauses) / sizeof(pauses[0]); i++) {
		wait_ms(c, pauses[i].silence);
		speak(c, CLIENT, SEG_ACK | SEG_PSH, 10);
		assert_int_equal(c->told_kind, 0);
		speak(c, SERVER, SEG_ACK, 10);
		assert_int_equal(c->told_kind, pauses[i].told);
		speak(c, CLIENT, SEG_ACK, 0);
	}
}

static void last_byte__sent_again__is_no_probe(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	exchange(c);
	speak(c, CLIENT, SEG_ACK | SEG_PSH, 1);
	wait_ms(c, 1600);
	say_at(c, CLIENT, SEG_ACK | SEG_PSH, c->seq[CLIENT] - 1, c->seq[SERVER], 1);
	assert_true(reset_from(c, CLIENT, false, &mem));
	assert_int_equal(mem.burst_kind, RSTWHY_BURST_RETRANSMIT);
	assert_int_equal(mem.burst_probes, 0);
	assert_int_equal(mem.unanswered_before, 1);
}

static void probes__unanswered__counted_inside_one_burst(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;
	int i;

	handshake(c);
	exchange(c);
	for (i = 0; i < 4; i++) {
		wait_ms(c, i ? 1000 : 7000);
		say_at(c, CLIENT, SEG_ACK, c->seq[CLIENT] - 1, c->seq[SERVER], 0);
	}
	assert_true(reset_from(c, CLIENT, false, &mem));
	assert_int_equal(mem.burst_kind, RSTWHY_BURST_PROBE);
	assert_int_equal(mem.burst_probes, 4);
	near(mem.burst_gap_ms, 7000);
	assert_no_flags(mem, RSTWHY_MEM_BURST_ANSWERED);
	speak(c, SERVER, SEG_ACK, 0);
	assert_true(reset_from(c, CLIENT, false, &mem));
	assert_flags(mem, RSTWHY_MEM_BURST_ANSWERED);
}

static void probes__of_both_ends__answer_each_other_not(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;
	int i;

	handshake(c);
	exchange(c);
	for (i = 0; i < 3; i++) {
		wait_ms(c, i ? 500 : 7000);
		say_at(c, CLIENT, SEG_ACK, c->seq[CLIENT] - 1, c->seq[SERVER], 0);
		wait_ms(c, 500);
		say_at(c, SERVER, SEG_ACK, c->seq[SERVER] - 1, c->seq[CLIENT], 0);
	}
	assert_true(reset_from(c, CLIENT, false, &mem));
	assert_int_equal(mem.burst_kind, RSTWHY_BURST_PROBE);
	assert_int_equal(mem.burst_probes, 3);
	assert_no_flags(mem, RSTWHY_MEM_BURST_ANSWERED);
	near(mem.burst_gap_ms, 7000);
}

static void probe__with_garbage_byte__is_no_data(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	exchange(c);
	wait_ms(c, 7000);
	say_at(c, CLIENT, SEG_ACK, c->seq[CLIENT] - 1, c->seq[SERVER], 1);
	assert_true(reset_from(c, CLIENT, false, &mem));
	assert_int_equal(mem.burst_kind, RSTWHY_BURST_PROBE);
	near(mem.last_data_ms[O], 7000);
	near(mem.last_ms[O], 0);
}

static void entry__lost_and_picked_up__gap_and_old_timeout_told(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	c->timeout_ms = 2000;
	handshake(c);
	exchange(c);
	wait_ms(c, 5000);
	c->fresh = true;
	c->timeout_ms = 300000;
	speak(c, CLIENT, SEG_ACK | SEG_PSH, 50);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_flags(mem, RSTWHY_MEM_LOST | RSTWHY_MEM_LOST_KNOWN);
	near(mem.burst_gap_ms, 5000);
	assert_int_equal(mem.timeout_before_gap_ms, 2000);
	assert_int_equal(mem.timeout_now_ms, 300000);
}

static void entry__lost_during_retransmission__the_pause_that_outlived_it_counts(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;
	u32 seq, ack;

	c->timeout_ms = 2000;
	handshake(c);
	exchange(c);
	wait_ms(c, 1500);
	seq = c->seq[CLIENT];
	ack = c->seq[SERVER];
	speak(c, CLIENT, SEG_ACK | SEG_PSH, 50);
	wait_ms(c, 3200);
	c->fresh = true;
	say_at(c, CLIENT, SEG_ACK | SEG_PSH, seq, ack, 50);
	wait_ms(c, 6400);
	say_at(c, CLIENT, SEG_ACK | SEG_PSH, seq, ack, 50);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_flags(mem, RSTWHY_MEM_LOST_KNOWN);
	near(mem.burst_gap_ms, 3200);
	assert_int_equal(mem.burst_copies, 2);
	assert_int_equal(mem.unanswered_before, 1);
}

static void refused_segment__own_entry_expired__marks_and_refreshes_nothing(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;
	u32 seq, ack;

	c->timeout_ms = 2000;
	handshake(c);
	exchange(c);
	wait_ms(c, 5000);
	seq = c->seq[CLIENT];
	ack = c->seq[SERVER];
	refused(c, CLIENT, SEG_ACK | SEG_PSH, seq, ack, 50);
	wait_ms(c, 3000);
	refused(c, CLIENT, SEG_ACK | SEG_PSH, seq, ack, 50);
	assert_true(reset_from(c, SERVER, true, &mem));
	assert_flags(mem, RSTWHY_MEM_BURST | RSTWHY_MEM_BURST_INVALID | RSTWHY_MEM_LOST);
	assert_no_flags(mem, RSTWHY_MEM_LOST_KNOWN);
	near(mem.burst_gap_ms, 5000);
	assert_int_equal(mem.burst_copies, 2);
	assert_int_equal(mem.burst_dir, O);
	near(mem.last_ms[O], 8000);
	assert_int_equal(mem.timeout_before_gap_ms, 2000);
}

static void refused_segment__server_spoke_first__found_by_the_inverse_tuple(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	exchange(c);
	wait_ms(c, 5000);
	refused(c, SERVER, SEG_ACK | SEG_PSH, c->seq[SERVER], c->seq[CLIENT], 50);
	assert_true(reset_from(c, CLIENT, true, &mem));
	assert_int_equal(mem.burst_dir, R);
	near(mem.burst_gap_ms, 5000);
}

static void refused_segment__far_from_the_stream__no_mark(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	exchange(c);
	wait_ms(c, 5000);
	refused(c, CLIENT, SEG_ACK, c->seq[CLIENT] + 0x40000000U, 0, 0);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_no_flags(mem, RSTWHY_MEM_BURST);
}

static void refused_segment__in_living_flow__gap_is_short(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	wait_ms(c, 20000);
	exchange(c);
	wait_ms(c, 40);
	refused(c, CLIENT, SEG_ACK, c->seq[CLIENT] + 100000, c->seq[SERVER], 10);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_flags(mem, RSTWHY_MEM_BURST_INVALID);
	assert_no_flags(mem, RSTWHY_MEM_LOST);
	near(mem.burst_gap_ms, 40);
}

static void resume__beyond_what_was_seen__blind_with_bounds(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	exchange(c);
	wait_ms(c, 40000);
	c->seq[CLIENT] += 70000;
	speak(c, CLIENT, SEG_ACK | SEG_PSH, 50);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_flags(mem, RSTWHY_MEM_BLIND);
	assert_int_equal(mem.gap_min_ms, 0);
	near(mem.gap_max_ms, 40000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(burst__first_segment_after_silence__gap_is_the_silence),
		TEST(burst__copies_for_minutes__gap_stays_the_first_silence),
		TEST(burst__answered__gap_is_survived_and_next_silence_counts),
		TEST(burst__old_acknowledgement__answers_nothing),
		TEST(silence__third_copy_unanswered__told_once),
		TEST(silence__told_and_answered_later__taken_back),
		TEST(silence__survived__told_when_a_quarter_longer),
		TEST(last_byte__sent_again__is_no_probe),
		TEST(probes__unanswered__counted_inside_one_burst),
		TEST(probes__of_both_ends__answer_each_other_not),
		TEST(probe__with_garbage_byte__is_no_data),
		TEST(entry__lost_and_picked_up__gap_and_old_timeout_told),
		TEST(entry__lost_during_retransmission__the_pause_that_outlived_it_counts),
		TEST(refused_segment__own_entry_expired__marks_and_refreshes_nothing),
		TEST(refused_segment__server_spoke_first__found_by_the_inverse_tuple),
		TEST(refused_segment__far_from_the_stream__no_mark),
		TEST(refused_segment__in_living_flow__gap_is_short),
		TEST(resume__beyond_what_was_seen__blind_with_bounds),
	};

	return cmocka_run_group_tests_name("module_flowburst", tests, NULL, NULL);
}
