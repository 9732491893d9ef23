/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ifnames.h - interface names by index, remembered
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * An interface may be renamed or gone by the time its name is wanted: names are looked up again every few seconds, and the last
 * known one serves when there is none any more.
 */
#ifndef RSTWHY_IFNAMES_H
#define RSTWHY_IFNAMES_H

#include <stdint.h>

struct ifnames; /* opaque, by ifnames_new() and ifnames_free() */

struct ifnames *ifnames_new(void);
void ifnames_free(struct ifnames *names);

/* Never NULL: "" for index 0 and for an interface never seen. Valid until the next call. */
const char *ifnames_get(struct ifnames *names, uint32_t index, uint64_t now_ns);

#endif
