// SPDX-License-Identifier: GPL-2.0
/*
 * terminal.c - text of others on a terminal
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "terminal.h"

void terminal_text(FILE *to, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c >= 0x20 && c <= 0x7e)
			fputc(c, to);
		else
			fprintf(to, "\\x%02x", c);
	}
}
