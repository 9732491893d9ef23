/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ifnames.h - interface names by index, remembered
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * An interface may be renamed or gone by the time its name is wanted: names are looked up again every few seconds, and the last
 * known one serves when there is none any more. In a replay nothing is looked up: the recording tells the names.
 */
#ifndef RSTWHY_IFNAMES_H
#define RSTWHY_IFNAMES_H

#include <net/if.h>
#include <stdint.h>

struct ifnames; /* opaque, by ifnames_new() and ifnames_free() */

/* The name of an interface, as if_indextoname(). */
typedef char *ifnames_look_fn(unsigned int index, char *name);
/* An interface is named so from now on. */
typedef void ifnames_news_fn(void *user, uint32_t index, const char *name);

/* look: NULL names nothing. NULL: no memory. */
struct ifnames *ifnames_new(ifnames_look_fn *look, ifnames_news_fn *news, void *user);
void ifnames_free(struct ifnames *names);

/* What ifnames_news_fn told in another run. */
void ifnames_set(struct ifnames *names, uint32_t index, const char *name);

/*
 * Never NULL: "" for index 0 and for an interface never seen. IF_NAMESIZE bytes, zeros behind the name, so that it is copied as a whole.
 * Valid until the next call.
 */
const char *ifnames_get(struct ifnames *names, uint32_t index, uint64_t now_ns);

#endif
