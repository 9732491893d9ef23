/* SPDX-License-Identifier: GPL-2.0 */
/*
 * written.h - the incidents handed out lately, in case a later finding amends one
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * As many as there are places, by number; a newer one takes an older one's place.
 */
#ifndef RSTWHY_WRITTEN_H
#define RSTWHY_WRITTEN_H

#include "verdict.h"

struct written; /* opaque */

/* NULL without memory. */
struct written *written_new(uint32_t capacity);
void written_free(struct written *w);
/* may_be_amended: else only the place is taken. */
void written_put(struct written *w, const struct incident *incident, enum cause cause, bool may_be_amended);
/* The incident of that number in the event's namespace; NULL when it is gone. *cause points to what was found last. */
struct incident *written_get(struct written *w, const struct event *event, uint64_t seq, enum cause **cause);

#endif
