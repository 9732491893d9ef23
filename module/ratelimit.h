/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ratelimit.h - two token buckets: flows that are known and flows that are not; and one for samples
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_RATELIMIT_H
#define RSTWHY_RATELIMIT_H

#include <linux/spinlock.h>
#include <linux/types.h>

struct bucket {
	u64 filled_ns;
	u64 tokens_ns; /* tokens times nanoseconds per token */
};

struct ratelimit {
	spinlock_t lock;
	struct bucket known;
	struct bucket unknown;
	struct bucket sample;
};

void ratelimit_init(struct ratelimit *limit);
bool ratelimit_allow(struct ratelimit *limit, bool known, u32 rate, u32 burst, u64 now_ns);
bool ratelimit_sample(struct ratelimit *limit, u64 now_ns);

#endif
