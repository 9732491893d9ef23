/* SPDX-License-Identifier: GPL-2.0 */
/*
 * wide_product.h - the upper half of a product of two words, which the hashes mix with
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_WIDE_PRODUCT_H
#define RSTWHY_WIDE_PRODUCT_H

#include "freestanding.h"

/* The upper half of a product of 128 bits, where the compiler has no such number. */
static inline u64 fm_upper_in_parts(u64 a, u64 b)
{
	u64 ll = (u64)(u32)a * (u32)b, lh = (u64)(u32)a * (b >> 32), hl = (a >> 32) * (u32)b;

	return (a >> 32) * (b >> 32) + (lh >> 32) + (hl >> 32) + (((ll >> 32) + (u32)lh + (u32)hl) >> 32);
}

static __always_inline u64 fm_upper(u64 a, u64 b)
{
#if defined(__x86_64__) /* in the kernel gcc aligns the stack of whoever has a number of 128 bits: six instructions */
	u64 low, high;

	__asm__("mulq %3" : "=a"(low), "=d"(high) : "%0"(a), "r"(b) : "cc");
	return high;
#elif defined(__SIZEOF_INT128__)
	return (u64)(((unsigned __int128)a * b) >> 64);
#else
	return fm_upper_in_parts(a, b);
#endif
}

/* Both halves, the upper one on the lower one: that depends on all bits before, where of the lower one the top bit depends on one alone. */
static __always_inline u64 fm_fold(u64 a, u64 b)
{
	return a * b ^ fm_upper(a, b);
}

#endif
