/* SPDX-License-Identifier: GPL-2.0 */
/*
 * last_lines.h - the latest lines of many, in bounded memory
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * At most a number of lines, and at most LAST_LINES_BYTES of them: long lines make room by letting the oldest go. Logs of several gateways
 * come one behind the other, so it is the time that counts.
 */
#ifndef RSTWHY_LAST_LINES_H
#define RSTWHY_LAST_LINES_H

#include <stddef.h>
#include <stdint.h>

#define LAST_LINES_BYTES (64U << 20)

struct last_lines; /* opaque, by last_lines_new() and last_lines_free() */

/* NULL: no memory. lines may be 0: then nothing is kept. */
struct last_lines *last_lines_new(size_t lines);
void last_lines_free(struct last_lines *last);

/* A copy of the line, if it is late enough; of the same moment the one that came later is the later one. Where there is no memory for it, it is left out. */
void last_lines_add(struct last_lines *last, uint64_t ts_ns, const char *line, size_t len);

size_t last_lines_count(const struct last_lines *last);

/* From 0, the latest, on. Writable, and with a writable byte behind it. */
char *last_lines_at(struct last_lines *last, size_t index, size_t *len);

#endif
