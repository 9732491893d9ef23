// SPDX-License-Identifier: GPL-2.0
/*
 * plain.c - a group that plain log rules feed, without the module
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "plain.h"

#include "announce.h"
#include "clock.h"

#include "../capture/recording.h"

#include <stdio.h>
#include <stdlib.h>

#define LATE_NS 2000000000ULL /* a packet's own stamp is not older; another clock's was set in between */

struct plain {
	struct intake_settings settings;
	struct ifnames *names;
	uint64_t number; /* of the last message, from 1 */
	uint64_t foreign;
	bool told_foreign;
	struct event event; /* large, so not on the stack */
};

static uint64_t position(const struct plain *plain)
{
	return timeline_now(plain->settings.timeline);
}

/* The kernel counts from 0 when the group is bound: what is missing before the first message is a loss, too. */
static void begin(struct plain *plain, uint32_t group)
{
	const struct note note = { .kind = NOTE_PLAIN, .epoch = plain->settings.epoch, .group = group };
	const struct loss_report none = { .netns = PLAIN_SPACE };

	recording_note(plain->settings.recording, &note, 0);
	loss_counters(plain->settings.loss, &none, position(plain));
}

struct plain *plain_new(const struct intake_settings *settings, uint32_t group, struct ifnames *names)
{
	struct plain *plain = calloc(1, sizeof(*plain));

	if (!plain)
		return NULL;
	plain->settings = *settings;
	plain->names = names;
	begin(plain, group);
	return plain;
}

void plain_free(struct plain *plain)
{
	free(plain);
}

/* The group's numbers have 32 bits and wrap; ours go on. */
static void take_number(struct plain *plain, const struct nflog_message *message)
{
	uint32_t step = message->seq + 1U - (uint32_t)plain->number;

	if (!message->has_seq || step > INT32_MAX)
		step = 1;
	plain->number += step;
}

static void account(struct plain *plain)
{
	const struct loss_report report = { .netns = PLAIN_SPACE, .seq = plain->number };

	loss_message(plain->settings.loss, &report, position(plain));
}

static void refuse(struct plain *plain)
{
	plain->foreign++;
	if (plain->told_foreign)
		return;
	plain->told_foreign = true;
	announce("the plain group also gets packets that are no RST: they are counted and ignored; the rule should say `tcp flags & rst == rst`");
}

static void accept_event(struct plain *plain, const struct nflog_message *message)
{
	struct event *event = &plain->event;

	event->ev.seq = plain->number;
	event->ev.epoch = plain->settings.epoch;
	event->ev.netns_inum = plain->settings.netns;
	memcpy(event->in, ifnames_get(plain->names, message->ifin, event->ev.boottime_ns), sizeof(event->in));
	memcpy(event->out, ifnames_get(plain->names, message->ifout, event->ev.boottime_ns), sizeof(event->out));
	correlate_event(plain->settings.correlate, event);
}

/* Names first: their notes must be in the recording before what needs them. */
static void keep(struct plain *plain, const uint8_t *bytes, size_t len, uint64_t boottime_ns, uint64_t realtime_ns)
{
	const struct note note = { .kind = NOTE_ARRIVAL, .boottime_ns = boottime_ns, .realtime_ns = realtime_ns };

	recording_note(plain->settings.recording, &note, position(plain));
	recording_message(plain->settings.recording, bytes, len, boottime_ns, realtime_ns, position(plain));
}

void plain_arrived(struct plain *plain, const uint8_t *bytes, size_t len, uint64_t boottime_ns, uint64_t realtime_ns)
{
	struct nflog_message message;
	bool is_reset;

	if (!nflog_parse(bytes, len, &message))
		return;
	is_reset = plain_event(&message, &plain->event);
	plain->event.ev.boottime_ns = boottime_ns;
	plain->event.ev.realtime_ns = realtime_ns;
	take_number(plain, &message);
	ifnames_get(plain->names, message.ifin, boottime_ns);
	ifnames_get(plain->names, message.ifout, boottime_ns);
	keep(plain, bytes, len, boottime_ns, realtime_ns);
	timeline_evidence(plain->settings.timeline, boottime_ns, realtime_ns);
	account(plain);
	if (is_reset)
		accept_event(plain, &message);
	else
		refuse(plain);
	timeline_reach(plain->settings.timeline, position(plain));
}

void plain_packet(void *user, const uint8_t *bytes, size_t len)
{
	uint64_t boottime_ns = clock_boottime_ns(), realtime_ns = clock_realtime_ns();
	struct nflog_message message;
	uint64_t late_ns = 0;

	if (!nflog_parse(bytes, len, &message))
		return;
	if (message.realtime_ns && message.realtime_ns <= realtime_ns && realtime_ns - message.realtime_ns < LATE_NS)
		late_ns = realtime_ns - message.realtime_ns;
	plain_arrived(user, bytes, len, boottime_ns - late_ns, realtime_ns - late_ns);
}

uint64_t plain_foreign(const struct plain *plain)
{
	return plain ? plain->foreign : 0;
}
