/* SPDX-License-Identifier: GPL-2.0 */
/*
 * paths.h - the daemon learns what each path's idle timeout is, and keeps it
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Time of what is learned is evidence time. What is learned of a kill does not depend on what had been learned before.
 */
#ifndef RSTWHY_PATHS_H
#define RSTWHY_PATHS_H

#include "../engine/verdict.h"

struct learn;
struct paths; /* opaque, by paths_new() and paths_free() */

/* file: state.file, "" for none. keep: also write it; else it is only read (a replay). NULL: no memory. */
struct paths *paths_new(const char *file, bool keep);
void paths_free(struct paths *paths);

/* Read the file. One that is not right is said, kept aside as FILE.bad, and nothing is known then. */
void paths_load(struct paths *paths);

/* An event of kind SURVIVED. */
void paths_survived(struct paths *paths, const struct event *event);

/* A verdict: learn from it when it is an idle kill on a path, and sure enough; unlearn it when it turns out to be a host that was lost. */
void paths_judged(struct paths *paths, const struct incident *incident, const struct verdict *verdict,
		  const struct verdict_settings *settings);

/* A bracket_lookup_fn. */
void paths_bracket(void *paths, const struct event *reset, struct path_bracket *bracket);

/* Write the file when it is time to and something has changed. */
void paths_tick(struct paths *paths, uint64_t now_ns);

/* Write the file now, if something has changed. What goes wrong is said once, until it goes right again. */
void paths_save(struct paths *paths);

/* What was learned so far. */
const struct learn *paths_learned(const struct paths *paths);

#endif
