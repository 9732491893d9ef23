// SPDX-License-Identifier: GPL-2.0
/*
 * rules_unknown.c - what no rule decides, with the causes that it fits
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "rules.h"

bool when_no_history(const struct facts *f)
{
	return !f->known;
}

bool when_offloaded(const struct facts *f)
{
	return (f->mem->flags & RSTWHY_MEM_BLIND) || f->offloaded;
}

bool when_always(const struct facts *f)
{
	(void)f;
	return true;
}

void tell_no_history(const struct facts *f, struct verdict *v)
{
	if (f->ct->flags & RSTWHY_CT_FOUND)
		say(v, "conntrack knows the connection, the flow memory does not: nothing but this RST was seen of it");
	else
		say(v, "neither conntrack nor the flow memory knows the connection");
	if (f->shape == SHAPE_REFUSING) {
		verdict_also(v, CAUSE_REFUSED);
		verdict_also(v, CAUSE_BACKSCATTER);
	} else if (f->shape == SHAPE_ACTIVE) {
		verdict_also(v, CAUSE_ABORT);
	} else {
		verdict_also(v, f->ev->by == RSTWHY_BY_GATEWAY_STACK ? CAUSE_GATEWAY_FAILOVER : CAUSE_HOST_LOST);
		verdict_also(v, CAUSE_AFTER_CLOSE);
		if (f->ct->flags & RSTWHY_CT_INVALID)
			verdict_also(v, CAUSE_BACKSCATTER);
	}
}

static bool idle_long(const struct facts *f)
{
	return f->gap.from != GAP_UNKNOWN && f->gap.max_ms >= (double)f->settings->idle_min_ms;
}

static void say_gap(const struct facts *f, struct verdict *v)
{
	if (f->gap.from == GAP_BURST && f->burst_by_peer)
		say(v, "silent %s, then a segment of %s, then the RST %s later", duration(f->gap.ms).s, peer_side(f),
		    duration((double)f->mem->burst_first_us / 1000.0).s);
	else if (f->gap.from == GAP_BURST)
		say(v, "silent %s, then %u segments of %s without an answer, then its RST", duration(f->gap.ms).s,
		    f->mem->burst_copies, resetting_side(f));
	else if (f->gap.from == GAP_SILENCE && f->gap.blind)
		say(v, "the last segment that did not pass in a fast path was seen %s before", duration(f->gap.ms).s);
	else if (f->gap.from == GAP_SILENCE)
		say(v, "silent %s, then a RST that no segment elicited", duration(f->gap.ms).s);
	else if (f->elicited)
		say(v, "the RST answers a segment of %s in a connection that was not idle", peer_side(f));
}

static void passive_candidates(const struct facts *f, struct verdict *v)
{
	if (f->fin_self)
		verdict_also(v, CAUSE_LATE_DATA);
	if (f->rd == f->opener && !(f->mem->flags & RSTWHY_MEM_COMPLETED) &&
	    (f->mem->flags & (RSTWHY_MEM_HANDSHAKE | RSTWHY_MEM_SYN_PENDING))) {
		verdict_also(v, CAUSE_PROBE);
		verdict_also(v, CAUSE_CONNECT_ABANDONED);
		return;
	}
	if (idle_long(f))
		verdict_also(v, f->gap.from == GAP_BURST ? CAUSE_REMOTE_ON_NEXT_PACKET : CAUSE_REMOTE_AT_EXPIRY);
	if (f->elicited || f->burst_by_peer)
		verdict_also(v, CAUSE_HOST_LOST);
	if (f->picked_up) /* NAT on its way to us may have forgotten it, and given it another port */
		verdict_also(v, CAUSE_REMOTE_ON_NEXT_PACKET);
	if (!f->elicited && !f->burst_by_peer)
		verdict_also(v, CAUSE_INJECTED);
	verdict_also(v, CAUSE_REMOTE_POLICY);
}

static void active_candidates(const struct facts *f, struct verdict *v)
{
	if (f->marks & MARKS_BOX) {
		verdict_also(v, CAUSE_REMOTE_POLICY);
		verdict_also(v, CAUSE_INJECTED);
		return;
	}
	if (idle_long(f) && f->gap.from == GAP_SILENCE)
		verdict_also(v, CAUSE_ENDPOINT_TIMER);
	verdict_also(v, CAUSE_ABORT);
	if (idle_long(f) && f->burst_by_peer)
		verdict_also(v, CAUSE_REMOTE_ON_NEXT_PACKET);
	else if (idle_long(f) && !f->continuous)
		verdict_also(v, CAUSE_REMOTE_AT_EXPIRY);
	verdict_also(v, CAUSE_CRASH);
	if (f->incident->have_echo)
		verdict_also(v, CAUSE_REMOTE_POLICY);
}

void tell_candidates(const struct facts *f, struct verdict *v)
{
	say_gap(f, v);
	if (f->sender_alive) {
		say(v, "%s went on after the RST: somebody else sent it in its name", resetting_side(f));
		verdict_also(v, CAUSE_INJECTED);
		verdict_also(v, CAUSE_REMOTE_POLICY);
	}
	if (f->lost)
		verdict_also(v, CAUSE_GATEWAY_FLUSHED);
	if ((f->mem->flags & RSTWHY_MEM_MIDSTREAM) && f->translated)
		verdict_also(v, CAUSE_GATEWAY_FAILOVER);
	if (f->shape == SHAPE_REFUSING) {
		verdict_also(v, CAUSE_REFUSED);
		verdict_also(v, CAUSE_REMOTE_CONNECT);
	} else if (f->shape == SHAPE_PASSIVE) {
		passive_candidates(f, v);
	} else {
		active_candidates(f, v);
	}
	say_marks(f, v);
	say_hidden(f, v);
	if (!v->evidence_count)
		say(v, "what was seen of the connection decides between none of the causes that it fits");
}
