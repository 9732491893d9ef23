// SPDX-License-Identifier: GPL-2.0
/*
 * rules_noise.c - RSTs that killed nothing
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "rules.h"
#include "tcpstate.h"

bool when_ignored(const struct facts *f)
{
	return f->went_on;
}

/* A receiver drops it unread. RSTs that leave this host may be summed by the hardware later: only those in transit count. */
bool when_bad_checksum(const struct facts *f)
{
	return f->ev->csum == RSTWHY_CSUM_BAD && f->ev->by == RSTWHY_BY_TRANSIT;
}

bool when_duplicate(const struct facts *f)
{
	return f->reset_before && f->repeats;
}

bool when_after_reset(const struct facts *f)
{
	return f->reset_before;
}

static bool closed_by_conntrack(const struct facts *f)
{
	return !f->known && (f->ct->flags & RSTWHY_CT_FOUND) && f->ev->by != RSTWHY_BY_GATEWAY_REJECT &&
	       (f->ct->state_before == TCPSTATE_TIME_WAIT || f->ct->state_before == TCPSTATE_CLOSE);
}

bool when_after_close(const struct facts *f)
{
	return f->shape != SHAPE_REFUSING && (f->both_closed || closed_by_conntrack(f));
}

/*
 * Below what the peer has acknowledged: no receiver takes it (RFC 5961 section 3.2). Above its window: likewise, if we have seen
 * all. After a FIN an older number is that of a segment under way, and a newer one follows: not judged here.
 */
bool when_out_of_window(const struct facts *f)
{
	enum seq_match match = facts_seq_match(f);

	if (!f->known || f->ev->by != RSTWHY_BY_TRANSIT || f->fin_self || f->shape == SHAPE_REFUSING)
		return false;
	if (match == SEQ_BELOW)
		return true;
	return match == SEQ_ABOVE && !f->hidden && (f->mem->flags & RSTWHY_MEM_HANDSHAKE);
}

void tell_ignored(const struct facts *f, struct verdict *v)
{
	if (aftermath_saw(f, RSTWHY_AFTER_PEER_ACK))
		say(v, "%s acknowledged what %s sent after the RST: the connection lives", peer_side(f), resetting_side(f));
	else
		say(v, "both sides went on talking after the RST had reached %s: the connection lives", peer_side(f));
	say_marks(f, v);
	if (f->marks & MARKS_BOX || f->sender_alive)
		verdict_also(v, CAUSE_INJECTED);
}

void tell_bad_checksum(const struct facts *f, struct verdict *v)
{
	(void)f;
	say(v, "its TCP checksum is wrong: the receiver drops it");
}

void tell_duplicate(const struct facts *f, struct verdict *v)
{
	if (f->known && f->mem->reset_count)
		say(v, "%s reset this connection %s before already, and nothing has moved since", resetting_side(f),
		    duration((double)f->mem->reset_ms).s);
	else
		say(v, "the same side reset this connection moments before");
}

void tell_after_reset(const struct facts *f, struct verdict *v)
{
	if (f->known && f->mem->reset_count)
		say(v, "the connection had been reset %s before; this RST answers a leftover of it",
		    duration((double)f->mem->reset_ms).s);
	else
		say(v, "the connection had been reset moments before; this RST answers a leftover of it");
}

void tell_after_close(const struct facts *f, struct verdict *v)
{
	if (f->both_closed)
		say(v, "both sides had closed and all their data was acknowledged");
	else
		say(v, "conntrack had seen the connection close");
}

void tell_out_of_window(const struct facts *f, struct verdict *v)
{
	if (facts_seq_match(f) == SEQ_BELOW)
		say(v, "its sequence number is %u below what %s has acknowledged already: the receiver ignores it",
		    f->mem->ack[f->pd] - f->seg->seq, peer_side(f));
	else
		say(v, "its sequence number lies beyond what %s would take: the receiver ignores it", peer_side(f));
	say_marks(f, v);
	if (f->marks & MARKS_BOX)
		verdict_also(v, CAUSE_INJECTED);
}
