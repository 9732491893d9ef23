/* SPDX-License-Identifier: GPL-2.0 */
/*
 * engine_feed.h - a correlator, fed with scenes; what it hands out is kept
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_ENGINE_FEED_H
#define RSTWHY_ENGINE_FEED_H

#include "../../userspace/engine/correlate.h"
#include "engine_scene.h"

#define MS	1000000ULL
#define START	1000000000000ULL
#define RECORDS 64

struct record {
	struct incident incident;
	enum cause cause;
	bool held;
};

/* The scene of the next event, the correlator (four incidents at once), and what it has handed out. */
extern struct scene s;
extern struct correlate *c;
extern struct record records[RECORDS];
extern size_t count;

int feed_begin(void **state);
int feed_end(void **state);

/* Feed the scene's event as it is now, ms after the start. Returns its number, from 100 on. */
uint64_t feed(uint64_t ms);
/* A segment that follows the RST number ref: its end and its acknowledgement. */
void feed_after(enum rstwhy_after what, uint64_t ref, uint64_t ms, uint32_t end_seq, uint32_t ack);
/* From now on as the memory tells it once a RST of the flow has passed, that long ago. */
void feed_reset_noted(uint64_t age_ms);
/* From now on another connection: of that client port. */
void feed_other_flow(uint16_t port);

#endif
