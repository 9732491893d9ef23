// SPDX-License-Identifier: GPL-2.0
/*
 * report_text.c - a report for people
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Names from the log are escaped: they come from the network, or from whoever could write the log.
 */
#include "report.h"

#include "../engine/sentence.h"

#include <math.h>
#include <string.h>

#define LINE_MAX 4096
#define BAR_MAX 40
#define COLUMNS_MAX 72 /* of a line over time */
#define BARS_TOGETHER 4 /* of the histogram of silences: ten to a factor of ten */
#define BLOCK "\xe2\x96\x88"
#define ARROW " \xe2\x86\x92 "
#define DOT " \xc2\xb7 "

static unsigned long long number(uint64_t value)
{
	return value;
}

static void put_escaped(FILE *out, const char *text)
{
	char buf[LINE_MAX];
	struct line line;

	line_init(&line, buf, sizeof(buf));
	line_plain_escaped(&line, text, strlen(text));
	fputs(line.data, out);
}

/* "2026-11-22 10:12" */
static void put_minute(FILE *out, uint64_t ns)
{
	char buf[64];
	struct line line;

	line_init(&line, buf, sizeof(buf));
	line_timestamp(&line, ns);
	buf[10] = ' ';
	fprintf(out, "%.16s", buf);
}

static void put_bar(FILE *out, uint64_t value, uint64_t most)
{
	uint64_t blocks = most ? (value * BAR_MAX + most - 1) / most : 0;

	for (uint64_t i = 0; i < blocks; i++)
		fputs(BLOCK, out);
}

static void put_gateways(const struct tally *tally, FILE *out)
{
	const char *key, *before = " on ";

	for (size_t slot = 0; slot < heavy_slots(tally->gateways); slot++)
		if (heavy_at(tally->gateways, slot, &key)) {
			fputs(before, out);
			put_escaped(out, key);
			before = ", ";
		}
}

static void put_losses(const struct tally *tally, FILE *out)
{
	const char *words;

	for (const struct tally_loss *loss = tally->losses; loss < tally->losses + TALLY_WHERES && loss->where[0]; loss++) {
		fprintf(out, "%llu%s records lost (", number(loss->lost), loss->unknown ? " or more" : "");
		put_escaped(out, loss->where);
		fputc(')', out);
		words = record_loss_words(loss->where);
		fprintf(out, "%s%s\n", words[0] ? DOT : "", words);
	}
}

static void put_head(const struct report *report, FILE *out)
{
	const struct tally *tally = report->tally;

	fprintf(out, "%llu resets", number(tally->events));
	put_gateways(tally, out);
	if (tally->events) {
		fputs(", ", out);
		put_minute(out, tally->first_ns);
		fputs(" to ", out);
		put_minute(out, tally->last_ns);
		fputs(" UTC", out);
	}
	fputc('\n', out);
	if (tally->amended)
		fprintf(out, "%llu judged anew by a later finding\n", number(tally->amended));
	put_losses(tally, out);
}

static void put_classes(const struct tally *tally, FILE *out)
{
	uint64_t most = 0;

	for (enum cause_class class = 0; class < AGES_CLASSES; class++)
		most = tally->classes[class] > most ? tally->classes[class] : most;
	fputs("\nby class\n", out);
	for (enum cause_class class = 0; class < AGES_CLASSES; class++) {
		uint64_t count = tally->classes[class];

		fprintf(out, "  %-16s %9llu  %5.1f %%  ", class_name(class), number(count), 100.0 * (double)count / (double)tally->events);
		put_bar(out, count, most);
		fputc('\n', out);
	}
}

/* The count of a column, which is some bars. */
static uint64_t column_count(const struct ages *ages, size_t column, size_t together, enum cause_class class)
{
	uint64_t sum = 0;

	for (size_t i = column * together; i < (column + 1) * together && i < ages->bars; i++)
		sum += ages->count[i][class];
	return sum;
}

