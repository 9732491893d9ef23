// SPDX-License-Identifier: GPL-2.0
/*
 * module_flowtable.c - the flow memory's table: who is found, who has to go
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above */
#include <cmocka.h>
#include <arpa/inet.h>
#include <stdlib.h>

#include "../../module/flowmem_table.h"
#include "conversation.h"

#define FLOWS 4096

static int setup(void **state)
{
	*state = malloc(sizeof(struct conversation));
	conversation_begin(*state, FLOWS);
	return 0;
}

static int teardown(void **state)
{
	conversation_end(*state);
	free(*state);
	return 0;
}

/* The n-th of many clients. */
static void become(struct conversation *c, u32 n)
{
	c->orig = ipv4_tuple(0x0a010000 + n / 50000, (u16)(1024 + n % 50000), 0x0a020002, 443);
	c->reply = inverse(&c->orig);
	c->seq[CLIENT] = 1000 * n;
	c->seq[SERVER] = 77 * n;
}

static bool known(struct conversation *c)
{
	struct rstwhy_memory mem;

	return reset_from(c, SERVER, false, &mem);
}

static void open_many(struct conversation *c, u32 first, u32 count)
{
	u32 n;

	for (n = first; n < first + count; n++) {
		become(c, n);
		handshake(c);
		exchange(c);
	}
}

static u32 count_known(struct conversation *c, u32 first, u32 count)
{
	u32 n, found = 0;

	for (n = first; n < first + count; n++) {
		become(c, n);
		found += known(c);
	}
	return found;
}

static void syn_from(struct conversation *c, u32 n)
{
	become(c, n);
	c->fresh = true;
	c->assured = false;
	c->state = 1;
	speak(c, CLIENT, SEG_SYN, 0);
	c->fresh = false;
}

static void table__as_full_as_promised__all_found(void **state)
{
	struct conversation *c = *state;

	open_many(c, 0, FLOWS);
	assert_int_equal(count_known(c, 0, FLOWS), FLOWS);
	assert_int_equal(flowmem_used(&c->fm), FLOWS);
}

/* Where a search begins: there it ends for nearly all, also in a full memory. */
static void table__as_full_as_promised__nine_in_ten_where_their_search_begins(void **state)
{
	struct conversation *c = *state;
	u32 n, first = 0;

	open_many(c, 0, FLOWS);
	for (n = 0; n < FLOWS; n++) {
		struct fm_hot *hot;
		struct fm_key key;

		become(c, n);
		flowmem_key(&key, &c->orig, 4, 0, 1);
		first += flowmem_find_first(&c->fm, flowmem_hash(&c->fm, &key), &hot);
	}
	assert_in_range(first, FLOWS * 9 / 10, FLOWS);
}

/* As two CPUs do that have both found nothing. */
static void flow_created_twice__is_one(void **state)
{
	struct conversation *c = *state;
	struct fm_key key;
	u32 first, second;
	bool made;
	u64 hash;

	flowmem_key(&key, &c->orig, 4, 0, 1);
	hash = flowmem_hash(&c->fm, &key);
	first = flowmem_create(&c->fm, &key, hash, 1000, false, &made);
	flowmem_unlock(&c->fm, first);
	assert_true(made);
	second = flowmem_create(&c->fm, &key, hash, 1000, false, &made);
	flowmem_unlock(&c->fm, second);
	assert_false(made);
	assert_int_equal(second, first);
	assert_int_equal(flowmem_used(&c->fm), 1);
	assert_int_equal(fm_count_read(&c->fm.counts[FM_CREATED]), 1);
}

static void syn_flood__idle_assured_flows__none_is_forgotten(void **state)
{
	struct conversation *c = *state;
	u32 before, n;

	open_many(c, 0, FLOWS / 2);
	before = count_known(c, 0, FLOWS / 2);
	wait_ms(c, 3600000);
	for (n = 0; n < 20 * FLOWS; n++)
		syn_from(c, 1000000 + n);
	assert_int_equal(count_known(c, 0, FLOWS / 2), before);
	assert_true(fm_count_read(&c->fm.counts[FM_EVICTED_PROBATION]) > 10 * FLOWS);
}

static void full_of_assured_flows__newcomer__is_refused_and_counted(void **state)
{
	struct conversation *c = *state;
	u32 before;

	open_many(c, 0, 3 * FLOWS);
	assert_true(fm_count_read(&c->fm.counts[FM_REFUSED]) > FLOWS);
	before = count_known(c, 0, FLOWS);
	open_many(c, 100000, FLOWS);
	assert_int_equal(count_known(c, 0, FLOWS), before);
	assert_int_equal(fm_count_read(&c->fm.counts[FM_EVICTED_OUTLIVED]), 0);
}

