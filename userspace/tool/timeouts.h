/* SPDX-License-Identifier: GPL-2.0 */
/*
 * timeouts.h - rstwhy timeouts: what is shown of each path
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_TIMEOUTS_H
#define RSTWHY_TIMEOUTS_H

#include "../engine/hints.h"
#include "../learn/keepalive.h"
#include "../learn/learn.h"
#include "../record/line.h"

#define TIMEOUTS_CANDIDATES_MAX 8
#define TIMEOUTS_LINE_MAX	8192

/* One path, ready to be shown; borrows entry and names. */
struct timeouts_row {
	const struct learn_entry *entry;
	struct path_bracket bracket;
	struct keepalive keepalive;
	const struct hint *candidate[TIMEOUTS_CANDIDATES_MAX];
	size_t candidates;
};

/* Rows for all that was learned, in an array of learn_count() entries: what hurts most first, which is what was killed most often. */
void timeouts_rows(const struct learn *learned, const struct hints *hints, uint64_t now_s, struct timeouts_row *rows);

/* For people: some lines. */
void timeouts_text(struct line *line, const struct timeouts_row *row, uint64_t now_s);

/* One JSON object and a newline. */
void timeouts_json(struct line *line, const struct timeouts_row *row);

#endif
