// SPDX-License-Identifier: GPL-2.0
/*
 * gaps.c - how long the silences were: a histogram with bars of equal ratio
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "gaps.h"

#include <math.h>

int gaps_bar(double ms)
{
	double bar;

	if (!(ms >= 0))
		return -1;
	if (ms <= GAPS_LEAST_MS)
		return 0;
	/* so that 350000 ms lie in the bar that begins there, whatever the last bit of a logarithm */
	bar = floor(log10(ms / GAPS_LEAST_MS) * GAPS_PER_DECADE + 1e-9);
	return bar < GAPS_BARS ? (int)bar : GAPS_BARS - 1;
}

double gaps_begin_ms(size_t bar)
{
	return GAPS_LEAST_MS * pow(10.0, (double)bar / GAPS_PER_DECADE);
}
