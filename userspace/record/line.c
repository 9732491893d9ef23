// SPDX-License-Identifier: GPL-2.0
/*
 * line.c - a bounded line of text, built piece by piece
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "line.h"

#include "digits.h"

#define NS_PER_SEC 1000000000ULL

void line_init(struct line *line, char *buf, size_t size)
{
	*line = (struct line){ .data = buf, .size = size };
	buf[0] = '\0';
}

void line_cut_bytes(struct line *line, const char *bytes)
{
	size_t room = line->size - line->len - 1;

	memcpy(line->data + line->len, bytes, room);
	line_grow(line, room);
	line->cut = true;
}

/* A number where the longest has room, or over a place that has. */
void line_u64(struct line *line, uint64_t value)
{
	char room[DIGITS_U64], *at = line_room(line, sizeof(room));

	if (at)
		line_end(line, digits_u64(at, value));
	else
		line_bytes(line, room, (size_t)(digits_u64(room, value) - room));
}

void line_padded(struct line *line, uint64_t value, unsigned int width)
{
	char room[DIGITS_U64];

	line_bytes(line, room, (size_t)(digits_padded(room, value, width) - room));
}

void line_hex(struct line *line, uint64_t value, unsigned int width)
{
	char room[DIGITS_HEX];

	line_bytes(line, room, (size_t)(digits_hex(room, value, width) - room));
}

void line_decimal(struct line *line, double value)
{
	char room[DIGITS_DECIMAL], *at = line_room(line, sizeof(room));

	if (at)
		line_end(line, digits_decimal(at, value));
	else
		line_bytes(line, room, (size_t)(digits_decimal(room, value) - room));
}

/* A moment of UTC. gmtime_r() asks for the time zone each time, under a lock. */
struct moment {
	unsigned int year, month, day, hour, minute, second;
	uint32_t nanoseconds;
};

/* Days since 1970 to a date of the Gregorian calendar: years begin in March, so that the leap day is a year's last. */
static void set_date(struct moment *moment, uint64_t days)
{
	uint64_t from_0000 = days + 719468, era = from_0000 / 146097, of_era = from_0000 % 146097;
	uint64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	uint64_t of_year = of_era - (365 * year + year / 4 - year / 100), march = (5 * of_year + 2) / 153;

	moment->day = (unsigned int)(of_year - (153 * march + 2) / 5 + 1);
	moment->month = (unsigned int)(march < 10 ? march + 3 : march - 9);
	moment->year = (unsigned int)(year + era * 400 + (moment->month <= 2));
}

static void set_moment(struct moment *moment, uint64_t realtime_ns)
{
	uint64_t seconds = realtime_ns / NS_PER_SEC;
	unsigned int of_day = (unsigned int)(seconds % 86400);

	moment->nanoseconds = (uint32_t)(realtime_ns % NS_PER_SEC);
	moment->hour = of_day / 3600;
	moment->minute = of_day / 60 % 60;
	moment->second = of_day % 60;
	set_date(moment, seconds / 86400);
}

#define DATE_LEN 10 /* a uint64_t of nanoseconds ends in the year 2554 */
#define TIME_LEN 8

static void put_date(char *at, const struct moment *moment)
{
	digits_two(at, moment->year / 100);
	digits_two(at + 2, moment->year % 100);
	at[4] = '-';
	digits_two(at + 5, moment->month);
	at[7] = '-';
	digits_two(at + 8, moment->day);
}

static void put_time(char *at, const struct moment *moment)
{
	digits_two(at, moment->hour);
	at[2] = ':';
	digits_two(at + 3, moment->minute);
	at[5] = ':';
	digits_two(at + 6, moment->second);
}

void line_timestamp(struct line *line, uint64_t realtime_ns)
{
	char text[DATE_LEN + 1 + TIME_LEN + 8];
	struct moment moment;
	uint32_t micros;

	set_moment(&moment, realtime_ns);
	micros = moment.nanoseconds / 1000;
	put_date(text, &moment);
	text[10] = 'T';
	put_time(text + 11, &moment);
	text[19] = '.';
	digits_two(text + 20, micros / 10000);
	digits_two(text + 22, micros / 100 % 100);
	digits_two(text + 24, micros % 100);
	text[26] = 'Z';
	line_bytes(line, text, sizeof(text));
}

void line_clock(struct line *line, uint64_t realtime_ns)
{
	struct moment moment;
	char text[TIME_LEN];

	set_moment(&moment, realtime_ns);
	put_time(text, &moment);
	line_bytes(line, text, sizeof(text));
	line_char(line, '.');
	line_padded(line, moment.nanoseconds / 1000000, 3);
}

void line_date(struct line *line, uint64_t realtime_ns)
{
	struct moment moment;
	char text[DATE_LEN];

	set_moment(&moment, realtime_ns);
	put_date(text, &moment);
	line_bytes(line, text, sizeof(text));
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c <= 0x7e;
}

