// SPDX-License-Identifier: GPL-2.0
/*
 * module_flowmem.c - the life of a flow in the flow memory
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

#include "conversation.h"

#define O RSTWHY_DIR_ORIGINAL
#define R RSTWHY_DIR_REPLY
#define assert_flags(mem, bits) assert_int_equal((mem).flags & (bits), (bits))
#define assert_no_flags(mem, bits) assert_int_equal((mem).flags & (bits), 0)

/* Ticks are 4.2 ms: two of them may be lost at the ends. */
static void near(u64 value, u64 truth)
{
	assert_in_range(value, truth < 9 ? 0 : truth - 9, truth + 9);
}

static int setup(void **state)
{
	*state = malloc(sizeof(struct conversation));
	conversation_begin(*state, 64);
	return 0;
}

static int teardown(void **state)
{
	conversation_end(*state);
	free(*state);
	return 0;
}

static void handshake__completed__round_trips_of_both_halves(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_flags(mem, RSTWHY_MEM_KNOWN | RSTWHY_MEM_HANDSHAKE | RSTWHY_MEM_COMPLETED | RSTWHY_MEM_ASSURED);
	assert_no_flags(mem, RSTWHY_MEM_MIDSTREAM | RSTWHY_MEM_OPENER_REPLY | RSTWHY_MEM_SYN_PENDING);
	assert_int_equal(mem.rtt_us[R], 11000);
	assert_int_equal(mem.rtt_us[O], 3000);
	assert_int_equal(mem.direction, R);
	assert_int_equal(mem.isn[R], 5000);
	assert_int_equal(mem.age_ms, 14);
	assert_memory_equal(&mem.orig, &c->orig, sizeof(c->orig));
}

static void syn__repeated__no_round_trip_claimed(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	c->fresh = true;
	say(c, CLIENT, SEG_SYN, 0);
	wait_ms(c, 1000);
	c->fresh = false;
	say_at(c, CLIENT, SEG_SYN, c->seq[CLIENT] - 1, 0, 0);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_flags(mem, RSTWHY_MEM_SYN_PENDING);
	assert_no_flags(mem, RSTWHY_MEM_HANDSHAKE | RSTWHY_MEM_SYN_REUSE);
	assert_int_equal(mem.syn_copies, 2);
	assert_int_equal(mem.syn_seq, c->seq[CLIENT] - 1);
	assert_int_equal(mem.syn_ms, 1000);
	assert_true(mem.last_ms[R] == RSTWHY_NEVER);
	wait_ms(c, 11);
	say(c, SERVER, SEG_SYN | SEG_ACK, 0);
	say(c, CLIENT, SEG_ACK, 0);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_int_equal(mem.rtt_us[R], 0);
}

