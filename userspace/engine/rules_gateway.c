// SPDX-License-Identifier: GPL-2.0
/*
 * rules_gateway.c - what this gateway did itself
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * The actor is exact, so these come first. What remains to tell is why: a rule that applies, an entry that had expired, or one
 * that was lost before its time.
 */
#include "crowd.h"
#include "rules.h"

static bool by_reject(const struct facts *f)
{
	return f->ev->by == RSTWHY_BY_GATEWAY_REJECT;
}

static bool has_entry(const struct facts *f)
{
	return f->ct->flags & CT_HAS_TUPLES;
}

bool when_gateway_ips(const struct facts *f)
{
	return f->ev->by == RSTWHY_BY_GATEWAY_RAW;
}

bool when_expired_reject(const struct facts *f)
{
	return by_reject(f) && f->expired && f->shape != SHAPE_REFUSING;
}

bool when_expired_remap(const struct facts *f)
{
	return f->ev->by == RSTWHY_BY_TRANSIT && f->expired && (f->remapped || f->escaped) && f->burst_by_peer &&
	       f->shape != SHAPE_REFUSING && !f->continuous;
}

bool when_expired_stack(const struct facts *f)
{
	return f->foreign_stack && f->expired && f->shape != SHAPE_REFUSING;
}

/* Conntrack was switched off, as it is with the last rule that uses it: nothing translates what was translated. */
static bool translation_off(const struct facts *f)
{
	return f->escaped && (f->ct->flags & RSTWHY_CT_OFF) && f->shape != SHAPE_REFUSING;
}

/* The flow lives, but one segment of it was not translated: whoever got it does not know it. */
bool when_nat_bypass(const struct facts *f)
{
	if (f->shape == SHAPE_REFUSING || f->lost || translation_off(f))
		return false;
	return f->escaped || f->foreign_stack;
}

/* The entry was there, and had time left. */
bool when_gateway_flushed(const struct facts *f)
{
	return translation_off(f) || (when_lost_early(f) && f->lost && f->mem->timeout_before_gap_ms && f->gap.from != GAP_UNKNOWN);
}

/* Several connections in mid-stream, and of none any state: it was not lost one by one. */
bool when_gateway_failover(const struct facts *f)
{
	bool telling;

	return f->incident->strangers && crowd_of_facts(f, &telling) == CROWD_STRANGER;
}

/* What comes to our own stack may as well be a flood of stray segments. */
double weigh_gateway_failover(const struct facts *f)
{
	if (f->ev->by == RSTWHY_BY_GATEWAY_STACK)
		return 0.7;
	return f->incident->strangers >= 2 ? 0.88 : 0.7;
}

/* Met in mid-stream by what the RST answers: had we ever had it, or was it lost? */
static bool met_without_state(const struct facts *f)
{
	bool here = by_reject(f) || f->ev->by == RSTWHY_BY_GATEWAY_STACK;

	return f->picked_up && (here || (f->ev->by == RSTWHY_BY_TRANSIT && f->translated && f->shape == SHAPE_PASSIVE));
}

/* The same three, where the timeout had not run out or is not known: flushed, or we do not know enough. */
bool when_lost_early(const struct facts *f)
{
	if (f->shape == SHAPE_REFUSING)
		return false;
	if (f->foreign_stack || (f->escaped && f->lost))
		return true;
	if (met_without_state(f))
		return true;
	return f->lost && (by_reject(f) || (f->ev->by == RSTWHY_BY_TRANSIT && f->remapped && f->burst_by_peer));
}

/*
 * REJECT hands its packet's entry on to the RST as RELATED. Without that the packet had none: it was INVALID, and the RST is
 * looked up by itself, which may well find the living entry.
 */
bool when_gateway_invalid(const struct facts *f)
{
	uint32_t tracked = f->ct->flags & (RSTWHY_CT_RELATED | RSTWHY_CT_UNTRACKED | RSTWHY_CT_OFF);

	return by_reject(f) && !tracked && f->shape != SHAPE_REFUSING &&
	       (f->ct->flags & (RSTWHY_CT_INVALID | CT_HAS_TUPLES));
}

bool when_gateway_rule(const struct facts *f)
{
	return by_reject(f);
}

/* Without entry and without memory the flow may have been lost before our time. */
double weigh_gateway_invalid(const struct facts *f)
{
	return has_entry(f) ? 0.97 : f->known ? 0.9 : 0.6;
}

double weigh_gateway_rule(const struct facts *f)
{
	return (f->ct->flags & (RSTWHY_CT_RELATED | RSTWHY_CT_ATTACHED)) ? 0.99 : 0.95;
}

void tell_gateway_ips(const struct facts *f, struct verdict *v)
{
	if (f->ev->uid != RSTWHY_NO_UID)
		say(v, "the RST left through a raw socket of this gateway, owned by uid %u", f->ev->uid);
	else
		say(v, "the RST left through a raw socket of this gateway");
}

/* How the loss is known, and what it is measured against. */
static void say_loss(const struct facts *f, struct verdict *v)
{
	if (f->mem->flags & RSTWHY_MEM_LOST_KNOWN)
		say(v, "conntrack had no entry for the flow any more when the segment came");
	else
		say(v, "conntrack has no entry for the flow, the flow memory has");
	if (f->shortened)
		say(v, "a RST seen %s ago had lowered the timeout of the entry", duration((double)f->mem->reset_ms).s);
}

