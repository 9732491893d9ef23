// SPDX-License-Identifier: GPL-2.0
/*
 * intake.c - from logged packets to events
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "intake.h"

#include "announce.h"
#include "clock.h"

#include "../capture/recording.h"

#include <stdio.h>
#include <stdlib.h>

#define ASK_AGAIN_NS 200000000ULL /* a forger shall not make us read /proc for every packet */

struct intake {
	struct intake_settings settings;
	struct intake_counts counts;
	struct ifnames *names;
	uint64_t asked_ns;
	bool told_foreign, told_abi;
	uint64_t count_from;
	bool have_state;
	struct loss_report state; /* the last one taken in */
	struct event *event; /* the one being worked on: the correlator's room */
};

static uint64_t position(const struct intake *intake)
{
	return timeline_now(intake->settings.timeline);
}

static void keep_interface(void *user, uint32_t index, const char *name)
{
	struct intake *intake = user;
	struct note note = { .kind = NOTE_INTERFACE, .index = index };

	snprintf(note.name, sizeof(note.name), "%s", name);
	recording_note(intake->settings.recording, &note, 0);
}

struct intake *intake_new(const struct intake_settings *settings)
{
	struct intake *intake = calloc(1, sizeof(*intake));

	if (!intake)
		return NULL;
	intake->settings = *settings;
	intake->names = ifnames_new(settings->interface, keep_interface, intake);
	if (intake->names)
		return intake;
	free(intake);
	return NULL;
}

void intake_free(struct intake *intake)
{
	if (!intake)
		return;
	ifnames_free(intake->names);
	free(intake);
}

static void refuse_foreign(struct intake *intake)
{
	intake->counts.foreign++;
	if (intake->told_foreign)
		return;
	intake->told_foreign = true;
	announce("the group also gets messages that are not nf_rstwhy's (another log rule?): they are counted and ignored");
}

static void refuse_abi(struct intake *intake, unsigned int major, unsigned int minor)
{
	intake->counts.foreign++;
	if (intake->told_abi)
		return;
	intake->told_abi = true;
	announce("a message bears ABI %u.%u, but this rstwhyd understands %u.x: upgrade %s; such messages are ignored", major, minor,
	    RSTWHY_ABI_MAJOR, major > RSTWHY_ABI_MAJOR ? "rstwhyd" : "the module nf_rstwhy");
}

/* The module was loaded anew: its numbers begin again, and what was lost in between nobody knows. */
void intake_epoch(struct intake *intake, uint64_t epoch)
{
	const struct note note = { .kind = NOTE_EPOCH, .epoch = epoch };

	if (epoch == intake->settings.epoch)
		return;
	announce("the module nf_rstwhy was loaded again");
	recording_note(intake->settings.recording, &note, position(intake));
	intake->settings.epoch = epoch;
	intake->have_state = false;
	intake->count_from = UINT64_MAX; /* until its counters are read */
	loss_restart(intake->settings.loss);
}

void intake_interface(struct intake *intake, uint32_t index, const char *name)
{
	ifnames_set(intake->names, index, name);
}

struct ifnames *intake_names(const struct intake *intake)
{
	return intake->names;
}

/* Whether the module confirms that it has a new epoch, the one of the message at hand. */
static bool is_new_epoch(struct intake *intake)
{
	uint64_t now_ns = clock_boottime_ns(), epoch;

	if (!intake->settings.current_epoch || (intake->asked_ns && now_ns < intake->asked_ns + ASK_AGAIN_NS))
		return false;
	intake->asked_ns = now_ns;
	if (!intake->settings.current_epoch(&epoch))
		return false;
	intake_epoch(intake, epoch);
	return epoch == intake->event->ev.epoch;
}

static void account(struct intake *intake)
{
	const struct rstwhy_evidence *ev = &intake->event->ev;
	struct loss_report report = {
		.netns = ev->netns_inum,
		.seq = ev->seq,
		.suppressed = ev->suppressed_known + ev->suppressed_unknown,
		.failed = ev->failed,
	};

	loss_message(intake->settings.loss, &report, position(intake));
}

static void name_interfaces(struct intake *intake)
{
	struct event *event = intake->event;
	uint64_t now_ns = event->ev.boottime_ns;

	if (event->ev.netns_inum != intake->settings.netns)
		return;
	memcpy(event->in, ifnames_get(intake->names, event->ev.ifin, now_ns), sizeof(event->in));
	memcpy(event->out, ifnames_get(intake->names, event->ev.ifout, now_ns), sizeof(event->out));
}

