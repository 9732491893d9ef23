// SPDX-License-Identifier: GPL-2.0
/*
 * crowd.c - resets that belong together
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * A ring of sightings, found by whose they are. A walk is bounded by members and steps.
 */
#include <stdlib.h>
#include <string.h>

#include "crowd.h"
#include "facts.h"
#include "hash.h"
#include "hashed_ring.h"

#define NS_PER_MS  1000000ULL
#define STEPS_MOST 64

struct entry {
	struct crowd_key key;
	struct sighting sighting; /* last: not all of it is touched */
};

struct crowd {
	uint64_t seed;
	struct hashed_ring ring;
	struct entry *entries; /* by place */
	uint64_t *when_ns;     /* of each, apart: a walk ends with the first that is too old, whosever it is */
};

void crowd_free(struct crowd *c)
{
	if (!c)
		return;
	hashed_ring_free(&c->ring);
	free(c->entries);
	free(c->when_ns);
	free(c);
}

struct crowd *crowd_new(uint32_t capacity, uint64_t seed)
{
	struct crowd *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->seed = seed;
	if (hashed_ring_init(&c->ring, capacity, 1)) {
		c->entries = calloc(hashed_ring_size(&c->ring), sizeof(*c->entries));
		c->when_ns = calloc(hashed_ring_size(&c->ring), sizeof(*c->when_ns));
	}
	if (c->entries && c->when_ns)
		return c;
	crowd_free(c);
	return NULL;
}

/* Who asked whom, of a SYN that was refused: by their own names. Behind translation all clients are one on the wire. */
struct asked {
	const uint8_t *client, *server;
	uint16_t port;
};

static struct asked asked_of(const struct event *event)
{
	const struct rstwhy_memory *mem = &event->ev.mem;
	const struct rstwhy_conntrack *ct = &event->ev.ct;
	bool known = mem->flags & RSTWHY_MEM_KNOWN, found = ct->flags & CT_HAS_TUPLES;
	const struct rstwhy_tuple *wire = &event->seg.tuple, *orig = known ? &mem->orig : &ct->orig;

	if ((known || found) && (known ? mem->direction : event->ev.direction) == RSTWHY_DIR_REPLY)
		return (struct asked){orig->src, orig->dst, orig->dport};
	return (struct asked){wire->dst, wire->src, wire->sport};
}

/* A process is a host and port, a lost state the whole host's, this gateway is one, and a scan is whose SYNs are refused. */
static struct crowd_key key_of(enum crowd_kind kind, const struct event *event)
{
	struct crowd_key key = {.netns = event->ev.netns_inum, .kind = (uint16_t)kind};

	if (kind == CROWD_STRANGER)
		return key;
	if (kind == CROWD_SCAN) {
		memcpy(key.addr, asked_of(event).client, sizeof(key.addr));
		return key;
	}
	memcpy(key.addr, event->seg.tuple.src, sizeof(key.addr));
	if (kind == CROWD_ABORT)
		key.port = event->seg.tuple.sport;
	return key;
}

static uint64_t hash_of(const struct crowd_key *key, uint64_t seed)
{
	uint64_t h = hash_address(hash_begin(seed), key->addr);

	return hash_end(hash_word(h, (uint64_t)key->kind << 48 | (uint64_t)key->port << 32 | key->netns));
}

static bool key_equal(const struct crowd_key *a, const struct crowd_key *b)
{
	return !(address_differs(a->addr, b->addr) | (a->netns ^ b->netns)) && a->port == b->port && a->kind == b->kind;
}

struct crowd_place crowd_place_of(const struct crowd *c, enum crowd_kind kind, const struct event *event)
{
	struct crowd_place place = {.key = key_of(kind, event)};

	place.hash = hash_of(&place.key, c->seed);
	return place;
}

void crowd_add(struct crowd *c, const struct crowd_place *place, const struct sighting *newcomer)
{
	uint32_t at = hashed_ring_add(&c->ring, place->hash);

	c->when_ns[at] = newcomer->when_ns;
	c->entries[at].key = place->key;
	sighting_copy(&c->entries[at].sighting, newcomer);
}

uint64_t crowd_span_ns(enum crowd_kind kind)
{
	static const uint64_t span_ms[CROWD_KINDS] = {[CROWD_ABORT] = 500, [CROWD_LOST] = 60000, [CROWD_STRANGER] = 10000, [CROWD_SCAN] = 5000};

	return span_ms[kind] * NS_PER_MS;
}

static bool same_flow(const struct flowkeys *a, const struct flowkeys *b)
{
	for (unsigned int i = 0; i < a->count; i++)
		for (unsigned int k = 0; k < b->count; k++)
			if (flowkey_equal(&a->of[i].key, &b->of[k].key))
				return true;
	return false;
}

uint64_t crowd_target(enum crowd_kind kind, const struct event *event)
{
	struct crowd_key key = {0};
	struct asked asked;

	if (kind != CROWD_SCAN)
		return 0;
	asked = asked_of(event);
	key.port = asked.port;
	memcpy(key.addr, asked.server, sizeof(key.addr));
	return hash_of(&key, 0);
}

