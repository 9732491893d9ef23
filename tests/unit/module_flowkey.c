// SPDX-License-Identifier: GPL-2.0
/*
 * module_flowkey.c - one key for both directions of a flow, and its hash
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above */
#include <cmocka.h>

#include "../../module/flowmem_fast.h"
#include "conversation.h"

static void key__either_direction__is_one(void **state)
{
	struct rstwhy_tuple t = ipv4_tuple(0x0a010002, 1, 0x0a010002, 2), i = inverse(&t);
	struct fm_key a, b;
	u8 side;

	(void)state;
	side = flowmem_key(&a, &t, 4, 3, 9);
	assert_int_equal(flowmem_key(&b, &i, 4, 3, 9), !side);
	assert_memory_equal(&a, &b, sizeof(a));
}

static void upper_half_of_a_product__each_way__is_the_same(void **state)
{
#ifdef __SIZEOF_INT128__
	static const u64 numbers[] = { 0, 1, 2, 0xffffffff, 0x100000000, 0x123456789abcdef0, 0xfedcba9876543210, ~0ULL - 1, ~0ULL };
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		for (j = 0; j < sizeof(numbers) / sizeof(numbers[0]); j++) {
			u64 upper = (u64)((unsigned __int128)numbers[i] * numbers[j] >> 64);

			assert_true(fm_upper_in_parts(numbers[i], numbers[j]) == upper);
			assert_true(fm_upper(numbers[i], numbers[j]) == upper);
		}
#else
	(void)state;
	skip(); /* nothing to compare with */
#endif
}

/* Each part of a tuple matters to the hash, and the direction does not. */
static void hash__any_part_of_the_tuple_differs__differs(void **state)
{
	struct flowmem fm;
	u8 family, part;

	(void)state;
	flowmem_hash_keys(&fm.keys, 11, 12);
	for (family = 4; family <= 6; family += 2) {
		struct rstwhy_tuple t = ipv4_tuple(0x0a000001, 1024, 0xc0000201, 443), back;
		struct fm_key key, other;
		u64 hash;

		memset(t.src + 4, family == 6 ? 7 : 0, 12);
		back = inverse(&t);
		assert_int_not_equal(flowmem_key(&key, &t, family, 5, 9), flowmem_key(&other, &back, family, 5, 9));
		assert_memory_equal(&key, &other, sizeof(key));
		hash = flowmem_hash(&fm, &key);
		for (part = 0; part < (family == 6 ? 32 : 8); part++) {
			u8 *byte = family == 6 ? &key.addr[part / 16][part % 16] : &key.addr[part / 4][part % 4];

			*byte ^= 1;
			assert_true(flowmem_hash(&fm, &key) != hash);
			*byte ^= 1;
		}
		for (part = 0; part < 4; part++) {
			other = key;
			other.port[0] ^= part == 0;
			other.port[1] ^= part == 1;
			other.zone ^= part == 2;
			other.netns ^= part == 3;
			assert_true(flowmem_hash(&fm, &other) != hash);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(key__either_direction__is_one),
		cmocka_unit_test(upper_half_of_a_product__each_way__is_the_same),
		cmocka_unit_test(hash__any_part_of_the_tuple_differs__differs),
	};

	return cmocka_run_group_tests_name("module_flowkey", tests, NULL, NULL);
}
