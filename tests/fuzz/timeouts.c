// SPDX-License-Identifier: GPL-2.0
/*
 * timeouts.c - fuzz: the file of known timeouts
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "shown.h"

#include "../../userspace/learn/known_timeouts.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct known_timeouts_error error;
	static struct hints hints;
	FILE *file = size ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;

	if (!file)
		return 0;
	memset(&error, 0, sizeof(error));
	if (!known_timeouts_read(file, "input", &hints, &error)) {
		must(!strncmp(error.text, "input", 5));
		shown_message(error.text);
	}
	fclose(file);
	for (size_t i = 0; i < hints.count; i++) {
		must(hints.hint[i].seconds >= 1 && hints.hint[i].seconds <= HINT_SECONDS_MOST && hints.hint[i].kinds);
		must(memchr(hints.hint[i].name, '\0', HINT_NAME_MAX));
		shown_message(hints.hint[i].name);
	}
	return 0;
}
