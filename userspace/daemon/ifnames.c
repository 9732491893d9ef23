// SPDX-License-Identifier: GPL-2.0
/*
 * ifnames.c - interface names by index, remembered
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "ifnames.h"

#include <net/if.h>
#include <stdio.h>
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
	ifnames_look_fn *look;
	ifnames_news_fn *news;
	void *user;
	struct place place[PLACES];
};

struct ifnames *ifnames_new(ifnames_look_fn *look, ifnames_news_fn *news, void *user)
{
	struct ifnames *names = calloc(1, sizeof(*names));

	if (names)
		*names = (struct ifnames){ .look = look, .news = news, .user = user };
	return names;
}

void ifnames_free(struct ifnames *names)
{
	free(names);
}

void ifnames_set(struct ifnames *names, uint32_t index, const char *name)
{
	struct place *place = &names->place[index % PLACES];

	*place = (struct place){ .index = index };
	snprintf(place->name, sizeof(place->name), "%s", name);
}

/* What is found is told when it is news; what is gone keeps its name. */
static void look(struct ifnames *names, struct place *place)
{
	char name[IF_NAMESIZE] = "";

	if (!names->look(place->index, name) || !strcmp(name, place->name))
		return;
	memset(place->name, 0, sizeof(place->name));
	memcpy(place->name, name, strnlen(name, sizeof(name) - 1));
	names->news(names->user, place->index, place->name);
}

const char *ifnames_get(struct ifnames *names, uint32_t index, uint64_t now_ns)
{
	static const char none[IF_NAMESIZE] = "";
	struct place *place = &names->place[index % PLACES];

	if (index == 0 || (place->index != index && !names->look))
		return none;
	if (place->index == index && (!names->look || now_ns < place->looked_ns + FRESH_NS))
		return place->name;
	if (place->index != index)
		*place = (struct place){ .index = index };
	place->looked_ns = now_ns;
	look(names, place);
	return place->name;
}
