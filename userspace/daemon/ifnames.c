// SPDX-License-Identifier: GPL-2.0
/*
 * ifnames.c - interface names by index, remembered
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "ifnames.h"

#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#define PLACES 64
#define FRESH_NS 5000000000ULL

struct place {
	uint32_t index; /* 0: free */
	uint64_t looked_ns;
	char name[IF_NAMESIZE];
};

struct ifnames {
	struct place place[PLACES];
};

struct ifnames *ifnames_new(void)
{
	return calloc(1, sizeof(struct ifnames));
}

void ifnames_free(struct ifnames *names)
{
	free(names);
}

const char *ifnames_get(struct ifnames *names, uint32_t index, uint64_t now_ns)
{
	struct place *place = &names->place[index % PLACES];
	char name[IF_NAMESIZE];

	if (index == 0)
		return "";
	if (place->index == index && now_ns < place->looked_ns + FRESH_NS)
		return place->name;
	if (place->index != index)
		*place = (struct place){ .index = index };
	place->looked_ns = now_ns;
	if (if_indextoname(index, name))
		memcpy(place->name, name, sizeof(name));
	return place->name;
}
