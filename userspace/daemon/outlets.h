/* SPDX-License-Identifier: GPL-2.0 */
/*
 * outlets.h - where records go beside the log files: syslog, the journal, the counts for Prometheus
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_OUTLETS_H
#define RSTWHY_OUTLETS_H

#include "config.h"
#include "metrics.h"

struct outlets; /* opaque, by outlets_new() and outlets_free() */

/* Nothing is open yet; records are counted all the same. NULL: no memory. */
struct outlets *outlets_new(void);
void outlets_free(struct outlets *outlets);

/*
 * Open what the configuration names, or open it again. A reader that is not there yet is no error. False: *path could not be opened,
 * errno tells; what was open stays.
 */
bool outlets_open(struct outlets *outlets, const struct config *config, const char **path);

/* Hand the record on. Where records were missed before, their reader is told first (a record of kind loss, where "syslog" or "journal"). */
void outlets_write(struct outlets *outlets, const struct record *record);

const struct metrics *outlets_metrics(const struct outlets *outlets);

#endif
