// SPDX-License-Identifier: GPL-2.0
/*
 * timeouts_show.c - rstwhy timeouts: a path as text and as JSON
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Interface names and names of devices are escaped: they come from files.
 */
#include "timeouts.h"

#include "../engine/sentence.h"
#include "../record/json.h"

#include <string.h>

#define NS_PER_SEC 1000000000ULL
#define CANDIDATES_NAMED 3 /* of the same length */

static const char *const basis_names[] = {
	[KEEPALIVE_UNKNOWN] = "unknown",   [KEEPALIVE_NEEDLESS] = "needless", [KEEPALIVE_PROVEN] = "proven",
	[KEEPALIVE_GUESSED] = "guessed",   [KEEPALIVE_DOUBTFUL] = "doubtful",
};

static void text_duration(struct line *line, double ms)
{
	line_text(line, duration(ms).s);
}

/* "10.2.0.0/24 port 443 via eth1 (server side)" */
static void text_path(struct line *line, const struct path *path)
{
	char prefix[PATH_PREFIX_TEXT];

	path_prefix_text(path, prefix);
	line_text(line, prefix);
	line_text(line, " port ");
	line_u64(line, path->port);
	if (path->in[0]) {
		line_text(line, " via ");
		line_plain_escaped(line, path->in, strnlen(path->in, sizeof(path->in)));
	}
	line_text(line, " (");
	line_text(line, path_side_name(path->side));
	line_text(line, " side)\n");
}

static void text_bracket(struct line *line, const struct path_bracket *b)
{
	line_text(line, "    ");
	if (!b->have_survived && !b->have_killed)
		line_text(line, "nothing certain yet: three peers must have shown the same");
	if (b->have_survived) {
		line_text(line, "silences of up to ");
		text_duration(line, b->survived_ms);
		line_text(line, b->have_killed ? " survive, " : " survive, none was killed by as many peers");
	}
	if (b->have_killed) {
		line_text(line, "from ");
		text_duration(line, b->killed_ms);
		line_text(line, b->have_survived ? " on they are killed" : " on silences are killed; how long one survives is not known");
	}
	if (bracket_contradicts(b))
		line_text(line, "\n    this contradicts itself: the timeout has changed, or several boxes share the path");
	line_char(line, '\n');
}

static void text_samples(struct line *line, const struct timeouts_row *row, uint64_t now_s)
{
	uint64_t last_s = row->entry->last_s;

	line_text(line, "    seen: ");
	line_u64(line, row->entry->survived.samples);
	line_text(line, " survived, ");
	line_u64(line, row->entry->killed.samples);
	line_text(line, " killed, ");
	line_u64(line, row->bracket.peers);
	line_text(line, row->bracket.peers == 1 ? " peer; last " : " peers; last ");
	if (now_s > last_s) {
		text_duration(line, (double)(now_s - last_s) * 1000);
		line_text(line, " ago\n");
	} else {
		line_text(line, "just now\n");
	}
}

/* Candidates with the seconds of candidate i: "350 s: AWS NLB, AWS NAT gateway and 3 more"; the index behind them. JSON has all. */
static size_t text_same(struct line *line, const struct timeouts_row *row, size_t i)
{
	size_t end = i;

	while (end < row->candidates && row->candidate[end]->seconds == row->candidate[i]->seconds)
		end++;
	line_u64(line, row->candidate[i]->seconds);
	line_text(line, " s: ");
	for (size_t k = i; k < end && k < i + CANDIDATES_NAMED; k++) {
		line_text(line, k > i ? ", " : "");
		line_plain_escaped(line, row->candidate[k]->name, strlen(row->candidate[k]->name));
	}
	if (end > i + CANDIDATES_NAMED) {
		line_text(line, " and ");
		line_u64(line, end - i - CANDIDATES_NAMED);
		line_text(line, " more");
	}
	return end;
}

static void text_candidates(struct line *line, const struct timeouts_row *row)
{
	for (size_t i = 0; i < row->candidates;) {
		line_text(line, i ? "; " : "    candidates: ");
		i = text_same(line, row, i);
	}
	if (row->candidates)
		line_char(line, '\n');
}

static void text_keepalive(struct line *line, const struct keepalive *k)
{
	static const char *const why[] = {
		[KEEPALIVE_PROVEN] = " (silences as long have survived)",
		[KEEPALIVE_GUESSED] = " (half of what is killed; no silence as long has been seen to survive yet)",
		[KEEPALIVE_DOUBTFUL] = " (half of what is killed; not certain)",
	};

	if (k->basis == KEEPALIVE_UNKNOWN)
		return;
	if (k->basis == KEEPALIVE_NEEDLESS) {
		line_text(line, "    keepalive: none is needed for silences as long as those\n");
		return;
	}
	line_text(line, "    keepalive: every ");
	line_u64(line, k->seconds);
	line_text(line, k->seconds == 1 ? " second holds" : " seconds holds");
	line_text(line, why[k->basis]);
	line_char(line, '\n');
}

void timeouts_text(struct line *line, const struct timeouts_row *row, uint64_t now_s)
{
	text_path(line, &row->entry->path);
	text_bracket(line, &row->bracket);
	text_samples(line, row, now_s);
	text_candidates(line, row);
	text_keepalive(line, &row->keepalive);
}

static void json_path(struct json *json, const struct path *path)
{
	char prefix[PATH_PREFIX_TEXT];

	path_prefix_text(path, prefix);
	json_string(json, KEY("prefix"), prefix);
	json_u64(json, KEY("port"), path->port);
	json_string(json, KEY("side"), path_side_name(path->side));
	json_bytes(json, KEY("in"), path->in, strnlen(path->in, sizeof(path->in)));
}

static void json_candidates(struct json *json, const struct timeouts_row *row)
{
	json_open(json, KEY("candidates"), '[');
	for (size_t i = 0; i < row->candidates; i++) {
		json_open(json, NULL, '{');
		json_string(json, KEY("name"), row->candidate[i]->name);
		json_u64(json, KEY("seconds"), row->candidate[i]->seconds);
		json_close(json, '}');
	}
	json_close(json, ']');
}

void timeouts_json(struct line *line, const struct timeouts_row *row)
{
	struct json json = json_begin(line);

	json_open(&json, NULL, '{');
	json_u64(&json, KEY("v"), 1);
	json_path(&json, &row->entry->path);
	json_known_decimal(&json, KEY("survived_ms"), row->bracket.have_survived ? row->bracket.survived_ms : -1);
	json_known_decimal(&json, KEY("killed_ms"), row->bracket.have_killed ? row->bracket.killed_ms : -1);
	json_bool(&json, KEY("contradiction"), bracket_contradicts(&row->bracket));
	json_u64(&json, KEY("survived_samples"), row->entry->survived.samples);
	json_u64(&json, KEY("killed_samples"), row->entry->killed.samples);
	json_u64(&json, KEY("peers"), row->bracket.peers);
	json_time(&json, KEY("last"), row->entry->last_s * NS_PER_SEC);
	json_candidates(&json, row);
	json_string(&json, KEY("keepalive_basis"), basis_names[row->keepalive.basis]);
	json_known_decimal(&json, KEY("keepalive_s"), row->keepalive.seconds ? (double)row->keepalive.seconds : -1);
	json_close(&json, '}');
	json_as_is(&json, "\n");
	json_end(&json);
}
