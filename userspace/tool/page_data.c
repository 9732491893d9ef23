// SPDX-License-Identifier: GPL-2.0
/*
 * page_data.c - a report as the data of its page
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "page_data.h"

#include <string.h>

#define PAGE_SERVERS 50
#define PAGE_PATHS 100
#define PAGE_LEARNED 100

static double milliseconds(uint64_t ns)
{
	return (double)(ns / 1000000);
}

static void put_gateways(struct page_json *json, const struct heavy *gateways)
{
	const char *key;

	page_json_open(json, "gateways", '[');
	for (size_t slot = 0; slot < heavy_slots(gateways); slot++)
		if (heavy_at(gateways, slot, &key))
			page_json_text(json, NULL, key);
	page_json_close(json, ']');
}

static void put_losses(struct page_json *json, const struct tally_loss *losses)
{
	page_json_open(json, "losses", '[');
	for (size_t i = 0; i < TALLY_WHERES && losses[i].where[0]; i++) {
		page_json_open(json, NULL, '{');
		page_json_text(json, "where", losses[i].where);
		page_json_text(json, "why", record_loss_words(losses[i].where));
		page_json_number(json, "lost", (double)losses[i].lost);
		page_json_flag(json, "more", losses[i].unknown > 0);
		page_json_close(json, '}');
	}
	page_json_close(json, ']');
}

static void put_classes(struct page_json *json, const struct tally *tally)
{
	page_json_open(json, "classes", '[');
	for (enum cause_class class = 0; class < AGES_CLASSES; class++) {
		page_json_open(json, NULL, '{');
		page_json_text(json, "name", class_name(class));
		page_json_number(json, "count", (double)tally->classes[class]);
		page_json_close(json, '}');
	}
	page_json_close(json, ']');
}

/* All causes, those that did not happen too: the table of resets looks advice up there. */
static void put_causes(struct page_json *json, const struct tally *tally)
{
	page_json_open(json, "causes", '[');
	for (enum cause cause = 0; cause < CAUSE_COUNT; cause++) {
		const struct cause_text *text = cause_text(cause);

		page_json_open(json, NULL, '{');
		page_json_text(json, "class", class_name(text->class));
		page_json_text(json, "name", text->name);
		page_json_number(json, "count", (double)tally->causes[cause]);
		page_json_text(json, "meaning", text->meaning);
		page_json_text(json, "advice", text->advice);
		page_json_close(json, '}');
	}
	page_json_close(json, ']');
}

static void put_ages(struct page_json *json, const struct ages *ages)
{
	page_json_open(json, "ages", '{');
	page_json_number(json, "width", (double)ages_width_s(ages));
	page_json_number(json, "first", (double)(ages->first * ages_width_s(ages)));
	page_json_open(json, "bars", '[');
	for (size_t i = 0; i < ages->bars; i++) {
		page_json_open(json, NULL, '[');
		for (size_t class = 0; class < AGES_CLASSES; class++)
			page_json_number(json, NULL, (double)ages->count[i][class]);
		page_json_close(json, ']');
	}
	page_json_close(json, ']');
	page_json_close(json, '}');
}

/* Bars that are not empty, as pairs of number and count. */
static void put_bars(struct page_json *json, const char *key, const uint32_t bars[GAPS_BARS])
{
	page_json_open(json, key, '[');
	for (size_t i = 0; i < GAPS_BARS; i++)
		if (bars[i]) {
			page_json_number(json, NULL, (double)i);
			page_json_number(json, NULL, bars[i]);
		}
	page_json_close(json, ']');
}

static void put_gaps(struct page_json *json, const struct gaps *gaps)
{
	put_bars(json, "idle", gaps->idle);
	put_bars(json, "other", gaps->other);
}

static void put_place(struct page_json *json, const struct tally_place *place)
{
	size_t cause = tally_main_cause(place);

	page_json_number(json, "harm", (double)tally_harm(place));
	page_json_open(json, "classes", '[');
	for (size_t class = 0; class < AGES_CLASSES; class++)
		page_json_number(json, NULL, place->classes[class]);
	page_json_close(json, ']');
	page_json_text(json, "cause", cause < CAUSE_COUNT ? cause_path((enum cause)cause) : "others");
	page_json_number(json, "cause_count", place->causes[cause]);
	page_json_number(json, "last", milliseconds(place->last_ns));
	if (place->gap_max_ms > 0) {
		page_json_number(json, "gap_min", place->gap_min_ms);
		page_json_number(json, "gap_max", place->gap_max_ms);
	}
}

