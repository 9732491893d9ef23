// SPDX-License-Identifier: GPL-2.0
/*
 * rules.c - the tables, in order: the first row that fits decides
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * The order of certainty (causes.md): what followed the RST, then whether the connection was over, then what this gateway did
 * itself (exact), then the handshake, then shape and history. A cause may have more than one row.
 */
#include "rules.h"
#include "says.h"

/* What a row's predicate asks for before all else, so that most need not be called: `only` names what it demands in any case. */
enum trait {
	KNOWN = 1U << 0,     /* to the flow memory */
	TRANSIT = 1U << 1,   /* not made here */
	REJECT = 1U << 2,    /* by a rule here */
	PASSIVE = 1U << 3,   /* the shapes */
	ACTIVE = 1U << 4,
	REFUSING = 1U << 5,
	CLIENT = 1U << 6,    /* whose it is */
	SERVER = 1U << 7,
	SYN = 1U << 8,	     /* one waits for its answer */
	HANDSHAKE = 1U << 9,
	CLOSED = 1U << 10,   /* by the resetting side */
	ELICITED = 1U << 11,
	MARKED = 1U << 12,   /* as a box does */
	REPEATED = 1U << 13, /* reset before */
	ASTRAY = 1U << 14,   /* the entry was lost or is new, or a segment went past it */
	SPEAKS = 1U << 15,   /* it may give a reason */
	PLAIN = 1U << 16,    /* from a plain log rule */
	SILENCE = 1U << 17,  /* before the RST itself */
	ANSWER = 1U << 18,   /* to what woke the flow */
	MEDDLED = 1U << 19,  /* it bears a box's marks, or both ends were reset */
	DOUBTED = 1U << 20,  /* the side that it names lived on, or it is one of a pattern */
};

static const struct rule silences[] = {
	{CAUSE_IGNORED, when_answered_after_all, 0.95, .tell = tell_answered_after_all},
	{CAUSE_SILENT_DROP, when_silent_drop, .weigh = weigh_silent_drop, .needs_history = true, .only = KNOWN, .tell = tell_silent_drop},
	{CAUSE_AMBIGUOUS, when_always, 0.5, .tell = tell_candidates},
};

