/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bound.h - one bound of a path's timeout, as several peers have shown it
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Kept is each peer's extreme gap: the longest that survived, or the shortest that was killed. The bound is not the extreme of them:
 * it is as far out as three peers of together two fresh ones' weight agree on, so that one that lies, or was hit by something
 * else, moves nothing. Evidence halves its weight each half-life and is gone after four.
 */
#ifndef RSTWHY_BOUND_H
#define RSTWHY_BOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOUND_PEERS	  8
#define BOUND_PEERS_LEAST 3

enum bound_kind {
	BOUND_SURVIVED, /* from below: longer says more */
	BOUND_KILLED,	/* from above: shorter says more */
};

struct bound_peer {
	uint64_t peer;
	uint64_t gap_ms;
	uint64_t seen_s;
};

/* Plain data; all zero is empty. */
struct bound {
	struct bound_peer peer[BOUND_PEERS];
	uint32_t peers;	  /* kept */
	uint32_t samples; /* ever, saturating */
};

/* Weight of evidence of seen_s at now_s: 1 fresh, halved each half_life_s, 0 after four. A clock that went back ages like one that goes on. */
double bound_weight(uint64_t seen_s, uint64_t now_s, uint64_t half_life_s);

void bound_add(struct bound *b, enum bound_kind kind, const struct bound_peer *sample, uint64_t half_life_s);

/* Take back what peer has shown, if it still is this gap. False: it was not there. */
bool bound_remove(struct bound *b, uint64_t peer, uint64_t gap_ms);

/* False: fewer than three peers are left. */
bool bound_value(const struct bound *b, enum bound_kind kind, uint64_t now_s, uint64_t half_life_s, double *ms);

/*
 * A kill may have had another reason (a host that restarted), a silence that three peers have survived later cannot: take out of killed
 * what is no longer than that, and older.
 */
void bound_refute(struct bound *killed, const struct bound *survived, uint64_t now_s, uint64_t half_life_s);

/* Peers whose evidence still weighs, in both; each once. */
unsigned int bound_peers(const struct bound *a, const struct bound *b, uint64_t now_s, uint64_t half_life_s);

#endif