static bool same_member(enum crowd_kind kind, const struct sighting *a, const struct sighting *b)
{
	return kind == CROWD_SCAN ? a->target == b->target : same_flow(&a->keys, &b->keys);
}

static bool counted(enum crowd_kind kind, const struct sighting **members, size_t count, const struct sighting *s)
{
	for (size_t i = 0; i < count; i++)
		if (same_member(kind, members[i], s))
			return true;
	return false;
}

size_t crowd_find(const struct crowd *c, const struct crowd_place *place, const struct sighting *newcomer, const struct sighting **members)
{
	enum crowd_kind kind = (enum crowd_kind)place->key.kind;
	uint64_t number = hashed_ring_newest(&c->ring, place->hash), span = crowd_span_ns(kind);
	size_t count = 0;

	for (unsigned int step = 0; step < STEPS_MOST && count < CROWD_MEMBERS && number; step++) {
		uint32_t at = hashed_ring_place(&c->ring, number);
		const struct entry *e = &c->entries[at];

		if (c->when_ns[at] + span < newcomer->when_ns)
			break;
		if (hashed_ring_is(&c->ring, number, place->hash) && key_equal(&e->key, &place->key) &&
		    !same_member(kind, &e->sighting, newcomer) && !counted(kind, members, count, &e->sighting))
			members[count++] = &e->sighting;
		number = hashed_ring_older(&c->ring, number);
	}
	return count;
}

/* which crowd */

#define PROMPT_MS 20.0 /* beside the round trips: a server that resets what it was sent does so at once */

bool crowd_prompted(const struct facts *f)
{
	return f->mem->last_ms[f->pd] != RSTWHY_NEVER &&
	       (double)f->mem->last_ms[f->pd] <= f->mem->rtt_us[f->rd] / 1000.0 + PROMPT_MS;
}

static bool usable(const struct facts *f)
{
	return f->known && !f->reset_before && !f->both_closed && !f->went_on && f->ev->csum != RSTWHY_CSUM_BAD;
}

/* Out of silence, all read: by itself a timer's work. */
static bool out_of_silence(const struct facts *f)
{
	return f->gap.from == GAP_SILENCE && f->gap.ms >= (double)f->settings->idle_min_ms && !facts_peer_spoke_last(f);
}

/* Its server's socket: with something that it may not have read, in the accept queue still, or one that resets whenever it is closed. */
static bool of_dead_process(const struct facts *f)
{
	bool local = f->ev->by == RSTWHY_BY_TRANSIT || f->ev->by == RSTWHY_BY_GATEWAY_SOCKET;

	return usable(f) && local && f->rd != f->opener && f->shape == SHAPE_ACTIVE && !(f->marks & MARKS_BOX) &&
	       (!out_of_silence(f) || f->continuous);
}

/* Who resets both ends does know the connection. */
static bool of_lost_host(const struct facts *f)
{
	return usable(f) && f->ev->by == RSTWHY_BY_TRANSIT && f->shape == SHAPE_PASSIVE && f->elicited && !f->fin_self &&
	       !f->fin_peer && !f->lost && !f->incident->have_echo && (f->mem->flags & RSTWHY_MEM_ASSURED);
}

/* Not idle, or silent for no longer than it had survived before. */
static bool not_idle(const struct facts *f)
{
	return f->gap.from != GAP_BURST || f->gap.max_ms < (double)f->settings->idle_min_ms || facts_survived_gap(f);
}

/* Behind translation a flow met in mid-stream got a mapping that the far host does not know. */
static bool remapped_on_pick_up(const struct facts *f)
{
	return f->ev->by == RSTWHY_BY_TRANSIT && f->picked_up && f->translated && f->shape == SHAPE_PASSIVE;
}

/*
 * The gateway: rejects in mid-stream what it has no state of, has it come to its own stack for want of a translation, or picked up
 * just now what it then translated anew.
 */
static bool of_stranger(const struct facts *f)
{
	bool without_state = !f->known ? !(f->ct->flags & RSTWHY_CT_FOUND) : f->picked_up;
	bool here = f->ev->by == RSTWHY_BY_GATEWAY_REJECT || f->ev->by == RSTWHY_BY_GATEWAY_STACK;
	bool refused = here && without_state && f->shape != SHAPE_REFUSING;

	return refused || (usable(f) && remapped_on_pick_up(f));
}

/* Whoever scans has sent SYNs, and they crossed. Answers to SYNs that did not are backscatter. */
static bool of_scan(const struct facts *f)
{
	return (f->known || (f->ct->flags & RSTWHY_CT_FOUND)) && f->shape == SHAPE_REFUSING && (f->ev->by == RSTWHY_BY_TRANSIT || f->ev->by == RSTWHY_BY_GATEWAY_STACK);
}

enum crowd_kind crowd_of_facts(const struct facts *f, bool *telling)
{
	*telling = false;
	if (of_scan(f))
		return CROWD_SCAN;
	if (of_stranger(f))
		return CROWD_STRANGER;
	if (of_dead_process(f)) {
		*telling = !crowd_prompted(f) && !out_of_silence(f);
		return CROWD_ABORT;
	}
	if (of_lost_host(f)) {
		*telling = not_idle(f);
		return CROWD_LOST;
	}
	return CROWD_NONE;
}