static const struct rule resets[] = {
	/* what followed; and what was over already */
	{CAUSE_IGNORED, when_ignored, 0.98, .certain = true, .tell = tell_ignored},
	{CAUSE_OUT_OF_WINDOW, when_bad_checksum, 0.97, .certain = true, .only = TRANSIT, .tell = tell_bad_checksum},
	{CAUSE_IGNORED, when_ttl_ends, 0.85, .only = TRANSIT | MARKED, .tell = tell_ttl_ends},
	{CAUSE_GATEWAY_IPS, when_gateway_ips, 0.95, .certain = true, .tell = tell_gateway_ips},
	{CAUSE_DUPLICATE, when_duplicate, 0.9, .only = REPEATED, .tell = tell_duplicate},
	{CAUSE_HALF_OPEN, when_half_open, .weigh = weigh_half_open, .only = KNOWN | PASSIVE | SYN, .tell = tell_half_open},
	{CAUSE_AFTER_CLOSE, when_after_reset, 0.85, .only = REPEATED, .tell = tell_after_reset},
	{CAUSE_AFTER_CLOSE, when_after_close, 0.95, .tell = tell_after_close},
	/* what this gateway did */
	{CAUSE_NAT_BYPASS, when_nat_bypass, 0.85, .only = ASTRAY, .tell = tell_nat_bypass},
	{CAUSE_GATEWAY_EXPIRED_STACK, when_expired_stack, 0.98, .certain = true, .only = ASTRAY, .tell = tell_expired},
	{CAUSE_GATEWAY_EXPIRED_REJECT, when_expired_reject, 0.98, .certain = true, .only = REJECT | ASTRAY, .tell = tell_expired},
	{CAUSE_GATEWAY_EXPIRED_REMAP, when_expired_remap, 0.97, .certain = true, .only = TRANSIT | ASTRAY, .tell = tell_expired},
	{CAUSE_GATEWAY_FLUSHED, when_gateway_flushed, 0.9, .only = ASTRAY, .tell = tell_gateway_flushed},
	{CAUSE_GATEWAY_FAILOVER, when_gateway_failover, .weigh = weigh_gateway_failover, .tell = tell_gateway_failover},
	{CAUSE_AMBIGUOUS, when_lost_early, 0.5, .only = ASTRAY, .tell = tell_lost_early},
	{CAUSE_GATEWAY_INVALID, when_gateway_invalid, .weigh = weigh_gateway_invalid, .only = REJECT, .tell = tell_gateway_invalid},
	{CAUSE_GATEWAY_RULE, when_gateway_rule, .weigh = weigh_gateway_rule, .certain = true,
	 .only = REJECT, .tell = tell_gateway_rule},
	/* the handshake */
	{CAUSE_PROBE, when_scan, 0.8, .only = REFUSING, .tell = tell_scan},
	{CAUSE_REMOTE_CONNECT, when_remote_connect, .weigh = weigh_remote_connect,
	 .only = REFUSING | TRANSIT, .tell = tell_remote_connect},
	{CAUSE_REFUSED, when_refused, .weigh = weigh_refused, .only = REFUSING, .tell = tell_refused},
	{CAUSE_OUT_OF_WINDOW, when_no_refusal, 0.85, .only = KNOWN | TRANSIT | PASSIVE | SYN, .tell = tell_no_refusal},
	{CAUSE_KEEPALIVE_EXPIRED, when_keepalive_expired, .weigh = weigh_keepalive_expired, .needs_history = true,
	 .only = ACTIVE, .tell = tell_keepalive_expired},
	{CAUSE_INJECTED, when_injected, .weigh = weigh_injected, .only = KNOWN | TRANSIT | DOUBTED, .tell = tell_injected},
	{CAUSE_INJECTED, when_plain_pattern, 0.9, .only = ACTIVE | PLAIN, .tell = tell_plain_pattern},
	{CAUSE_CONNECT_ABANDONED, when_connect_abandoned, 0.85,
	 .only = KNOWN | PASSIVE | CLIENT | HANDSHAKE, .tell = tell_connect_abandoned},
	{CAUSE_PROBE, when_probe, .weigh = weigh_probe, .only = KNOWN | TRANSIT | CLIENT | HANDSHAKE, .tell = tell_probe},
	{CAUSE_BACKLOG_OVERFLOW, when_backlog_overflow, 0.8,
	 .only = KNOWN | PASSIVE | SERVER | HANDSHAKE | ELICITED, .tell = tell_backlog_overflow},
	/* shape and history */
	{CAUSE_CANCEL, when_cancel, .weigh = weigh_cancel, .needs_history = true, .only = KNOWN | CLIENT, .tell = tell_cancel},
	{CAUSE_LATE_DATA, when_late_data, 0.9, .needs_history = true, .only = KNOWN | PASSIVE | CLOSED, .tell = tell_late_data},
	{CAUSE_OUT_OF_WINDOW, when_out_of_window, 0.9, .needs_history = true, .only = KNOWN | TRANSIT, .tell = tell_out_of_window},
	{CAUSE_REMOTE_POLICY, when_says_policy, 0.85, .only = KNOWN | TRANSIT | SPEAKS, .tell = tell_says_policy},
	{CAUSE_REMOTE_AT_EXPIRY, when_says_idle, 0.9, .needs_history = true,
	 .only = KNOWN | TRANSIT | SPEAKS, .tell = tell_says_idle},
	{CAUSE_CRASH, when_crash, .weigh = weigh_crash, .only = KNOWN | ACTIVE, .tell = tell_crash},
	{CAUSE_REQUEST_REJECTED, when_request_rejected, 0.88, .needs_history = true,
	 .only = KNOWN | ACTIVE | SERVER | HANDSHAKE, .tell = tell_request_rejected},
	{CAUSE_LATE_DATA, when_fin_held_back, 0.6, .needs_history = true,
	 .only = KNOWN | TRANSIT | PASSIVE | ELICITED, .tell = tell_fin_held_back},
	{CAUSE_HOST_LOST, when_host_lost, .weigh = weigh_host_lost, .needs_history = true,
	 .only = KNOWN | TRANSIT | PASSIVE | ELICITED, .tell = tell_host_lost},
	{CAUSE_REMOTE_ON_NEXT_PACKET, when_remote_on_next_packet, .weigh = weigh_remote_on_next_packet, .needs_history = true,
	 .only = KNOWN | TRANSIT | ANSWER, .tell = tell_remote_on_next_packet},
	{CAUSE_REMOTE_AT_EXPIRY, when_remote_at_expiry, .weigh = weigh_remote_at_expiry, .needs_history = true,
	 .only = KNOWN | TRANSIT | SILENCE, .tell = tell_remote_at_expiry},
	{CAUSE_ENDPOINT_TIMER, when_endpoint_timer, .weigh = weigh_endpoint_timer, .needs_history = true,
	 .only = KNOWN | ACTIVE | SILENCE, .tell = tell_endpoint_timer},
	{CAUSE_REMOTE_POLICY, when_remote_policy, .weigh = weigh_remote_policy,
	 .only = KNOWN | TRANSIT | MEDDLED, .tell = tell_remote_policy},
	{CAUSE_ABORT, when_abort, .weigh = weigh_abort, .only = KNOWN | ACTIVE, .tell = tell_abort},
	/* what is left */
	{CAUSE_BACKSCATTER, when_backscatter, .weigh = weigh_backscatter, .only = TRANSIT, .tell = tell_backscatter},
	{CAUSE_NO_HISTORY, when_plain, 0.9, .only = PLAIN, .tell = tell_plain},
	{CAUSE_NO_HISTORY, when_no_history, 0.9, .tell = tell_no_history},
	{CAUSE_OFFLOADED, when_offloaded, 0.6, .tell = tell_candidates},
	{CAUSE_AMBIGUOUS, when_always, 0.5, .tell = tell_candidates},
};

