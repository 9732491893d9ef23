// SPDX-License-Identifier: GPL-2.0
/*
 * module_hostmem.c - what is known of a host over all its connections
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../module/hostmem.h"

#define PLACES 64
#define SECOND 1000000ULL

static struct hm_host places[PLACES];
static struct hostmem memory;

static int fresh(void **state)
{
	(void)state;
	memset(places, 0, sizeof(places));
	memory = (struct hostmem){.hosts = places};
	hostmem_init(&memory, PLACES, 42);
	return 0;
}

static struct hm_key host(u32 number)
{
	u8 addr[16] = {10, (u8)(number >> 16), (u8)(number >> 8), (u8)number};
	struct hm_key key;

	hostmem_key(&key, addr, 4, 0, 1);
	return key;
}

static void hear(u32 number, u64 now_s, u64 since_s, u32 rtt_us, u8 ttl)
{
	struct hm_key key = host(number);
	struct hm_lesson lesson = {.now_us = now_s * SECOND, .since_us = since_s * SECOND, .rtt_us = rtt_us, .ttl = ttl};

	hostmem_hear(&memory, &key, &lesson);
}

static struct rstwhy_host told(u32 number, u64 now_s)
{
	struct hm_key key = host(number);
	struct rstwhy_host out;

	hostmem_tell(&memory, &key, now_s * SECOND, &out);
	return out;
}

static void tell__never_heard__nothing(void **state)
{
	struct rstwhy_host out = told(1, 100);

	(void)state;
	assert_int_equal(out.flags, 0);
	assert_int_equal(out.ttl, 0);
}

static void tell__heard__looks_and_age(void **state)
{
	struct rstwhy_host out;

	(void)state;
	hear(1, 100, 90, 5000, 63);
	hear(1, 101, 90, 0, 63);
	hear(1, 102, 102, 9000, 62);
	out = told(1, 105);
	assert_int_equal(out.flags, RSTWHY_HOST_KNOWN);
	assert_int_equal(out.ttl, 62);
	assert_int_equal(out.rtt_us, 5000); /* a handshake that was held up makes a host no farther */
	assert_int_equal(out.rtts, 2); /* two connections */
	assert_int_equal(out.heard_ms, 3000);
}

static void kept__overlapping_connections__since_the_first(void **state)
{
	(void)state;
	hear(1, 100, 50, 0, 64);
	hear(1, 200, 90, 0, 64); /* began while the first was seen to live */
	assert_int_equal(told(1, 200).kept_ms, 150000);
}

static void kept__one_after_another__since_the_last(void **state)
{
	(void)state;
	hear(1, 100, 50, 0, 64);
	hear(1, 200, 150, 0, 64); /* a restart would have fitted in between */
	assert_int_equal(told(1, 200).kept_ms, 50000);
}

static void kept__older_connection_speaks_again__since_its_beginning(void **state)
{
	(void)state;
	hear(1, 100, 100, 0, 64);
	hear(1, 110, 10, 0, 64);
	assert_int_equal(told(1, 110).kept_ms, 100000);
}

static void key__another_namespace_zone_or_family__another_host(void **state)
{
	u8 addr[16] = {10, 0, 0, 1};
	struct rstwhy_host out;
	struct hm_key key;

	(void)state;
	hear(1, 100, 90, 0, 64);
	hostmem_key(&key, addr, 4, 0, 2);
	hostmem_tell(&memory, &key, SECOND, &out);
	assert_int_equal(out.flags, 0);
	hostmem_key(&key, addr, 4, 7, 1);
	hostmem_tell(&memory, &key, SECOND, &out);
	assert_int_equal(out.flags, 0);
	hostmem_key(&key, addr, 6, 0, 1);
	hostmem_tell(&memory, &key, SECOND, &out);
	assert_int_equal(out.flags, 0);
}

/* Whoever speaks stays: a crowd of others takes the places of the silent. */
static void hear__more_hosts_than_places__the_silent_give_way(void **state)
{
	u32 kept = 0;

	(void)state;
	for (u32 i = 0; i < 4 * PLACES; i++) {
		hear(1000000, 1000 + i, 1000, 0, 61);
		hear(i, 1000 + i, 1000, 0, 64);
	}
	assert_int_equal(told(1000000, 2000).ttl, 61);
	for (u32 i = 0; i < 4 * PLACES; i++)
		kept += told(i, 2000).flags != 0;
	assert_in_range(kept, PLACES / 2, PLACES - 1);
	assert_int_equal(fm_count_read(&memory.replaced), 4 * PLACES - kept);
}

/*
 * A multiplication alone leaves uppermost bits where they are: where such bits of one word are made up for in the next, four of these met in
 * the victim's set, whatever the secret.
 */
static void hear__neighbours_chosen_by_their_bits__do_not_drive_a_host_out(void **state)
{
	u8 victim[16] = {0x20, 0x01, 0x0d, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
	struct hm_lesson lesson = {.now_us = SECOND, .since_us = SECOND, .ttl = 64};
	static struct hm_host many[HM_WAYS * 4096];
	struct rstwhy_host out;
	struct hm_key key;
	u32 i, known = 0;
	u64 secret;

	(void)state;
	for (secret = 1; secret <= 50; secret++) {
		memset(many, 0, sizeof(many));
		memory = (struct hostmem){.hosts = many};
		hostmem_init(&memory, HM_WAYS * 4096, secret * 0x9e3779b97f4a7c15ULL);
		hostmem_key(&key, victim, 6, 0, 1);
		hostmem_hear(&memory, &key, &lesson);
		for (i = 0; i < 15 * 15; i++) {
			u64 word[2], first = (u64)(i / 15 + 1) << 60, second = (u64)(i % 15 + 1) << 60;

			memcpy(word, victim, sizeof(word));
			word[0] ^= first;
			word[1] ^= second ^ second >> 29;
			lesson.now_us++;
			hostmem_key(&key, (const u8 *)word, 6, 0, 1);
			hostmem_hear(&memory, &key, &lesson);
		}
		hostmem_key(&key, victim, 6, 0, 1);
		hostmem_tell(&memory, &key, lesson.now_us, &out);
		known += out.flags & RSTWHY_HOST_KNOWN;
	}
	assert_int_equal(known, 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hear__neighbours_chosen_by_their_bits__do_not_drive_a_host_out),
		cmocka_unit_test_setup(tell__never_heard__nothing, fresh),
		cmocka_unit_test_setup(tell__heard__looks_and_age, fresh),
		cmocka_unit_test_setup(kept__overlapping_connections__since_the_first, fresh),
		cmocka_unit_test_setup(kept__one_after_another__since_the_last, fresh),
		cmocka_unit_test_setup(kept__older_connection_speaks_again__since_its_beginning, fresh),
		cmocka_unit_test_setup(key__another_namespace_zone_or_family__another_host, fresh),
		cmocka_unit_test_setup(hear__more_hosts_than_places__the_silent_give_way, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
