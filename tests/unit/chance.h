/* SPDX-License-Identifier: GPL-2.0 */
/*
 * chance.h - numbers that nobody chose, the same in each run
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_CHANCE_H
#define RSTWHY_CHANCE_H

#include <stdint.h>

static uint64_t chance_state = 0x9e3779b97f4a7c15ULL;

/* From 0 up, below that. Marsaglia's xorshift. */
static inline uint32_t chance(uint32_t below)
{
	chance_state ^= chance_state << 13;
	chance_state ^= chance_state >> 7;
	chance_state ^= chance_state << 17;
	return (uint32_t)(chance_state >> 20) % below;
}

#endif
