// SPDX-License-Identifier: GPL-2.0
/*
 * report.c - from verdicts to lines in the logs
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "report.h"

#include "noise.h"
#include "outlets.h"
#include "sink.h"

#include "../record/record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* How a record becomes text. */
typedef void render_fn(struct report *report, struct line *line, const struct record *record);

struct report {
	const struct config *config;
	struct loss *loss;
	struct noise *noise;
	struct sink *json, *text;
	struct outlets *outlets;
	struct report_counts counts;
	uint64_t text_day;
	struct record_kept kept;
	char buf[RECORD_LINE_MAX];
};

static void render_json(struct report *report, struct line *line, const struct record *record)
{
	(void)report;
	record_json(line, record);
}

static void render_text(struct report *report, struct line *line, const struct record *record)
{
	record_day(line, record->ts_ns, &report->text_day);
	record_text(line, record, false);
}

_Static_assert(RECORD_LINE_MAX <= SINK_LINE_MAX, "a sink takes each line");

/* room: of RECORD_LINE_MAX bytes */
static struct line line_of(struct report *report, char *room, render_fn *render, const struct record *record)
{
	struct line line;

	line_init(&line, room, RECORD_LINE_MAX);
	render(report, &line, record);
	return line;
}

/* What a line counts for, so that it can be counted back when it is lost after all: RSTs, and whether it is a summary. */
static uint64_t tag_of(const struct record *record)
{
	bool summary = record->kind == RECORD_SUMMARY;

	return record->kind == RECORD_RESET || summary ? record->count << 1 | summary : 0;
}

static void line_lost(void *user, uint64_t tag)
{
	struct report_counts *counts = &((struct report *)user)->counts;
	bool summary = tag & 1;
	uint64_t resets = tag >> 1;

	counts->unwritten++;
	*(summary ? &counts->resets_summarized : &counts->resets_written) -= resets;
	*(summary ? &counts->log_summarized : &counts->log_written) -= resets;
	counts->resets_unwritten += resets;
}

/* Where lines were missed, the log says so before it goes on. */
static bool write_missed(struct report *report, struct sink *sink, render_fn *render, uint64_t ts_ns)
{
	struct record loss;
	struct line line;

	if (sink_missed(sink) == 0)
		return true;
	record_init(&loss, RECORD_LOSS);
	loss.ts_ns = ts_ns;
	loss.gateway = report->config->gateway;
	loss.lost = (double)sink_missed(sink);
	loss.where = "log";
	line = line_of(report, report->buf, render, &loss);
	if (!sink_write(sink, line.data, line.len))
		return false;
	sink_confess(sink);
	return true;
}

/* Whether that log has it; one that is off misses nothing. */
static bool write_to(struct report *report, struct sink *sink, render_fn *render, const struct record *record)
{
	struct line line;
	char *room;

	if (!sink)
		return true;
	if (!write_missed(report, sink, render, record->ts_ns))
		return false;
	room = sink_room(sink);
	line = line_of(report, room ? room : report->buf, render, record);
	return sink_take(sink, line.data, line.len, tag_of(record));
}

/* Whether the first log that is on has it: the JSON log, or where that is off the text log. */
static bool write_record(struct report *report, const struct record *record)
{
	bool json = write_to(report, report->json, render_json, record), text = write_to(report, report->text, render_text, record);
	bool first = report->json ? json : text;

	outlets_write(report->outlets, record);
	report->counts.unwritten += !first;
	return first;
}

/* What was written, or not, counts by what is in it. */
static void count_in(struct report *report, const struct record *record, bool written)
{
	struct report_counts *counts = &report->counts;
	bool summary = record->kind == RECORD_SUMMARY;

	if (record->kind != RECORD_RESET && !summary)
		return;
	if (!written) {
		counts->resets_unwritten += record->count;
		return;
	}
	*(summary ? &counts->resets_summarized : &counts->resets_written) += record->count;
	*(summary ? &counts->log_summarized : &counts->log_written) += record->count;
}

static void write_summary(void *user, const struct noise_summary *summary)
{
	struct report *report = user;
	struct record_host source;
	struct record record;

	record_host_set(&source, summary->family, summary->source, 0);
	record_init(&record, RECORD_SUMMARY);
	record.ts_ns = summary->to_ns;
	record.gateway = report->config->gateway;
	record.source = source.ip;
	record.class = class_name(cause_text(summary->cause)->class);
	record.cause = cause_name(summary->cause);
	record.from_ns = summary->from_ns;
	record.to_ns = summary->to_ns;
	record.count = summary->count;
	count_in(report, &record, write_record(report, &record));
}

struct report *report_new(const struct config *config, struct loss *loss)
{
	struct report *report = calloc(1, sizeof(*report));

	if (!report)
		return NULL;
	report->config = config;
	report->loss = loss;
	report->noise = noise_new(write_summary, report);
	report->outlets = outlets_new();
	if (report->noise && report->outlets)
		return report;
	report_free(report);
	return NULL;
}

