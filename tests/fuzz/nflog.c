// SPDX-License-Identifier: GPL-2.0
/*
 * nflog.c - fuzz: one NFLOG message, as the group or a recording hands it over
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "shown.h"

#include "../../userspace/capture/note.h"
#include "../../userspace/engine/event.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void again(const struct note *note)
{
	char text[NOTE_TEXT_MAX];
	struct nflog_message message = { .prefix = text };
	uint8_t bytes[NOTE_TEXT_MAX + 64];
	struct note read;
	size_t len;

	note_format(note, text);
	len = nflog_build(bytes, sizeof(bytes), &message);
	must(len > 0 && nflog_parse(bytes, len, &message) && note_read(&message, &read));
	must(read.kind == note->kind && read.index == note->index && !strcmp(read.name, note->name));
	must(read.sequence == note->sequence && read.boottime_ns == note->boottime_ns && read.realtime_ns == note->realtime_ns);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct event event;
	struct nflog_message message;
	uint16_t major, minor;
	struct note note;

	if (!nflog_parse(data, size, &message)) {
		must(size < 4);
		return 0;
	}
	must(!message.payload || (message.payload >= data && message.payload + message.payload_len <= data + size));
	must(!message.prefix || (const uint8_t *)message.prefix + strlen(message.prefix) < data + size);
	if (note_read(&message, &note))
		again(&note);
	if (event_decode(message.prefix, message.payload, message.payload_len, 0, &event, &major, &minor) == DECODE_OK)
		must(event.payload_len <= EVENT_PAYLOAD_MAX && event.seg.payload <= event.ev.captured + 60U);
	return 0;
}
