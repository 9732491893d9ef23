/* SPDX-License-Identifier: GPL-2.0 */
/*
 * identity.h - who to be when touching files
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_IDENTITY_H
#define RSTWHY_IDENTITY_H

#include <stdbool.h>
#include <sys/types.h>

/* Who to become. */
struct identity {
	bool stay; /* nobody else: not root now, or meant to stay root */
	uid_t uid;
	gid_t gid;
	char name[256];
};

/* Look the user up. False: there is no such user. A process that is not root stays what it is. */
bool identity_find(const char *user, struct identity *identity);

/* Act as that user on files for a moment, and be root again. False: errno tells. */
bool identity_borrow(const struct identity *identity);
bool identity_return(const struct identity *identity);

#endif
