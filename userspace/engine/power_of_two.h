/* SPDX-License-Identifier: GPL-2.0 */
/*
 * power_of_two.h - sizes of tables whose places are found by a mask
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_POWER_OF_TWO_H
#define RSTWHY_POWER_OF_TWO_H

#include <stdint.h>

/* The smallest that is not below n; above 2^31, that one. */
static inline uint32_t power_of_two_from(uint32_t n)
{
	uint32_t power = 1;

	while (power < n && power < 1U << 31)
		power <<= 1;
	return power;
}

#endif
