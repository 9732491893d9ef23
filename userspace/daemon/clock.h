/* SPDX-License-Identifier: GPL-2.0 */
/*
 * clock.h - the two clocks that evidence is stamped with
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_CLOCK_H
#define RSTWHY_CLOCK_H

#include <stdint.h>

uint64_t clock_boottime_ns(void);
uint64_t clock_realtime_ns(void);

#endif
