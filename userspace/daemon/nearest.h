/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nearest.h - which of the known words was meant
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_NEAREST_H
#define RSTWHY_NEAREST_H

#include <stddef.h>

/* How many single-letter changes make b of a; texts beyond 63 letters are compared by their beginning. */
size_t nearest_distance(const char *a, const char *b);

#endif
