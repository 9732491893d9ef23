/* SPDX-License-Identifier: GPL-2.0 */
/*
 * privileges.h - becoming somebody who may do little
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_PRIVILEGES_H
#define RSTWHY_PRIVILEGES_H

#include "identity.h"

/*
 * For good: that user, with CAP_NET_ADMIN alone; whoever stays root keeps CAP_DAC_OVERRIDE too, to open logs that belong to another.
 * No new privileges. False: errno tells.
 */
bool privileges_drop(const struct identity *identity);

#endif
