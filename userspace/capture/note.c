// SPDX-License-Identifier: GPL-2.0
/*
 * note.c - what a recording holds beside the packets
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "note.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define INTRODUCTION "rstwhy: "

void note_format(const struct note *note, char text[NOTE_TEXT_MAX])
{
	switch (note->kind) {
	case NOTE_RECORDING:
		snprintf(text, NOTE_TEXT_MAX, INTRODUCTION "recording epoch=%016" PRIx64 " netns=%" PRIu32 " boottime=%" PRIu64 " realtime=%" PRIu64,
			 note->epoch, note->netns, note->boottime_ns, note->realtime_ns);
		break;
	case NOTE_EPOCH:
		snprintf(text, NOTE_TEXT_MAX, INTRODUCTION "epoch=%016" PRIx64, note->epoch);
		break;
	case NOTE_INTERFACE:
		snprintf(text, NOTE_TEXT_MAX, INTRODUCTION "interface index=%" PRIu32 " name=%s", note->index, note->name);
		break;
	case NOTE_COUNTERS:
		snprintf(text, NOTE_TEXT_MAX,
			 INTRODUCTION "counters sequence=%" PRIu64 " suppressed=%" PRIu64 " failed=%" PRIu64 " boottime=%" PRIu64
				      " realtime=%" PRIu64,
			 note->sequence, note->suppressed, note->failed, note->boottime_ns, note->realtime_ns);
		break;
	case NOTE_CLOCK:
		snprintf(text, NOTE_TEXT_MAX, INTRODUCTION "clock boottime=%" PRIu64, note->boottime_ns);
		break;
	case NOTE_PLAIN:
		snprintf(text, NOTE_TEXT_MAX, INTRODUCTION "plain epoch=%016" PRIx64 " group=%" PRIu32, note->epoch, note->group);
		break;
	case NOTE_ARRIVAL:
		snprintf(text, NOTE_TEXT_MAX, INTRODUCTION "arrival boottime=%" PRIu64 " realtime=%" PRIu64, note->boottime_ns, note->realtime_ns);
		break;
	default:
		snprintf(text, NOTE_TEXT_MAX, INTRODUCTION "end boottime=%" PRIu64 " realtime=%" PRIu64, note->boottime_ns, note->realtime_ns);
		break;
	}
}

static bool read_text(const char *text, struct note *note)
{
	if (sscanf(text, "recording epoch=%" SCNx64 " netns=%" SCNu32 " boottime=%" SCNu64 " realtime=%" SCNu64, &note->epoch, &note->netns,
		   &note->boottime_ns, &note->realtime_ns) == 4)
		note->kind = NOTE_RECORDING;
	else if (sscanf(text, "epoch=%" SCNx64, &note->epoch) == 1)
		note->kind = NOTE_EPOCH;
	else if (sscanf(text, "interface index=%" SCNu32 " name=%63[^\n]", &note->index, note->name) == 2)
		note->kind = NOTE_INTERFACE;
	else if (sscanf(text, "counters sequence=%" SCNu64 " suppressed=%" SCNu64 " failed=%" SCNu64 " boottime=%" SCNu64 " realtime=%" SCNu64,
			&note->sequence, &note->suppressed, &note->failed, &note->boottime_ns, &note->realtime_ns) == 5)
		note->kind = NOTE_COUNTERS;
	else if (sscanf(text, "clock boottime=%" SCNu64, &note->boottime_ns) == 1)
		note->kind = NOTE_CLOCK;
	else if (sscanf(text, "end boottime=%" SCNu64 " realtime=%" SCNu64, &note->boottime_ns, &note->realtime_ns) == 2)
		note->kind = NOTE_END;
	else if (sscanf(text, "plain epoch=%" SCNx64 " group=%" SCNu32, &note->epoch, &note->group) == 2)
		note->kind = NOTE_PLAIN;
	else if (sscanf(text, "arrival boottime=%" SCNu64 " realtime=%" SCNu64, &note->boottime_ns, &note->realtime_ns) == 2)
		note->kind = NOTE_ARRIVAL;
	else
		return false;
	return true;
}

bool note_read(const struct nflog_message *message, struct note *note)
{
	size_t skip = strlen(INTRODUCTION);

	*note = (struct note){ 0 };
	if (message->family != 0 || message->has_packet_header || message->payload || !message->prefix)
		return false;
	return strncmp(message->prefix, INTRODUCTION, skip) == 0 && read_text(message->prefix + skip, note);
}
