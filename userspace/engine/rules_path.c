// SPDX-License-Identifier: GPL-2.0
/*
 * rules_path.c - somebody between the two ends, and the host that is not the one it was
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * What follows a RST decides whether its sender sent it; marks only say that the sender's stack is not the usual one.
 */
#include "crowd.h"
#include "rules.h"

#define DOWN_LEAST_MS 1000.0 /* segments unanswered so long before the RST: the host was away */

static bool in_transit(const struct facts *f)
{
	return f->known && f->ev->by == RSTWHY_BY_TRANSIT && f->shape != SHAPE_REFUSING;
}

static bool hits(const struct facts *f)
{
	enum seq_match match = f->seq_match;

	return match == SEQ_EXACT || match == SEQ_IN_WINDOW;
}

static bool idle_before(const struct facts *f)
{
	bool silence = f->answers_burst || f->gap.from == GAP_SILENCE;

	return silence && f->gap.max_ms >= (double)f->settings->idle_min_ms;
}

/* Numbers that rise beyond what was sent, or windows n, n+1, n+2: programs write so, stacks do not. */
static bool patterned(const struct facts *f)
{
	return f->incident->steps || (f->incident->windows >= 3 && f->shape == SHAPE_ACTIVE);
}

/*
 * The side that seemed to reset goes on. A box that had forgotten the idle flow resets one end while the other lives: there it
 * must have heard what elicited the RST. A closing host's last data may be overtaken by its RST: there a FIN was seen, or comes.
 */
bool when_injected(const struct facts *f)
{
	if (f->shape == SHAPE_REFUSING)
		return f->known && f->ev->by == RSTWHY_BY_TRANSIT && f->sender_heard;
	if (!in_transit(f) || !hits(f))
		return false;
	if (patterned(f))
		return true;
	if (f->fin_self)
		return false;
	return f->sender_heard || (f->sender_alive && !idle_before(f));
}

double weigh_injected(const struct facts *f)
{
	if (patterned(f) || (f->marks & MARKS_BOX) || f->shape == SHAPE_REFUSING)
		return 0.95;
	return f->shape == SHAPE_ACTIVE ? 0.92 : 0.8;
}

void tell_injected(const struct facts *f, struct verdict *v)
{
	if (f->incident->windows >= 3 && f->shape == SHAPE_ACTIVE)
		say(v, "three RSTs whose windows rise by one each: a program's pattern, no stack's");
	if (f->incident->steps)
		say(v, "RSTs at sequence numbers that rise beyond all that %s had sent: somebody guessed", resetting_side(f));
	if (f->shape == SHAPE_REFUSING)
		say(v, "%s accepted the connection after the RST that seemed to refuse it", resetting_side(f));
	else if (f->sender_heard)
		say(v, "%s acknowledged, after the RST, what had elicited it: it was alive and did not reset", resetting_side(f));
	else if (f->sender_alive)
		say(v, "%s went on after the RST: somebody else sent it in its name", resetting_side(f));
	say_marks(f, v);
	verdict_also(v, CAUSE_REMOTE_POLICY);
}

/* An end that is reset does not reset: where no socket sent the first RST, the one in the other direction is forged, and so both. */
static bool reset_both_ends(const struct facts *f)
{
	return f->incident->have_echo && f->shape == SHAPE_PASSIVE && !f->fin_peer;
}

/* A box that answers what it saw: with its own stack's marks, at once, often both ends. */
bool when_remote_policy(const struct facts *f)
{
	bool fresh = f->mem->last_ms[f->pd] != RSTWHY_NEVER && (double)f->mem->last_ms[f->pd] <= facts_round_ms(f);
	bool long_gap = f->gap.from != GAP_UNKNOWN && f->gap.max_ms >= (double)f->settings->idle_min_ms;

	if (facts_survived_gap(f)) /* then it was not the silence */
		long_gap = false;
	return in_transit(f) && ((f->marks & MARKS_BOX) || reset_both_ends(f)) && hits(f) && !f->fin_self && !long_gap && !f->lost &&
	       (fresh || f->elicited || f->incident->have_echo);
}

double weigh_remote_policy(const struct facts *f)
{
	if (facts_survived_gap(f))
		return 0.6;
	if (f->incident->have_echo)
		return (f->marks & MARKS_BOX) ? 0.9 : 0.75;
	/* in mid-life, one end told, as one without the connection answers: a box that lost its state does the same */
	if (f->shape == SHAPE_PASSIVE && facts_stage(f) == STAGE_ESTABLISHED)
		return 0.75;
	return (f->marks & (MARK_TTL | MARK_FAST)) ? 0.85 : 0.7;
}

void tell_remote_policy(const struct facts *f, struct verdict *v)
{
	say(v, "the RST came %s after a segment of %s, and not as the host's own stack sends it",
	    duration((double)f->mem->last_ms[f->pd]).s, peer_side(f));
	say_marks(f, v);
	if (facts_survived_gap(f)) {
		say(v, "that segment came out of a silence, but no longer one than this connection had survived before");
		verdict_also(v, CAUSE_REMOTE_ON_NEXT_PACKET);
	}
	if (f->incident->have_echo)
		say(v, "both ends were reset");
	verdict_also(v, CAUSE_INJECTED);
	if (f->shape == SHAPE_PASSIVE && !f->incident->have_echo)
		verdict_also(v, CAUSE_HOST_LOST);
}

