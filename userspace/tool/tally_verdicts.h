/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tally_verdicts.h - what the latest verdicts were counted as, so that an amendment can take one back
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * A fixed number; an amendment comes within seconds of what it amends.
 */
#ifndef RSTWHY_TALLY_VERDICTS_H
#define RSTWHY_TALLY_VERDICTS_H

#include <stdbool.h>
#include <stdint.h>

#define TALLY_VERDICTS 65536

/* What one verdict was counted as. */
struct counted {
	uint8_t class; /* enum cause_class */
	uint8_t cause; /* enum cause, or TALLY_OTHER */
	int16_t bar;   /* gaps_bar(); negative: none */
};

struct tally_verdicts; /* opaque */

/* NULL: no memory. */
struct tally_verdicts *tally_verdicts_new(void);
void tally_verdicts_free(struct tally_verdicts *verdicts);

void tally_verdicts_keep(struct tally_verdicts *verdicts, const char *id, const struct counted *counted);

/* False: it is not there any more, or never was. */
bool tally_verdicts_find(const struct tally_verdicts *verdicts, const char *id, struct counted *counted);

void tally_verdicts_forget(struct tally_verdicts *verdicts, const char *id);

#endif