static void put_servers(struct page_json *json, const struct heavy *servers)
{
	struct tally_ranked ranked[PAGE_SERVERS];
	size_t count = tally_rank(servers, ranked, PAGE_SERVERS);

	page_json_number(json, "servers_left_out", (double)heavy_left_out(servers));
	page_json_open(json, "servers", '[');
	for (size_t i = 0; i < count; i++) {
		const struct tally_server *server = heavy_find(servers, ranked[i].key, strlen(ranked[i].key));

		page_json_open(json, NULL, '{');
		page_json_text(json, "name", ranked[i].key);
		put_place(json, &server->place);
		put_gaps(json, &server->gaps);
		page_json_close(json, '}');
	}
	page_json_close(json, ']');
}

static void put_paths(struct page_json *json, const struct heavy *paths)
{
	struct tally_ranked ranked[PAGE_PATHS];
	size_t count = tally_rank(paths, ranked, PAGE_PATHS);

	page_json_number(json, "paths_left_out", (double)heavy_left_out(paths));
	page_json_open(json, "paths", '[');
	for (size_t i = 0; i < count; i++) {
		const char *tab = strchr(ranked[i].key, '\t');
		char from[2 * TALLY_SERVER_TEXT];

		snprintf(from, sizeof(from), "%.*s", (int)(tab ? tab - ranked[i].key : 0), ranked[i].key);
		page_json_open(json, NULL, '{');
		page_json_text(json, "from", from);
		page_json_text(json, "to", tab ? tab + 1 : ranked[i].key);
		put_place(json, ranked[i].place);
		page_json_close(json, '}');
	}
	page_json_close(json, ']');
}

static void put_known(struct page_json *json, const struct hints *hints)
{
	page_json_open(json, "known", '[');
	for (size_t i = 0; i < hints->count; i++) {
		page_json_open(json, NULL, '{');
		page_json_text(json, "name", hints->hint[i].name);
		page_json_number(json, "seconds", hints->hint[i].seconds);
		page_json_close(json, '}');
	}
	page_json_close(json, ']');
}

static void put_learned_one(struct page_json *json, const struct timeouts_row *row)
{
	char prefix[PATH_PREFIX_TEXT];

	path_prefix_text(&row->entry->path, prefix);
	page_json_open(json, NULL, '{');
	page_json_text(json, "prefix", prefix);
	page_json_number(json, "port", row->entry->path.port);
	page_json_text(json, "side", path_side_name(row->entry->path.side));
	page_json_text(json, "in", row->entry->path.in);
	page_json_known(json, "survived", row->bracket.have_survived ? row->bracket.survived_ms : -1);
	page_json_known(json, "killed", row->bracket.have_killed ? row->bracket.killed_ms : -1);
	page_json_flag(json, "contradicts", bracket_contradicts(&row->bracket));
	page_json_number(json, "survived_samples", row->entry->survived.samples);
	page_json_number(json, "killed_samples", row->entry->killed.samples);
	page_json_number(json, "peers", row->bracket.peers);
	page_json_known(json, "keepalive", row->keepalive.seconds ? (double)row->keepalive.seconds : -1);
	page_json_flag(json, "proven", row->keepalive.basis == KEEPALIVE_PROVEN);
	page_json_open(json, "candidates", '[');
	for (size_t i = 0; i < row->candidates; i++)
		page_json_text(json, NULL, row->candidate[i]->name);
	page_json_close(json, ']');
	page_json_close(json, '}');
}

static void put_learned(struct page_json *json, const struct report *report)
{
	page_json_number(json, "learned_count", (double)report->learned_count);
	page_json_open(json, "learned", '[');
	for (size_t i = 0; i < report->learned_count && i < PAGE_LEARNED; i++)
		put_learned_one(json, &report->learned[i]);
	page_json_close(json, ']');
}

void page_data(const struct report *report, FILE *out)
{
	struct page_json json = { .out = out };
	const struct tally *tally = report->tally;

	page_json_open(&json, NULL, '{');
	page_json_number(&json, "made", milliseconds(report->made_ns));
	page_json_number(&json, "first", milliseconds(tally->first_ns));
	page_json_number(&json, "last", milliseconds(tally->last_ns));
	page_json_number(&json, "events", (double)tally->events);
	page_json_number(&json, "amended", (double)tally->amended);
	page_json_number(&json, "unreadable", (double)report->unreadable);
	put_gateways(&json, tally->gateways);
	put_losses(&json, tally->losses);
	put_classes(&json, tally);
	put_causes(&json, tally);
	put_ages(&json, &tally->ages);
	page_json_number(&json, "gaps_least", GAPS_LEAST_MS);
	page_json_number(&json, "gaps_per_decade", GAPS_PER_DECADE);
	page_json_open(&json, "gaps", '{');
	put_gaps(&json, &tally->gaps);
	page_json_close(&json, '}');
	put_servers(&json, tally->servers);
	put_paths(&json, tally->paths);
	put_known(&json, &report->hints);
	put_learned(&json, report);
	page_rows(&json, report->last);
	page_json_close(&json, '}');
}
