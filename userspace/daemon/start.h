/* SPDX-License-Identifier: GPL-2.0 */
/*
 * start.h - what is said and looked at when the daemon starts
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_START_H
#define RSTWHY_START_H

#include "config.h"
#include "module_state.h"

#include <stdint.h>

/* Why the group could not be bound, from errno. */
void start_tell_bind_error(uint32_t group, int error);

/* What will make the log poorer than it could be: conntrack off, the module disabled here or sending to another group. */
void start_tell_limits(const struct config *config, const struct module_state *state);

/* The inode number of our network namespace, as evidence bears it; 0 not known. */
uint32_t start_netns(void);

#endif
