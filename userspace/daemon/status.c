// SPDX-License-Identifier: GPL-2.0
/*
 * status.c - the daemon's side of the accounting, in a file
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "status.h"

#include "announce.h"
#include "clock.h"
#include "serve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_MAX_BYTES (CONFIG_PATH_MAX + 8)
#define SETTLE_TRIES 20

void status_prepare(const char *file, const struct identity *identity)
{
	char directory[NAME_MAX_BYTES];
	char *slash;

	snprintf(directory, sizeof(directory), "%s", file);
	slash = strrchr(directory, '/');
	if (!slash || slash == directory)
		return;
	*slash = '\0';
	if (mkdir(directory, 0755) == 0 && !identity->stay && lchown(directory, identity->uid, identity->gid) < 0)
		rmdir(directory);
}

static void of_module(struct accounting *a, const struct module_state *state)
{
	a->epoch = state->epoch;
	a->seen = state->rst_seen;
	a->told = state->rst_told;
	a->other_told = state->other_told;
	a->suppressed = state->suppressed;
	a->failed = state->failed;
	a->sequence = state->sequence;
}

static void of_group(struct accounting *a, const struct serve *serve)
{
	const struct intake_counts *intake = intake_counts(serve->intake);
	struct loss_totals lost = loss_totals(serve->loss, intake_netns(serve->intake));

	a->received = intake->resets;
	a->other_received = intake->others;
	a->malformed = intake->malformed_resets;
	a->elsewhere = intake->elsewhere;
	a->early = intake->early;
	a->lost_netlink = lost.netlink;
	a->lost_memory = lost.memory;
	a->late = lost.late;
	a->missing = lost.missing;
}

static void of_daemon(struct accounting *a, const struct serve *serve)
{
	const struct correlate_counts *correlate = correlate_counts(serve->correlate);
	const struct report_counts *report = report_counts(serve->report);

	a->fed = correlate->resets;
	a->held = correlate_held_resets(serve->correlate);
	a->evicted = correlate->evicted;
	a->withdrawn = correlate->withdrawn;
	a->amended = correlate->amended;
	a->written = report->resets_written;
	a->summarized = report->resets_summarized;
	a->pending = report_pending(serve->report);
	a->ignored = report->resets_ignored;
	a->unlogged = report->resets_unlogged;
	a->unwritten = report->resets_unwritten;
	a->log_inode = report->log_inode;
	a->log_offset = report->log_offset;
	a->log_bytes = report_log_bytes(serve->report);
	a->log_written = report->log_written;
	a->log_summarized = report->log_summarized;
}

static FILE *create(const char *name)
{
	int fd;

	unlink(name);
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
	return fd < 0 ? NULL : fdopen(fd, "w");
}

static bool replace(const char *file, const char *text, size_t len)
{
	char name[NAME_MAX_BYTES];
	bool good;
	FILE *out;

	snprintf(name, sizeof(name), "%s.tmp", file);
	out = create(name);
	if (!out)
		return false;
	good = fwrite(text, 1, len, out) == len;
	good = fclose(out) == 0 && good;
	return good && rename(name, file) == 0;
}

static void write_file(struct serve *serve, const struct accounting *a)
{
	char text[ACCOUNTING_TEXT_MAX];
	size_t len = accounting_format(a, text);
	const char *file = serve->config->status;

	if (!file[0])
		return;
	if (replace(file, text, len)) {
		serve->status.told = false;
		return;
	}
	if (!serve->status.told)
		announce("status.file %s cannot be written: %s; `rstwhy doctor --accounting` will not know better", file, strerror(errno));
	serve->status.told = true;
}

/* Each message that got a number was sent, or could not be made: else one is under way just now. */
static bool settled(const struct module_state *state)
{
	return state->rst_told + state->other_told + state->failed == state->sequence;
}

/* Counters are read one after the other: where the counting begins they should belong together. */
static void begin(struct serve *serve, const struct module_state *state)
{
	struct status *status = &serve->status;
	struct module_state calm = *state;

	for (int i = 0; i < SETTLE_TRIES && !settled(&calm); i++)
		if (module_state_read(MODULE_STATE_FILE, &calm) != MODULE_PRESENT || calm.epoch != state->epoch)
			calm = *state;
	status->have_base = true;
	intake_count_from(serve->intake, calm.sequence);
	of_module(&status->base, &calm);
	of_group(&status->base, serve);
	of_daemon(&status->base, serve);
	status->base.since_ns = clock_realtime_ns();
	status->base.blurred = !settled(&calm);
}

static struct accounting look(const struct serve *serve, const struct accounting *module)
{
	struct accounting now = *module, a;

	of_group(&now, serve);
	of_daemon(&now, serve);
	a = accounting_since(&serve->status.base, &now);
	a.pid = (uint64_t)getpid();
	a.since_ns = serve->status.base.since_ns;
	a.blurred = serve->status.base.blurred;
	return a;
}

/* The time alone is no change. */
static void keep(struct serve *serve, struct accounting *a)
{
	a->until_ns = serve->status.last.until_ns;
	if (!memcmp(a, &serve->status.last, sizeof(*a)))
		return;
	a->until_ns = clock_realtime_ns();
	serve->status.last = *a;
	write_file(serve, a);
}

void status_look(struct serve *serve, const struct module_state *state)
{
	struct accounting module = { 0 }, a;

	if (!state->have_sequence)
		return;
	if (!serve->status.have_base || serve->status.base.epoch != state->epoch)
		begin(serve, state);
	of_module(&module, state);
	serve->status.module = module;
	a = look(serve, &module);
	a.running = 1;
	keep(serve, &a);
}

void status_end(struct serve *serve)
{
	struct accounting a;

	if (!serve->status.have_base)
		return;
	a = look(serve, &serve->status.module);
	keep(serve, &a);
}