static void burst__first_segment_after_silence__gap_is_the_silence(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	exchange(c);
	wait_ms(c, 350000);
	say(c, CLIENT, SEG_ACK | SEG_PSH, 50);
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
	say(c, CLIENT, SEG_ACK | SEG_PSH, 50);
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
	say(c, SERVER, SEG_ACK | SEG_PSH, 10);
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
	say(c, CLIENT, SEG_ACK | SEG_PSH, 50);
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

static void silence__survived__told_when_a_quarter_longer(void **state)
{
	static const struct {
		u64 silence;
		u8 told;
	} pauses[] = { { 5000, 0 }, { 12000, RSTWHY_KIND_SURVIVED }, { 13000, 0 }, { 20000, RSTWHY_KIND_SURVIVED }, { 15000, 0 } };
	struct conversation *c = *state;
	size_t i;

	handshake(c);
	exchange(c);
	for (i = 0; i < sizeof(pauses) / sizeof(pauses[0]); i++) {
		wait_ms(c, pauses[i].silence);
		say(c, CLIENT, SEG_ACK | SEG_PSH, 10);
		assert_int_equal(c->told_kind, 0);
		say(c, SERVER, SEG_ACK, 10);
		assert_int_equal(c->told_kind, pauses[i].told);
		say(c, CLIENT, SEG_ACK, 0);
	}
}

static void last_byte__sent_again__is_no_probe(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	exchange(c);
	say(c, CLIENT, SEG_ACK | SEG_PSH, 1);
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
	say(c, SERVER, SEG_ACK, 0);
	assert_true(reset_from(c, CLIENT, false, &mem));
	assert_flags(mem, RSTWHY_MEM_BURST_ANSWERED);
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
	say(c, CLIENT, SEG_ACK | SEG_PSH, 50);
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
	say(c, CLIENT, SEG_ACK | SEG_PSH, 50);
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

static void syn__into_living_flow__provisional(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	exchange(c);
	wait_ms(c, 9000);
	say_at(c, CLIENT, SEG_SYN, 99, 0, 0);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_flags(mem, RSTWHY_MEM_HANDSHAKE | RSTWHY_MEM_SYN_PENDING | RSTWHY_MEM_SYN_REUSE);
	near(mem.last_ms[O], 9000);
	assert_int_equal(mem.end[O], c->seq[CLIENT]);
}

static void syn__into_living_flow_and_answered__a_new_connection(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	exchange(c);
	wait_ms(c, 9000);
	c->seq[CLIENT] = 42;
	c->seq[SERVER] = 900;
	handshake(c);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_no_flags(mem, RSTWHY_MEM_SYN_REUSE | RSTWHY_MEM_DATA_ORIG | RSTWHY_MEM_BURST | RSTWHY_MEM_SYN_PENDING);
	assert_int_equal(mem.age_ms, 14);
	assert_int_equal(mem.end[O], 43);
	assert_int_equal(mem.ack[O], 901);
}

static void resume__beyond_what_was_seen__blind_with_bounds(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	exchange(c);
	wait_ms(c, 40000);
	c->seq[CLIENT] += 70000;
	say(c, CLIENT, SEG_ACK | SEG_PSH, 50);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_flags(mem, RSTWHY_MEM_BLIND);
	assert_int_equal(mem.gap_min_ms, 0);
	near(mem.gap_max_ms, 40000);
}

static void fin__acknowledged_and_half_closed__told_per_side(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	exchange(c);
	say(c, CLIENT, SEG_ACK | SEG_FIN, 0);
	say(c, SERVER, SEG_ACK, 0);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_flags(mem, RSTWHY_MEM_FIN_ORIG | RSTWHY_MEM_FIN_ACKED_ORIG);
	assert_no_flags(mem, RSTWHY_MEM_FIN_REPLY | RSTWHY_MEM_ACKED_PAST_FIN_ORIG);
	assert_int_equal(mem.fin_end[O], c->seq[CLIENT]);
	say(c, SERVER, SEG_ACK, 500);
	say(c, CLIENT, SEG_ACK, 0);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_flags(mem, RSTWHY_MEM_ACKED_PAST_FIN_ORIG);
}

static void fin__of_both_sides__acknowledging_it_is_no_half_close(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	say(c, CLIENT, SEG_ACK | SEG_FIN, 0);
	say(c, SERVER, SEG_ACK | SEG_FIN, 0);
	say(c, CLIENT, SEG_ACK, 0);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_flags(mem, RSTWHY_MEM_FIN_ACKED_ORIG | RSTWHY_MEM_FIN_ACKED_REPLY);
	assert_no_flags(mem, RSTWHY_MEM_ACKED_PAST_FIN_ORIG | RSTWHY_MEM_ACKED_PAST_FIN_REPLY);
}

static void after_reset__each_kind__told_once_and_once_late(void **state)
{
	struct conversation *c = *state;

	handshake(c);
	exchange(c);
	note_reset(c, SERVER, 81);
	wait_ms(c, 30);
	say(c, CLIENT, SEG_ACK, 0);
	assert_int_equal(c->told, RSTWHY_AFTER_PEER_SEGMENT);
	assert_int_equal(c->told_ref, 81);
	say(c, CLIENT, SEG_ACK, 0);
	assert_int_equal(c->told, 0);
	say(c, SERVER, SEG_ACK, 10);
	assert_int_equal(c->told, RSTWHY_AFTER_SENDER_DATA);
	say(c, CLIENT, SEG_ACK, 20);
	assert_int_equal(c->told, RSTWHY_AFTER_PEER_ACK);
	say(c, SERVER, SEG_ACK, 0);
	assert_int_equal(c->told, RSTWHY_AFTER_SENDER_ACK);
	wait_ms(c, 2000);
	say(c, SERVER, SEG_ACK, 10);
	assert_int_equal(c->told, RSTWHY_AFTER_SENDER_ACK);
	say(c, SERVER, SEG_ACK, 10);
	assert_int_equal(c->told, RSTWHY_AFTER_SENDER_DATA);
	say(c, SERVER, SEG_ACK, 0);
	assert_int_equal(c->told, RSTWHY_AFTER_SENDER_SEGMENT);
	say(c, SERVER, SEG_ACK, 10);
	assert_int_equal(c->told, 0);
	wait_ms(c, 121000);
	say(c, CLIENT, SEG_ACK, 20);
	assert_int_equal(c->told, 0);
}

static void after_reset__new_data_acknowledged__that_reset_is_forgotten(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	note_reset(c, SERVER, 5);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_flags(mem, RSTWHY_MEM_RESET_BEFORE);
	exchange(c);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_no_flags(mem, RSTWHY_MEM_RESET_BEFORE);
}

static void reset__of_another_sequence__is_watched_but_has_not_killed(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	c->seq[SERVER] += 3000;
	note_reset(c, SERVER, 5);
	c->seq[SERVER] -= 3000;
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_no_flags(mem, RSTWHY_MEM_RESET_BEFORE);
	say(c, SERVER, SEG_ACK, 10);
	assert_int_equal(c->told, RSTWHY_AFTER_SENDER_DATA);
}

static void after_reset__new_syn__told(void **state)
{
	struct conversation *c = *state;

	handshake(c);
	note_reset(c, CLIENT, 7);
	say_at(c, CLIENT, SEG_SYN, 1, 0, 0);
	assert_int_equal(c->told, RSTWHY_AFTER_SYN);
	say_at(c, CLIENT, SEG_SYN, 1, 0, 0);
	assert_int_equal(c->told, 0);
}

static void reset__noted__nothing_of_the_flow_changes(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory before, after;

	handshake(c);
	exchange(c);
	wait_ms(c, 5000);
	assert_true(reset_from(c, SERVER, false, &before));
	note_reset(c, SERVER, 3);
	assert_true(reset_from(c, SERVER, false, &after));
	assert_int_equal(after.reset_count, 1);
	assert_int_equal(after.reset_seq, 3);
	assert_memory_equal(after.last_ms, before.last_ms, sizeof(after.last_ms));
	assert_memory_equal(after.end, before.end, sizeof(after.end));
}

static void midstream__first_seen_late__said_so(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	say(c, SERVER, SEG_ACK, 100);
	say(c, CLIENT, SEG_ACK, 0);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_flags(mem, RSTWHY_MEM_MIDSTREAM);
	assert_no_flags(mem, RSTWHY_MEM_HANDSHAKE | RSTWHY_MEM_BLIND);
	assert_int_equal(mem.ack[O], c->seq[SERVER]);
}

static void unknown_flow__nothing_told(void **state)
{
	struct rstwhy_memory mem;

	assert_false(reset_from(*state, SERVER, false, &mem));
	assert_int_equal(mem.flags, 0);
}

static void looks__learned_but_not_from_syn_ack_ipid(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_int_equal(mem.base[R].ttl, 60);
	assert_int_equal(mem.base[R].flags & RSTWHY_BASE_IPID, 0);
	say(c, SERVER, SEG_ACK, 10);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_int_equal(mem.base[R].flags & RSTWHY_BASE_IPID, RSTWHY_BASE_IPID);
	assert_int_equal(mem.base[R].ipid, 77);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(handshake__completed__round_trips_of_both_halves),
		TEST(syn__repeated__no_round_trip_claimed),
		TEST(burst__first_segment_after_silence__gap_is_the_silence),
		TEST(burst__copies_for_minutes__gap_stays_the_first_silence),
		TEST(burst__answered__gap_is_survived_and_next_silence_counts),
		TEST(burst__old_acknowledgement__answers_nothing),
		TEST(silence__third_copy_unanswered__told_once),
		TEST(silence__survived__told_when_a_quarter_longer),
		TEST(last_byte__sent_again__is_no_probe),
		TEST(probes__unanswered__counted_inside_one_burst),
		TEST(probe__with_garbage_byte__is_no_data),
		TEST(entry__lost_and_picked_up__gap_and_old_timeout_told),
		TEST(entry__lost_during_retransmission__the_pause_that_outlived_it_counts),
		TEST(refused_segment__own_entry_expired__marks_and_refreshes_nothing),
		TEST(refused_segment__server_spoke_first__found_by_the_inverse_tuple),
		TEST(refused_segment__far_from_the_stream__no_mark),
		TEST(refused_segment__in_living_flow__gap_is_short),
		TEST(syn__into_living_flow__provisional),
		TEST(syn__into_living_flow_and_answered__a_new_connection),
		TEST(resume__beyond_what_was_seen__blind_with_bounds),
		TEST(fin__acknowledged_and_half_closed__told_per_side),
		TEST(fin__of_both_sides__acknowledging_it_is_no_half_close),
		TEST(after_reset__each_kind__told_once_and_once_late),
		TEST(after_reset__new_syn__told),
		TEST(after_reset__new_data_acknowledged__that_reset_is_forgotten),
		TEST(reset__of_another_sequence__is_watched_but_has_not_killed),
		TEST(reset__noted__nothing_of_the_flow_changes),
		TEST(midstream__first_seen_late__said_so),
		TEST(unknown_flow__nothing_told),
		TEST(looks__learned_but_not_from_syn_ack_ipid),
	};

	return cmocka_run_group_tests_name("module_flowmem", tests, NULL, NULL);
}