static void put_sparks(const struct ages *ages, size_t together, enum cause_class class, FILE *out)
{
	static const char *const sparks[] = { " ",	      "\xe2\x96\x81", "\xe2\x96\x82", "\xe2\x96\x83", "\xe2\x96\x84",
					      "\xe2\x96\x85", "\xe2\x96\x86", "\xe2\x96\x87", "\xe2\x96\x88" };
	size_t columns = (ages->bars + together - 1) / together;
	uint64_t most = 0;

	for (size_t i = 0; i < columns; i++)
		most = column_count(ages, i, together, class) > most ? column_count(ages, i, together, class) : most;
	if (most == 0)
		return;
	fprintf(out, "  %-16s ", class_name(class));
	for (size_t i = 0; i < columns; i++)
		fputs(sparks[(column_count(ages, i, together, class) * 8 + most - 1) / most], out);
	fprintf(out, "  at most %llu\n", number(most));
}

/* "45 min", "1 h", "2 days" */
static void put_width(uint64_t seconds, FILE *out)
{
	if (seconds % 86400 == 0)
		fprintf(out, seconds == 86400 ? "%llu day" : "%llu days", number(seconds / 86400));
	else if (seconds % 3600 == 0)
		fprintf(out, "%llu h", number(seconds / 3600));
	else if (seconds % 60 == 0)
		fprintf(out, "%llu min", number(seconds / 60));
	else
		fprintf(out, "%llu s", number(seconds));
}

static void put_ages(const struct ages *ages, FILE *out)
{
	size_t together = (ages->bars + COLUMNS_MAX - 1) / COLUMNS_MAX;

	fputs("\nover time, a column is ", out);
	put_width(ages_width_s(ages) * together, out);
	fputs(", from ", out);
	put_minute(out, ages->first * ages_width_s(ages) * 1000000000ULL);
	fputc('\n', out);
	for (enum cause_class class = 0; class < AGES_CLASSES; class++)
		put_sparks(ages, together, class, out);
}

/* The cause of most events below a bound, or TALLY_OTHER + 1. */
static size_t next_cause(const struct tally *tally, const bool done[CAUSE_COUNT + 1])
{
	size_t most = CAUSE_COUNT + 1;

	for (size_t cause = 0; cause <= CAUSE_COUNT; cause++)
		if (!done[cause] && tally->causes[cause] && (most > CAUSE_COUNT || tally->causes[cause] > tally->causes[most]))
			most = cause;
	return most;
}

static void put_causes(const struct tally *tally, FILE *out)
{
	bool done[CAUSE_COUNT + 1] = { false };
	size_t cause;

	fputs("\nby cause (rstwhy explain CAUSE tells more)\n", out);
	while ((cause = next_cause(tally, done)) <= CAUSE_COUNT) {
		done[cause] = true;
		fprintf(out, "  %-38s %9llu\n", cause < CAUSE_COUNT ? cause_path((enum cause)cause) : "others, of a newer rstwhyd",
			number(tally->causes[cause]));
	}
}

/* Known timeouts of as many seconds as that of index i, at most two by name; the index behind them. */
static size_t put_same(const struct hints *hints, size_t i, FILE *out)
{
	size_t end = i;

	while (end < hints->count && hints->hint[end].seconds == hints->hint[i].seconds)
		end++;
	fprintf(out, "%u s: ", hints->hint[i].seconds);
	for (size_t k = i; k < end && k < i + 2; k++) {
		fputs(k > i ? ", " : "", out);
		put_escaped(out, hints->hint[k].name);
	}
	if (end > i + 2)
		fprintf(out, " and %zu more", end - i - 2);
	return end;
}

/* Known timeouts from one silence to another; they are ordered, longest first. */
static void put_known(const struct hints *hints, double from_ms, double to_ms, FILE *out)
{
	const char *before = "  ";

	for (size_t i = 0; i < hints->count;) {
		double ms = hints->hint[i].seconds * 1000.0;

		if (ms < from_ms || ms >= to_ms) {
			i++;
			continue;
		}
		fputs(before, out);
		i = put_same(hints, i, out);
		before = "; ";
	}
}

/* "316 s", "1.8 h", "5.0 d" */
static void put_short(double ms, FILE *out)
{
	static const struct {
		double below_ms, unit_ms;
		const char *form;
	} units[] = { { 9950, 1000, "%.1f s" }, { 7.2e6, 1000, "%.0f s" }, { 1.728e8, 3.6e6, "%.1f h" }, { INFINITY, 8.64e7, "%.1f d" } };
	char text[32];
	size_t i = 0;

	while (ms >= units[i].below_ms)
		i++;
	snprintf(text, sizeof(text), units[i].form, ms / units[i].unit_ms);
	fprintf(out, "%8s", text);
}

