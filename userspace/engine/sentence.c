// SPDX-License-Identifier: GPL-2.0
/*
 * sentence.c - words for people
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "digits.h"
#include "sentence.h"

#define SECOND 1000.0
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

static struct duration_text two_units(double ms, double big, const char *big_name, double small, const char *small_name)
{
	struct duration_text t;
	unsigned long long whole = (unsigned long long)(ms / small + 0.5), per = (unsigned long long)(big / small);

	snprintf(t.s, sizeof(t.s), "%llu %s %llu %s", whole / per, big_name, whole % per, small_name);
	return t;
}

#define UNIT_MAX 4 /* " ms" */

/* At most 2 hours in tenths of a second: eight characters and the unit. printf() of a double costs ten times as much. */
static void put_tenths(char *text, double tenths, bool decimal, const char unit[UNIT_MAX])
{
	unsigned int value = decimal ? (unsigned int)(tenths + 0.5) : (unsigned int)(tenths / 10 + 0.5);

	text = digits_u64(text, decimal ? value / 10 : value);
	if (decimal) {
		*text++ = '.';
		*text++ = (char)('0' + value % 10);
	}
	memcpy(text, unit, UNIT_MAX);
}

struct duration_text duration(double ms)
{
	static const char milliseconds[UNIT_MAX] = " ms", seconds[UNIT_MAX] = " s";
	struct duration_text t;

	if (ms >= 2 * DAY)
		return two_units(ms, DAY, "d", HOUR, "h");
	if (ms >= 2 * HOUR)
		return two_units(ms, HOUR, "h", MINUTE, "min");
	if (ms < 0)
		snprintf(t.s, sizeof(t.s), "an unknown time");
	else if (ms < 10)
		put_tenths(t.s, ms * 10, true, milliseconds);
	else if (ms < SECOND)
		put_tenths(t.s, ms * 10, false, milliseconds);
	else
		put_tenths(t.s, ms / 100, true, seconds);
	return t;
}

/* A text that is being put together; always ends in a NUL byte. */
struct text {
	char *at, *end; /* end: of the room for characters */
};

static void append(struct text *text, const char *piece, size_t len)
{
	size_t room = (size_t)(text->end - text->at);

	len = len < room ? len : room;
	memcpy(text->at, piece, len);
	text->at += len;
}

static void append_number(struct text *text, unsigned int value)
{
	char digits[DIGITS_U32];

	append(text, digits, (size_t)(digits_u64(digits, value) - digits));
}

_Static_assert(VERDICT_TEXT_MAX - 1 <= UCHAR_MAX, "a sentence's length has room");

/* %s, %u; %% and whatever else stands for itself. Returns the length. */
static unsigned char put_together(char *room, size_t size, const char *format, va_list args)
{
	struct text text = {.at = room, .end = room + size - 1};

	for (;;) {
		const char *sign = strchrnul(format, '%');

		if (sign > format)
			append(&text, format, (size_t)(sign - format));
		if (!sign[0])
			break;
		format = sign + 2;
		if (sign[1] == 'u') {
			append_number(&text, va_arg(args, unsigned int));
		} else if (sign[1] == 's') {
			const char *piece = va_arg(args, const char *);

			append(&text, piece, strlen(piece));
		} else {
			append(&text, sign + 1, 1);
			format -= !sign[1];
		}
	}
	*text.at = '\0';
	return (unsigned char)(text.at - room);
}

void say(struct verdict *v, const char *format, ...)
{
	size_t i = v->evidence_count;
	va_list args;

	if (i >= VERDICT_EVIDENCE_MAX)
		return;
	va_start(args, format);
	v->evidence_len[i] = put_together(v->evidence[i], sizeof(v->evidence[i]), format, args);
	v->evidence_count++;
	va_end(args);
}

void candidate(struct verdict *v, const char *format, ...)
{
	size_t i = v->candidates_count;
	va_list args;

	if (i >= VERDICT_CANDIDATES_MAX)
		return;
	va_start(args, format);
	v->candidates_len[i] = put_together(v->candidates[i], sizeof(v->candidates[i]), format, args);
	v->candidates_count++;
	va_end(args);
}

const char *who(enum side side)
{
	static const char *const names[] = {
		[SIDE_UNKNOWN] = "one side",
		[SIDE_CLIENT] = "the client",
		[SIDE_SERVER] = "the server",
		[SIDE_GATEWAY] = "the gateway",
	};

	return names[side];
}

const char *resetting_side(const struct facts *f)
{
	if (!f->oriented)
		return who(SIDE_UNKNOWN);
	return who(f->rd == f->opener ? SIDE_CLIENT : SIDE_SERVER);
}

const char *peer_side(const struct facts *f)
{
	if (!f->oriented)
		return "the other side";
	return who(f->rd == f->opener ? SIDE_SERVER : SIDE_CLIENT);
}

static void say_ttl(const struct facts *f, struct verdict *v)
{
	if (f->marks & MARK_TTL)
		say(v, "the RST's TTL is %u, segments of %s have %u: another box sent it", f->seg->ttl, resetting_side(f),
		    f->mem->base[f->rd].ttl);
}

void say_marks(const struct facts *f, struct verdict *v)
{
	say_ttl(f, v);
	if (f->marks & MARK_TS_MISSING)
		say(v, "it lacks the timestamps that a live socket of %s would have sent", resetting_side(f));
	if (f->marks & MARK_TS_JUMP)
		say(v, "its timestamp is not from the clock of %s", resetting_side(f));
	if (f->marks & MARK_HABITS)
		say(v, "it lacks the DF or the packet number that all segments of %s bear", resetting_side(f));
	if (f->marks & MARK_WINDOW)
		say(v, "it bears a window (%u) although it speaks for no socket: not a common stack", f->seg->win);
}

void say_hidden(const struct facts *f, struct verdict *v)
{
	if (!f->known)
		return;
	if (f->gap.blind)
		say(v, "part of the traffic was hidden from us: the silence was between %s and %s", duration(f->gap.min_ms).s,
		    duration(f->gap.max_ms).s);
	else if (f->hidden && (f->ct->flags & RSTWHY_CT_OFF) && !(f->mem->flags & RSTWHY_MEM_BLIND))
		say(v, "judged by the packets that were seen: conntrack did not watch this connection");
	else if (f->hidden)
		say(v, "part of the traffic was not seen here (offloaded, untracked, or one way only)");
}
