// SPDX-License-Identifier: GPL-2.0
/*
 * reload.c - SIGHUP: new settings, new log files
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "reload.h"

#include "announce.h"

#include "../learn/known_timeouts.h"

#include <errno.h>
#include <string.h>

/* Settings that were used once, at the start, stay; it is said when the file wants others. */
static void keep_fixed(const struct config *current, struct config *next)
{
	bool differs = next->group != current->group || next->plain_group != current->plain_group || next->epoch != current->epoch ||
		       next->buffer != current->buffer ||
		       strcmp(next->user, current->user) != 0 || strcmp(next->state, current->state) != 0 ||
		       strcmp(next->status, current->status) != 0;

	if (differs)
		announce("nflog.group, nflog.plain_group, nflog.epoch, nflog.buffer, user, state.file and status.file take effect at the next start only");
	next->group = current->group;
	next->plain_group = current->plain_group;
	next->epoch = current->epoch;
	next->buffer = current->buffer;
	memcpy(next->user, current->user, sizeof(next->user));
	memcpy(next->state, current->state, sizeof(next->state));
	memcpy(next->status, current->status, sizeof(next->status));
}

static void reload_hints(struct serve *serve)
{
	struct known_timeouts_error error;

	if (known_timeouts_load(serve->config->hints, &serve->hints, &error))
		return;
	announce("%s", error.text);
	announce("the known timeouts stay as they were");
}

void reload(struct serve *serve)
{
	struct verdict_settings settings;
	struct config_error error;
	struct config next;
	const char *path;

	if (!options_config(serve->options, &next, &error)) {
		announce("%s", error.text);
		announce("the settings stay as they were; the logs are opened again");
		next = *serve->config;
	}
	keep_fixed(serve->config, &next);
	if (!report_open(serve->report, &next, &path)) {
		announce("%s: %s; the logs stay as they were", path, strerror(errno));
		memcpy(next.json, serve->config->json, sizeof(next.json));
		memcpy(next.text, serve->config->text, sizeof(next.text));
		memcpy(next.syslog, serve->config->syslog, sizeof(next.syslog));
		memcpy(next.journal, serve->config->journal, sizeof(next.journal));
	}
	*serve->config = next;
	reload_hints(serve);
	settings = serve_verdict_settings(serve);
	correlate_settings(serve->correlate, &settings);
	if (!serve->group) { /* the module is waited for */
		announce("logs opened again");
		return;
	}
	group_set_buffer_max(serve->group, next.buffer_max);
	if (serve->plain_group)
		group_set_buffer_max(serve->plain_group, next.buffer_max);
	announce("logs opened again, NFLOG group %u goes on", next.group);
}
