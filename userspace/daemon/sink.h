/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sink.h - a file that takes whole lines
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * One write a line. A line that cannot be written whole is taken back and counted; the trouble is told once, and once when it is over.
 */
#ifndef RSTWHY_SINK_H
#define RSTWHY_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sink; /* opaque, by sink_open() and sink_close() */

/* A file to append to, or "-" for standard output. NULL: errno tells. */
struct sink *sink_open(const char *path);
void sink_close(struct sink *sink);

/* Which file it is, and how long it is; both 0 where it is no plain file. NULL is none. */
void sink_place(const struct sink *sink, uint64_t *inode, uint64_t *length);

/* Bytes of whole lines written since it was opened; NULL is none. */
uint64_t sink_bytes(const struct sink *sink);

const char *sink_path(const struct sink *sink);

/* False: the line is not there. */
bool sink_write(struct sink *sink, const char *text, size_t len);

/* Lines that could not be written and that the file does not tell of yet; sink_confess(): a line that was written tells of them now. */
uint64_t sink_missed(const struct sink *sink);
void sink_confess(struct sink *sink);

#endif
