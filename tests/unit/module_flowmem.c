// SPDX-License-Identifier: GPL-2.0
/*
 * module_flowmem.c - how a flow begins in the flow memory, and what is told of it
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "conversation_test.h"

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
	speak(c, CLIENT, SEG_SYN, 0);
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
	speak(c, SERVER, SEG_SYN | SEG_ACK, 0);
	speak(c, CLIENT, SEG_ACK, 0);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_int_equal(mem.rtt_us[R], 0);
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

static void midstream__first_seen_late__said_so(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	speak(c, SERVER, SEG_ACK, 100);
	speak(c, CLIENT, SEG_ACK, 0);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_flags(mem, RSTWHY_MEM_MIDSTREAM);
	assert_no_flags(mem, RSTWHY_MEM_HANDSHAKE | RSTWHY_MEM_BLIND);
	assert_int_equal(mem.ack[O], c->seq[SERVER]);
}

static void synack__acknowledges_data_of_the_syn__begins(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	c->fresh = true;
	speak(c, CLIENT, SEG_SYN, 300);
	c->fresh = false;
	speak(c, SERVER, SEG_SYN | SEG_ACK, 0);
	speak(c, CLIENT, SEG_ACK, 0);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_flags(mem, RSTWHY_MEM_HANDSHAKE | RSTWHY_MEM_COMPLETED | RSTWHY_MEM_DATA_ORIG);
	assert_no_flags(mem, RSTWHY_MEM_SYN_PENDING | RSTWHY_MEM_DATA_REPLY);
	assert_int_equal(mem.end[O], c->seq[CLIENT]);
}

static void synack__acknowledges_more_than_the_syn__does_not_begin(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	c->fresh = true;
	speak(c, CLIENT, SEG_SYN, 300);
	c->fresh = false;
	say_at(c, SERVER, SEG_SYN | SEG_ACK, 5000, c->seq[CLIENT] + 1, 0);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_no_flags(mem, RSTWHY_MEM_HANDSHAKE);
}

/* Only the server's half crosses: conntrack refuses the SYN-ACK, and takes its sender for the opener when it goes on. */
static void synack__refused_and_followed__tells_the_opener(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	c->server_opened = c->fresh = true;
	refused(c, SERVER, SEG_SYN | SEG_ACK, 4999, 1000, 0);
	assert_false(reset_from(c, SERVER, false, &mem));
	say_at(c, SERVER, SEG_ACK, 5000, 1000, 0);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_flags(mem, RSTWHY_MEM_MIDSTREAM | RSTWHY_MEM_OPENER_REPLY);
	assert_no_flags(mem, RSTWHY_MEM_HANDSHAKE);
	assert_int_equal(mem.direction, O);
}

static void synack__of_a_stranger__tells_nothing(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	c->fresh = true;
	refused(c, CLIENT, SEG_SYN | SEG_ACK, 777, 1000, 0); /* its number does not lead to what follows */
	speak(c, CLIENT, SEG_ACK, 100);
	c->fresh = false;
	speak(c, SERVER, SEG_ACK, 100);
	refused(c, CLIENT, SEG_SYN | SEG_ACK, c->seq[CLIENT] - 1, 1000, 0); /* nor does it change a flow that has a record */
	speak(c, CLIENT, SEG_ACK, 100);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_flags(mem, RSTWHY_MEM_MIDSTREAM);
	assert_no_flags(mem, RSTWHY_MEM_OPENER_REPLY);
}

/* Where conntrack is not asked it may be the first that is seen. */
static void synack__untracked_and_first__tells_the_opener(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	c->server_opened = true;
	say_at(c, SERVER, SEG_SYN | SEG_ACK, 4999, 1000, 0);
	say_at(c, SERVER, SEG_ACK, 5000, 1000, 0);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_flags(mem, RSTWHY_MEM_OPENER_REPLY);
}

/* Never silent long enough for a burst: what it looks like is taken anew all the same. */
static void looks__of_a_busy_flow__no_older_than_their_refresh(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_memory mem;

	handshake(c);
	for (int i = 0; i < 200; i++) {
		exchange(c);
		wait_ms(c, 500);
	}
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_in_range(mem.base[R].age_ms, 0, 18000);
	assert_in_range(mem.base[O].age_ms, 0, 18000);
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
	speak(c, SERVER, SEG_ACK, 10);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_int_equal(mem.base[R].flags & RSTWHY_BASE_IPID, RSTWHY_BASE_IPID);
	assert_int_equal(mem.base[R].ipid, 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(handshake__completed__round_trips_of_both_halves),
		TEST(syn__repeated__no_round_trip_claimed),
		TEST(syn__into_living_flow__provisional),
		TEST(syn__into_living_flow_and_answered__a_new_connection),
		TEST(midstream__first_seen_late__said_so),
		TEST(synack__acknowledges_data_of_the_syn__begins),
		TEST(synack__acknowledges_more_than_the_syn__does_not_begin),
		TEST(synack__refused_and_followed__tells_the_opener),
		TEST(synack__of_a_stranger__tells_nothing),
		TEST(synack__untracked_and_first__tells_the_opener),
		TEST(unknown_flow__nothing_told),
		TEST(looks__of_a_busy_flow__no_older_than_their_refresh),
		TEST(looks__learned_but_not_from_syn_ack_ipid),
	};

	return cmocka_run_group_tests_name("module_flowmem", tests, NULL, NULL);
}
