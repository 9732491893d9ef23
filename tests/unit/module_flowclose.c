// SPDX-License-Identifier: GPL-2.0
/*
 * module_flowclose.c - how a flow ends in the flow memory, and what follows a RST
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "conversation_test.h"

static void fin__acknowledged_and_half_closed__told_per_side(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	exchange(c);
	speak(c, CLIENT, SEG_ACK | SEG_FIN, 0);
	speak(c, SERVER, SEG_ACK, 0);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_flags(mem, RSTWHY_MEM_FIN_ORIG | RSTWHY_MEM_FIN_ACKED_ORIG);
	assert_no_flags(mem, RSTWHY_MEM_FIN_REPLY | RSTWHY_MEM_ACKED_PAST_FIN_ORIG);
	assert_int_equal(mem.fin_end[O], c->seq[CLIENT]);
	speak(c, SERVER, SEG_ACK, 500);
	speak(c, CLIENT, SEG_ACK, 0);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_flags(mem, RSTWHY_MEM_ACKED_PAST_FIN_ORIG);
}

static void fin__of_both_sides__acknowledging_it_is_no_half_close(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	speak(c, CLIENT, SEG_ACK | SEG_FIN, 0);
	speak(c, SERVER, SEG_ACK | SEG_FIN, 0);
	speak(c, CLIENT, SEG_ACK, 0);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_flags(mem, RSTWHY_MEM_FIN_ACKED_ORIG | RSTWHY_MEM_FIN_ACKED_REPLY);
	assert_no_flags(mem, RSTWHY_MEM_ACKED_PAST_FIN_ORIG | RSTWHY_MEM_ACKED_PAST_FIN_REPLY);
}

/* The SYN that a RST refused is answered after all: the host did not refuse it. */
static void after_refusal__the_host_accepts__told(void **state)
{
	struct conversation *c = *state;

	speak(c, CLIENT, SEG_SYN, 0);
	note_reset(c, SERVER, 81);
	say_at(c, SERVER, SEG_SYN | SEG_ACK, c->seq[SERVER], c->seq[CLIENT] + 5, 0);
	assert_int_equal(c->told, 0);
	speak(c, SERVER, SEG_SYN | SEG_ACK, 0);
	assert_int_equal(c->told, RSTWHY_AFTER_SENDER_SEGMENT);
	assert_int_equal(c->told_ref, 81);
}

static void after_reset__each_kind__told_once_and_once_late(void **state)
{
	struct conversation *c = *state;

	handshake(c);
	exchange(c);
	note_reset(c, SERVER, 81);
	wait_ms(c, 30);
	speak(c, CLIENT, SEG_ACK, 0);
	assert_int_equal(c->told, RSTWHY_AFTER_PEER_SEGMENT);
	assert_int_equal(c->told_ref, 81);
	speak(c, CLIENT, SEG_ACK, 0);
	assert_int_equal(c->told, 0);
	speak(c, SERVER, SEG_ACK, 10);
	assert_int_equal(c->told, RSTWHY_AFTER_SENDER_DATA);
	speak(c, CLIENT, SEG_ACK, 20);
	assert_int_equal(c->told, RSTWHY_AFTER_PEER_ACK);
	speak(c, SERVER, SEG_ACK, 0);
	assert_int_equal(c->told, RSTWHY_AFTER_SENDER_ACK);
	wait_ms(c, 2000);
	speak(c, SERVER, SEG_ACK, 10);
	assert_int_equal(c->told, RSTWHY_AFTER_SENDER_ACK);
	speak(c, SERVER, SEG_ACK, 10);
	assert_int_equal(c->told, RSTWHY_AFTER_SENDER_DATA);
	speak(c, SERVER, SEG_ACK, 0);
	assert_int_equal(c->told, RSTWHY_AFTER_SENDER_SEGMENT);
	speak(c, SERVER, SEG_ACK, 10);
	assert_int_equal(c->told, 0);
	wait_ms(c, 121000);
	speak(c, CLIENT, SEG_ACK, 20);
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
	speak(c, SERVER, SEG_ACK, 10);
	assert_int_equal(c->told, RSTWHY_AFTER_SENDER_DATA);
}

static void reset__refuses_a_syn__has_killed(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	speak(c, CLIENT, SEG_SYN, 0);
	c->seq[SERVER] += 3000; /* 0, on the wire: nothing that was heard of */
	note_reset(c, SERVER, 5);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_flags(mem, RSTWHY_MEM_RESET_BEFORE);
}

