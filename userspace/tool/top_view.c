// SPDX-License-Identifier: GPL-2.0
/*
 * top_view.c - what top shows: groups of resets in a window of time
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "top_view.h"

#include "heavy.h"

#include <stdlib.h>
#include <string.h>

#define NS_PER_SEC 1000000000ULL

_Static_assert(sizeof(struct top_key) <= HEAVY_KEY_MAX, "a group's key is one of heavy.h");

static const struct {
	uint64_t seconds;
	const char *name;
} windows[] = {
	[TOP_MINUTE] = { 60, "last minute" },
	[TOP_FIVE] = { 300, "last 5 min" },
	[TOP_HOUR] = { 3600, "last hour" },
	[TOP_ALL] = { 0, "all" },
};

uint64_t top_window_s(enum top_window window)
{
	return windows[window].seconds;
}

const char *top_window_name(enum top_window window)
{
	return windows[window].name;
}

const char *top_by_name(enum top_by by)
{
	static const char *const names[] = { [TOP_BY_PATH] = "path", [TOP_BY_CAUSE] = "cause", [TOP_BY_SERVER] = "server",
					     [TOP_BY_CLIENT] = "client" };

	return names[by];
}

size_t top_row_cause(const struct top_row *row)
{
	size_t most = TOP_OTHER;

	for (size_t cause = 0; cause < CAUSE_COUNT; cause++)
		if (row->causes[cause] > row->causes[most])
			most = cause;
	return most;
}

static struct top_host network_of(const struct top_host *host)
{
	struct top_host network = *host;
	size_t kept = host->family == 4 ? 3 : 8;

	memset(network.addr + kept, 0, sizeof(network.addr) - kept);
	return network;
}

static struct top_key key_of(const struct top_event *event, enum top_by by)
{
	struct top_key key;

	memset(&key, 0, sizeof(key));
	if (by == TOP_BY_PATH || by == TOP_BY_CAUSE) {
		key.cause = event->cause;
		key.class = event->class;
	}
	if (by == TOP_BY_PATH) {
		key.sender = event->sender;
		key.client = network_of(&event->client);
	}
	if (by == TOP_BY_CLIENT)
		key.client = event->client;
	if (by == TOP_BY_PATH || by == TOP_BY_SERVER) {
		key.server = event->server;
		key.port = event->port;
	}
	return key;
}

static void add(struct heavy *groups, const struct top_event *event, enum top_by by)
{
	struct top_key key = key_of(event, by);
	struct top_row *row = heavy_vote(groups, &key, sizeof(key));

	if (!row)
		return;
	if (row->count == 0)
		row->gap_ms = -1;
	row->key = key;
	row->count += event->count;
	row->causes[event->cause] += event->count;
	if (event->ts_ns < row->last_ns)
		return;
	row->last_ns = event->ts_ns;
	row->gap_ms = event->gap_ms >= 0 ? event->gap_ms : row->gap_ms;
}

static bool comes_before(const struct top_row *a, const struct top_row *b, enum top_sort sort)
{
	if (sort == TOP_SORT_LAST && a->last_ns != b->last_ns)
		return a->last_ns > b->last_ns;
	if (a->count != b->count)
		return a->count > b->count;
	return memcmp(&a->key, &b->key, sizeof(a->key)) < 0;
}

static void rank(struct top_view *view, const struct heavy *groups, enum top_sort sort)
{
	const char *key;

	for (size_t slot = 0; slot < heavy_slots(groups); slot++) {
		const struct top_row *row = heavy_at(groups, slot, &key);
		size_t at;

		if (!row || (view->rows == TOP_ROWS && !comes_before(row, &view->row[TOP_ROWS - 1], sort)))
			continue;
		view->rows += view->rows < TOP_ROWS;
		for (at = view->rows - 1; at > 0 && comes_before(row, &view->row[at - 1], sort); at--)
			view->row[at] = view->row[at - 1];
		view->row[at] = *row;
	}
}

static bool in_view(const struct top_view *view, const struct top_settings *settings, const struct top_event *event)
{
	return event->count > 0 && event->ts_ns >= view->begin_ns && (settings->noise || event->class != CLASS_NOISE);
}

bool top_view_make(struct top_view *view, const struct top_events *events, const struct top_settings *settings, uint64_t now_ns)
{
	uint64_t window_ns = top_window_s(settings->window) * NS_PER_SEC, oldest_ns = UINT64_MAX;
	struct heavy *groups = heavy_new(TOP_GROUPS, sizeof(struct top_row));

	view->rows = 0;
	view->events = view->latest_ns = 0;
	memset(view->classes, 0, sizeof(view->classes));
	view->begin_ns = window_ns && now_ns > window_ns ? now_ns - window_ns : 0;
	for (size_t i = 0; groups && i < top_events_count(events); i++) {
		const struct top_event *event = top_events_at(events, i);

		view->latest_ns = event->ts_ns > view->latest_ns ? event->ts_ns : view->latest_ns;
		oldest_ns = event->ts_ns < oldest_ns ? event->ts_ns : oldest_ns;
		if (!in_view(view, settings, event))
			continue;
		view->events += event->count;
		view->classes[event->class] += event->count;
		add(groups, event, settings->by);
	}
	view->short_memory = top_events_full(events) && oldest_ns > view->begin_ns;
	if (groups)
		rank(view, groups, settings->sort);
	heavy_free(groups);
	return groups != NULL;
}
