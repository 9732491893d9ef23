// SPDX-License-Identifier: GPL-2.0
/*
 * top_screen.c - a view as lines of a screen
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "top_screen.h"

#include "../engine/sentence.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_SEC 1000000000ULL
#define COLUMNS_LEAST 40
#define LINES_LEAST 8
#define COLUMNS_MOST 400
#define COLUMNS_WIDE 110
#define LINES_MOST 300
#define HEAD_LINES 4 /* state, classes, a note or nothing, headings */
#define DETAIL_LINES 5
#define ARROW "\xe2\x86\x92"
#define RESET "\033[0m"

struct drawing {
	struct line *line;
	const struct top_screen *screen;
	size_t columns, lines;
	size_t drawn; /* lines so far */
};

/* As much of a text as has room in the columns, and blanks up to them. Only our own texts: one column a code point. */
static void put_cell(struct line *line, const char *text, size_t columns)
{
	size_t used = 0;

	while (*text && used < columns) {
		size_t len = 1;

		while (((unsigned char)text[len] & 0xc0) == 0x80)
			len++;
		line_bytes(line, text, len);
		text += len;
		used++;
	}
	for (; used < columns; used++)
		line_char(line, ' ');
}

static void end_line(struct drawing *d)
{
	line_char(d->line, '\n');
	d->drawn++;
}

static void put_line(struct drawing *d, const char *before, const char *text)
{
	bool colour = d->screen->colour && before[0];

	if (d->drawn >= d->lines)
		return;
	line_text(d->line, colour ? before : "");
	put_cell(d->line, text, d->columns);
	line_text(d->line, colour ? RESET : "");
	end_line(d);
}

static void draw_state(struct drawing *d, const struct top_settings *settings)
{
	char text[256], now[32];
	struct line line;

	line_init(&line, now, sizeof(now));
	line_clock(&line, d->screen->now_ns);
	snprintf(text, sizeof(text), " rstwhy top  %.8s UTC  %s, by %s, %s first%s%s", now, top_window_name(settings->window), top_by_name(settings->by),
		 settings->sort == TOP_SORT_COUNT ? "most" : "latest", settings->noise ? ", with noise" : "", settings->paused ? "  PAUSED" : "");
	put_line(d, "\033[7m", text);
}

static void draw_classes(struct drawing *d, const struct top_view *view, uint64_t lost)
{
	static const char *const short_names[] = {
		[CLASS_IDLE_TIMEOUT] = "idle", [CLASS_FIREWALL_REJECT] = "firewall", [CLASS_APPLICATION] = "application",
		[CLASS_STALE_STATE] = "stale", [CLASS_NOISE] = "noise",		     [CLASS_UNKNOWN] = "unknown",
	};
	char text[512];
	struct line line;

	line_init(&line, text, sizeof(text));
	line_char(&line, ' ');
	line_u64(&line, view->events);
	line_text(&line, view->events == 1 ? " reset" : " resets");
	if (lost) {
		line_text(&line, ", lost ");
		line_u64(&line, lost);
	}
	for (enum cause_class class = 0; class <= CLASS_UNKNOWN; class++) {
		if (view->classes[class] == 0)
			continue;
		line_text(&line, "  ");
		line_text(&line, short_names[class]);
		line_char(&line, ' ');
		line_u64(&line, view->classes[class]);
	}
	put_line(d, "", text);
}

static void draw_note(struct drawing *d, const struct top_view *view)
{
	char text[160] = "";

	if (d->screen->note) {
		snprintf(text, sizeof(text), " %.150s", d->screen->note);
	} else if (view->rows == 0 && view->latest_ns) {
		snprintf(text, sizeof(text), " nothing in this window; the latest was %s ago (w: a longer window)",
			 duration((double)(d->screen->now_ns > view->latest_ns ? d->screen->now_ns - view->latest_ns : 0) / 1e6).s);
	} else if (view->rows == 0) {
		snprintf(text, sizeof(text), " no reset yet");
	} else if (view->short_memory) {
		snprintf(text, sizeof(text), " more came than are remembered: the oldest in this window are left out");
	}
	put_line(d, "\033[33m", text);
}

/* "10.1.0.2", "10.1.0.0/24"; "?" */
static void put_address(struct line *line, const struct top_host *host, bool network)
{
	char text[INET6_ADDRSTRLEN];

	if (!host->family || !inet_ntop(host->family == 4 ? AF_INET : AF_INET6, host->addr, text, sizeof(text))) {
		line_char(line, '?');
		return;
	}
	line_text(line, text);
	if (network)
		line_text(line, host->family == 4 ? "/24" : "/64");
}

