// SPDX-License-Identifier: GPL-2.0
/*
 * last_lines.c - the latest lines of many, in bounded memory
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "last_lines.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct kept {
	char *text;
	size_t len;
	uint64_t ts_ns;
	uint64_t number; /* of the lines that came */
};

struct last_lines {
	size_t capacity, count, bytes;
	uint64_t came;
	bool sorted;
	struct kept line[]; /* a heap, the oldest first; sorted, it is one too */
};

struct last_lines *last_lines_new(size_t lines)
{
	struct last_lines *last = calloc(1, sizeof(*last) + lines * sizeof(struct kept));

	if (last)
		last->capacity = lines;
	return last;
}

void last_lines_free(struct last_lines *last)
{
	for (size_t i = 0; last && i < last->count; i++)
		free(last->line[i].text);
	free(last);
}

static int by_age(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	if (x->ts_ns != y->ts_ns)
		return x->ts_ns < y->ts_ns ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

static void drop_oldest(struct last_lines *last)
{
	struct kept moved = last->line[last->count - 1];
	size_t at = 0, child;

	last->bytes -= last->line[0].len;
	free(last->line[0].text);
	last->count--;
	for (; (child = 2 * at + 1) < last->count; at = child) {
		child += child + 1 < last->count && by_age(&last->line[child + 1], &last->line[child]) < 0;
		if (by_age(&moved, &last->line[child]) <= 0)
			break;
		last->line[at] = last->line[child];
	}
	last->line[at] = moved;
	last->sorted = false;
}

static void put(struct last_lines *last, const struct kept *kept)
{
	size_t at = last->count++;

	for (; at > 0 && by_age(kept, &last->line[(at - 1) / 2]) < 0; at = (at - 1) / 2)
		last->line[at] = last->line[(at - 1) / 2];
	last->line[at] = *kept;
	last->bytes += kept->len;
	last->sorted = false;
}

void last_lines_add(struct last_lines *last, uint64_t ts_ns, const char *line, size_t len)
{
	struct kept kept = { .len = len, .ts_ns = ts_ns, .number = last->came++ };

	if (last->capacity == 0)
		return;
	while (last->count == last->capacity || (last->count > 0 && last->bytes + len > LAST_LINES_BYTES)) {
		if (by_age(&kept, &last->line[0]) < 0)
			return;
		drop_oldest(last);
	}
	kept.text = malloc(len + 1);
	if (!kept.text)
		return;
	memcpy(kept.text, line, len);
	kept.text[len] = '\0';
	put(last, &kept);
}

size_t last_lines_count(const struct last_lines *last)
{
	return last->count;
}

char *last_lines_at(struct last_lines *last, size_t index, size_t *len)
{
	const struct kept *kept;

	if (!last->sorted)
		qsort(last->line, last->count, sizeof(last->line[0]), by_age);
	last->sorted = true;
	kept = &last->line[last->count - 1 - index];
	*len = kept->len;
	return kept->text;
}
