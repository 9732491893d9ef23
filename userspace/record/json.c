// SPDX-License-Identifier: GPL-2.0
/*
 * json.c - strings between quotes
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Nearly all texts need no escape at all: they are copied and looked at in one go, sixteen bytes at a time.
 */
#include "json.h"

typedef uint8_t byte_vector __attribute__((vector_size(16)));
typedef uint64_t word_vector __attribute__((vector_size(16)));

#define PIECE sizeof(byte_vector)
#define PLAIN 0x7878787878787878ULL /* eight bytes that need none */

/* Of sixteen bytes those that are not printable ASCII, a quote or a backslash. */
static inline byte_vector escaped_of(byte_vector bytes)
{
	return (byte_vector)(((bytes - 0x20) > 0x5e) | (bytes == '"') | (bytes == '\\'));
}

static inline bool is_any(byte_vector found)
{
	word_vector words = (word_vector)found;

	return words[0] | words[1];
}

/* Less than sixteen bytes, from both ends: what comes twice changes nothing for the question. */
static inline bool copy_short(char *to, const char *bytes, size_t len)
{
	word_vector words = { PLAIN, PLAIN };
	uint64_t ends[2];
	uint32_t halves[2];

	if (len >= sizeof(ends[0])) {
		memcpy(&ends[0], bytes, sizeof(ends[0]));
		memcpy(&ends[1], bytes + len - sizeof(ends[1]), sizeof(ends[1]));
		memcpy(to, &ends[0], sizeof(ends[0]));
		memcpy(to + len - sizeof(ends[1]), &ends[1], sizeof(ends[1]));
		words = (word_vector){ ends[0], ends[1] };
	} else if (len >= sizeof(halves[0])) {
		memcpy(&halves[0], bytes, sizeof(halves[0]));
		memcpy(&halves[1], bytes + len - sizeof(halves[1]), sizeof(halves[1]));
		memcpy(to, &halves[0], sizeof(halves[0]));
		memcpy(to + len - sizeof(halves[1]), &halves[1], sizeof(halves[1]));
		words[0] = (uint64_t)halves[1] << 32 | halves[0];
	} else if (len) {
		unsigned char first = (unsigned char)bytes[0], middle = (unsigned char)bytes[len / 2];
		unsigned char last = (unsigned char)bytes[len - 1];

		to[0] = (char)first;
		to[len / 2] = (char)middle;
		to[len - 1] = (char)last;
		words[0] = (PLAIN << 24) | (uint64_t)last << 16 | (uint64_t)middle << 8 | first;
	}
	return !is_any(escaped_of((byte_vector)words));
}

/* Copies a text; false: a byte of it needs an escape. */
static inline bool copy_plain(char *to, const char *bytes, size_t len)
{
	byte_vector some, found;

	if (len < PIECE)
		return copy_short(to, bytes, len);
	memcpy(&some, bytes + len - PIECE, PIECE);
	memcpy(to + len - PIECE, &some, PIECE);
	found = escaped_of(some);
	for (size_t at = 0; at + PIECE < len; at += PIECE) {
		memcpy(&some, bytes + at, PIECE);
		memcpy(to + at, &some, PIECE);
		found |= escaped_of(some);
	}
	return !is_any(found);
}

#define ESCAPE_MAX 6

static char *put_escaped(char *at, unsigned char c)
{
	if (c < 0x20 || c > 0x7e) {
		memcpy(at, "\\u00", 4);
		return digits_hex(at + 4, c, 2);
	}
	if (c == '"' || c == '\\')
		*at++ = '\\';
	*at = (char)c;
	return at + 1;
}

/* Rare, and kept out of what is not. */
static __attribute__((noinline)) char *quote_byte_by_byte(char *at, const char *end, const char *bytes, size_t len)
{
	*at++ = '"';
	for (size_t i = 0; i < len; i++) {
		char escaped[ESCAPE_MAX];
		size_t size = (size_t)(put_escaped(escaped, (unsigned char)bytes[i]) - escaped);

		if (size + 1 > (size_t)(end - at))
			return NULL;
		memcpy(at, escaped, size);
		at += size;
	}
	*at = '"';
	return at + 1;
}

char *json_quote(char *at, const char *end, const char *bytes, size_t len)
{
	if (len + 2 > (size_t)(end - at))
		return NULL;
	if (!copy_plain(at + 1, bytes, len))
		return quote_byte_by_byte(at, end, bytes, len);
	at[0] = at[len + 1] = '"';
	return at + len + 2;
}
