// SPDX-License-Identifier: GPL-2.0
/*
 * privileges.c - becoming somebody who may do little
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "privileges.h"

#include <cap-ng.h>
#include <errno.h>
#include <sys/prctl.h>

bool privileges_drop(const struct identity *identity)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return false;
	if (identity->stay)
		return true;
	capng_clear(CAPNG_SELECT_BOTH);
	errno = EPERM;
	return capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_NET_ADMIN) == 0 &&
	       capng_change_id((int)identity->uid, (int)identity->gid, CAPNG_INIT_SUPP_GRP | CAPNG_CLEAR_BOUNDING) == 0;
}