static void json_escape(struct line *line, unsigned char c)
{
	if (is_plain(c)) {
		line_char(line, '\\');
		line_char(line, (char)c);
		return;
	}
	line_text(line, "\\u00");
	line_hex(line, c, 2);
}

typedef uint8_t byte_vector __attribute__((vector_size(16)));

/* Whether one of sixteen bytes is not printable, a quote or a backslash. */
static inline bool any_escaped(byte_vector bytes)
{
	byte_vector escaped = (byte_vector)(((bytes - 0x20) > 0x5e) | (bytes == '"') | (bytes == '\\'));
	uint64_t halves[2];

	memcpy(halves, &escaped, sizeof(halves));
	return halves[0] | halves[1];
}

#define PIECE sizeof(byte_vector)
#define ONES 0x0101010101010101ULL

/* Whether one of eight bytes equals that byte: exact, where none of them is above 0x7f. */
static inline uint64_t any_equal(uint64_t bytes, uint64_t byte)
{
	uint64_t zero = bytes ^ ONES * byte;

	return (zero - ONES) & ~zero;
}

/* As any_escaped(), of eight. */
static inline bool any_escaped_of_eight(uint64_t bytes)
{
	uint64_t found = bytes | (bytes - ONES * 0x20) | any_equal(bytes, 0x7f) | any_equal(bytes, '"') | any_equal(bytes, '\\');

	return found & ONES * 0x80;
}

/* Up to sixteen bytes, as two words; bytes that come twice change nothing for the question. */
static bool copy_short(char *to, const char *bytes, size_t len)
{
	uint64_t ends[2] = { ONES * 'x', ONES * 'x' };
	uint32_t halves[2];

	if (len >= sizeof(ends[0])) {
		memcpy(&ends[0], bytes, sizeof(ends[0]));
		memcpy(&ends[1], bytes + len - sizeof(ends[1]), sizeof(ends[1]));
		memcpy(to, &ends[0], sizeof(ends[0]));
		memcpy(to + len - sizeof(ends[1]), &ends[1], sizeof(ends[1]));
	} else if (len >= sizeof(halves[0])) {
		memcpy(&halves[0], bytes, sizeof(halves[0]));
		memcpy(&halves[1], bytes + len - sizeof(halves[1]), sizeof(halves[1]));
		memcpy(to, &halves[0], sizeof(halves[0]));
		memcpy(to + len - sizeof(halves[1]), &halves[1], sizeof(halves[1]));
		ends[0] = (uint64_t)halves[1] << 32 | halves[0];
	} else {
		for (size_t i = 0; i < len; i++) {
			to[i] = bytes[i];
			ends[0] = ends[0] << 8 | (unsigned char)bytes[i];
		}
	}
	return !any_escaped_of_eight(ends[0]) && !any_escaped_of_eight(ends[1]);
}

/* Copies a text; false: a byte of it needs an escape. */
static bool copy_plain(char *to, const char *bytes, size_t len)
{
	byte_vector some;

	if (len < PIECE)
		return copy_short(to, bytes, len);
	for (size_t at = 0; at + PIECE <= len; at += PIECE) {
		memcpy(&some, bytes + at, PIECE);
		memcpy(to + at, &some, PIECE);
		if (any_escaped(some))
			return false;
	}
	memcpy(&some, bytes + len - PIECE, PIECE);
	memcpy(to + len - PIECE, &some, PIECE);
	return !any_escaped(some);
}

static void escape_run_by_run(struct line *line, const char *bytes, size_t len)
{
	size_t from = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (is_plain(c) && c != '"' && c != '\\')
			continue;
		line_bytes(line, bytes + from, i - from);
		json_escape(line, c);
		from = i + 1;
	}
	line_bytes(line, bytes + from, len - from);
}

/* Nearly all texts need no escape at all. */
void line_json_escaped(struct line *line, const char *bytes, size_t len)
{
	char *at = line_room(line, len);

	if (at && copy_plain(at, bytes, len))
		line_grow(line, len);
	else
		escape_run_by_run(line, bytes, len);
}

char *line_quote(char *at, const char *bytes, size_t len)
{
	if (!copy_plain(at + 1, bytes, len))
		return NULL;
	at[0] = at[len + 1] = '"';
	return at + len + 2;
}

void line_json_quoted(struct line *line, const char *bytes, size_t len)
{
	char *at = line_room(line, len + 2), *end = at ? line_quote(at, bytes, len) : NULL;

	if (end) {
		line_end(line, end);
		return;
	}
	line_char(line, '"');
	escape_run_by_run(line, bytes, len);
	line_char(line, '"');
}

void line_plain_escaped(struct line *line, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (!is_plain(c)) {
			line_text(line, "\\x");
			line_hex(line, c, 2);
			continue;
		}
		if (c == '\\')
			line_char(line, '\\');
		line_char(line, (char)c);
	}
}