/* Must this flow wait, so long after now? */
static bool waits(struct conversation *c, u32 ms)
{
	struct fm_key key;

	flowmem_key(&key, &c->orig, 4, 0, 1);
	return flowmem_waits(&c->fm, flowmem_hash(&c->fm, &key), fm_tick((c->now_us + ms * 1000ULL) * 1000));
}

/* In how many of so many ms it asks. */
static u32 asks(struct conversation *c, u32 from, u32 to)
{
	u32 ms, n = 0;

	for (ms = from; ms < to; ms++)
		n += !waits(c, ms);
	return n;
}

static void newcomer_after_its_refusal__asks_in_one_tick_of_16_for_a_second(void **state)
{
	struct conversation *c = *state;
	u64 before;
	u32 n = 0;

	become(c, n);
	assert_int_equal(asks(c, 0, 1000), 1000);
	do {
		before = fm_count_read(&c->fm.counts[FM_REFUSED]);
		open_many(c, n++, 1);
	} while (fm_count_read(&c->fm.counts[FM_REFUSED]) == before && n < 2 * FLOWS);
	assert_int_equal(n, FLOWS + 1);
	assert_in_range(asks(c, 0, 900), 40, 90);
	assert_int_equal(asks(c, 1100, 1200), 100);
}

static void one_refusal__few_others_wait(void **state)
{
	struct conversation *c = *state;
	u32 n, at_once = 0;

	for (n = 0; !fm_count_read(&c->fm.counts[FM_REFUSED]); n++)
		open_many(c, n, 1);
	for (n = 100000; n < 110000; n++) {
		become(c, n);
		at_once += !waits(c, 0);
	}
	assert_in_range(at_once, 9800, 9999);
}

static void flows_that_outlived_their_entry__give_way(void **state)
{
	struct conversation *c = *state;

	c->timeout_ms = 60000;
	open_many(c, 0, 2 * FLOWS);
	wait_ms(c, 2 * 60000 + 660000);
	open_many(c, 100000, FLOWS / 4);
	assert_int_equal(count_known(c, 100000, FLOWS / 4), FLOWS / 4);
	assert_true(fm_count_read(&c->fm.counts[FM_EVICTED_OUTLIVED]) > 0);
}

static void spoofed_handshakes_that_never_speak__go_before_those_that_did(void **state)
{
	struct conversation *c = *state;
	u32 before, n;

	open_many(c, 0, FLOWS / 4);
	before = count_known(c, 0, FLOWS / 4);
	for (n = 0; n < 8 * FLOWS; n++) {
		become(c, 500000 + n);
		handshake(c);
		wait_ms(c, 30);
	}
	assert_int_equal(count_known(c, 0, FLOWS / 4), before);
	wait_ms(c, 120000);
	open_many(c, 100000, 64);
	assert_int_equal(count_known(c, 100000, 64), 64);
}

static void guests__fill_a_quarter_at_most(void **state)
{
	struct conversation *c = *state;
	u32 n;

	c->guest = true;
	for (n = 0; n < 4 * FLOWS; n++)
		syn_from(c, n);
	assert_true(fm_count_read(&c->fm.guests) <= FLOWS / 4);
	c->guest = false;
	open_many(c, 1000000, FLOWS / 2);
	assert_true(count_known(c, 1000000, FLOWS / 2) >= FLOWS / 2 * 99 / 100);
}

static void translated_flow__far_side_speaks_to_the_gateway__found_by_alias(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_tuple server_to_gateway, gateway_to_server;
	struct rstwhy_memory mem;

	server_to_gateway = ipv4_tuple(0x0a020002, 443, 0xc0000201, 40001);
	gateway_to_server = inverse(&server_to_gateway);
	c->reply = server_to_gateway;
	handshake(c);
	exchange(c);
	wait_ms(c, 5000);
	assert_true(reset_on_wire(c, &gateway_to_server, true, &mem));
	assert_int_equal(mem.direction, RSTWHY_DIR_ORIGINAL);
	assert_memory_equal(&mem.orig, &c->orig, sizeof(c->orig));
	assert_memory_equal(&mem.reply, &server_to_gateway, sizeof(server_to_gateway));
	assert_true(mem.flags & RSTWHY_MEM_LOST);
	assert_true(reset_on_wire(c, &server_to_gateway, true, &mem));
	assert_int_equal(mem.direction, RSTWHY_DIR_REPLY);
}

