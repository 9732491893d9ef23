// SPDX-License-Identifier: GPL-2.0
/*
 * record.c - fuzz: a line of the log, as the tool reads and shows it
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "shown.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char buf[8 * RECORD_LINE_MAX];
	static struct record record;
	struct record_document *document = record_parse((const char *)data, size, &record);
	struct line line;

	if (!document)
		return 0;
	line_init(&line, buf, sizeof(buf));
	record_text(&line, &record, false);
	must(!line.cut);
	shown_text(line.data, line.len);
	record_release(document);
	return 0;
}
