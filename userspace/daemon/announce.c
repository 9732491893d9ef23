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
	fprintf(stderr, "rstwhyd: %s\n", text);
}
