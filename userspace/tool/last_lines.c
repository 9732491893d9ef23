// SPDX-License-Identifier: GPL-2.0
/*
 * last_lines.c - the last lines of many, in bounded memory
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "last_lines.h"

#include <stdlib.h>
#include <string.h>

struct kept {
	char *text;
	size_t len;
};

struct last_lines {
	size_t capacity, oldest, count, bytes;
	struct kept line[];
};

struct last_lines *last_lines_new(size_t lines)
{
	struct last_lines *last = calloc(1, sizeof(*last) + lines * sizeof(struct kept));

	if (last)
		last->capacity = lines;
	return last;
}

static void drop_oldest(struct last_lines *last)
{
	struct kept *kept = &last->line[last->oldest];

	last->bytes -= kept->len;
	free(kept->text);
	last->oldest = (last->oldest + 1) % last->capacity;
	last->count--;
}

void last_lines_free(struct last_lines *last)
{
	while (last && last->count > 0)
		drop_oldest(last);
	free(last);
}

void last_lines_add(struct last_lines *last, const char *line, size_t len)
{
	struct kept kept = { .len = len };

	if (last->capacity == 0)
		return;
	while (last->count == last->capacity || (last->count > 0 && last->bytes + len > LAST_LINES_BYTES))
		drop_oldest(last);
	kept.text = malloc(len + 1);
	if (!kept.text)
		return;
	memcpy(kept.text, line, len);
	kept.text[len] = '\0';
	last->line[(last->oldest + last->count) % last->capacity] = kept;
	last->count++;
	last->bytes += len;
}

size_t last_lines_count(const struct last_lines *last)
{
	return last->count;
}

char *last_lines_at(const struct last_lines *last, size_t index, size_t *len)
{
	const struct kept *kept = &last->line[(last->oldest + last->count - 1 - index) % last->capacity];

	*len = kept->len;
	return kept->text;
}
