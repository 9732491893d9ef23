// SPDX-License-Identifier: GPL-2.0
/*
 * analysis.c - a capture's packets in, records out
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "analysis.h"

#include "../capture/note.h"
#include "../daemon/ifnames.h"
#include "../engine/correlate.h"

#include <pcap/dlt.h>
#include <stdio.h>
#include <stdlib.h>

#define INCIDENTS 8192

struct analysis {
	struct analysis_settings settings;
	struct observer *observer;
	struct correlate *correlate;
	struct ifnames *names; /* as a recording tells them */
	uint32_t netns;	       /* whose interfaces they are */
	struct analysis_counts counts;
	struct event event; /* large, so not on the stack */
};

static void on_verdict(void *user, const struct incident *incident, const struct verdict *verdict, bool held)
{
	struct analysis *analysis = user;
	const struct record_context context = { .gateway = analysis->settings.name, .payload = true };
	struct record record;

	record_of_verdict(&record, incident, verdict, held, &context);
	analysis->counts.records++;
	analysis->settings.record(analysis->settings.user, &record);
}

static void on_event(void *user, const struct event *event)
{
	struct analysis *analysis = user;

	correlate_event(analysis->correlate, event);
}

struct analysis *analysis_new(const struct analysis_settings *settings)
{
	struct analysis *analysis = calloc(1, sizeof(*analysis));

	if (!analysis)
		return NULL;
	analysis->settings = *settings;
	analysis->observer = observer_new(settings->flows, on_event, analysis);
	analysis->correlate = correlate_new(settings->incidents ? settings->incidents : INCIDENTS, &settings->rules, on_verdict, analysis);
	analysis->names = ifnames_new(NULL, NULL, NULL);
	if (analysis->observer && analysis->correlate && analysis->names)
		return analysis;
	analysis_free(analysis);
	return NULL;
}

void analysis_free(struct analysis *analysis)
{
	if (!analysis)
		return;
	observer_free(analysis->observer);
	correlate_free(analysis->correlate);
	ifnames_free(analysis->names);
	free(analysis);
}

static void take_frame(struct analysis *analysis, int type, const uint8_t *frame, size_t len, size_t wire_len, uint64_t realtime_ns)
{
	struct link_packet packet;

	if (link_read(type, frame, len, wire_len, &packet) == LINK_IP)
		observer_packet(analysis->observer, &packet, realtime_ns);
	else
		analysis->counts.not_ip++;
	correlate_advance(analysis->correlate, realtime_ns);
}

static void take_note(struct analysis *analysis, const struct note *note)
{
	if (note->kind == NOTE_RECORDING)
		analysis->netns = note->netns;
	else if (note->kind == NOTE_INTERFACE)
		ifnames_set(analysis->names, note->index, note->name);
	else if (note->kind == NOTE_CLOCK || note->kind == NOTE_END)
		correlate_advance(analysis->correlate, note->boottime_ns);
}

static void take_evidence(struct analysis *analysis)
{
	struct event *event = &analysis->event;
	const struct rstwhy_evidence *ev = &event->ev;

	analysis->counts.evidence++;
	if (ev->netns_inum == analysis->netns) {
		memcpy(event->in, ifnames_get(analysis->names, ev->ifin, ev->boottime_ns), sizeof(event->in));
		memcpy(event->out, ifnames_get(analysis->names, ev->ifout, ev->boottime_ns), sizeof(event->out));
	}
	correlate_event(analysis->correlate, event);
}

/* Any epoch will do: whoever wrote the file could write any. */
static void take_nflog(struct analysis *analysis, const struct savefile_packet *packet)
{
	struct nflog_message message;
	struct note note;

	if (!nflog_parse(packet->bytes, packet->len, &message))
		analysis->counts.not_ip++;
	else if (note_read(&message, &note))
		take_note(analysis, &note);
	else if (event_decode(message.prefix, message.payload, message.payload_len, 0, &analysis->event, NULL, NULL) == DECODE_OK)
		take_evidence(analysis);
	else if (message.payload_len > 0 && analysis->counts.evidence == 0) /* the two kinds have two clocks */
		take_frame(analysis, DLT_RAW, message.payload, message.payload_len, message.payload_len, packet->realtime_ns);
}

void analysis_packet(struct analysis *analysis, const struct savefile_packet *packet)
{
	analysis->counts.packets++;
	if (analysis->settings.link == DLT_NFLOG)
		take_nflog(analysis, packet);
	else
		take_frame(analysis, analysis->settings.link, packet->bytes, packet->len, packet->wire_len, packet->realtime_ns);
}

void analysis_finish(struct analysis *analysis)
{
	correlate_flush(analysis->correlate);
}

struct analysis_counts analysis_counts(const struct analysis *analysis)
{
	struct analysis_counts counts = analysis->counts;

	counts.observer = observer_counts(analysis->observer);
	return counts;
}
