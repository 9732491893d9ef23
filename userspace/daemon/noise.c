// SPDX-License-Identifier: GPL-2.0
/*
 * noise.c - a cap on records that nobody reads one by one
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "noise.h"

#include <stdlib.h>
#include <string.h>

#define SETS 256
#define WAYS 8

/* The current minute of one source and cause. */
struct minute {
	bool used;
	uint64_t begins_ns;
	uint64_t admitted;
	struct noise_summary held; /* its count: held back so far */
};

struct noise {
	noise_summary_fn *summary;
	void *user;
	unsigned int used; /* minutes; most ticks find none */
	struct minute minute[SETS][WAYS];
};

struct noise *noise_new(noise_summary_fn *summary, void *user)
{
	struct noise *noise = calloc(1, sizeof(*noise));

	if (noise) {
		noise->summary = summary;
		noise->user = user;
	}
	return noise;
}

void noise_free(struct noise *noise)
{
	free(noise);
}

/* FNV-1a; what collides shares eight places, no more. */
static unsigned int set_of(const struct noise_event *event)
{
	uint32_t hash = 2166136261U ^ (uint32_t)event->cause;

	for (size_t i = 0; i < sizeof(event->source); i++)
		hash = (hash ^ event->source[i]) * 16777619U;
	return (hash ^ hash >> 16) % SETS;
}

static bool is_of(const struct minute *minute, const struct noise_event *event)
{
	return minute->used && minute->held.cause == event->cause && minute->held.family == event->family &&
	       !memcmp(minute->held.source, event->source, sizeof(event->source));
}

static void end(struct noise *noise, struct minute *minute)
{
	if (minute->held.count > 0)
		noise->summary(noise->user, &minute->held);
	minute->used = false;
	noise->used--;
}

static void begin(struct noise *noise, struct minute *minute, const struct noise_event *event)
{
	noise->used++;
	*minute = (struct minute){
		.used = true,
		.begins_ns = event->boottime_ns,
		.held = { .family = event->family, .cause = event->cause },
	};
	memcpy(minute->held.source, event->source, sizeof(event->source));
}

/* The place of this source and cause: its own, a free one, or the one that began first. */
static struct minute *place(struct noise *noise, const struct noise_event *event)
{
	struct minute *set = noise->minute[set_of(event)];
	struct minute *best = &set[0];

	for (size_t i = 0; i < WAYS; i++)
		if (is_of(&set[i], event))
			return &set[i];
	for (size_t i = 0; i < WAYS && best->used; i++)
		if (!set[i].used || set[i].begins_ns < best->begins_ns)
			best = &set[i];
	if (best->used)
		end(noise, best);
	begin(noise, best, event);
	return best;
}

static bool is_over(const struct minute *minute, uint64_t boottime_ns)
{
	return minute->used && boottime_ns >= minute->begins_ns + NOISE_MINUTE_NS;
}

bool noise_admit(struct noise *noise, const struct noise_event *event)
{
	struct minute *minute = place(noise, event);

	if (is_over(minute, event->boottime_ns)) {
		end(noise, minute);
		begin(noise, minute, event);
	}
	if (minute->admitted < NOISE_PER_MINUTE) {
		minute->admitted++;
		return true;
	}
	if (minute->held.count == 0)
		minute->held.from_ns = event->realtime_ns;
	minute->held.count += event->count;
	minute->held.to_ns = event->realtime_ns;
	return false;
}

void noise_advance(struct noise *noise, uint64_t boottime_ns, bool flush)
{
	for (size_t set = 0; set < SETS && noise->used; set++)
		for (size_t way = 0; way < WAYS; way++) {
			struct minute *minute = &noise->minute[set][way];

			if (minute->used && (flush || is_over(minute, boottime_ns)))
				end(noise, minute);
		}
}

uint64_t noise_pending(const struct noise *noise)
{
	uint64_t pending = 0;

	for (size_t set = 0; set < SETS && noise->used; set++)
		for (size_t way = 0; way < WAYS; way++)
			pending += noise->minute[set][way].used ? noise->minute[set][way].held.count : 0;
	return pending;
}