static void count(struct intake *intake, bool malformed)
{
	const struct rstwhy_evidence *ev = &intake->event->ev;
	struct intake_counts *counts = &intake->counts;
	bool ours = ev->netns_inum == intake->settings.netns, reset = ev->kind == RSTWHY_KIND_RST;

	if (reset)
		counts->malformed_resets += malformed;
	if (!ours)
		counts->elsewhere += reset;
	else if (ev->seq <= intake->count_from)
		counts->early += reset;
	else
		*(reset ? &counts->resets : &counts->others) += 1;
}

void intake_count_from(struct intake *intake, uint64_t sequence)
{
	intake->count_from = sequence;
}

/* It becomes the newest evidence, and is kept; before anything comes of it. */
static void arrive(struct intake *intake, const uint8_t *message, size_t len)
{
	const struct rstwhy_evidence *ev = &intake->event->ev;

	recording_message(intake->settings.recording, message, len, ev->boottime_ns, ev->realtime_ns, position(intake));
	timeline_evidence(intake->settings.timeline, ev->boottime_ns, ev->realtime_ns);
	account(intake);
}

/* What is due at once: losses that the message brought to light. */
static void settle(struct intake *intake)
{
	timeline_reach(intake->settings.timeline, position(intake));
}

static void accept_event(struct intake *intake, const uint8_t *message, size_t len)
{
	name_interfaces(intake);
	count(intake, false);
	arrive(intake, message, len);
	if (intake->event->ev.kind == RSTWHY_KIND_SURVIVED && intake->settings.paths)
		paths_survived(intake->settings.paths, intake->event);
	correlate_event(intake->settings.correlate, intake->event);
	settle(intake);
}

static void refuse_packet(struct intake *intake, const uint8_t *message, size_t len)
{
	intake->counts.malformed++;
	count(intake, true);
	arrive(intake, message, len);
	settle(intake);
}

static enum decode_result decode(struct intake *intake, const struct nflog_message *nflog, uint16_t *major, uint16_t *minor)
{
	return event_decode(nflog->prefix, nflog->payload, nflog->payload_len, intake->settings.epoch, intake->event, major, minor);
}

void intake_packet(void *user, const uint8_t *message, size_t len)
{
	struct intake *intake = user;
	struct nflog_message nflog;
	uint16_t major = 0, minor = 0;
	enum decode_result result;

	if (!nflog_parse(message, len, &nflog))
		return;
	intake->event = correlate_room(intake->settings.correlate);
	result = decode(intake, &nflog, &major, &minor);
	if (result == DECODE_EPOCH && is_new_epoch(intake))
		result = decode(intake, &nflog, &major, &minor);
	if (result == DECODE_OK) {
		accept_event(intake, message, len);
		return;
	}
	if (result == DECODE_BAD_PACKET) {
		refuse_packet(intake, message, len);
		return;
	}
	recording_message(intake->settings.recording, message, len, 0, clock_realtime_ns(), 0);
	if (result == DECODE_OTHER_ABI)
		refuse_abi(intake, major, minor);
	else
		refuse_foreign(intake);
}

static bool same_state(const struct loss_report *a, const struct loss_report *b)
{
	return a->seq == b->seq && a->suppressed == b->suppressed && a->failed == b->failed;
}

static void keep_state(struct intake *intake, const struct loss_report *report)
{
	const struct note note = {
		.kind = NOTE_COUNTERS,
		.sequence = report->seq,
		.suppressed = report->suppressed,
		.failed = report->failed,
		.boottime_ns = position(intake),
		.realtime_ns = timeline_realtime(intake->settings.timeline),
	};

	recording_note(intake->settings.recording, &note, position(intake));
}

void intake_state(struct intake *intake, const struct module_state *state, uint64_t boottime_ns, uint64_t realtime_ns)
{
	struct loss_report report = {
		.netns = intake->settings.netns,
		.seq = state->sequence,
		.suppressed = state->suppressed,
		.failed = state->failed,
	};

	if (state->have_epoch)
		intake_epoch(intake, state->epoch);
	if (!state->have_sequence || (intake->have_state && same_state(&report, &intake->state)))
		return;
	timeline_evidence(intake->settings.timeline, boottime_ns, realtime_ns);
	intake->have_state = true;
	intake->state = report;
	keep_state(intake, &report);
	loss_counters(intake->settings.loss, &report, position(intake));
	settle(intake);
}

void intake_end(struct intake *intake)
{
	const struct note note = {
		.kind = NOTE_END,
		.boottime_ns = position(intake),
		.realtime_ns = timeline_realtime(intake->settings.timeline),
	};

	recording_note(intake->settings.recording, &note, position(intake));
}

uint32_t intake_netns(const struct intake *intake)
{
	return intake->settings.netns;
}

const struct intake_counts *intake_counts(const struct intake *intake)
{
	return &intake->counts;
}