static void translated_flow__other_port_of_the_gateway__not_found(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_tuple other = ipv4_tuple(0xc0000201, 40002, 0x0a020002, 443);
	struct rstwhy_memory mem;

	c->reply = ipv4_tuple(0x0a020002, 443, 0xc0000201, 40001);
	handshake(c);
	exchange(c);
	assert_false(reset_on_wire(c, &other, true, &mem));
}

static void lost_flow__new_mapping__old_one_is_remembered_until_answered(void **state)
{
	struct conversation *c = *state;
	struct rstwhy_tuple old_reply, new_reply = ipv4_tuple(0x0a020002, 443, 0xc0000201, 50005);
	struct rstwhy_memory mem;

	c->reply = old_reply = ipv4_tuple(0x0a020002, 443, 0xc0000201, 40001);
	handshake(c);
	exchange(c);
	wait_ms(c, 5000);
	c->fresh = true;
	c->reply = new_reply;
	speak(c, CLIENT, SEG_ACK | SEG_PSH, 10);
	c->fresh = false;
	say_at(c, CLIENT, SEG_ACK | SEG_PSH, c->seq[CLIENT] - 10, c->seq[SERVER], 10);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_memory_equal(&mem.reply, &old_reply, sizeof(old_reply));
	speak(c, SERVER, SEG_ACK, 0);
	speak(c, CLIENT, SEG_ACK | SEG_PSH, 10);
	wait_ms(c, 1100);
	speak(c, CLIENT, SEG_ACK | SEG_PSH, 10);
	assert_true(reset_from(c, SERVER, false, &mem));
	assert_memory_equal(&mem.reply, &new_reply, sizeof(new_reply));
}

static void nobody_relaxes(void)
{
}

static void namespace__forgotten__its_flows_are_gone(void **state)
{
	struct conversation *c = *state;

	open_many(c, 0, 100);
	assert_int_equal(flowmem_used(&c->fm), 100);
	flowmem_forget(&c->fm, 2, nobody_relaxes);
	assert_int_equal(count_known(c, 0, 100), 100);
	flowmem_forget(&c->fm, 1, nobody_relaxes);
	assert_int_equal(count_known(c, 0, 100), 0);
	assert_int_equal(flowmem_used(&c->fm), 0);
}

static u32 lines_with_somebody_away(const struct flowmem *fm)
{
	u32 line, n = 0;

	for (line = 0; line < fm->lines; line++)
		n += fm_away(fm->hot + (size_t)line * 2) > 0;
	return n;
}

/* A search goes beyond its first line only where somebody is away: that is known while he is, and not longer. */
static void flows_that_stand_elsewhere__their_lines_know_while_they_live(void **state)
{
	struct conversation *c = *state;
	u32 round, lines = c->fm.lines;

	for (round = 0; round < 3; round++) {
		open_many(c, round * FLOWS, FLOWS);
		assert_int_equal(count_known(c, round * FLOWS, FLOWS), FLOWS);
		assert_in_range(lines_with_somebody_away(&c->fm), lines / 100, lines / 20);
		flowmem_forget(&c->fm, 1, nobody_relaxes);
		assert_int_equal(lines_with_somebody_away(&c->fm), 0);
	}
	open_many(c, 0, FLOWS);
	wait_ms(c, 2 * 432000000ULL + 1000000);
	open_many(c, 100000, FLOWS / 2);
	assert_int_equal(count_known(c, 100000, FLOWS / 2), FLOWS / 2);
	assert_in_range(lines_with_somebody_away(&c->fm), lines / 100, lines / 10);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(table__as_full_as_promised__all_found),
		TEST(table__as_full_as_promised__nine_in_ten_where_their_search_begins),
		TEST(flow_created_twice__is_one),
		TEST(syn_flood__idle_assured_flows__none_is_forgotten),
		TEST(full_of_assured_flows__newcomer__is_refused_and_counted),
		TEST(newcomer_after_its_refusal__asks_in_one_tick_of_16_for_a_second),
		TEST(one_refusal__few_others_wait),
		TEST(flows_that_outlived_their_entry__give_way),
		TEST(spoofed_handshakes_that_never_speak__go_before_those_that_did),
		TEST(guests__fill_a_quarter_at_most),
		TEST(translated_flow__far_side_speaks_to_the_gateway__found_by_alias),
		TEST(translated_flow__other_port_of_the_gateway__not_found),
		TEST(lost_flow__new_mapping__old_one_is_remembered_until_answered),
		TEST(namespace__forgotten__its_flows_are_gone),
		TEST(flows_that_stand_elsewhere__their_lines_know_while_they_live),
	};

	return cmocka_run_group_tests_name("module_flowtable", tests, NULL, NULL);
}
