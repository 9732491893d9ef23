// SPDX-License-Identifier: GPL-2.0
/*
 * line.c - a bounded line of text, built piece by piece
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "line.h"

#include <string.h>
#include <time.h>

#define NS_PER_SEC 1000000000ULL
#define DECIMAL_MAX 9e15 /* beyond this a double has no thousandths to print */

void line_init(struct line *line, char *buf, size_t size)
{
	*line = (struct line){ .data = buf, .size = size };
	buf[0] = '\0';
}

void line_bytes(struct line *line, const char *bytes, size_t len)
{
	size_t room = line->size - line->len - 1;

	if (len > room) {
		line->cut = true;
		len = room;
	}
	memcpy(line->data + line->len, bytes, len);
	line->len += len;
	line->data[line->len] = '\0';
}

void line_text(struct line *line, const char *text)
{
	line_bytes(line, text, strlen(text));
}

void line_char(struct line *line, char c)
{
	if (line->size - line->len < 2) {
		line->cut = true;
		return;
	}
	line->data[line->len++] = c;
	line->data[line->len] = '\0';
}

/* Digits in a buffer that is filled from its end; zeros in front up to width. */
struct digits {
	char text[64];
	size_t at;
};

static void put_digits(struct line *line, struct digits *digits, unsigned int width)
{
	while (sizeof(digits->text) - digits->at < width && digits->at > 0)
		digits->text[--digits->at] = '0';
	line_bytes(line, digits->text + digits->at, sizeof(digits->text) - digits->at);
}

void line_padded(struct line *line, uint64_t value, unsigned int width)
{
	struct digits digits;

	digits.at = sizeof(digits.text);
	do {
		digits.text[--digits.at] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	put_digits(line, &digits, width);
}

void line_u64(struct line *line, uint64_t value)
{
	line_padded(line, value, 1);
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

static void broken_down(uint64_t realtime_ns, struct tm *tm)
{
	time_t seconds = (time_t)(realtime_ns / NS_PER_SEC);

	if (!gmtime_r(&seconds, tm))
		memset(tm, 0, sizeof(*tm));
}

static void line_hms(struct line *line, const struct tm *tm)
{
	line_padded(line, (uint64_t)tm->tm_hour, 2);
	line_char(line, ':');
	line_padded(line, (uint64_t)tm->tm_min, 2);
	line_char(line, ':');
	line_padded(line, (uint64_t)tm->tm_sec, 2);
	line_char(line, '.');
}

static void line_ymd(struct line *line, const struct tm *tm)
{
	line_padded(line, (uint64_t)(tm->tm_year + 1900), 4);
	line_char(line, '-');
	line_padded(line, (uint64_t)(tm->tm_mon + 1), 2);
	line_char(line, '-');
	line_padded(line, (uint64_t)tm->tm_mday, 2);
}

void line_timestamp(struct line *line, uint64_t realtime_ns)
{
	struct tm tm;

	broken_down(realtime_ns, &tm);
	line_ymd(line, &tm);
	line_char(line, 'T');
	line_hms(line, &tm);
	line_padded(line, realtime_ns % NS_PER_SEC / 1000, 6);
	line_char(line, 'Z');
}

void line_clock(struct line *line, uint64_t realtime_ns)
{
	struct tm tm;

	broken_down(realtime_ns, &tm);
	line_hms(line, &tm);
	line_padded(line, realtime_ns % NS_PER_SEC / 1000000, 3);
}

void line_date(struct line *line, uint64_t realtime_ns)
{
	struct tm tm;

	broken_down(realtime_ns, &tm);
	line_ymd(line, &tm);
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

/* Nearly all bytes need no escape: they are copied run by run. */
void line_json_escaped(struct line *line, const char *bytes, size_t len)
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
