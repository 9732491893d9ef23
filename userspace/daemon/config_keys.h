/* SPDX-License-Identifier: GPL-2.0 */
/*
 * config_keys.h - the table of settings; for config.c only
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_CONFIG_KEYS_H
#define RSTWHY_CONFIG_KEYS_H

#include "config.h"

struct config_key;

/* One setting: how its text becomes a field of struct config. */
struct config_key {
	const char *name;
	/* False: the value is not allowed. */
	bool (*parse)(const struct config_key *key, void *field, const char *value);
	size_t offset;
	uint32_t min, max; /* numbers: bounds; texts: max is the room, its final NUL included */
	const char *allowed;
	const char *yes; /* sockets: what "yes" stands for */
};

extern const struct config_key config_keys[];
extern const size_t config_keys_count;

#endif
