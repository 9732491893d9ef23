// SPDX-License-Identifier: GPL-2.0
/*
 * sink_syslog.c - a record as a syslog message of RFC 5424
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "sink_syslog.h"

#include <string.h>

#define FACILITY_DAEMON 3U
#define BRIEF_MAX 512 /* kept free for the text behind the fields */

enum severity { SEVERITY_WARNING = 4, SEVERITY_NOTICE = 5, SEVERITY_INFO = 6 };

/* Losses matter most to whoever reads, noise least. */
static enum severity severity_of(const struct record *record)
{
	const char *class = record->class ? record->class : "";

	if (record->kind == RECORD_LOSS)
		return SEVERITY_WARNING;
	return !strcmp(class, "noise") || !strcmp(class, "application") ? SEVERITY_INFO : SEVERITY_NOTICE;
}

/* A header's field: printable ASCII without blanks, 1 to 255 of them. */
static void put_header(struct line *line, const char *text)
{
	if (!text || !text[0])
		text = "-";
	for (size_t i = 0; text[i] && i < 255; i++)
		line_char(line, text[i] > 0x20 && text[i] < 0x7f ? text[i] : '_');
}

static size_t escaped_len(const char *value, size_t len)
{
	size_t escaped = len;

	for (size_t i = 0; i < len; i++)
		escaped += value[i] == '"' || value[i] == '\\' || value[i] == ']';
	return escaped;
}

static void put_field(void *user, const char *name, const char *value, size_t len)
{
	struct line *line = user;
	size_t need = strlen(name) + escaped_len(value, len) + 4;

	if (line->size - line->len <= need + BRIEF_MAX)
		return;
	line_char(line, ' ');
	line_text(line, name);
	line_text(line, "=\"");
	for (size_t i = 0; i < len; i++) {
		if (value[i] == '"' || value[i] == '\\' || value[i] == ']')
			line_char(line, '\\');
		line_char(line, value[i]);
	}
	line_char(line, '"');
}

void sink_syslog_render(struct line *line, const struct record *record, uint32_t pid)
{
	line_char(line, '<');
	line_u64(line, FACILITY_DAEMON * 8 + severity_of(record));
	line_text(line, ">1 ");
	line_timestamp(line, record->ts_ns);
	line_char(line, ' ');
	put_header(line, record->gateway);
	line_text(line, " rstwhyd ");
	line_u64(line, pid);
	line_char(line, ' ');
	put_header(line, record_kind_name(record->kind));
	line_text(line, " [rstwhy@32473");
	record_fields(record, put_field, line);
	line_text(line, "] ");
	record_brief(line, record);
}
