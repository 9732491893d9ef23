/* SPDX-License-Identifier: GPL-2.0 */
/*
 * progress.h - a line that tells how far a long reading is
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * On standard error when that is a terminal, twice a second, for files of PROGRESS_LEAST bytes or more (or of unknown size).
 */
#ifndef RSTWHY_PROGRESS_H
#define RSTWHY_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#define PROGRESS_LEAST 67108864U

struct progress {
	bool on;
	bool shown;
	uint64_t size; /* 0: not known */
	uint64_t calls;
	uint64_t next_ns;
};

void progress_begin(struct progress *progress, uint64_t size);
/* Cheap: most calls do nothing. */
void progress_at(struct progress *progress, uint64_t position, uint64_t records);
/* Takes the line away: something else is to be printed. */
void progress_clear(struct progress *progress);

#endif
