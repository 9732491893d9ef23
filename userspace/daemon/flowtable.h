/* SPDX-License-Identifier: GPL-2.0 */
/*
 * flowtable.h - which devices have a flowtable of nftables, told to the module
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * What a flowtable takes passes none of the module's ordinary hooks; for its devices the module has one that is ahead of it.
 */
#ifndef RSTWHY_FLOWTABLE_H
#define RSTWHY_FLOWTABLE_H

#include <stdbool.h>

struct flowtable;

/* To be called with CAP_NET_ADMIN, which is kept. NULL: errno tells. Closed by flowtable_close(). */
struct flowtable *flowtable_open(void);

/* May be NULL. */
void flowtable_close(struct flowtable *flowtable);

/*
 * Ask nftables which devices have one, and bring the module into line; every second. Where no flowtable was ever made since boot this
 * is one look at /sys; a flowtable that is @built_in (module_state.h) is not seen there and always asked for. NULL: nothing. What goes wrong
 * is announced once.
 */
void flowtable_tick(struct flowtable *flowtable, bool built_in);

#endif
