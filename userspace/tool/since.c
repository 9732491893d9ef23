// SPDX-License-Identifier: GPL-2.0
/*
 * since.c - a moment, as people write one
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "since.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NS_PER_SEC 1000000000ULL
#define DAY_NS (86400 * NS_PER_SEC)
#define DIGITS_MAX 9

/* "10m": that long before now, and not before 1970. */
static bool parse_ago(const char *text, uint64_t now_ns, uint64_t *ns)
{
	static const struct {
		char letter;
		uint64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 604800 } };
	size_t digits = strspn(text, "0123456789");
	uint64_t count = strtoull(text, NULL, 10), back;

	if (digits == 0 || digits > DIGITS_MAX || !text[digits] || text[digits + 1])
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (text[digits] != units[i].letter)
			continue;
		back = count * units[i].seconds * NS_PER_SEC;
		*ns = back / NS_PER_SEC / units[i].seconds == count && back < now_ns ? now_ns - back : 0;
		return true;
	}
	return false;
}

static bool parse_day(const char *text, uint64_t now_ns, uint64_t *ns)
{
	uint64_t today = now_ns - now_ns % DAY_NS;

	*ns = !strcmp(text, "yesterday") && today >= DAY_NS ? today - DAY_NS : today;
	return !strcmp(text, "today") || !strcmp(text, "yesterday");
}

/* "10:30" or "10:30:05" at most. */
static bool parse_clock(const char *text, uint64_t *seconds)
{
	unsigned int hour, minute, second = 0;
	int used = 0;

	if (strspn(text, "0123456789:") != strlen(text))
		return false;
	if (sscanf(text, "%2u:%2u%n", &hour, &minute, &used) != 2 || used == 0)
		return false;
	if (text[used] && (sscanf(text + used, ":%2u%n", &second, &used) != 1 || strlen(text) != 8))
		return false;
	*seconds = hour * 3600ULL + minute * 60 + second;
	return hour < 24 && minute < 60 && second < 60 && strlen(text) >= 4;
}

/* "2026-11-22", behind it nothing or T (or a space) and the time of day, Z or not. */
static bool parse_date(const char *text, uint64_t *ns)
{
	struct tm tm = { 0 }, same;
	uint64_t clock = 0;
	char time_of_day[16];
	time_t seconds;
	size_t len;

	if (strlen(text) < 10 || sscanf(text, "%4d-%2d-%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday) != 3 || strspn(text, "0123456789-") < 10)
		return false;
	snprintf(time_of_day, sizeof(time_of_day), "%.15s", text[10] ? text + 11 : "00:00");
	len = strlen(time_of_day);
	if (len > 0 && time_of_day[len - 1] == 'Z')
		time_of_day[len - 1] = '\0';
	if ((text[10] && text[10] != 'T' && text[10] != ' ') || !parse_clock(time_of_day, &clock))
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	same = tm;
	seconds = timegm(&same);
	*ns = ((uint64_t)seconds + clock) * NS_PER_SEC;
	return seconds >= 0 && same.tm_mon == tm.tm_mon && same.tm_mday == tm.tm_mday;
}

bool since_parse(const char *text, uint64_t now_ns, uint64_t *ns)
{
	uint64_t clock;

	if (parse_ago(text, now_ns, ns) || parse_day(text, now_ns, ns) || parse_date(text, ns))
		return true;
	if (!parse_clock(text, &clock))
		return false;
	*ns = now_ns - now_ns % DAY_NS + clock * NS_PER_SEC;
	return true;
}
