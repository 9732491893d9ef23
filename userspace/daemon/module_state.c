// SPDX-License-Identifier: GPL-2.0
/*
 * module_state.c - what /proc/net/nf_rstwhy tells
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "module_state.h"

#include "../../module/uapi/rstwhy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool take_counter(struct module_state *state, const char *name, const char *value)
{
	uint64_t number = strtoull(value, NULL, 10);

	if (!strcmp(name, "sequence")) {
		state->have_sequence = true;
		state->sequence = number;
	} else if (!strcmp(name, "suppressed_known") || !strcmp(name, "suppressed_unknown")) {
		state->suppressed += number;
	} else if (!strcmp(name, "failed")) {
		state->failed = number;
	} else if (!strcmp(name, "rst_seen")) {
		state->rst_seen = number;
	} else if (!strcmp(name, "rst_told")) {
		state->rst_told = number;
	} else if (!strcmp(name, "after_told") || !strcmp(name, "silence_told") || !strcmp(name, "survived_told")) {
		state->other_told += number;
	} else if (!strcmp(name, "flows_refused")) {
		state->refused = number;
	} else if (!strcmp(name, "enabled")) {
		state->have_enabled = true;
		state->enabled = number != 0;
	} else if (!strcmp(name, "group")) {
		state->have_group = true;
		state->group = (uint32_t)number;
	} else {
		return false;
	}
	return true;
}

static void take(struct module_state *state, const char *name, const char *value)
{
	if (take_counter(state, name, value))
		return;
	if (!strcmp(name, "epoch")) {
		state->epoch = strtoull(value, NULL, 16);
		state->have_epoch = state->epoch != 0;
	} else if (!strcmp(name, "abi")) {
		state->have_abi = sscanf(value, "%u.%u", &state->major, &state->minor) == 2;
	} else if (!strcmp(name, "version")) {
		snprintf(state->version, sizeof(state->version), "%.31s", value);
	} else if (!strcmp(name, "conntrack")) {
		snprintf(state->conntrack, sizeof(state->conntrack), "%.31s", value);
	} else if (!strcmp(name, "flowtable")) {
		state->flowtable_built_in = !strcmp(value, "built-in");
	}
}

void module_state_parse(const char *text, struct module_state *state)
{
	char name[64], value[64];
	int used;

	*state = (struct module_state){ 0 };
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		used = 0;
		if (sscanf(text, "%63[^ \t\n]%*[ \t]%63[^ \t\n]%n", name, value, &used) == 2 && used > 0)
			take(state, name, value);
	}
}

int module_state_abi(const struct module_state *state)
{
	return (int)state->major - RSTWHY_ABI_MAJOR;
}

enum module_presence module_state_read(const char *path, struct module_state *state)
{
	char text[8192];
	FILE *file = fopen(path, "re");
	size_t len;

	if (!file)
		return errno == ENOENT ? MODULE_ABSENT : MODULE_UNREADABLE;
	len = fread(text, 1, sizeof(text) - 1, file);
	text[len] = '\0';
	fclose(file);
	module_state_parse(text, state);
	return MODULE_PRESENT;
}