static uint64_t idle_count(const struct gaps *gaps, size_t bar)
{
	uint64_t sum = 0;

	for (size_t i = bar; i < bar + BARS_TOGETHER; i++)
		sum += gaps->idle[i];
	return sum;
}

static void put_gaps(const struct report *report, FILE *out)
{
	const struct gaps *gaps = &report->tally->gaps;
	uint64_t most = 0;

	for (size_t bar = 0; bar < GAPS_BARS; bar += BARS_TOGETHER)
		most = idle_count(gaps, bar) > most ? idle_count(gaps, bar) : most;
	if (most == 0)
		return;
	fputs("\nsilences that ended in an idle timeout, and the known timeouts of that length\n", out);
	for (size_t bar = 0; bar < GAPS_BARS; bar += BARS_TOGETHER) {
		uint64_t count = idle_count(gaps, bar);

		if (count == 0)
			continue;
		fputs("  ", out);
		put_short(gaps_begin_ms(bar), out);
		fputs(" to ", out);
		put_short(gaps_begin_ms(bar + BARS_TOGETHER), out);
		fprintf(out, " %9llu  ", number(count));
		put_bar(out, count, most);
		put_known(&report->hints, gaps_begin_ms(bar), gaps_begin_ms(bar + BARS_TOGETHER), out);
		fputc('\n', out);
	}
}

static void put_place(const struct tally_ranked *ranked, FILE *out)
{
	const struct tally_place *place = ranked->place;
	const char *tab = strchr(ranked->key, '\t');
	size_t cause = tally_main_cause(place);
	char name[2 * TALLY_SERVER_TEXT + 8];

	snprintf(name, sizeof(name), "%.*s%s%s", (int)(tab ? tab - ranked->key : 0), ranked->key, tab ? ARROW : "", tab ? tab + 1 : ranked->key);
	fprintf(out, "  %7llu  %-*s  ", number(tally_harm(place)), tab ? 46 : 24, name);
	fprintf(out, "%s", cause < CAUSE_COUNT ? cause_path((enum cause)cause) : "others");
	if (cause < CAUSE_COUNT)
		fprintf(out, " %u", place->causes[cause]);
	if (place->gap_max_ms > 0)
		fprintf(out, ", idle kills after %s", duration(place->gap_min_ms).s);
	if (place->gap_max_ms > place->gap_min_ms * 1.01)
		fprintf(out, " to %s", duration(place->gap_max_ms).s);
	fputc('\n', out);
}

static void put_places(const struct report *report, const struct heavy *places, const char *heading, FILE *out)
{
	struct tally_ranked ranked[TALLY_SERVERS];
	size_t count = tally_rank(places, ranked, report->top < TALLY_SERVERS ? report->top : TALLY_SERVERS);

	if (count == 0)
		return;
	fprintf(out, "\n%s\n", heading);
	for (size_t i = 0; i < count; i++)
		put_place(&ranked[i], out);
	if (heavy_left_out(places))
		fprintf(out, "  (more were seen than are remembered: %llu resets are not in this list)\n", number(heavy_left_out(places)));
}

static void put_learned(const struct report *report, FILE *out)
{
	size_t count = report->learned_count < report->top ? report->learned_count : report->top;
	char buf[TIMEOUTS_LINE_MAX];
	struct line line;

	if (report->learned_count == 0)
		return;
	fputs("\nlearned of timeouts, per path (rstwhy timeouts tells all)\n", out);
	for (size_t i = 0; i < count; i++) {
		line_init(&line, buf, sizeof(buf));
		timeouts_text(&line, &report->learned[i], report->made_ns / 1000000000ULL);
		for (const char *at = buf; *at;) {
			size_t len = strcspn(at, "\n");

			fprintf(out, "  %.*s\n", (int)len, at);
			at += len + (at[len] != '\0');
		}
	}
}

void report_text(const struct report *report, FILE *out)
{
	const struct tally *tally = report->tally;

	put_head(report, out);
	if (tally->events) {
		put_classes(tally, out);
		put_ages(&tally->ages, out);
		put_causes(tally, out);
		put_gaps(report, out);
		put_places(report, tally->servers, "worst servers", out);
		put_places(report, tally->paths, "worst paths, from the clients' network to the server", out);
	}
	put_learned(report, out);
}