/* Someone forges a SYN and then RSTs into a living flow: the next RST is no leftover of these. */
static void reset__forged_behind_a_forged_syn__has_not_killed(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;
	enum who who;

	handshake(c);
	exchange(c);
	say_at(c, CLIENT, SEG_SYN, c->seq[CLIENT] + 90000000, 0, 0);
	for (who = CLIENT; who <= SERVER; who++) {
		c->seq[who] += 5000000;
		note_reset(c, who, 5);
		c->seq[who] -= 5000000;
	}
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_no_flags(mem, RSTWHY_MEM_RESET_BEFORE);
}

/* Whoever knows the ports alone can make conntrack refuse what he likes. */
static void after_reset__refused_with_a_strangers_numbers__proves_nothing(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;
	u32 number = 1, i;

	handshake(c);
	exchange(c);
	note_reset(c, SERVER, 5);
	for (i = 0; i < 1000; i++) {
		number = number * 1664525 + 1013904223;
		refused(c, i & 1, SEG_ACK, c->seq[i & 1] + 0x20000000 + number % 0xc0000000, number, 10);
		assert_int_equal(c->told, 0);
	}
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_flags(mem, RSTWHY_MEM_RESET_BEFORE);
	refused(c, SERVER, SEG_ACK, c->seq[SERVER], c->seq[CLIENT], 10);
	assert_int_equal(c->told, RSTWHY_AFTER_SENDER_DATA);
}

/* The other way leads elsewhere: of the server nothing was ever seen, but what the client acknowledges. */
static void after_reset__refused_and_seen_one_way_only__told(void **state)
{
	struct conversation *c = *state;

	c->seq[SERVER] = 0x70000000;
	speak(c, CLIENT, SEG_SYN, 0);
	say_at(c, CLIENT, SEG_ACK, c->seq[CLIENT], c->seq[SERVER] + 1, 0);
	say_at(c, CLIENT, SEG_ACK | SEG_PSH, c->seq[CLIENT], c->seq[SERVER] + 1, 100);
	note_reset(c, CLIENT, 5);
	refused(c, CLIENT, SEG_ACK, c->seq[CLIENT] + 100, c->seq[SERVER] + 500, 10);
	assert_int_equal(c->told, RSTWHY_AFTER_SENDER_ACK);
}

/* Beyond the rate limit. */
static void reset__not_told_of__what_follows_is_not_told_either(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	exchange(c);
	note_reset(c, SERVER, 0);
	speak(c, SERVER, SEG_ACK, 10);
	assert_int_equal(c->told, 0);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_no_flags(mem, RSTWHY_MEM_RESET_BEFORE);
	note_reset(c, SERVER, 6); /* of the same train, and told of */
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_flags(mem, RSTWHY_MEM_RESET_BEFORE);
	assert_int_equal(mem.reset_seq, 6);
	speak(c, SERVER, SEG_ACK, 10);
	assert_int_equal(c->told, RSTWHY_AFTER_SENDER_DATA);
	assert_int_equal(c->told_ref, 6);
	wait_ms(c, 5000);
	note_reset(c, SERVER, 0); /* a straggler of that one */
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_int_equal(mem.reset_seq, 6);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(fin__acknowledged_and_half_closed__told_per_side),
		TEST(fin__of_both_sides__acknowledging_it_is_no_half_close),
		TEST(after_reset__each_kind__told_once_and_once_late),
		TEST(after_refusal__the_host_accepts__told),
		TEST(after_reset__new_data_acknowledged__that_reset_is_forgotten),
		TEST(reset__of_another_sequence__is_watched_but_has_not_killed),
		TEST(reset__refuses_a_syn__has_killed),
		TEST(reset__forged_behind_a_forged_syn__has_not_killed),
		TEST(after_reset__refused_with_a_strangers_numbers__proves_nothing),
		TEST(after_reset__refused_and_seen_one_way_only__told),
		TEST(reset__not_told_of__what_follows_is_not_told_either),
		TEST(after_reset__new_syn__told),
		TEST(reset__noted__nothing_of_the_flow_changes),
	};

	return cmocka_run_group_tests_name("module_flowclose", tests, NULL, NULL);
}
