// SPDX-License-Identifier: GPL-2.0
/*
 * ratelimit.c - two token buckets: flows that are known and flows that are not; and one for samples
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "ratelimit.h"

#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#define SAMPLES_A_SECOND 20
#define SAMPLES_AT_ONCE 200

/**
 * ratelimit_init() - full buckets
 * @limit: zeroed by the caller
 *
 * Context: before anybody else sees @limit.
 */
void ratelimit_init(struct ratelimit *limit)
{
	spin_lock_init(&limit->lock);
}

/* Time is the currency: a token costs 1 s / rate, and a bucket never holds more than burst of them. */
static bool take(struct bucket *b, u64 cost_ns, u32 burst, u64 now_ns)
{
	u64 full = cost_ns * burst;

	if (now_ns > b->filled_ns) {
		b->tokens_ns = min(full, b->tokens_ns + min(full, now_ns - b->filled_ns));
		b->filled_ns = now_ns;
	}
	if (b->tokens_ns < cost_ns)
		return false;
	b->tokens_ns -= cost_ns;
	return true;
}

/**
 * ratelimit_allow() - may one more message go out
 * @limit: of the namespace
 * @known: which bucket: RSTs forged for flows that do not exist cannot use up the tokens of those that do
 * @rate: messages a second, 0 no limit
 * @burst: messages at once, at least 1
 * @now_ns: a clock that does not go back; starts above 0 with full buckets, since boot is long ago
 *
 * Context: any; a spinlock with bottom halves off.
 * Return: true when it may.
 */
bool ratelimit_allow(struct ratelimit *limit, bool known, u32 rate, u32 burst, u64 now_ns)
{
	bool allowed;

	if (!rate)
		return true;
	spin_lock_bh(&limit->lock);
	allowed = take(known ? &limit->known : &limit->unknown, div_u64(NSEC_PER_SEC, rate), max(burst, 1U), now_ns);
	spin_unlock_bh(&limit->lock);
	return allowed;
}

/**
 * ratelimit_sample() - may one more survived silence be told of
 * @limit: of the namespace
 * @now_ns: as for ratelimit_allow()
 *
 * Context: any; a spinlock with bottom halves off.
 * Return: true when it may.
 */
bool ratelimit_sample(struct ratelimit *limit, u64 now_ns)
{
	bool allowed;

	spin_lock_bh(&limit->lock);
	allowed = take(&limit->sample, NSEC_PER_SEC / SAMPLES_A_SECOND, SAMPLES_AT_ONCE, now_ns);
	spin_unlock_bh(&limit->lock);
	return allowed;
}
