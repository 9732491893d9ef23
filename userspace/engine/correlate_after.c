// SPDX-License-Identifier: GPL-2.0
/*
 * correlate_after.c - what follows a RST that is held
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "correlate_core.h"

/*
 * A segment that the RST overtook on the way brings nothing beyond the RST's own number, nor does its acknowledgement. The number
 * of an answer to a SYN is 0 and says nothing.
 */
static bool below_reset(const struct held_slot *s, const struct event *event)
{
	const struct segment *seg = &s->incident.first.seg;
	uint32_t rst = seg->seq;

	if (!rst && (seg->flags & SEG_ACK))
		return false;
	if (event->ev.after == RSTWHY_AFTER_SENDER_DATA)
		return !seq_after(event->seg.end, rst);
	if (event->ev.after == RSTWHY_AFTER_PEER_ACK)
		return !seq_after(event->seg.ack, rst);
	return false;
}

/* It acknowledges more than its side had when the RST passed, and more than the RST itself: that side lives. */
static bool acknowledges_on(const struct held_slot *s, const struct event *event)
{
	const struct rstwhy_memory *mem = &s->incident.first.ev.mem;
	const struct segment *rst = &s->incident.first.seg;
	bool known = (mem->flags & RSTWHY_MEM_KNOWN) && mem->direction <= RSTWHY_DIR_REPLY;

	if (known && !rst->seq && (rst->flags & SEG_ACK) && (event->seg.flags & SEG_SYN))
		return event->ev.after == RSTWHY_AFTER_SENDER_SEGMENT; /* what the RST refused it accepts */
	if (!known || !(event->seg.flags & SEG_ACK) || event->ev.after == RSTWHY_AFTER_PEER_SEGMENT)
		return false;
	if ((rst->flags & SEG_ACK) && !seq_after(event->seg.ack, rst->ack))
		return false;
	return seq_after(event->seg.ack, mem->ack[mem->direction]);
}

void correlate_after(struct correlate *c, const struct event *event)
{
	unsigned int what = event->ev.after;
	struct held_slot *s;
	struct flowkeys keys;
	uint64_t first;
	uint32_t index;

	flowkeys_of(event, c->seed, &keys);
	index = held_find_seq(c->held, &keys, event->ev.ref_seq);
	if (index == HELD_NONE || !what || what >= sizeof(s->incident.after_ms) / sizeof(s->incident.after_ms[0]))
		return;
	s = held_at(c->held, index);
	if (s->incident.after_seen & (1U << what))
		return;
	first = s->incident.first.ev.boottime_ns;
	s->incident.after_seen |= 1U << what;
	s->incident.after_below |= below_reset(s, event) ? 1U << what : 0;
	s->incident.after_live |= acknowledges_on(s, event) ? 1U << what : 0;
	s->incident.after_ms[what] = event->ev.boottime_ns > first ? (event->ev.boottime_ns - first) / NS_PER_MS : 0;
	correlate_judge_again(c, index);
}
