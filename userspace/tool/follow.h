/* SPDX-License-Identifier: GPL-2.0 */
/*
 * follow.h - the lines of a file that grows and may be rotated
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Like tail -F: when another file has taken the path, or the file was cut, what is left of the old one is read first. Lines longer
 * than FOLLOW_LINE_MAX are left out.
 */
#ifndef RSTWHY_FOLLOW_H
#define RSTWHY_FOLLOW_H

#include <stdbool.h>
#include <stddef.h>

#define FOLLOW_LINE_MAX 65536

struct follow; /* opaque, by follow_new() and follow_free() */

/* "-" is standard input. NULL: no memory. */
struct follow *follow_new(const char *path);
void follow_free(struct follow *follow);

/* Whether there is a file now; it is opened when need be. */
bool follow_present(struct follow *follow);

/* Leave out all but the last bytes of the file that is there now, to the next line's beginning. Before the first follow_next() only. */
void follow_near_end(struct follow *follow, long bytes);

/* The next whole line, without its newline; valid until the next call. False: none now. */
bool follow_next(struct follow *follow, const char **line, size_t *len);

#endif
