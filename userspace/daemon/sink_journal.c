// SPDX-License-Identifier: GPL-2.0
/*
 * sink_journal.c - a record as an entry of systemd's journal
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * The native protocol is stable and made for this: a line NAME=value a field, in one datagram. Values of ours have no line breaks
 * (record_fields.h), so its binary form is not needed. See notify.c for why not libsystemd.
 */
#include "sink_journal.h"

#include <string.h>

static char capital(char c)
{
	return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

static void put_field(void *user, const char *name, const char *value, size_t len)
{
	struct line *line = user;

	if (line->size - line->len <= strlen("RSTWHY_=\n") + strlen(name) + len)
		return;
	line_text(line, "RSTWHY_");
	for (; *name; name++)
		line_char(line, capital(*name));
	line_char(line, '=');
	line_bytes(line, value, len);
	line_char(line, '\n');
}

/* As syslog's numbers: losses are warnings, noise and what applications meant to do is information. */
static const char *priority(const struct record *record)
{
	const char *class = record->class ? record->class : "";

	if (record->kind == RECORD_LOSS)
		return "4";
	return !strcmp(class, "noise") || !strcmp(class, "application") ? "6" : "5";
}

void sink_journal_render(struct line *line, const struct record *record)
{
	line_text(line, "MESSAGE=");
	record_brief(line, record);
	line_text(line, "\nPRIORITY=");
	line_text(line, priority(record));
	line_text(line, "\nSYSLOG_FACILITY=3\nSYSLOG_IDENTIFIER=rstwhyd\nMESSAGE_ID=" SINK_JOURNAL_MESSAGE_ID "\n");
	record_fields(record, put_field, line);
}
