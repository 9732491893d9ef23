// SPDX-License-Identifier: GPL-2.0
/*
 * ages.c - how many resets when, by class: a histogram over time whose end nobody knows yet
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "ages.h"

#include <string.h>

#define NS_PER_SEC 1000000000ULL

static const uint64_t widths_s[] = { 1, 5, 15, 60, 300, 900, 3600, 10800, 21600, 43200, 86400, 604800, 2419200 };

#define WIDTHS (sizeof(widths_s) / sizeof(widths_s[0]))

uint64_t ages_width_s(const struct ages *ages)
{
	return widths_s[ages->width];
}

/* The next width: neighbours become one. */
static void widen(struct ages *ages)
{
	uint64_t ratio = widths_s[ages->width + 1] / widths_s[ages->width], first = ages->first / ratio;
	size_t bars = 0;

	for (size_t i = 0; i < ages->bars; i++) {
		uint64_t wide = (ages->first + i) / ratio - first;

		if (wide >= bars) {
			bars = wide + 1;
			memmove(ages->count[wide], ages->count[i], sizeof(ages->count[i]));
			continue;
		}
		for (size_t class = 0; class < AGES_CLASSES; class++)
			ages->count[wide][class] += ages->count[i][class];
	}
	memset(ages->count[bars], 0, (AGES_BARS - bars) * sizeof(ages->count[0]));
	ages->width++;
	ages->first = first;
	ages->bars = bars;
}

/* Bars before the first one. */
static void lengthen_back(struct ages *ages, size_t more)
{
	memmove(ages->count[more], ages->count[0], ages->bars * sizeof(ages->count[0]));
	memset(ages->count[0], 0, more * sizeof(ages->count[0]));
	ages->first -= more;
	ages->bars += more;
}

/* The bar of a second, after making room for it. */
static size_t place(struct ages *ages, uint64_t second)
{
	uint64_t number, last;

	if (ages->bars == 0) {
		ages->first = second / widths_s[ages->width];
		ages->bars = 1;
	}
	for (;;) {
		number = second / widths_s[ages->width];
		last = ages->first + ages->bars - 1;
		if (number >= ages->first && number - ages->first < AGES_BARS)
			break;
		if (number < ages->first && last - number < AGES_BARS)
			break;
		if (ages->width + 1 == WIDTHS)
			return number < ages->first ? 0 : AGES_BARS - 1; /* more than 27 years: not a log of ours */
		widen(ages);
	}
	if (number < ages->first)
		lengthen_back(ages, (size_t)(ages->first - number));
	if (number > last)
		ages->bars = (size_t)(number - ages->first) + 1;
	return (size_t)(number - ages->first);
}

void ages_add(struct ages *ages, uint64_t ts_ns, enum cause_class class, int64_t change)
{
	uint64_t *count = &ages->count[place(ages, ts_ns / NS_PER_SEC)][class];

	if (change < 0 && *count < (uint64_t)-change)
		*count = 0;
	else
		*count += (uint64_t)change;
}