static void put_server(struct line *line, const struct top_key *key)
{
	bool v6 = key->server.family == 6;

	line_text(line, v6 ? "[" : "");
	put_address(line, &key->server, false);
	line_text(line, v6 ? "]:" : ":");
	line_u64(line, key->port);
}

/* Who resets whom: the side the RST came from, an arrow, the other one. */
static void put_parties(struct line *line, const struct top_key *key)
{
	bool from_client = key->sender == TOP_CLIENT;

	if (key->sender == TOP_GATEWAY)
		line_text(line, "gateway: ");
	if (from_client)
		put_address(line, &key->client, true);
	else
		put_server(line, key);
	line_text(line, " " ARROW " ");
	if (from_client)
		put_server(line, key);
	else
		put_address(line, &key->client, true);
}

static void put_name(struct line *line, const struct top_key *key, enum top_by by)
{
	switch (by) {
	case TOP_BY_PATH:
		put_parties(line, key);
		break;
	case TOP_BY_SERVER:
		put_server(line, key);
		break;
	case TOP_BY_CLIENT:
		put_address(line, &key->client, false);
		break;
	default:
		line_text(line, class_name((enum cause_class)key->class));
	}
}

/* "3 s", "12 min", "5 h", "2 d", "56 y": the nearest, of six columns at most. */
static void put_age(char text[32], uint64_t now_ns, uint64_t ts_ns)
{
	static const struct {
		uint64_t below, unit;
		const char *name;
	} steps[] = { { 120, 1, "s" }, { 5970, 60, "min" }, { 172800, 3600, "h" }, { 86400000, 86400, "d" }, { UINT64_MAX, 31557600, "y" } };
	uint64_t seconds = now_ns > ts_ns ? (now_ns - ts_ns) / NS_PER_SEC : 0;
	size_t i = 0;

	while (seconds >= steps[i].below)
		i++;
	snprintf(text, 32, "%llu %s", (unsigned long long)((seconds + steps[i].unit / 2) / steps[i].unit), steps[i].name);
}

/* "12345", and from ten million on "12 M": of seven columns up to 99,999 millions. */
static void put_count(char text[24], uint64_t count)
{
	if (count < 10000000)
		snprintf(text, 24, "%llu", (unsigned long long)count);
	else
		snprintf(text, 24, "%llu M", (unsigned long long)(count / 1000000));
}

/* Where there is little room without the class: a cause's name is clear alone. */
static void put_why(struct line *line, const struct top_row *row, bool with_class)
{
	size_t cause = top_row_cause(row);

	if (cause < CAUSE_COUNT)
		line_text(line, with_class ? cause_path((enum cause)cause) : cause_name((enum cause)cause));
	else
		line_text(line, "a cause of a newer rstwhyd");
	if (row->gap_ms >= 1000) {
		line_text(line, " ");
		line_text(line, duration((double)row->gap_ms).s);
	}
}

static const char *colour_of(const struct top_row *row)
{
	size_t cause = top_row_cause(row);

	return record_class_colour(cause < CAUSE_COUNT ? class_name(cause_text((enum cause)cause)->class) : "unknown");
}

/* How wide the column of names is: the rest is the cause's. */
static size_t name_columns(const struct drawing *d)
{
	size_t free = d->columns - 17;

	return d->columns >= COLUMNS_WIDE || d->columns < 70 ? free / 2 : free - 31;
}

static void draw_row(struct drawing *d, const struct top_row *row, enum top_by by, bool selected)
{
	bool colour = d->screen->colour;
	char text[256], age[32], count[24], numbers[64];
	struct line line;

	put_age(age, d->screen->now_ns, row->last_ns);
	put_count(count, row->count);
	snprintf(numbers, sizeof(numbers), "%7s %6s", count, age);
	line_text(d->line, colour && selected ? "\033[7m" : "");
	put_cell(d->line, selected ? ">" : " ", 1);
	put_cell(d->line, numbers, 14);
	line_char(d->line, ' ');
	line_init(&line, text, sizeof(text));
	put_name(&line, &row->key, by);
	put_cell(d->line, text, name_columns(d));
	line_char(d->line, ' ');
	line_init(&line, text, sizeof(text));
	put_why(&line, row, d->columns >= COLUMNS_WIDE && by != TOP_BY_CAUSE);
	line_text(d->line, colour && !selected ? colour_of(row) : "");
	put_cell(d->line, text, d->columns - 17 - name_columns(d));
	line_text(d->line, colour ? RESET : "");
	end_line(d);
}

