/* SPDX-License-Identifier: GPL-2.0 */
/*
 * correlate_core.h - what the correlator's own files share
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_CORRELATE_CORE_H
#define RSTWHY_CORRELATE_CORE_H

#include "correlate.h"
#include "crowd.h"
#include "held.h"
#include "recent.h"
#include "written.h"

#define NS_PER_MS 1000000ULL

struct correlate {
	struct held *held;
	struct recent *recent;	 /* resets handed out */
	struct recent *silences; /* and silences */
	struct crowd *crowd;
	struct written *written;  /* resets and silences that a later one may amend */
	struct written *followed; /* other resets, that their connection's own life may amend */
	struct verdict_settings settings;
	correlate_emit_fn *emit;
	void *user;
	bracket_lookup_fn *bracket;
	void *bracket_user;
	uint64_t now_ns;
	uint64_t seed; /* of the hash of flows, in all tables */
	struct correlate_counts counts;
};

/* correlate.c */
void correlate_make_room(struct correlate *c);
/* Judge with what there is now; a verdict that became certain does not wait longer, and may be handed out here. */
void correlate_judge_again(struct correlate *c, uint32_t index);
bool correlate_left_alive(enum cause cause);

/* correlate_train.c: one more RST of the incident in that slot, of the same side or an echo */
void correlate_count_in(struct correlate *c, uint32_t index, const struct event *event);

/* correlate_after.c: a message of kind AFTER */
void correlate_after(struct correlate *c, const struct event *event);

/* correlate_crowd.c */
void correlate_relate(struct incident *incident, uint64_t seq);
/* Look for others like this new incident, whose facts are known; they and it learn of each other. */
void correlate_join_crowd(struct correlate *c, uint32_t index);

/* correlate_silence.c */
void correlate_silence(struct correlate *c, const struct event *event);
void correlate_survived(struct correlate *c, const struct event *event);
void correlate_withdraw(struct correlate *c, uint32_t index);
void correlate_amend(struct correlate *c, struct incident *incident, enum cause *cause);

#endif
