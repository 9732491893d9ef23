// SPDX-License-Identifier: GPL-2.0
/*
 * state.c - fuzz: the file of what was learned
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "shown.h"

#include "../../userspace/learn/state.h"

#include <string.h>

#define PATHS 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct learn *learn = learn_new(PATHS, LEARN_HALF_LIFE_DAYS);
	char why[STATE_WHY_MAX] = "";

	must(learn);
	if (!state_parse((const char *)data, size, learn, why)) {
		must(why[0] && memchr(why, '\0', sizeof(why)));
		shown_message(why);
	}
	must(learn_count(learn) <= PATHS);
	for (size_t i = 0; i < learn_count(learn); i++) {
		const struct learn_entry *entry = learn_at(learn, i);
		struct path_bracket bracket = { 0 };

		must(entry->survived.peers <= BOUND_PEERS && entry->killed.peers <= BOUND_PEERS);
		must(memchr(entry->path.in, '\0', sizeof(entry->path.in)));
		learn_entry_bracket(learn, entry, 1795000000, &bracket);
		learn_survived(learn, &entry->path, 1, 350000, 1795000000);
		learn_killed(learn, &entry->path, 2, 360000, 1795000001);
	}
	learn_free(learn);
	return 0;
}
