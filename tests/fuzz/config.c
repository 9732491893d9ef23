// SPDX-License-Identifier: GPL-2.0
/*
 * config.c - fuzz: the settings' file
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "memory_file.h"
#include "shown.h"

#include "../../userspace/daemon/config.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_text(const char *text, size_t room)
{
	return memchr(text, '\0', room) != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct config config;
	static struct config_error error;
	const char *path = memory_file(data, size);

	config_defaults(&config);
	memset(&error, 0, sizeof(error));
	if (!config_load(&config, path, false, &error) || !config_check(&config, &error)) {
		must(error.text[0] && is_text(error.text, sizeof(error.text)));
		return 0;
	}
	must(config.group <= UINT16_MAX && config.buffer <= config.buffer_max);
	must(is_text(config.json, sizeof(config.json)) && is_text(config.gateway, sizeof(config.gateway)));
	must(is_text(config.user, sizeof(config.user)) && is_text(config.state, sizeof(config.state)));
	return 0;
}
