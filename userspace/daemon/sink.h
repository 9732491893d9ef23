/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sink.h - a file that takes whole lines
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Lines that come together go to a plain file in one write, to anything else (a pipe, a terminal) in one write each. A line that cannot
 * be written whole is taken back and counted; the trouble is told once, and once when it is over. A FIFO that nobody reads is full one day:
 * then its lines are lost like those for a full disk, and nobody waits.
 */
#ifndef RSTWHY_SINK_H
#define RSTWHY_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sink; /* opaque, by sink_open() and sink_close() */

/* A file to append to, or "-" for standard output; a last line that is not whole gets its end. NULL: errno tells. */
struct sink *sink_open(const char *path);
void sink_close(struct sink *sink);

/* Which file it is, and how long it is; both 0 where it is no plain file. NULL is none. */
void sink_place(const struct sink *sink, uint64_t *inode, uint64_t *length);

/* Bytes of whole lines written since it was opened; NULL is none. */
uint64_t sink_bytes(const struct sink *sink);

const char *sink_path(const struct sink *sink);

/* A line that was taken is not there after all; tag is the one given with it. */
typedef void sink_lost_fn(void *user, uint64_t tag);
void sink_on_lost(struct sink *sink, sink_lost_fn *lost, void *user);

/*
 * sink_write(): now, behind what was taken before. sink_take(): with the next sink_flush() at the latest, at once where lines are not
 * gathered or the last one could not be written. False: the line is not there. len: at most SINK_LINE_MAX.
 */
#define SINK_LINE_MAX 32768
bool sink_write(struct sink *sink, const char *text, size_t len);
bool sink_take(struct sink *sink, const char *text, size_t len, uint64_t tag);

/* Room of SINK_LINE_MAX bytes for a line that sink_take() is given next: it need not be copied. NULL: there is none. */
char *sink_room(const struct sink *sink);

/* What was taken is written; false: not all of it, the rest is lost. NULL is none. To be called before anybody waits or looks. */
bool sink_flush(struct sink *sink);

/* Lines that could not be written and that the file does not tell of yet; sink_confess(): a line that was written tells of them now. */
uint64_t sink_missed(const struct sink *sink);
void sink_confess(struct sink *sink);

/* What another one missed and has not told of, this one tells of; NULL is none. */
void sink_inherit(struct sink *sink, const struct sink *from);

#endif
