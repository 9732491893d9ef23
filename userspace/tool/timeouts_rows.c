// SPDX-License-Identifier: GPL-2.0
/*
 * timeouts_rows.c - rstwhy timeouts: what is known of each path, and its order
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "timeouts.h"

#include <stdlib.h>
#include <string.h>

static void find_candidates(struct timeouts_row *row, const struct hints *hints)
{
	const unsigned int any = HINT_SILENT | HINT_NEXT | HINT_BOTH;
	const struct path_bracket *b = &row->bracket;
	bool doubtful = bracket_contradicts(b);
	struct hint_bounds bounds = {
		.survived_ms = b->have_survived && !doubtful ? b->survived_ms : 0,
		.killed_ms = b->have_killed ? b->killed_ms : -1,
	};

	for (size_t i = 0; i < hints->count && row->candidates < TIMEOUTS_CANDIDATES_MAX; i++)
		if (hint_fits(&hints->hint[i], any, &bounds))
			row->candidate[row->candidates++] = &hints->hint[i];
}

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* Killed often; then known as killing; then by name, so that the order is the same each time. */
static int by_hurt(const void *a, const void *b)
{
	const struct timeouts_row *left = a, *right = b;
	int order = compare(right->entry->killed.samples, left->entry->killed.samples);

	if (!order)
		order = compare(right->bracket.have_killed, left->bracket.have_killed);
	if (!order)
		order = compare(right->entry->survived.samples, left->entry->survived.samples);
	return order ? order : memcmp(&left->entry->path, &right->entry->path, sizeof(left->entry->path));
}

void timeouts_rows(const struct learn *learned, const struct hints *hints, uint64_t now_s, struct timeouts_row *rows)
{
	for (size_t i = 0; i < learn_count(learned); i++) {
		rows[i] = (struct timeouts_row){ .entry = learn_at(learned, i) };
		learn_entry_bracket(learned, rows[i].entry, now_s, &rows[i].bracket);
		rows[i].keepalive = keepalive_for(&rows[i].bracket);
		find_candidates(&rows[i], hints);
	}
	if (learn_count(learned) > 0)
		qsort(rows, learn_count(learned), sizeof(rows[0]), by_hurt);
}
