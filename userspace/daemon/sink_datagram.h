/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sink_datagram.h - a local socket that takes one datagram a record
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Whoever reads it may be restarted, be late or be slow; the daemon is never held up by that for longer than SINK_DATAGRAM_WAIT_MS,
 * once. What could not be sent is counted; the trouble is told once, and once when it is over.
 */
#ifndef RSTWHY_SINK_DATAGRAM_H
#define RSTWHY_SINK_DATAGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SINK_DATAGRAM_PATH_MAX 108 /* of struct sockaddr_un, the NUL byte included */
#define SINK_DATAGRAM_WAIT_MS 20   /* for a reader whose queue is full; not again before it has taken something */

struct sink_datagram; /* opaque, by sink_datagram_open() and sink_datagram_close() */

/*
 * The socket at path. It need not be there yet: it is tried again with each record, and that is announced. NULL: errno tells
 * (no memory, no descriptor, path too long).
 */
struct sink_datagram *sink_datagram_open(const char *path);
void sink_datagram_close(struct sink_datagram *sink);

/* False: it was not taken. */
bool sink_datagram_send(struct sink_datagram *sink, const char *bytes, size_t len);

/* Records that were not taken and that the reader does not know of yet; sink_datagram_confess(): it has been told. */
uint64_t sink_datagram_missed(const struct sink_datagram *sink);
void sink_datagram_confess(struct sink_datagram *sink);

/* What another one missed and has not told of, this one tells of; NULL is none. */
void sink_datagram_inherit(struct sink_datagram *sink, const struct sink_datagram *from);

#endif
