// SPDX-License-Identifier: GPL-2.0
/*
 * tally_rank.c - the worst places of a tally
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "tally.h"

#include <string.h>

uint64_t tally_harm(const struct tally_place *place)
{
	uint64_t harm = 0;

	for (enum cause_class class = 0; class < AGES_CLASSES; class++)
		harm += class == CLASS_NOISE ? 0 : place->classes[class];
	return harm;
}

size_t tally_main_cause(const struct tally_place *place)
{
	size_t most = TALLY_OTHER;

	for (size_t cause = 0; cause < CAUSE_COUNT; cause++)
		if (cause_text((enum cause)cause)->class != CLASS_NOISE && place->causes[cause] > place->causes[most])
			most = cause;
	return most;
}

/* Whether a comes before b: more harm, and by key where that is equal, so that the order is the same each time. */
static bool before(const struct tally_ranked *a, const struct tally_ranked *b)
{
	uint64_t x = tally_harm(a->place), y = tally_harm(b->place);

	return x != y ? x > y : strcmp(a->key, b->key) < 0;
}

size_t tally_rank(const struct heavy *places, struct tally_ranked *ranked, size_t room)
{
	size_t count = 0;

	for (size_t slot = 0; room && slot < heavy_slots(places); slot++) {
		struct tally_ranked one = { NULL, NULL };
		size_t at;

		one.place = heavy_at(places, slot, &one.key);
		if (!one.place || tally_harm(one.place) == 0 || (count == room && !before(&one, &ranked[count - 1])))
			continue;
		count += count < room;
		for (at = count - 1; at > 0 && before(&one, &ranked[at - 1]); at--)
			ranked[at] = ranked[at - 1];
		ranked[at] = one;
	}
	return count;
}
