// SPDX-License-Identifier: GPL-2.0
/*
 * paths.c - the daemon learns what each path's idle timeout is, and keeps it
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "paths.h"

#include "announce.h"

#include "../learn/state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATHS_MOST     4096 /* 2 MB */
#define SAVE_EVERY_NS  (180 * NS_PER_SEC)
#define NS_PER_SEC     1000000000ULL
#define SURE_ENOUGH    0.7
#define FILE_MAX_BYTES 1024

#define SURVIVED_FLAGS (RSTWHY_MEM_KNOWN | RSTWHY_MEM_BURST | RSTWHY_MEM_BURST_ANSWERED)
/* gaps not exact, or in a closing connection, which boxes time otherwise */
#define UNFIT_FLAGS (RSTWHY_MEM_BLIND | RSTWHY_MEM_BURST_INVALID | RSTWHY_MEM_FIN_ORIG | RSTWHY_MEM_FIN_REPLY)

struct paths {
	struct learn *learn;
	char file[FILE_MAX_BYTES];
	uint64_t saved; /* learn_changes() then */
	uint64_t next_save_ns;
	bool keep;
	bool told;
};

struct paths *paths_new(const char *file, bool keep)
{
	struct paths *paths = calloc(1, sizeof(*paths));

	if (!paths)
		return NULL;
	paths->keep = keep;
	snprintf(paths->file, sizeof(paths->file), "%s", file);
	paths->learn = learn_new(PATHS_MOST, LEARN_HALF_LIFE_DAYS);
	if (paths->learn)
		return paths;
	free(paths);
	return NULL;
}

void paths_free(struct paths *paths)
{
	if (!paths)
		return;
	learn_free(paths->learn);
	free(paths);
}

/* Nothing may be half known. */
static void forget(struct paths *paths)
{
	struct learn *empty = learn_new(PATHS_MOST, LEARN_HALF_LIFE_DAYS);

	if (!empty)
		return;
	learn_free(paths->learn);
	paths->learn = empty;
}

static void set_aside(struct paths *paths, const char *why)
{
	char bad[FILE_MAX_BYTES + 8];

	forget(paths);
	if (!paths->keep) {
		announce("state.file %s: %s; nothing is known from it", paths->file, why);
		return;
	}
	snprintf(bad, sizeof(bad), "%s.bad", paths->file);
	if (rename(paths->file, bad) == 0) {
		announce("state.file %s: %s; kept as %s, and learning begins anew", paths->file, why, bad);
		return;
	}
	announce("state.file %s: %s; it cannot be moved aside (%s), so nothing is kept until the next start", paths->file, why,
	    strerror(errno));
	paths->file[0] = '\0';
}

void paths_load(struct paths *paths)
{
	char why[STATE_WHY_MAX];

	if (!paths->file[0])
		return;
	switch (state_load(paths->file, paths->learn, why)) {
	case STATE_CORRUPT:
		set_aside(paths, why);
		break;
	case STATE_UNREADABLE:
		announce("state.file %s cannot be read: %s; nothing is kept until the next start", paths->file, why);
		paths->file[0] = '\0';
		break;
	default:
		break;
	}
}

static uint64_t seconds(const struct event *event)
{
	return event->ev.realtime_ns / NS_PER_SEC;
}

void paths_survived(struct paths *paths, const struct event *event)
{
	const struct rstwhy_memory *mem = &event->ev.mem;
	struct path path;
	uint64_t peer;

	if ((mem->flags & SURVIVED_FLAGS) != SURVIVED_FLAGS || (mem->flags & UNFIT_FLAGS))
		return;
	if (path_of_event(event, &path, &peer))
		learn_survived(paths->learn, &path, peer, mem->burst_gap_ms, seconds(event));
}

static bool is_path_kill(enum cause cause)
{
	return cause == CAUSE_REMOTE_ON_NEXT_PACKET || cause == CAUSE_REMOTE_AT_EXPIRY || cause == CAUSE_SILENT_DROP;
}

/* The same verdict, had nothing been learned: else a wrong bracket would keep off what proves it wrong. */
static double unlearned_confidence(const struct incident *incident, const struct verdict *verdict, const struct verdict_settings *settings)
{
	struct incident plain;

	if (!incident->bracket.have_survived && !incident->bracket.have_killed)
		return verdict->confidence;
	incident_copy(&plain, incident);
	plain.bracket = (struct path_bracket){ 0 };
	return verdict_confidence(&plain, settings, verdict->cause);
}

/* A silence that ended after all. */
static bool was_outage(const struct incident *incident)
{
	return incident->kind == INCIDENT_AMENDMENT && incident->first.ev.kind == RSTWHY_KIND_SILENCE;
}

void paths_judged(struct paths *paths, const struct incident *incident, const struct verdict *verdict,
		  const struct verdict_settings *settings)
{
	bool kill = is_path_kill(verdict->cause), refuted = !kill && (verdict->cause == CAUSE_HOST_LOST || was_outage(incident));
	struct path path;
	uint64_t peer;

	if ((!kill && !refuted) || verdict->blind || !(verdict->gap_ms >= 0 && verdict->gap_ms < 1e15))
		return;
	if (kill && incident->kind == INCIDENT_AMENDMENT)
		return; /* counted already */
	if (!path_of_event(&incident->first, &path, &peer))
		return;
	if (refuted) /* an amendment of what was taken for one */
		learn_not_killed(paths->learn, &path, peer, (uint64_t)verdict->gap_ms);
	else if (unlearned_confidence(incident, verdict, settings) >= SURE_ENOUGH)
		learn_killed(paths->learn, &path, peer, (uint64_t)verdict->gap_ms, seconds(&incident->first));
}

void paths_bracket(void *user, const struct event *reset, struct path_bracket *bracket)
{
	const struct paths *paths = user;
	struct path path;

	if (path_of_event(reset, &path, NULL))
		learn_bracket(paths->learn, &path, seconds(reset), bracket);
}

void paths_tick(struct paths *paths, uint64_t now_ns)
{
	if (paths->next_save_ns == 0)
		paths->next_save_ns = now_ns + SAVE_EVERY_NS;
	if (now_ns < paths->next_save_ns)
		return;
	paths->next_save_ns = now_ns + SAVE_EVERY_NS;
	paths_save(paths);
}

void paths_save(struct paths *paths)
{
	uint64_t changes = learn_changes(paths->learn);

	if (!paths->keep || !paths->file[0] || changes == paths->saved)
		return;
	if (state_save(paths->file, paths->learn)) {
		paths->saved = changes;
		if (paths->told)
			announce("state.file %s is written again", paths->file);
		paths->told = false;
		return;
	}
	if (!paths->told)
		announce("state.file %s cannot be written: %s; its directory must exist and be writable; what is learned is not kept until then",
		    paths->file, strerror(errno));
	paths->told = true;
}

const struct learn *paths_learned(const struct paths *paths)
{
	return paths->learn;
}
