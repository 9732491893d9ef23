/* SPDX-License-Identifier: GPL-2.0 */
/*
 * last_lines.h - the last lines of many, in bounded memory
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * At most a number of lines, and at most LAST_LINES_BYTES of them: long lines make room by letting the oldest go.
 */
#ifndef RSTWHY_LAST_LINES_H
#define RSTWHY_LAST_LINES_H

#include <stddef.h>

#define LAST_LINES_BYTES (64U << 20)

struct last_lines; /* opaque, by last_lines_new() and last_lines_free() */

/* NULL: no memory. lines may be 0: then nothing is kept. */
struct last_lines *last_lines_new(size_t lines);
void last_lines_free(struct last_lines *last);

/* A copy of the line; where there is no memory for it, it is left out. */
void last_lines_add(struct last_lines *last, const char *line, size_t len);

size_t last_lines_count(const struct last_lines *last);

/* From 0, the latest, on. Writable, and with a writable byte behind it. */
char *last_lines_at(const struct last_lines *last, size_t index, size_t *len);

#endif
