/* SPDX-License-Identifier: GPL-2.0 */
/*
 * announce.h - what the daemon says to whoever runs it, on standard error
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_ANNOUNCE_H
#define RSTWHY_ANNOUNCE_H

/* "rstwhyd: ..." and a newline. */
__attribute__((format(printf, 1, 2))) void announce(const char *format, ...);

#endif
