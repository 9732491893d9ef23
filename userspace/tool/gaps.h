/* SPDX-License-Identifier: GPL-2.0 */
/*
 * gaps.h - how long the silences were: a histogram with bars of equal ratio
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Pure. GAPS_PER_DECADE bars for each factor of ten, from GAPS_LEAST_MS on; what is shorter or longer falls into the first or last one.
 */
#ifndef RSTWHY_GAPS_H
#define RSTWHY_GAPS_H

#include <stddef.h>
#include <stdint.h>

#define GAPS_LEAST_MS 100.0
#define GAPS_DECADES 8 /* to 10,000,000 s, which is 115 days */
#define GAPS_PER_DECADE 40
#define GAPS_BARS (GAPS_DECADES * GAPS_PER_DECADE)

/* Plain data; all zero is empty. */
struct gaps {
	uint32_t idle[GAPS_BARS];  /* before what was judged an idle timeout */
	uint32_t other[GAPS_BARS]; /* before anything else */
};

/* The bar of a silence; negative where ms is. */
int gaps_bar(double ms);

/* The least silence of a bar, in milliseconds; of GAPS_BARS, the end. */
double gaps_begin_ms(size_t bar);

#endif
