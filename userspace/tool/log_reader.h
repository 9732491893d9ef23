/* SPDX-License-Identifier: GPL-2.0 */
/*
 * log_reader.h - the lines of a log from its beginning to its end, fast
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * A file that gzip, xz, zstd, bzip2 or lz4 wrote is read through that program. Lines longer than LOG_LINE_MAX are left out and counted.
 */
#ifndef RSTWHY_LOG_READER_H
#define RSTWHY_LOG_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOG_LINE_MAX 65536
#define LOG_READER_ERROR_MAX 256

struct log_reader; /* opaque, by log_reader_open() and log_reader_close() */

/* "-" is standard input. NULL: error tells why, without the file's name. */
struct log_reader *log_reader_open(const char *path, char error[LOG_READER_ERROR_MAX]);

/* The next line, without its newline; the caller may change it and the byte behind it. Valid until the next call. False: the end. */
bool log_reader_next(struct log_reader *reader, char **line, size_t *len);

/* Bytes of the file read so far, and its size; size 0: not known. */
uint64_t log_reader_position(const struct log_reader *reader);
uint64_t log_reader_size(const struct log_reader *reader);

uint64_t log_reader_too_long(const struct log_reader *reader);

/* False: the end was not the end (a read failed, or the unpacker found damage); error tells. */
bool log_reader_close(struct log_reader *reader, char error[LOG_READER_ERROR_MAX]);

#endif