const struct rule *rules_table(bool silence)
{
	return silence ? silences : resets;
}

unsigned int rules_traits(const struct facts *f)
{
	static const unsigned int shapes[] = {[SHAPE_PASSIVE] = PASSIVE, [SHAPE_ACTIVE] = ACTIVE, [SHAPE_REFUSING] = REFUSING};
	const struct event *event = &f->incident->first;
	unsigned int traits = shapes[f->shape] | (f->rd == f->opener ? CLIENT : SERVER);

	traits |= f->known ? KNOWN : 0;
	traits |= f->ev->by == RSTWHY_BY_TRANSIT ? TRANSIT : 0;
	traits |= f->ev->by == RSTWHY_BY_GATEWAY_REJECT ? REJECT : 0;
	traits |= f->mem->flags & RSTWHY_MEM_SYN_PENDING ? SYN : 0;
	traits |= f->mem->flags & RSTWHY_MEM_HANDSHAKE ? HANDSHAKE : 0;
	traits |= f->fin_self ? CLOSED : 0;
	traits |= f->elicited ? ELICITED : 0;
	traits |= f->marks & MARKS_BOX ? MARKED : 0;
	traits |= f->reset_before ? REPEATED : 0;
	traits |= f->lost || f->expired || f->escaped || f->foreign_stack || f->picked_up ? ASTRAY : 0;
	traits |= event->payload_len || event->seg.has_mptcp_rst ? SPEAKS : 0;
	traits |= event->plain ? PLAIN : 0;
	traits |= f->gap.from == GAP_SILENCE ? SILENCE : 0;
	traits |= f->answers_burst ? ANSWER : 0;
	traits |= f->incident->have_echo || f->marks & MARKS_BOX ? MEDDLED : 0;
	traits |= f->sender_heard || f->sender_alive || f->incident->steps || f->incident->windows >= 3 ? DOUBTED : 0;
	return traits;
}
