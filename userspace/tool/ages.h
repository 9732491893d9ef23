/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ages.h - how many resets when, by class: a histogram over time whose end nobody knows yet
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Pure. At most AGES_BARS bars, of a width out of a fixed list (a second to four weeks); each width is a multiple of the one before, and bars
 * begin at multiples of their width, so widening adds neighbours up and loses nothing. Times may come in any order.
 */
#ifndef RSTWHY_AGES_H
#define RSTWHY_AGES_H

#include <stddef.h>
#include <stdint.h>

#include "../engine/cause.h"

#define AGES_BARS 360
#define AGES_CLASSES (CLASS_UNKNOWN + 1)

/* Plain data; all zero is empty. */
struct ages {
	size_t width; /* which of the list; see ages_width_s() */
	uint64_t first; /* number of the first bar, in widths since 1970 */
	size_t bars;
	uint64_t count[AGES_BARS][AGES_CLASSES];
};

uint64_t ages_width_s(const struct ages *ages);

/* Change the count at a time by this much; a count does not go below zero. */
void ages_add(struct ages *ages, uint64_t ts_ns, enum cause_class class, int64_t change);

#endif
