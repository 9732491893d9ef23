// SPDX-License-Identifier: GPL-2.0
/*
 * tally_verdicts.c - what the latest verdicts were counted as, so that an amendment can take one back
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "tally_verdicts.h"

#include <stdlib.h>

/* One place for each hash: the later one stays. */
struct kept {
	uint64_t hash; /* 0: free */
	struct counted counted;
};

struct tally_verdicts {
	struct kept kept[TALLY_VERDICTS];
};

struct tally_verdicts *tally_verdicts_new(void)
{
	return calloc(1, sizeof(struct tally_verdicts));
}

void tally_verdicts_free(struct tally_verdicts *verdicts)
{
	free(verdicts);
}

/* Ids differ in their last digits: the sequence number. */
static uint64_t hash_of(const char *id)
{
	uint64_t hash = 0xcbf29ce484222325ULL;

	for (; *id; id++)
		hash = (hash ^ (unsigned char)*id) * 0x100000001b3ULL;
	hash ^= hash >> 29;
	return hash ? hash : 1;
}

void tally_verdicts_keep(struct tally_verdicts *verdicts, const char *id, const struct counted *counted)
{
	uint64_t hash = hash_of(id);

	if (id[0])
		verdicts->kept[hash % TALLY_VERDICTS] = (struct kept){ .hash = hash, .counted = *counted };
}

bool tally_verdicts_find(const struct tally_verdicts *verdicts, const char *id, struct counted *counted)
{
	uint64_t hash = hash_of(id);
	const struct kept *kept = &verdicts->kept[hash % TALLY_VERDICTS];

	*counted = kept->counted;
	return kept->hash == hash;
}

void tally_verdicts_forget(struct tally_verdicts *verdicts, const char *id)
{
	uint64_t hash = hash_of(id);
	struct kept *kept = &verdicts->kept[hash % TALLY_VERDICTS];

	if (kept->hash == hash)
		kept->hash = 0;
}
