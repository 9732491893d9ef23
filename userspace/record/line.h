/* SPDX-License-Identifier: GPL-2.0 */
/*
 * line.h - a bounded line of text, built piece by piece
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * The caller owns the buffer. A line never writes beyond it: what does not fit is left out and `cut` is set, for the caller to
 * decide what a cut line is worth. No locale, no allocation.
 */
#ifndef RSTWHY_LINE_H
#define RSTWHY_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct line {
	char *data; /* always ends in a NUL byte */
	size_t size;
	size_t len;
	bool cut;
};

/* Start an empty line in buf; size is at least 1. */
void line_init(struct line *line, char *buf, size_t size);

/* In here and forced, so that for a literal the compiler knows the length: a record has a hundred such pieces. */
#define LINE_INLINE static inline __attribute__((always_inline))

/* Where so many bytes more can be put and a NUL behind them; NULL: not all of them fit. */
LINE_INLINE char *line_room(const struct line *line, size_t len)
{
	return len < line->size - line->len ? line->data + line->len : NULL;
}

/* So many bytes were put there. */
LINE_INLINE void line_grow(struct line *line, size_t len)
{
	line->len += len;
	line->data[line->len] = '\0';
}

/* The same, up to there. */
LINE_INLINE void line_end(struct line *line, char *end)
{
	line->len = (size_t)(end - line->data);
	*end = '\0';
}

/* What does not fit. */
void line_cut_bytes(struct line *line, const char *bytes);

LINE_INLINE void line_bytes(struct line *line, const char *bytes, size_t len)
{
	char *at = line_room(line, len);

	if (!at) {
		line_cut_bytes(line, bytes);
		return;
	}
	memcpy(at, bytes, len);
	line_grow(line, len);
}

LINE_INLINE void line_text(struct line *line, const char *text)
{
	line_bytes(line, text, strlen(text));
}

LINE_INLINE void line_char(struct line *line, char c)
{
	line_bytes(line, &c, 1);
}

void line_u64(struct line *line, uint64_t value);
/* width digits at least, zeros in front. */
void line_padded(struct line *line, uint64_t value, unsigned int width);
void line_hex(struct line *line, uint64_t value, unsigned int width);
/* A number from 0 up with at most three decimals, trailing zeros left out: "350412", "0.3". */
void line_decimal(struct line *line, double value);

/* Time of day in UTC from nanoseconds since 1970: "2026-11-22T10:12:13.123456Z", "10:12:13.123" and "2026-11-22". */
void line_timestamp(struct line *line, uint64_t realtime_ns);
void line_clock(struct line *line, uint64_t realtime_ns);
void line_date(struct line *line, uint64_t realtime_ns);

/* The first of them where there is room for it, without a NUL byte behind it; returns where it ends. */
#define LINE_TIMESTAMP 27
char *line_put_timestamp(char *at, uint64_t realtime_ns);
/* Where there is one of the same second, only what differs. */
void line_change_timestamp(char *at, uint64_t realtime_ns);

/* Bytes from outside, so that no reader can be fooled: every byte that is not printable ASCII becomes \xXX, a backslash two. */
void line_plain_escaped(struct line *line, const char *bytes, size_t len);

#endif
