/* SPDX-License-Identifier: GPL-2.0 */
/*
 * freestanding.h - the few names the pure files need, in the kernel and out of it
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * segment.c, tuple.c, flowmem*.c and evidence.c are compiled unchanged into the module, the unit tests, the fuzzers, the
 * benchmark and the offline analyser. They see no kernel header but through here.
 */
#ifndef RSTWHY_FREESTANDING_H
#define RSTWHY_FREESTANDING_H

#ifdef __KERNEL__

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/types.h>

typedef spinlock_t fm_lock_t;
#define fm_lock_init(l) spin_lock_init(l)
/* A record is handed out with its lock held, or not found: more than sparse can follow, so it is told that nothing is held. */
#define fm_lock(l)               \
	do {                     \
		spin_lock_bh(l); \
		__release(l);    \
	} while (0)
#define fm_unlock(l)               \
	do {                       \
		__acquire(l);      \
		spin_unlock_bh(l); \
	} while (0)

typedef atomic64_t fm_counter_t;
#define fm_count_add(c, n) atomic64_add(n, c)
#define fm_count_read(c) ((u64)atomic64_read(c))
#define fm_own_line ____cacheline_aligned_in_smp

#else

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;

#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif
#ifndef __aligned
#define __aligned(n) __attribute__((aligned(n)))
#endif

static inline u64 div_u64(u64 dividend, u32 divisor)
{
	return dividend / divisor;
}

/* Outside the kernel one thread owns a flow memory. The fuzzer defines FM_LOCK_CHECK: what would deadlock there ends it. */
typedef struct {
	bool held;
} fm_lock_t;
#define fm_lock_init(l) ((void)(l))
#ifdef FM_LOCK_CHECK
#define fm_lock(l) ((l)->held ? __builtin_trap() : (void)((l)->held = true))
#define fm_unlock(l) ((l)->held ? (void)((l)->held = false) : __builtin_trap())
#else
#define fm_lock(l) ((void)(l))
#define fm_unlock(l) ((void)(l))
#endif

typedef s64 fm_counter_t;
#define fm_count_add(c, n) (*(c) += (n))
#define fm_count_read(c) ((u64)*(c))
#define fm_own_line /* one thread, and memory from malloc() */

#endif

/* Sequence space arithmetic, RFC 9293 section 3.4. */
static inline bool seq_after(u32 a, u32 b)
{
	return (s32)(b - a) < 0;
}

static inline bool seq_before(u32 a, u32 b)
{
	return seq_after(b, a);
}

#endif
