// SPDX-License-Identifier: GPL-2.0
/*
 * nearest.c - which of the known words was meant
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "nearest.h"

#include <string.h>

#define LONGEST 63

static size_t least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Levenshtein's distance, one row at a time. */
size_t nearest_distance(const char *a, const char *b)
{
	size_t a_len = strnlen(a, LONGEST), b_len = strnlen(b, LONGEST);
	size_t row[LONGEST + 1];

	for (size_t j = 0; j <= b_len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t substituted = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			row[j] = least(row[j] + 1, row[j - 1] + 1, substituted);
		}
	}
	return row[b_len];
}