/* What the RST answers had been sent before, into the void: the "silence" is a pause between retransmissions. */
static bool sent_into_void(const struct facts *f)
{
	return f->answers_burst && f->mem->burst_kind == RSTWHY_BURST_RETRANSMIT && f->mem->unanswered_before;
}

/* No pause was long enough for a silence, and yet the resetting side had said nothing for as long: its peer repeated itself. */
static bool repeated_into_void(const struct facts *f)
{
	const __u64 *last = f->mem->last_ms;

	return f->gap.from == GAP_UNKNOWN && f->elicited && last[f->rd] != RSTWHY_NEVER && last[f->pd] != RSTWHY_NEVER &&
	       (double)last[f->rd] >= (double)last[f->pd] + DOWN_LEAST_MS && seq_after(f->mem->end[f->pd], f->mem->ack[f->rd]);
}

/* A pause that is shorter than what may be called idle: busy. */
static bool short_pause(const struct facts *f)
{
	return f->gap.from == GAP_BURST && f->answers_burst && f->mem->burst_copies == 1 &&
	       f->gap.max_ms < (double)f->settings->idle_min_ms;
}

/* The segments before this RST went unanswered for a while although the flow had not been idle: the host was away. */
static bool came_back_empty(const struct facts *f)
{
	if (sent_into_void(f) || repeated_into_void(f))
		return true;
	return f->answers_burst && f->mem->burst_copies >= 2 && f->gap.max_ms < (double)f->settings->idle_min_ms &&
	       (double)f->mem->burst_first_us / 1000.0 >= DOWN_LEAST_MS;
}

/*
 * One busy connection, seen whole, and the server answers as a stranger, in a form that a box of another kind would not find: what
 * is left is a host or a backend that is another one now. Alone it is no more than likely.
 */
static bool single_busy(const struct facts *f)
{
	return (f->gap.from == GAP_UNKNOWN || short_pause(f)) && f->rd != f->opener && !f->hidden && (f->mem->flags & RSTWHY_MEM_COMPLETED) &&
	       facts_side_flag(f, RSTWHY_MEM_DATA_ORIG, f->rd);
}

bool when_host_lost(const struct facts *f)
{
	bool alone = single_busy(f) || came_back_empty(f), telling;

	if (!alone && !f->incident->lost_flows) /* most: whose crowd it is need not be asked */
		return false;
	if (crowd_of_facts(f, &telling) != CROWD_LOST || f->sender_alive || (f->host_kept && !telling))
		return false;
	if (came_back_empty(f) && !(f->marks & MARKS_BOX & ~MARK_FAST)) /* who is back is not as slow as the first handshake was */
		return true;
	if (f->marks & MARKS_BOX) /* one alone is a policy; all that were busy, at once, is a box that lost its state */
		return telling && !f->host_kept && f->incident->lost_busy >= 2 && facts_stage(f) == STAGE_ESTABLISHED;
	return alone || telling || f->incident->lost_busy;
}

double weigh_host_lost(const struct facts *f)
{
	if (f->marks & MARKS_BOX & ~MARK_FAST)
		return 0.7;
	if (f->incident->lost_flows >= 2)
		return 0.93;
	if (f->incident->lost_flows)
		return 0.8;
	return came_back_empty(f) ? 0.75 : short_pause(f) ? 0.55 : 0.6;
}

void tell_host_lost(const struct facts *f, struct verdict *v)
{
	if (f->marks & MARKS_BOX)
		say(v, "a box in front of %s answered as if it had never had the connection, which nobody had closed", resetting_side(f));
	else
		say(v, "%s answered as if it had never had the connection, which nobody had closed", resetting_side(f));
	if (f->incident->lost_flows)
		say(v, "it did so for %u other connection%s within a minute, %u of which had not been idle", f->incident->lost_flows,
		    f->incident->lost_flows > 1 ? "s" : "", f->incident->lost_busy);
	if (sent_into_void(f))
		say(v, "it answers a retransmission, the first one for %s; copies before that had got no answer", duration(f->gap.ms).s);
	else if (repeated_into_void(f))
		say(v, "it had said nothing for %s before, while %s sent and got no answer", duration((double)f->mem->last_ms[f->rd]).s,
		    peer_side(f));
	else if (came_back_empty(f))
		say(v, "%u segments over %s had got no answer before", f->mem->burst_copies - 1,
		    duration((double)f->mem->burst_first_us / 1000.0).s);
	if (short_pause(f))
		say(v, "the segment that it answers came after a pause of %s, which is less than is called idle here", duration(f->gap.ms).s);
	say_marks(f, v);
	verdict_also(v, CAUSE_REMOTE_POLICY);
	if (f->gap.from == GAP_BURST && (f->gap.max_ms >= (double)f->settings->idle_min_ms || short_pause(f)))
		verdict_also(v, CAUSE_REMOTE_ON_NEXT_PACKET);
}
