/* SPDX-License-Identifier: GPL-2.0 */
/*
 * since.h - a moment, as people write one
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_SINCE_H
#define RSTWHY_SINCE_H

#include <stdbool.h>
#include <stdint.h>

/* For errors: what since_parse() takes. */
#define SINCE_ALLOWED "90s, 10m, 2h, 3d or 1w (ago); 10:30, today, yesterday; 2026-11-22, 2026-11-22T10:30[:05] (UTC)"

/* text into nanoseconds since 1970; now_ns is what "ago" and "today" go by. False: it is none of those. Pure. */
bool since_parse(const char *text, uint64_t now_ns, uint64_t *ns);

#endif