static void say_found_gone(const struct facts *f, struct verdict *v, const char *what)
{
	const char *speaker = f->burst_by_self ? resetting_side(f) : peer_side(f);

	say(v, "silent %s (our timeout was %s), then the next segment of %s %s", duration(f->gap.ms).s,
	    duration((double)f->mem->timeout_before_gap_ms).s, speaker, what);
}

void tell_expired(const struct facts *f, struct verdict *v)
{
	if (v->cause == CAUSE_GATEWAY_EXPIRED_REJECT)
		say_found_gone(f, v, "was rejected by a rule here");
	else if (v->cause == CAUSE_GATEWAY_EXPIRED_STACK)
		say_found_gone(f, v, "reached this gateway's own stack, which has no such connection");
	else if (f->escaped)
		say_found_gone(f, v, "left without translation, and whoever got it does not know it so");
	else
		say_found_gone(f, v, "left with a new translation, which the far host does not know");
	say_loss(f, v);
	say_hidden(f, v);
	if (f->shortened)
		verdict_also(v, CAUSE_GATEWAY_FLUSHED);
}

static enum cause expired_cause(const struct facts *f)
{
	if (f->ev->by == RSTWHY_BY_GATEWAY_STACK)
		return CAUSE_GATEWAY_EXPIRED_STACK;
	return by_reject(f) ? CAUSE_GATEWAY_EXPIRED_REJECT : CAUSE_GATEWAY_EXPIRED_REMAP;
}

void tell_nat_bypass(const struct facts *f, struct verdict *v)
{
	if (f->foreign_stack)
		say(v, "our own stack answered for a translated address although the translated flow lives (silent %s)",
		    duration(f->gap.ms).s);
	else
		say(v, "the RST is for the addresses of %s as they are before translation: a segment of it left untranslated",
		    peer_side(f));
	if (f->mem->flags & RSTWHY_MEM_BURST_INVALID)
		say(v, "conntrack had refused the segment that it answers, and NAT does not touch what is INVALID");
	if (f->escaped)
		verdict_also(v, CAUSE_GATEWAY_FLUSHED);
}

void tell_gateway_flushed(const struct facts *f, struct verdict *v)
{
	if (translation_off(f)) {
		say(v, "conntrack does not run here any more: %s went on, and its segment left untranslated", peer_side(f));
		verdict_also(v, CAUSE_NAT_BYPASS);
		return;
	}
	say(v, "conntrack had lost the flow after %s of silence, of a timeout of %s", duration(f->gap.ms).s,
	    duration((double)f->mem->timeout_before_gap_ms).s);
	say_loss(f, v);
	if (f->escaped)
		verdict_also(v, CAUSE_NAT_BYPASS);
	if (by_reject(f)) /* who adds a rule flushes, so that the living meet it, too */
		verdict_also(v, CAUSE_GATEWAY_RULE);
}

void tell_gateway_failover(const struct facts *f, struct verdict *v)
{
	say(v, "%u other connection%s came here in mid-stream within ten seconds, and this gateway had no state of %s",
	    f->incident->strangers, f->incident->strangers > 1 ? "s" : "", f->incident->strangers > 1 ? "any" : "it either");
	verdict_also(v, CAUSE_GATEWAY_FLUSHED);
	verdict_also(v, by_reject(f) ? CAUSE_GATEWAY_INVALID : expired_cause(f));
}

void tell_lost_early(const struct facts *f, struct verdict *v)
{
	if (f->lost) {
		say(v, "conntrack had lost the flow; which timeout was in force is not known");
		say_loss(f, v);
	} else {
		say(v, "the segment that it answers is the first that was seen of the connection, which was in mid-stream");
		verdict_also(v, CAUSE_GATEWAY_FAILOVER);
	}
	verdict_also(v, CAUSE_GATEWAY_FLUSHED);
	verdict_also(v, expired_cause(f));
}

void tell_gateway_invalid(const struct facts *f, struct verdict *v)
{
	if (has_entry(f))
		say(v, "a rule here rejected a segment that conntrack calls INVALID, while the entry of its connection lives");
	else
		say(v, "a rule here rejected a segment that conntrack calls INVALID; no entry, and no memory of the connection");
	if (f->known && f->silence_ms >= 0)
		say(v, "the connection's last valid segment passed %s before", duration(f->silence_ms).s);
	if (!f->known && !has_entry(f)) {
		verdict_also(v, CAUSE_GATEWAY_EXPIRED_REJECT);
		verdict_also(v, CAUSE_GATEWAY_FAILOVER);
	}
}

void tell_gateway_rule(const struct facts *f, struct verdict *v)
{
	if (f->shape == SHAPE_REFUSING)
		say(v, "a rule here rejected the SYN of %s", f->oriented ? peer_side(f) : who(SIDE_CLIENT));
	else
		say(v, "a rule here rejected a segment of %s", peer_side(f));
	if (f->gap.from == GAP_BURST)
		say(v, "it was the first after %s of silence; conntrack still had the flow", duration(f->gap.ms).s);
}