void report_free(struct report *report)
{
	if (!report)
		return;
	noise_free(report->noise);
	sink_close(report->json);
	sink_close(report->text);
	outlets_free(report->outlets);
	free(report);
}

/* "" is a log that is off: no sink, and no error. */
static bool open_one(const char *path, struct sink **sink, const char **failed)
{
	*sink = path[0] ? sink_open(path) : NULL;
	if (*sink || !path[0])
		return true;
	*failed = path;
	return false;
}

/* The new log takes the old one's place: it tells of what that one could not. */
static void replace(struct sink **old, struct sink *new)
{
	sink_flush(*old); /* with what it had taken: that counts for the old log */
	sink_inherit(new, *old);
	sink_close(*old);
	*old = new;
}

bool report_open(struct report *report, const struct config *config, const char **path)
{
	struct sink *json, *text;

	if (!open_one(config->json, &json, path))
		return false;
	if (!open_one(config->text, &text, path) || !outlets_open(report->outlets, config, path)) {
		int saved = errno;

		sink_close(json);
		sink_close(text);
		errno = saved;
		return false;
	}
	replace(&report->json, json);
	replace(&report->text, text);
	report->counts.log_written = report->counts.log_summarized = 0;
	sink_place(json, &report->counts.log_inode, &report->counts.log_offset);
	if (json || text)
		sink_on_lost(json ? json : text, line_lost, report);
	report->text_day = 0;
	return true;
}

static bool is_ignored(const struct report *report, const struct endpoints *ends)
{
	const struct ignore_list *list = &report->config->ignore;

	return list->count && (ignore_match(list, ends->family, ends->client.addr, ends->client.port) ||
			       ignore_match(list, ends->family, ends->server.addr, ends->server.port));
}

/* Whose noise it is: the end of the connection that the RST came from; for the gateway's own, whoever it answered. */
static const uint8_t *noise_source(const struct endpoints *ends, enum side sender)
{
	return sender == SIDE_SERVER ? ends->server.addr : ends->client.addr;
}

/* Silences and amendments are none. */
static uint64_t resets_of(const struct incident *incident)
{
	return incident->kind == INCIDENT_RESET ? incident->count : 0;
}

static bool is_held_back(struct report *report, const struct incident *incident, const struct verdict *verdict)
{
	struct noise_event event;

	/* an amendment speaks of what was told already */
	if (report->config->noise == NOISE_ALL || incident->kind == INCIDENT_AMENDMENT || cause_text(verdict->cause)->class != CLASS_NOISE)
		return false;
	if (report->config->noise == NOISE_NONE) {
		report->counts.resets_unlogged += resets_of(incident);
		return true;
	}
	event = (struct noise_event){
		.family = verdict->ends.family,
		.cause = verdict->cause,
		.boottime_ns = incident->first.ev.boottime_ns,
		.realtime_ns = incident->first.ev.realtime_ns,
		.count = incident->count,
	};
	memcpy(event.source, noise_source(&verdict->ends, verdict->sender), sizeof(event.source));
	return !noise_admit(report->noise, &event);
}

void report_incident(void *user, const struct incident *incident, const struct verdict *verdict, bool held)
{
	struct report *report = user;
	struct record_context context = {
		.gateway = report->config->gateway,
		.payload = report->config->payload,
		.kept = &report->kept,
	};
	struct record record;

	if (is_ignored(report, &verdict->ends)) {
		report->counts.ignored++;
		report->counts.resets_ignored += resets_of(incident);
		return;
	}
	if (is_held_back(report, incident, verdict)) {
		report->counts.noise++;
		return;
	}
	context.lost_before = loss_since(report->loss); /* told once: by a record that is written */
	record_of_verdict(&record, incident, verdict, held, &context);
	count_in(report, &record, write_record(report, &record));
	report->counts.written++;
}

void report_advance(struct report *report, uint64_t boottime_ns, bool flush)
{
	noise_advance(report->noise, boottime_ns, flush);
}

void report_loss(struct report *report, enum loss_where where, uint64_t lost, uint64_t realtime_ns)
{
	struct record record;

	record_init(&record, RECORD_LOSS);
	record.ts_ns = realtime_ns;
	record.gateway = report->config->gateway;
	record.lost = where == LOSS_RESTART ? -1.0 : (double)lost;
	record.where = loss_where_name(where);
	write_record(report, &record);
}

void report_flush(struct report *report)
{
	sink_flush(report->json);
	sink_flush(report->text);
}

uint64_t report_pending(const struct report *report)
{
	return noise_pending(report->noise);
}

uint64_t report_log_bytes(const struct report *report)
{
	return sink_bytes(report->json);
}

const struct report_counts *report_counts(const struct report *report)
{
	return &report->counts;
}

const struct metrics *report_metrics(const struct report *report)
{
	return outlets_metrics(report->outlets);
}
