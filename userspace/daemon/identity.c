// SPDX-License-Identifier: GPL-2.0
/*
 * identity.c - who to be when touching files
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "identity.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool identity_find(const char *user, struct identity *identity)
{
	struct passwd *entry;

	*identity = (struct identity){ .stay = geteuid() != 0 || !strcmp(user, "root") };
	if (identity->stay)
		return true;
	entry = getpwnam(user);
	if (!entry)
		return false;
	identity->uid = entry->pw_uid;
	identity->gid = entry->pw_gid;
	identity->stay = entry->pw_uid == 0;
	snprintf(identity->name, sizeof(identity->name), "%s", user);
	return true;
}

bool identity_borrow(const struct identity *identity)
{
	if (identity->stay)
		return true;
	return initgroups(identity->name, identity->gid) == 0 && setegid(identity->gid) == 0 && seteuid(identity->uid) == 0;
}

bool identity_return(const struct identity *identity)
{
	if (identity->stay)
		return true;
	return seteuid(0) == 0 && setegid(0) == 0 && setgroups(0, NULL) == 0;
}
