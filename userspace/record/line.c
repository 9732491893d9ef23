// SPDX-License-Identifier: GPL-2.0
/*
 * line.c - a bounded line of text, built piece by piece
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "line.h"

#include "../engine/digits.h"

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
static void set_date(struct moment *moment, unsigned int days)
{
	unsigned int from_0000 = days + 719468, era = from_0000 / 146097, of_era = from_0000 % 146097;
	unsigned int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	unsigned int of_year = of_era - (365 * year + year / 4 - year / 100), march = (5 * of_year + 2) / 153;

	moment->day = of_year - (153 * march + 2) / 5 + 1;
	moment->month = march < 10 ? march + 3 : march - 9;
	moment->year = year + era * 400 + (moment->month <= 2);
}

static void set_moment(struct moment *moment, uint64_t realtime_ns)
{
	uint64_t seconds = realtime_ns / NS_PER_SEC;
	unsigned int of_day = (unsigned int)(seconds % 86400);

	moment->nanoseconds = (uint32_t)(realtime_ns % NS_PER_SEC);
	moment->hour = of_day / 3600;
	moment->minute = of_day / 60 % 60;
	moment->second = of_day % 60;
	set_date(moment, (unsigned int)(seconds / 86400));
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

void line_change_timestamp(char *at, uint64_t realtime_ns)
{
	uint32_t micros = (uint32_t)(realtime_ns % NS_PER_SEC) / 1000;

	digits_two(at + 20, micros / 10000);
	digits_two(at + 22, micros / 100 % 100);
	digits_two(at + 24, micros % 100);
}

char *line_put_timestamp(char *at, uint64_t realtime_ns)
{
	struct moment moment;

	set_moment(&moment, realtime_ns);
	put_date(at, &moment);
	at[10] = 'T';
	put_time(at + 11, &moment);
	at[19] = '.';
	line_change_timestamp(at, realtime_ns);
	at[26] = 'Z';
	return at + LINE_TIMESTAMP;
}

void line_timestamp(struct line *line, uint64_t realtime_ns)
{
	char text[LINE_TIMESTAMP];

	line_put_timestamp(text, realtime_ns);
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
