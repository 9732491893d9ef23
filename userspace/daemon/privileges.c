// SPDX-License-Identifier: GPL-2.0
/*
 * privileges.c - becoming somebody who may do little
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "privileges.h"

#include <cap-ng.h>
#include <errno.h>
#include <stddef.h>
#include <sys/prctl.h>

/* Whoever stays root must still be able to open logs that belong to the daemon's user. */
static const int kept[] = { CAP_NET_ADMIN, CAP_DAC_OVERRIDE };

/*
 * Staying who we are: of what we have, these and no more, in no set that a program started by us could have them from. The bounding
 * set takes CAP_SETPCAP to empty; systemd has done it where that is missing.
 */
static bool keep_few(void)
{
	bool have[sizeof(kept) / sizeof(kept[0])], may_bound;
	capng_select_t sets;

	if (capng_get_caps_process() != 0)
		return false;
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		have[i] = capng_have_capability(CAPNG_PERMITTED, (unsigned int)kept[i]);
	may_bound = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);
	sets = may_bound ? CAPNG_SELECT_ALL : CAPNG_SELECT_CAPS | CAPNG_SELECT_AMBIENT;
	capng_clear(sets);
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (have[i] && capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, (unsigned int)kept[i]) != 0)
			return false;
	return capng_apply(sets) == 0;
}

bool privileges_drop(const struct identity *identity)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return false;
	errno = EPERM;
	if (identity->stay)
		return keep_few();
	capng_clear(CAPNG_SELECT_BOTH);
	return capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_NET_ADMIN) == 0 &&
	       capng_change_id((int)identity->uid, (int)identity->gid, CAPNG_INIT_SUPP_GRP | CAPNG_CLEAR_BOUNDING) == 0;
}
