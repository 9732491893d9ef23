// SPDX-License-Identifier: GPL-2.0
/*
 * line.c - a bounded line of text, built piece by piece
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "line.h"

#define NS_PER_SEC 1000000000ULL
#define DECIMAL_MAX 9e15 /* beyond this a double has no thousandths to print */

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

/* Two digits at a time: half the divisions. */
static void put_two(char *at, unsigned int value)
{
	static const char pairs[] = "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
				    "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

	memcpy(at, pairs + (size_t)value * 2, 2);
}

/* Room for the longest number, filled from its end. */
struct digits {
	char text[64];
	size_t at;
};

static void put_number(struct digits *digits, uint64_t value)
{
	digits->at = sizeof(digits->text);
	for (; value >= 100; value /= 100)
		put_two(digits->text + (digits->at -= 2), (unsigned int)(value % 100));
	if (value >= 10)
		put_two(digits->text + (digits->at -= 2), (unsigned int)value);
	else
		digits->text[--digits->at] = (char)('0' + value);
}

/* Zeros in front up to width. */
static void put_digits(struct line *line, struct digits *digits, unsigned int width)
{
	while (sizeof(digits->text) - digits->at < width && digits->at > 0)
		digits->text[--digits->at] = '0';
	line_bytes(line, digits->text + digits->at, sizeof(digits->text) - digits->at);
}

void line_padded(struct line *line, uint64_t value, unsigned int width)
{
	struct digits digits;

	put_number(&digits, value);
	put_digits(line, &digits, width);
}

static size_t count_digits(uint64_t value)
{
	size_t count = 1;

	for (; value >= 10000; value /= 10000)
		count += 4;
	return count + (value >= 10) + (value >= 100) + (value >= 1000);
}

void line_u64(struct line *line, uint64_t value)
{
	size_t count = count_digits(value);
	char *at = line_room(line, count);
	struct digits digits;

	if (!at) {
		put_number(&digits, value);
		put_digits(line, &digits, 1);
		return;
	}
	line_grow(line, count);
	for (at += count; value >= 100; value /= 100)
		put_two(at -= 2, (unsigned int)(value % 100));
	if (value >= 10)
		put_two(at - 2, (unsigned int)value);
	else
		at[-1] = (char)('0' + value);
}

void line_hex(struct line *line, uint64_t value, unsigned int width)
{
	struct digits digits;

	digits.at = sizeof(digits.text);
	do {
		digits.text[--digits.at] = "0123456789abcdef"[value % 16];
		value /= 16;
	} while (value > 0);
	put_digits(line, &digits, width);
}

void line_decimal(struct line *line, double value)
{
	uint64_t thousandths, fraction;
	unsigned int width = 3;

	if (!(value > 0.0))
		value = 0.0;
	if (value > DECIMAL_MAX / 1000.0)
		value = DECIMAL_MAX / 1000.0;
	if ((double)(uint64_t)value == value) {
		line_u64(line, (uint64_t)value);
		return;
	}
	thousandths = (uint64_t)(value * 1000.0 + 0.5);
	line_u64(line, thousandths / 1000);
	fraction = thousandths % 1000;
	if (fraction == 0)
		return;
	for (; fraction % 10 == 0; fraction /= 10)
		width--;
	line_char(line, '.');
	line_padded(line, fraction, width);
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
	put_two(at, moment->year / 100);
	put_two(at + 2, moment->year % 100);
	at[4] = '-';
	put_two(at + 5, moment->month);
	at[7] = '-';
	put_two(at + 8, moment->day);
}

static void put_time(char *at, const struct moment *moment)
{
	put_two(at, moment->hour);
	at[2] = ':';
	put_two(at + 3, moment->minute);
	at[5] = ':';
	put_two(at + 6, moment->second);
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
	put_two(text + 20, micros / 10000);
	put_two(text + 22, micros / 100 % 100);
	put_two(text + 24, micros % 100);
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

/* Two pieces of a text that is at least as long as one of them and at most as long as both: they may overlap. */
static inline void copy_ends(char *to, const char *bytes, size_t len, size_t piece)
{
	memcpy(to, bytes, piece);
	memcpy(to + len - piece, bytes + len - piece, piece);
}

/* Copies a text; false: a byte of it needs an escape. */
static bool copy_plain(char *to, const char *bytes, size_t len)
{
	byte_vector some = { 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x' };
	char *short_text = (char *)&some;

	if (len < PIECE) { /* bytes that come twice change nothing for the question */
		if (len >= 8) {
			copy_ends(to, bytes, len, 8);
			memcpy(short_text, to, 8);
			memcpy(short_text + 8, to + len - 8, 8);
		} else if (len >= 4) {
			copy_ends(to, bytes, len, 4);
			memcpy(short_text, to, 4);
			memcpy(short_text + 4, to + len - 4, 4);
		} else if (len > 0) {
			short_text[0] = to[0] = bytes[0];
			short_text[1] = to[len / 2] = bytes[len / 2];
			short_text[2] = to[len - 1] = bytes[len - 1];
		}
		return !any_escaped(some);
	}
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

void line_json_quoted(struct line *line, const char *bytes, size_t len)
{
	char *at = line_room(line, len + 2);

	if (at && copy_plain(at + 1, bytes, len)) {
		at[0] = at[len + 1] = '"';
		line_grow(line, len + 2);
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
