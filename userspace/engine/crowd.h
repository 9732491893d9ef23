/* SPDX-License-Identifier: GPL-2.0 */
/*
 * crowd.h - resets that belong together: many of one host within a short time
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * What one flow cannot show, several of one host can: a process that died, a host that lost its state, a gateway that never had
 * it. A ring of fixed size; the oldest sighting is overwritten, so a flood costs memory of the past, never of the machine.
 */
#ifndef RSTWHY_CROWD_H
#define RSTWHY_CROWD_H

#include "facts.h"
#include "flowkey.h"

enum crowd_kind {
	CROWD_NONE,
	CROWD_ABORT,	/* live sockets of one host and port, reset by themselves */
	CROWD_LOST,	/* one host, or a box in its name, answers as for connections it does not have */
	CROWD_STRANGER, /* this gateway met connections in mid-stream that it had no state of */
	CROWD_SCAN,	/* one client's SYNs, refused at one address and port after another */
};

#define CROWD_KINDS	5
#define CROWD_MEMBERS	16 /* as many as are looked at; more change nothing */

/* One flow's reset, as the crowd remembers it. */
struct sighting {
	uint64_t seq;
	uint64_t when_ns;
	uint64_t age_ms; /* of the other side's last segment */
	uint64_t open_ms; /* age of the connection */
	uint64_t target; /* SCAN: which address and port refused; two of one target are no two members */
	bool prompted; /* ABORT: right upon what the other side had said */
	bool telling; /* ABORT: nothing had prompted it; LOST: the flow had not been idle */
	struct flowkeys keys; /* last: see sighting_copy() */
};

/* By value, but for what of keys holds none. */
static inline void sighting_copy(struct sighting *to, const struct sighting *from)
{
	memcpy(to, from, offsetof(struct sighting, keys));
	flowkeys_copy(&to->keys, &from->keys);
}

struct crowd; /* opaque */

/* NULL without memory. */
struct crowd *crowd_new(uint32_t capacity, uint64_t seed);
void crowd_free(struct crowd *c);

/* Which crowd a flow's reset may belong to, by its facts alone; *telling as in struct sighting. */
enum crowd_kind crowd_of_facts(const struct facts *f, bool *telling);

/* sighting.prompted of a RST. */
bool crowd_prompted(const struct facts *f);

/* sighting.target of the RST's sender; 0 where nobody asks for it. */
uint64_t crowd_target(enum crowd_kind kind, const struct event *event);

/* How far apart in time two members may be. */
uint64_t crowd_span_ns(enum crowd_kind kind);

/* Which crowd a RST's flow belongs to, and where its members are found. */
struct crowd_place {
	struct crowd_key {
		uint8_t addr[16];
		uint32_t netns;
		uint16_t port;
		uint16_t kind;
	} key;
	uint64_t hash;
};

struct crowd_place crowd_place_of(const struct crowd *c, enum crowd_kind kind, const struct event *event);

/* The members that came before the newcomer, newest first, within the span of its time; of other flows only. Returns how many. */
size_t crowd_find(const struct crowd *c, const struct crowd_place *place, const struct sighting *newcomer, const struct sighting **members);
void crowd_add(struct crowd *c, const struct crowd_place *place, const struct sighting *newcomer);

#endif
