// SPDX-License-Identifier: GPL-2.0
/*
 * rules_noise.c - RSTs that killed nothing
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "rules.h"
#include "tcpstate.h"

#define ANSWER_MOST_MS 3500.0	 /* an answer to a SYN, a link address to be found on the way included */
#define SILENT_MOST_MS 7440000.0 /* few boxes keep a silent connection longer (RFC 5382: two hours and four minutes at least) */

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
	enum seq_match match = f->seq_match;

	if (!f->known || f->ev->by != RSTWHY_BY_TRANSIT || f->fin_self || f->shape == SHAPE_REFUSING)
		return false;
	if (match == SEQ_BELOW)
		return true;
	return match == SEQ_ABOVE && !f->hidden && (f->mem->flags & RSTWHY_MEM_HANDSHAKE);
}

/*
 * It is forwarded no farther, and so kills nobody, though our own conntrack believes it (HAProxy's silent-drop). Not where that side's
 * segments always come so: those are for the gateway itself. Where a capture was taken is not known.
 */
bool when_ttl_ends(const struct facts *f)
{
	return f->ev->by == RSTWHY_BY_TRANSIT && f->seg->ttl <= 1 && (f->marks & MARK_TTL) && !(f->ct->flags & RSTWHY_CT_OFF);
}

void tell_ttl_ends(const struct facts *f, struct verdict *v)
{
	say(v, "its TTL ends here: it never came to %s", peer_side(f));
	say_marks(f, v);
	verdict_also(v, CAUSE_INJECTED);
	if (f->shape == SHAPE_ACTIVE && !f->sender_alive) /* a socket may be closed all the same at its own end */
		verdict_also(v, CAUSE_ABORT);
}

/* The client is in SYN-SENT, where a RST counts only if it acknowledges the SYN (RFC 9293 section 3.10.7.3). */
bool when_no_refusal(const struct facts *f)
{
	uint32_t begun = RSTWHY_MEM_SYN_PENDING | RSTWHY_MEM_SYN_REUSE | RSTWHY_MEM_HANDSHAKE;

	return f->known && f->ev->by == RSTWHY_BY_TRANSIT && (f->mem->flags & begun) == RSTWHY_MEM_SYN_PENDING &&
	       f->mem->syn_dir == f->pd && f->mem->last_ms[f->rd] == RSTWHY_NEVER && f->shape == SHAPE_PASSIVE;
}

void tell_no_refusal(const struct facts *f, struct verdict *v)
{
	say(v, "%s waits for an answer to its SYN and ignores a RST that does not acknowledge that", peer_side(f));
	say_marks(f, v);
	verdict_also(v, CAUSE_REMOTE_CONNECT);
}

/* What it answers would have passed here, had it come from here. An older module does not say how long it has watched. */
static bool watched_for(const struct facts *f, double ms)
{
	return !f->ev->watched_ms || (double)f->ev->watched_ms >= ms;
}

/*
 * Conntrack never saw its connection, nor did we: what it answers was sent by somebody else in this address's name. Of a SYN that passed just
 * before we came conntrack would know, unless it came with us, and a round trip is short; a bare RST may end a connection of long ago.
 */
bool when_backscatter(const struct facts *f)
{
	bool unseen = !f->known && !f->oriented && (f->ct->flags & RSTWHY_CT_INVALID);

	return unseen && f->ev->by == RSTWHY_BY_TRANSIT && f->shape != SHAPE_ACTIVE &&
	       (f->shape == SHAPE_REFUSING || watched_for(f, facts_answer_ms(f)));
}

/*
 * A RST that refuses a SYN answers what passed some seconds ago at most. A bare one may also end a connection that was silent ever
 * since we came, if conntrack came with us: the sooner after, the likelier.
 */
double weigh_backscatter(const struct facts *f)
{
	if (f->shape == SHAPE_REFUSING)
		return watched_for(f, ANSWER_MOST_MS) ? 0.85 : watched_for(f, facts_answer_ms(f)) ? 0.75 : 0.6;
	if (!watched_for(f, ANSWER_MOST_MS))
		return 0.5;
	return watched_for(f, SILENT_MOST_MS) ? 0.7 : 0.6;
}

void tell_backscatter(const struct facts *f, struct verdict *v)
{
	say(v, "neither conntrack nor the flow memory has seen anything that it could answer");
	if (!watched_for(f, SILENT_MOST_MS))
		say(v, "the flow memory began %s before: of what was silent longer it knows nothing",
		    duration((double)f->ev->watched_ms).s);
	if (f->shape == SHAPE_REFUSING)
		say(v, "it refuses a SYN that did not pass here");
	verdict_also(v, CAUSE_NO_HISTORY);
	verdict_also(v, f->shape == SHAPE_REFUSING ? CAUSE_REFUSED : CAUSE_AFTER_CLOSE);
}

/* A silence that was handed out as such, and then somebody did answer. */
bool when_answered_after_all(const struct facts *f)
{
	return f->incident->answered;
}

void tell_answered_after_all(const struct facts *f, struct verdict *v)
{
	(void)f;
	say(v, "the segments were answered after all: the connection lives");
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

/* A reset that told one side only: the other learns of it when it speaks, however much later. */
static void say_consequence(const struct facts *f, struct verdict *v)
{
	bool other_side = f->mem->reset_dir == f->pd;

	say(v, "the connection had been reset %s before; this RST answers a leftover of it", duration((double)f->mem->reset_ms).s);
	if (other_side && f->elicited)
		say(v, "that reset had told %s only; %s did not know and spoke on", peer_side(f), resetting_side(f));
	else if (f->elicited)
		say(v, "%s had not learned of that reset and spoke on", peer_side(f));
}

void tell_after_reset(const struct facts *f, struct verdict *v)
{
	if (f->known && f->mem->reset_count)
		say_consequence(f, v);
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
	if (f->seq_match == SEQ_BELOW)
		say(v, "its sequence number is %u below what %s has acknowledged already: the receiver ignores it",
		    f->mem->ack[f->pd] - f->seg->seq, peer_side(f));
	else
		say(v, "its sequence number lies beyond what %s would take: the receiver ignores it", peer_side(f));
	say_marks(f, v);
	if (f->marks & MARKS_BOX)
		verdict_also(v, CAUSE_INJECTED);
}
