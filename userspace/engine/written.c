// SPDX-License-Identifier: GPL-2.0
/*
 * written.c - the incidents handed out lately
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <stdlib.h>

#include "written.h"

struct copy {
	bool used;
	enum cause cause;
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
	w->size = 1;
	while (w->size < capacity && w->size < 1U << 16)
		w->size <<= 1;
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

struct incident *written_put(struct written *w, struct incident *incident, enum cause cause, bool may_be_amended)
{
	struct copy *copy = &w->copies[incident->first.ev.seq & (w->size - 1)];
	struct incident *older = copy->incident;

	copy->used = may_be_amended;
	if (!may_be_amended)
		return incident;
	copy->cause = cause;
	copy->incident = incident;
	return older;
}

struct incident *written_get(struct written *w, const struct event *event, uint64_t seq, enum cause **cause)
{
	struct copy *copy = &w->copies[seq & (w->size - 1)];
	const struct rstwhy_evidence *ev = &copy->incident->first.ev;

	if (!copy->used || ev->seq != seq || ev->netns_inum != event->ev.netns_inum || ev->epoch != event->ev.epoch)
		return NULL;
	*cause = &copy->cause;
	return copy->incident;
}
