// SPDX-License-Identifier: GPL-2.0
/*
 * written.c - the incidents handed out lately
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <stdlib.h>

#include "power_of_two.h"
#include "written.h"

/* A segment under way and one retransmission come within it. */
#define KEPT_NS 500000000ULL

struct copy {
	bool used;
	enum cause cause;
	uint64_t seq; /* of the incident: it lies far away, and mostly is not the one that is asked for */
	uint64_t since_ns; /* kept since */
	struct incident *incident;
};

struct written {
	uint32_t size;
	struct copy *copies;
	struct incident *rooms; /* one for each at first; then they change hands */
};

void written_free(struct written *w)
{
	if (!w)
		return;
	free(w->copies);
	free(w->rooms);
	free(w);
}

struct written *written_new(uint32_t capacity)
{
	struct written *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->size = power_of_two_from(capacity);
	w->copies = calloc(w->size, sizeof(*w->copies));
	w->rooms = calloc(w->size, sizeof(*w->rooms));
	if (!w->copies || !w->rooms) {
		written_free(w);
		return NULL;
	}
	for (uint32_t i = 0; i < w->size; i++)
		w->copies[i].incident = &w->rooms[i];
	return w;
}

static bool is_of(const struct copy *copy, const struct event *event, uint64_t seq)
{
	const struct rstwhy_evidence *ev = &copy->incident->first.ev;

	return copy->used && copy->seq == seq && ev->netns_inum == event->ev.netns_inum && ev->epoch == event->ev.epoch;
}

struct incident *written_put(struct written *w, struct incident *incident, enum cause cause, bool may_be_amended, uint64_t now_ns)
{
	const struct event *event = &incident->first;
	struct copy *copy = &w->copies[event->ev.seq & (w->size - 1)];
	struct incident *older = copy->incident;
	bool is_again = is_of(copy, event, event->ev.seq);
	bool is_free = !copy->used || is_again || now_ns - copy->since_ns >= KEPT_NS;

	if (!may_be_amended && is_again)
		copy->used = false;
	if (!may_be_amended || !is_free)
		return incident;
	copy->used = true;
	copy->cause = cause;
	copy->seq = event->ev.seq;
	copy->since_ns = now_ns;
	copy->incident = incident;
	return older;
}

struct incident *written_get(struct written *w, const struct event *event, uint64_t seq, enum cause **cause)
{
	struct copy *copy = &w->copies[seq & (w->size - 1)];

	if (!is_of(copy, event, seq))
		return NULL;
	*cause = &copy->cause;
	return copy->incident;
}
