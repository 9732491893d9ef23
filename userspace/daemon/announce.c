// SPDX-License-Identifier: GPL-2.0
/*
 * announce.c - what the daemon says to whoever runs it, on standard error
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "announce.h"

#include <stdarg.h>
#include <stdio.h>

void announce(const char *format, ...)
{
	char text[4096];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	for (size_t i = 0; text[i]; i++)
		if (text[i] < 0x20 || text[i] > 0x7e)
			text[i] = '?'; /* a name of somebody's: it forges no line here */
	fprintf(stderr, "rstwhyd: %s\n", text);
}
