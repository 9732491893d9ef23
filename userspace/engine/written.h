/* SPDX-License-Identifier: GPL-2.0 */
/*
 * written.h - the incidents handed out lately, in case a later finding amends one
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * As many as there are places, by number; a newer one takes an older one's place, when that was kept for half a second: in a flood some are
 * kept for as long as they are of use, rather than all for no time. Nothing is copied: rooms change hands between all tables of one
 * correlator, which are freed together.
 */
#ifndef RSTWHY_WRITTEN_H
#define RSTWHY_WRITTEN_H

#include "verdict.h"

struct written; /* opaque */

/* NULL without memory. */
struct written *written_new(uint32_t capacity);
void written_free(struct written *w);
/*
 * The incident stays where it is and is kept from now on (evidence time), and the room of the one whose place it takes is returned: it is the
 * caller's instead. Not may_be_amended, or the place is not free yet: the incident itself is returned; one kept under the same number is
 * forgotten.
 */
struct incident *written_put(struct written *w, struct incident *incident, enum cause cause, bool may_be_amended, uint64_t now_ns);
/* The incident of that number in the event's namespace; NULL when it is gone. *cause points to what was found last. */
struct incident *written_get(struct written *w, const struct event *event, uint64_t seq, enum cause **cause);

#endif
