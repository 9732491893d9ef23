/* SPDX-License-Identifier: GPL-2.0 */
/*
 * observer.h - captured packets through the module's flow memory, as the module's hooks would have seen them
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * The events are those of a gateway without conntrack (RSTWHY_CT_OFF: timeouts and conntrack's state are not known). Who made a RST:
 * "transit", or "unseen" where the capturing host itself sent it: its ruleset, its stack and its programs look alike from outside.
 * Evidence time is the capture's, and never goes back.
 */
#ifndef RSTWHY_OBSERVER_H
#define RSTWHY_OBSERVER_H

#include "link.h"

#include "../engine/event.h"

struct observer; /* opaque, by observer_new() and observer_free() */

typedef void observer_event_fn(void *user, const struct event *event);

struct observer_counts {
	uint64_t segments; /* TCP, copies not counted */
	uint64_t copies;
	uint64_t other;	    /* not TCP, or a later fragment */
	uint64_t malformed; /* TCP or IP that cannot be, or cut within its headers */
	uint64_t resets;
	uint64_t refused; /* flows that found no room in the memory */
	uint64_t by_host; /* RSTs that the capturing host made */
};

/* flows: how many are remembered at once, at least 4. NULL: no memory. */
struct observer *observer_new(uint32_t flows, observer_event_fn *event, void *user);
void observer_free(struct observer *observer);

void observer_packet(struct observer *observer, const struct link_packet *packet, uint64_t realtime_ns);

struct observer_counts observer_counts(const struct observer *observer);

#endif
