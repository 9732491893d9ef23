// SPDX-License-Identifier: GPL-2.0
/*
 * due.c - who is due first
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * The line is a ring in order; who leaves it before his turn leaves a gap, and gaps at its ends are closed. Where gaps fill it, the heap
 * takes who comes. The heap has four children to a node, which lie side by side: half the levels, half the cache misses.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "due.h"
#include "power_of_two.h"

#define CHILDREN 4U
#define IN_LINE	 (1U << 31) /* in `where`, beside the place; else it is one in the heap */

struct wait {
	uint64_t ns, seq;
	uint32_t slot; /* DUE_NONE: a gap */
};

struct due {
	uint32_t capacity;
	uint32_t mask;	     /* of the line's places */
	uint32_t head, tail; /* running numbers; neither the first nor the last is a gap */
	uint32_t heaped;
	uint32_t first_slot;
	uint64_t first_ns; /* asked for far more often than it changes */
	struct wait *line, *heap;
	uint32_t *where; /* by slot; DUE_NONE: does not wait */
};

void due_free(struct due *d)
{
	if (!d)
		return;
	free(d->line);
	free(d->heap);
	free(d->where);
	free(d);
}

struct due *due_new(uint32_t capacity)
{
	struct due *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->capacity = capacity;
	d->mask = power_of_two_from(capacity) - 1;
	d->line = calloc((size_t)d->mask + 1, sizeof(*d->line));
	d->heap = calloc(capacity, sizeof(*d->heap));
	d->where = malloc(capacity * sizeof(*d->where));
	if (!d->line || !d->heap || !d->where) {
		due_free(d);
		return NULL;
	}
	memset(d->where, 0xff, capacity * sizeof(*d->where));
	d->first_slot = DUE_NONE;
	d->first_ns = UINT64_MAX;
	return d;
}

static bool sooner(const struct wait *a, const struct wait *b)
{
	return a->ns != b->ns ? a->ns < b->ns : a->seq < b->seq;
}

/* the heap */

static void place(struct due *d, uint32_t at, const struct wait *wait)
{
	d->heap[at] = *wait;
	d->where[wait->slot] = at;
}

static void sift_up(struct due *d, uint32_t at)
{
	struct wait wait = d->heap[at];

	while (at && sooner(&wait, &d->heap[(at - 1) / CHILDREN])) {
		place(d, at, &d->heap[(at - 1) / CHILDREN]);
		at = (at - 1) / CHILDREN;
	}
	place(d, at, &wait);
}

static uint32_t soonest_child(const struct due *d, uint32_t first)
{
	uint32_t end = first + CHILDREN < d->heaped ? first + CHILDREN : d->heaped, soonest = first;

	for (uint32_t child = first + 1; child < end; child++)
		if (sooner(&d->heap[child], &d->heap[soonest]))
			soonest = child;
	return soonest;
}

static void sift_down(struct due *d, uint32_t at)
{
	struct wait wait = d->heap[at];
	uint32_t child;

	while ((child = CHILDREN * at + 1) < d->heaped) {
		child = soonest_child(d, child);
		if (!sooner(&d->heap[child], &wait))
			break;
		place(d, at, &d->heap[child]);
		at = child;
	}
	place(d, at, &wait);
}

static void leave_heap(struct due *d, uint32_t at)
{
	struct wait last = d->heap[--d->heaped];

	if (at == d->heaped)
		return;
	place(d, at, &last);
	sift_up(d, at);
	sift_down(d, d->where[last.slot]);
}

/* the line */

static struct wait *in_line(const struct due *d, uint32_t number)
{
	return &d->line[number & d->mask];
}

static bool is_line_empty(const struct due *d)
{
	return d->head == d->tail;
}

/* Behind the last, where it is not due before him. */
static bool enter_line(struct due *d, const struct wait *wait)
{
	if (d->tail - d->head > d->mask || (!is_line_empty(d) && sooner(wait, in_line(d, d->tail - 1))))
		return false;
	*in_line(d, d->tail) = *wait;
	d->where[wait->slot] = IN_LINE | (d->tail++ & d->mask);
	return true;
}

static void leave_line(struct due *d, uint32_t at)
{
	d->line[at].slot = DUE_NONE;
	while (!is_line_empty(d) && in_line(d, d->head)->slot == DUE_NONE)
		d->head++;
	while (!is_line_empty(d) && in_line(d, d->tail - 1)->slot == DUE_NONE)
		d->tail--;
}

/* both */

static void find_first(struct due *d)
{
	const struct wait *first = is_line_empty(d) ? NULL : in_line(d, d->head);

	if (d->heaped && (!first || sooner(d->heap, first)))
		first = d->heap;
	d->first_slot = first ? first->slot : DUE_NONE;
	d->first_ns = first ? first->ns : UINT64_MAX;
}

static void enter(struct due *d, const struct wait *wait)
{
	if (enter_line(d, wait))
		return;
	place(d, d->heaped++, wait);
	sift_up(d, d->heaped - 1);
}

static void leave(struct due *d, uint32_t slot)
{
	uint32_t where = d->where[slot];

	if (where & IN_LINE)
		leave_line(d, where & ~IN_LINE);
	else
		leave_heap(d, where);
}

void due_add(struct due *d, uint32_t slot, uint64_t ns, uint64_t seq)
{
	enter(d, &(struct wait){.ns = ns, .seq = seq, .slot = slot});
	find_first(d);
}

void due_remove(struct due *d, uint32_t slot)
{
	leave(d, slot);
	d->where[slot] = DUE_NONE;
	find_first(d);
}

void due_move(struct due *d, uint32_t slot, uint64_t ns)
{
	uint32_t where = d->where[slot];
	struct wait wait = where & IN_LINE ? d->line[where & ~IN_LINE] : d->heap[where];

	leave(d, slot);
	wait.ns = ns;
	enter(d, &wait);
	find_first(d);
}

uint32_t due_first(const struct due *d)
{
	return d->first_slot;
}

uint64_t due_first_ns(const struct due *d)
{
	return d->first_ns;
}

uint32_t due_next(const struct due *d, uint32_t from)
{
	while (from < d->capacity && d->where[from] == DUE_NONE)
		from++;
	return from < d->capacity ? from : DUE_NONE;
}