static void draw_headings(struct drawing *d, enum top_by by)
{
	static const char *const names[] = { [TOP_BY_PATH] = "WHO RESETS WHOM", [TOP_BY_CAUSE] = "CLASS", [TOP_BY_SERVER] = "SERVER",
					     [TOP_BY_CLIENT] = "CLIENT" };
	static const char *const whys[] = { [TOP_BY_PATH] = "WHY, AND THE LAST SILENCE", [TOP_BY_CAUSE] = "WHY, AND THE LAST SILENCE",
					    [TOP_BY_SERVER] = "WHY MOSTLY, THE LAST SILENCE", [TOP_BY_CLIENT] = "WHY MOSTLY, THE LAST SILENCE" };
	char text[COLUMNS_MOST + 1];

	snprintf(text, sizeof(text), "  RESETS    AGO %-*s %s", (int)name_columns(d), names[by], whys[by]);
	put_line(d, "\033[1m", text);
}

/* Words of text over as many lines as it takes, at most some. */
static void draw_wrapped(struct drawing *d, const char *text, size_t most)
{
	char row[COLUMNS_MOST + 1];
	struct line line;

	while (*text && most-- > 0) {
		size_t len = strlen(text), room = d->columns - 2;

		if (len > room)
			for (len = room; len > 1 && text[len] != ' ';)
				len--;
		line_init(&line, row, sizeof(row));
		line_char(&line, ' ');
		line_bytes(&line, text, len);
		put_line(d, "", row);
		text += len + strspn(text + len, " ");
	}
}

static void draw_details(struct drawing *d, const struct top_row *row)
{
	size_t cause = top_row_cause(row);
	const struct cause_text *text;

	if (cause >= CAUSE_COUNT)
		return;
	text = cause_text((enum cause)cause);
	put_line(d, "\033[1m", cause_path((enum cause)cause));
	draw_wrapped(d, text->meaning, 2);
	draw_wrapped(d, text->advice, 2);
}

static void draw_help(struct drawing *d)
{
	static const char *const text[] = {
		" w window: 1, 5, 60 min, all   g group: path, cause, server, client",
		" s most or latest first        n noise: resets that killed nothing",
		" up, down: select a row        Enter: what its cause means, what to do",
		" p pause                       c forget what was seen so far",
		" h this                        q quit",
	};

	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++)
		put_line(d, "", text[i]);
}

static void draw_rows(struct drawing *d, const struct top_view *view, const struct top_settings *settings, size_t room)
{
	size_t first = settings->selected >= room ? settings->selected - room + 1 : 0;

	for (size_t i = first; i < view->rows && i - first < room; i++)
		draw_row(d, &view->row[i], settings->by, !d->screen->whole && i == settings->selected);
}

static size_t between(size_t value, size_t least, size_t most)
{
	return value < least ? least : value > most ? most : value;
}

void top_screen_draw(struct line *line, const struct top_screen *screen, const struct top_view *view, const struct top_settings *settings,
		     uint64_t lost)
{
	struct drawing d = { .line = line, .screen = screen };
	size_t below, room;

	d.columns = between(screen->columns, COLUMNS_LEAST, COLUMNS_MOST);
	d.lines = screen->whole ? HEAD_LINES + view->rows : between(screen->lines, LINES_LEAST, LINES_MOST);
	draw_state(&d, settings);
	draw_classes(&d, view, lost);
	draw_note(&d, view);
	draw_headings(&d, settings->by);
	below = screen->whole ? 0 : 1 + (settings->help || settings->details ? DETAIL_LINES : 0);
	room = d.lines > d.drawn + below ? d.lines - d.drawn - below : 1;
	draw_rows(&d, view, settings, room);
	if (screen->whole)
		return;
	while (d.drawn + below < d.lines)
		put_line(&d, "", "");
	if (settings->help)
		draw_help(&d);
	else if (settings->details && settings->selected < view->rows)
		draw_details(&d, &view->row[settings->selected]);
	while (d.drawn + 1 < d.lines)
		put_line(&d, "", "");
	put_line(&d, "\033[2m", " q quit  w window  g group  s sort  n noise  Enter details  p pause  h help");
}
