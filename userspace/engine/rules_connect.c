// SPDX-License-Identifier: GPL-2.0
/*
 * rules_connect.c - reset before the connection carried anything
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "rules.h"
#include "tcpstate.h"

#define ABANDONED_LEAST_MS 900	 /* SYN to RST; a scanner's RST comes after one round trip, a SYN is retried after a second */
#define OVERFLOW_MOST_MS   5000U /* a handshake's life when the accept queue is full */

/* The RST acknowledges the pending SYN, or data that travelled in it (TCP Fast Open). */
static bool answers_pending_syn(const struct facts *f)
{
	const struct rstwhy_memory *mem = f->mem;

	return f->known && (mem->flags & RSTWHY_MEM_SYN_PENDING) && mem->syn_dir == f->pd &&
	       (f->seg->ack == mem->syn_seq + 1 || f->seg->ack == mem->end[f->pd]);
}

static bool answers_syn_of_conntrack(const struct facts *f)
{
	unsigned int d = f->ev->direction;

	return !f->known && f->oriented && (f->ct->flags & RSTWHY_CT_FOUND) && f->ct->state_before == TCPSTATE_SYN_SENT &&
	       (!(f->ct->flags & RSTWHY_CT_WINDOW) || f->ct->td_end[d ^ 1U] == f->seg->ack);
}

/* Our own stack answers so to nothing but a SYN; a plain log rule shows only the packet, whose form says as much. */
static bool answers_unseen_syn(const struct facts *f)
{
	return !f->known && (f->ev->by == RSTWHY_BY_GATEWAY_STACK || f->ev->by == RSTWHY_BY_UNSEEN);
}

bool when_refused(const struct facts *f)
{
	return f->shape == SHAPE_REFUSING && !f->sender_alive &&
	       (answers_pending_syn(f) || answers_syn_of_conntrack(f) || answers_unseen_syn(f));
}

double weigh_refused(const struct facts *f)
{
	if (f->ev->by == RSTWHY_BY_GATEWAY_STACK)
		return 0.97;
	if (f->ev->by == RSTWHY_BY_UNSEEN || f->marks & (MARKS_BOX | MARK_DF))
		return 0.6;
	return f->known ? 0.93 : 0.85;
}

void tell_refused(const struct facts *f, struct verdict *v)
{
	if (f->ev->by == RSTWHY_BY_GATEWAY_STACK)
		say(v, "the SYN was for this gateway itself, where nobody listens on that port");
	else if (f->known)
		say(v, "the SYN (%u sent, the first %s before) was answered by RST", f->mem->syn_copies,
		    duration((double)f->mem->syn_ms).s);
	else
		say(v, "RST+ACK with sequence 0: the answer to a SYN");
	say_marks(f, v);
	if (f->marks & (MARKS_BOX | MARK_DF))
		verdict_also(v, CAUSE_REMOTE_CONNECT);
	if (f->ev->by == RSTWHY_BY_UNSEEN)
		verdict_also(v, CAUSE_BACKSCATTER);
}

/* The opener answers the SYN-ACK as if it had no such socket: after a second or more it had given up. */
bool when_connect_abandoned(const struct facts *f)
{
	const struct rstwhy_memory *mem = f->mem;

	return f->known && f->rd == f->opener && (mem->flags & RSTWHY_MEM_HANDSHAKE) && !(mem->flags & RSTWHY_MEM_COMPLETED) &&
	       f->shape == SHAPE_PASSIVE && f->seg->seq == mem->isn[f->rd] + 1 && !f->sender_alive &&
	       mem->age_ms >= ABANDONED_LEAST_MS;
}

void tell_connect_abandoned(const struct facts *f, struct verdict *v)
{
	say(v, "the SYN-ACK came when the client had given up, %s after its first SYN", duration((double)f->mem->age_ms).s);
	verdict_also(v, CAUSE_PROBE);
}

/* The server sent SYN-ACK, and answers the client's next segment as if it had not. */
bool when_backlog_overflow(const struct facts *f)
{
	const struct rstwhy_memory *mem = f->mem;
	uint32_t both = RSTWHY_MEM_HANDSHAKE | RSTWHY_MEM_COMPLETED;

	return f->known && f->rd != f->opener && (mem->flags & both) == both && f->shape == SHAPE_PASSIVE && !f->sender_alive &&
	       !facts_side_flag(f, RSTWHY_MEM_DATA_ORIG, f->rd) && !f->fin_self && !f->fin_peer && f->elicited &&
	       f->seg->seq == mem->isn[f->rd] + 1 && mem->age_ms <= OVERFLOW_MOST_MS && !(f->marks & MARKS_BOX) && !f->lost;
}

void tell_backlog_overflow(const struct facts *f, struct verdict *v)
{
	say(v, "the server sent SYN-ACK, and %s later answered the client as if there were no connection",
	    duration((double)f->mem->age_ms).s);
	verdict_also(v, CAUSE_REMOTE_POLICY);
}
