/* SPDX-License-Identifier: GPL-2.0 */
/*
 * status.h - the daemon's side of the accounting, in a file
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * status.file is replaced whole each time that something has changed, at most once a second, and at the end. It holds the module's epoch:
 * whoever may read it can read the log.
 */
#ifndef RSTWHY_STATUS_H
#define RSTWHY_STATUS_H

#include "accounting.h"
#include "identity.h"
#include "module_state.h"

struct serve;

/* Begins as all zero. */
struct status {
	struct accounting base, last, module;
	bool have_base;
	bool told; /* that it cannot be written */
};

/* The directory of status.file, where it is missing and we may make it: of that user. Nothing is said; writing will tell. */
void status_prepare(const char *file, const struct identity *identity);

/* The module's counters, just taken in. The first ones, and the first after it was loaded again, are where the counting begins. */
void status_look(struct serve *serve, const struct module_state *state);

/* The end: what is held has been written. */
void status_end(struct serve *serve);

#endif
