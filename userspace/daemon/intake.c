// SPDX-License-Identifier: GPL-2.0
/*
 * intake.c - from logged packets to events
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "intake.h"

#include "clock.h"
#include "ifnames.h"
#include "announce.h"

#include <stdio.h>
#include <stdlib.h>

#define ASK_AGAIN_NS 200000000ULL /* a forger shall not make us read /proc for every packet */

struct intake {
	struct intake_settings settings;
	struct intake_counts counts;
	struct ifnames *names;
	uint64_t asked_ns;
	bool told_foreign, told_abi;
	struct event event; /* the one being worked on: large, so not on the stack */
};

struct intake *intake_new(const struct intake_settings *settings)
{
	struct intake *intake = calloc(1, sizeof(*intake));

	if (!intake)
		return NULL;
	intake->settings = *settings;
	intake->names = ifnames_new();
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
static void adopt_epoch(struct intake *intake, uint64_t epoch)
{
	if (intake->settings.fixed || epoch == intake->settings.epoch)
		return;
	announce("the module nf_rstwhy was loaded again");
	intake->settings.epoch = epoch;
	loss_restart(intake->settings.loss);
}

/* Whether the module confirms that it has a new epoch, the one of the message at hand. */
static bool is_new_epoch(struct intake *intake)
{
	uint64_t now_ns = clock_boottime_ns();
	struct module_state state;

	if (intake->settings.fixed || (intake->asked_ns && now_ns < intake->asked_ns + ASK_AGAIN_NS))
		return false;
	intake->asked_ns = now_ns;
	if (module_state_read(MODULE_STATE_FILE, &state) != MODULE_PRESENT || !state.have_epoch)
		return false;
	adopt_epoch(intake, state.epoch);
	return state.epoch == intake->event.ev.epoch;
}

static void account(struct intake *intake)
{
	const struct rstwhy_evidence *ev = &intake->event.ev;
	struct loss_report report = {
		.netns = ev->netns_inum,
		.seq = ev->seq,
		.suppressed = ev->suppressed_known + ev->suppressed_unknown,
		.failed = ev->failed,
	};

	loss_message(intake->settings.loss, &report, clock_boottime_ns());
}

static void name_interfaces(struct intake *intake)
{
	struct event *event = &intake->event;
	uint64_t now_ns = event->ev.boottime_ns;

	if (event->ev.netns_inum != intake->settings.netns)
		return;
	snprintf(event->in, sizeof(event->in), "%s", ifnames_get(intake->names, event->ev.ifin, now_ns));
	snprintf(event->out, sizeof(event->out), "%s", ifnames_get(intake->names, event->ev.ifout, now_ns));
}

static void accept_event(struct intake *intake)
{
	account(intake);
	name_interfaces(intake);
	if (intake->event.ev.kind == RSTWHY_KIND_SURVIVED && intake->settings.paths)
		paths_survived(intake->settings.paths, &intake->event);
	correlate_event(intake->settings.correlate, &intake->event);
}

static void refuse_packet(struct intake *intake)
{
	intake->counts.malformed++;
	account(intake);
}

void intake_packet(void *user, const char *prefix, const uint8_t *payload, size_t len)
{
	struct intake *intake = user;
	uint16_t major = 0, minor = 0;
	enum decode_result result;

	result = event_decode(prefix, payload, len, intake->settings.epoch, &intake->event, &major, &minor);
	if (result == DECODE_EPOCH && is_new_epoch(intake))
		result = event_decode(prefix, payload, len, intake->settings.epoch, &intake->event, &major, &minor);
	switch (result) {
	case DECODE_OK:
		accept_event(intake);
		break;
	case DECODE_BAD_PACKET:
		refuse_packet(intake);
		break;
	case DECODE_OTHER_ABI:
		refuse_abi(intake, major, minor);
		break;
	default:
		refuse_foreign(intake);
	}
}

void intake_state(struct intake *intake, const struct module_state *state, uint64_t now_ns)
{
	struct loss_report report = {
		.netns = intake->settings.netns,
		.seq = state->sequence,
		.suppressed = state->suppressed,
		.failed = state->failed,
	};

	if (state->have_epoch)
		adopt_epoch(intake, state->epoch);
	if (state->have_sequence)
		loss_counters(intake->settings.loss, &report, now_ns);
}

const struct intake_counts *intake_counts(const struct intake *intake)
{
	return &intake->counts;
}
