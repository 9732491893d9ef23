/* SPDX-License-Identifier: GPL-2.0 */
/*
 * doctor_accounting.h - rstwhy doctor --accounting: where every reset went
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_DOCTOR_ACCOUNTING_H
#define RSTWHY_DOCTOR_ACCOUNTING_H

#include "../daemon/accounting.h"
#include "../daemon/config.h"

#include <stdio.h>

/* What the JSON log holds, from where the daemon opened it. */
struct log_sums {
	bool same_file; /* the daemon writes to this one */
	bool whole;	/* nothing in front of that place has gone */
	uint64_t records, summaries; /* sums of count */
};

/* The lines of a log from an offset on, so many bytes of them: it grows meanwhile. Other kinds of records count nothing. */
void log_sums_read(FILE *log, uint64_t offset, uint64_t bytes, struct log_sums *sums);

/* The equation and what is wrong with it. Returns how many links are broken. log NULL: there is none to look at. */
unsigned int accounting_show(FILE *to, const struct accounting *a, const struct log_sums *log);

/* The whole command: the exit status. */
int accounting_examine(const struct config *config);

#endif
