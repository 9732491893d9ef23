// SPDX-License-Identifier: GPL-2.0
/*
 * rules_endpoint.c - an endpoint meant it
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * tcp_close() with unread data, SO_LINGER 0 and a destroyed socket send the ACTIVE shape at once; a socket that has closed
 * before answers later data with the PASSIVE one (tcp_rcv_state_process(), tcp_v4_send_reset()).
 */
#include "crowd.h"
#include "hints.h"
#include "rules.h"
#include "timer.h"

#define THINKING_MS 1000.0 /* a server may take so long to find a request not to its liking */

/*
 * Nothing says that somebody else than the host itself sent it. Once it had closed, a quick answer only says that the handshake had
 * been a slow one.
 */
static bool host_itself(const struct facts *f)
{
	unsigned int marks = f->fin_self ? MARKS_BOX & ~MARK_FAST : MARKS_BOX;
	bool at_end =
		f->ev->by == RSTWHY_BY_TRANSIT || f->ev->by == RSTWHY_BY_GATEWAY_SOCKET || f->ev->by == RSTWHY_BY_GATEWAY_STACK;

	return f->known && at_end && !(f->marks & marks) && !f->sender_alive;
}

static bool live_socket(const struct facts *f)
{
	return host_itself(f) && f->shape == SHAPE_ACTIVE;
}

static bool has_data(const struct facts *f, unsigned int dir)
{
	return facts_side_flag(f, RSTWHY_MEM_DATA_ORIG, dir);
}

static bool recent(const struct facts *f, unsigned int dir, double ms)
{
	return f->mem->last_ms[dir] != RSTWHY_NEVER && (double)f->mem->last_ms[dir] <= ms;
}

/* Data of the peer that the resetting side has not acknowledged. */
static bool peer_data_unacked(const struct facts *f)
{
	uint32_t data_end = f->fin_peer ? f->mem->fin_end[f->pd] - 1 : f->mem->end[f->pd];

	return seq_after(data_end, f->mem->ack[f->rd]);
}

/* Half of its receive buffer or more was full: it did not read what it had. Conntrack's window stands still while the flow is offloaded. */
static bool buffer_full(const struct facts *f)
{
	unsigned int self = f->ev->direction, peer = self ^ 1U;
	uint32_t room;

	if (!(f->ct->flags & RSTWHY_CT_WINDOW) || self > RSTWHY_DIR_REPLY || f->offloaded)
		return false;
	room = f->ct->td_maxend[peer] - f->ct->td_end[peer];
	return (int32_t)room >= 0 && room < f->ct->td_maxwin[self] / 2;
}

/* The server was in the middle of sending: data under way, still coming after the RST, or piled up unread. */
static bool server_sending(const struct facts *f)
{
	bool after = aftermath_saw(f, RSTWHY_AFTER_PEER_DATA) &&
		     (double)f->incident->after_ms[RSTWHY_AFTER_PEER_DATA] <= facts_round_ms(f);

	if (!has_data(f, f->pd))
		return false;
	return after || buffer_full(f) || (recent(f, f->pd, facts_round_ms(f)) && seq_after(f->mem->end[f->pd], f->seg->ack));
}

/* The client had received some of it before: not the first byte of a late answer. */
static bool had_received(const struct facts *f)
{
	return !(f->mem->flags & RSTWHY_MEM_HANDSHAKE) || f->mem->ack[f->rd] - f->mem->isn[f->pd] > 1;
}

/* The client closed this moment, and the data that was on its way met a closed socket. */
static bool closed_amid_transfer(const struct facts *f)
{
	return host_itself(f) && f->shape == SHAPE_PASSIVE && f->fin_self && recent(f, f->rd, facts_round_ms(f)) &&
	       peer_data_unacked(f) && had_received(f);
}

bool when_cancel(const struct facts *f)
{
	if (!f->known || f->rd != f->opener)
		return false;
	return (live_socket(f) && server_sending(f)) || closed_amid_transfer(f);
}

/* A closed socket answers, it does not speak by itself. */
static bool unelicited(const struct facts *f)
{
	return f->gap.from == GAP_SILENCE && !f->hidden && f->gap.min_ms >= (double)f->settings->idle_min_ms;
}

bool when_late_data(const struct facts *f)
{
	return !unelicited(f) && host_itself(f) && f->shape == SHAPE_PASSIVE && f->fin_self &&
	       !facts_side_flag(f, RSTWHY_MEM_ACKED_PAST_FIN_ORIG, f->rd) && !seq_after(f->seg->seq, f->mem->fin_end[f->rd]) &&
	       (peer_data_unacked(f) || f->seg->seq == f->mem->fin_end[f->rd]);
}

/* Its window is shut (conntrack counts that as one byte): all that the resetting side had still to send waits, a FIN as well. */
static bool peer_takes_nothing(const struct facts *f)
{
	unsigned int self = f->ev->direction;

	return (f->ct->flags & RSTWHY_CT_WINDOW) && self <= RSTWHY_DIR_REPLY && !f->offloaded &&
	       f->ct->td_maxend[self] - f->ct->td_end[self] <= 1;
}

/* A busy connection, whole before us, and no socket there any more: closed, with a FIN that could not yet be sent. */
bool when_fin_held_back(const struct facts *f)
{
	bool busy = f->gap.from == GAP_UNKNOWN || (f->gap.from == GAP_BURST && f->gap.max_ms < (double)f->settings->idle_min_ms);
	bool alone = !f->incident->lost_flows && !f->incident->have_echo;

	return host_itself(f) && f->ev->by == RSTWHY_BY_TRANSIT && f->shape == SHAPE_PASSIVE && f->elicited && busy && alone &&
	       !f->fin_self && !f->fin_peer && !f->lost && (f->mem->flags & RSTWHY_MEM_COMPLETED) && has_data(f, f->rd) &&
	       peer_takes_nothing(f);
}

/* In answer to the first the client ever said, the server having said nothing. */
bool when_request_rejected(const struct facts *f)
{
	return live_socket(f) && f->rd != f->opener && (f->mem->flags & RSTWHY_MEM_HANDSHAKE) && !has_data(f, f->rd) &&
	       has_data(f, f->pd) && !f->fin_self && recent(f, f->pd, facts_round_ms(f) + THINKING_MS);
}

static bool long_silence(const struct facts *f)
{
	return f->gap.from == GAP_SILENCE && f->gap.min_ms >= (double)f->settings->idle_min_ms;
}

/* Right upon a waking segment an unproved live socket may as well be a box. */
static bool woken_unproved(const struct facts *f)
{
	return f->burst_by_peer && f->gap.ms >= (double)f->settings->idle_min_ms && !f->continuous &&
	       f->ev->by == RSTWHY_BY_TRANSIT;
}

static void say_socket_proof(const struct facts *f, struct verdict *v)
{
	const struct rstwhy_baseline *base = &f->mem->base[f->rd];

	if (f->continuous && (base->flags & RSTWHY_BASE_TS))
		say(v, "the RST is from a live socket of %s: its timestamps go on", resetting_side(f));
	else if (f->continuous)
		say(v, "the RST is from a live socket of %s: its %s on", resetting_side(f),
		    f->seg->family == 6 ? "flow label goes" : "packet numbers go");
	else
		say(v, "the RST has the form of a live socket of %s", resetting_side(f));
}

/* Silent, all read, and nothing to prompt it: a timer's work, or that of somebody who closed it after a while. */
static bool unprompted_silence(const struct facts *f)
{
	return f->continuous && long_silence(f) && !facts_peer_spoke_last(f);
}

/*
 * The kernel aborts all that a dying process had unread, in one go; and all it had, where its sockets do not linger. A timer resets
 * each of the silent at its own time: where they had been silent for different times, it was none.
 */
bool when_crash(const struct facts *f)
{
	const struct incident *i = f->incident;
	bool telling;

	if (!i->siblings || !live_socket(f) || crowd_of_facts(f, &telling) != CROWD_ABORT || f->fin_self)
		return false;
	if (unprompted_silence(f))
		return !i->have_echo && i->unprompted && 2 * i->unprompted >= i->siblings;
	return telling || i->unprompted || (i->siblings >= 2 && has_data(f, f->rd));
}

double weigh_crash(const struct facts *f)
{
	if (unprompted_silence(f)) /* or a timer that looks around now and then, and closes all that is due */
		return f->incident->siblings >= 2 ? 0.65 : 0.6;
	return f->incident->siblings >= 2 ? 0.92 : 0.85;
}

void tell_crash(const struct facts *f, struct verdict *v)
{
	say(v, "%u other connection%s of that host and port %s reset by live sockets within half a second", f->incident->siblings,
	    f->incident->siblings > 1 ? "s" : "", f->incident->siblings > 1 ? "were" : "was");
	say_socket_proof(f, v);
	if (unprompted_silence(f))
		say(v, "they had been silent for different times: no timer of each");
	verdict_also(v, CAUSE_ABORT);
	if (unprompted_silence(f))
		verdict_also(v, CAUSE_ENDPOINT_TIMER);
}

/*
 * The other side had spoken last. Who thinks about that, hangs, or has left it unread, does so for any time; who waits for more does as
 * timers do (nginx' client_header_timeout).
 */
static bool waited_for_more(const struct facts *f)
{
	return f->continuous && long_silence(f) && facts_peer_spoke_last(f) && timer_whole(f) && !f->incident->siblings;
}

/* Out of silence, everything read, nothing to prompt it: that socket's own timer. */
bool when_endpoint_timer(const struct facts *f)
{
	return live_socket(f) && (unprompted_silence(f) || waited_for_more(f)) && !timer_too_short(f) && !f->incident->have_echo &&
	       !f->fin_self && f->seq_match == SEQ_EXACT;
}

double weigh_endpoint_timer(const struct facts *f)
{
	if (waited_for_more(f))
		return 0.6;
	if (f->incident->siblings) /* at one moment, silent for as long: timers set together, or one death */
		return 0.55;
	return timer_round(f) ? 0.8 : 0.65;
}

void tell_endpoint_timer(const struct facts *f, struct verdict *v)
{
	say(v, "no segment for %s, all data read and acknowledged, then %s reset by itself", duration(f->gap.ms).s,
	    resetting_side(f));
	say_socket_proof(f, v);
	if (waited_for_more(f))
		say(v, "%s had spoken last; the silence is of whole seconds, as a timer's that waits for more, and not as thinking is", peer_side(f));
	else if (timer_round(f))
		say(v, "the silence is a round number of seconds, as timers are");
	verdict_also(v, CAUSE_ABORT);
	if (f->incident->siblings)
		verdict_also(v, CAUSE_CRASH);
	hint_kinds(f, HINT_END, v);
}

bool when_abort(const struct facts *f)
{
	enum seq_match match = f->seq_match;

	if (!live_socket(f) || woken_unproved(f) || (match != SEQ_EXACT && match != SEQ_IN_WINDOW && !f->overtaken))
		return false;
	if (f->incident->have_echo && !f->continuous)
		return false;
	return !long_silence(f) || (facts_peer_spoke_last(f) && !waited_for_more(f)) || timer_too_short(f);
}

double weigh_cancel(const struct facts *f)
{
	if (closed_amid_transfer(f))
		return 0.9;
	return f->continuous ? 0.92 : 0.85;
}

double weigh_abort(const struct facts *f)
{
	if (long_silence(f))
		return 0.7;
	if (f->fin_self) /* half closed, and then: because of what came after that, or for another reason */
		return 0.7;
	if (f->ev->by == RSTWHY_BY_GATEWAY_SOCKET)
		return 0.97;
	return f->continuous && !f->incident->have_echo ? 0.95 : 0.75;
}

/* Bytes that the resetting side had acknowledged, by the RST itself where that tells more: part may have passed unseen. */
static uint32_t acknowledged(const struct facts *f)
{
	uint32_t ack = f->mem->ack[f->rd], first = f->mem->isn[f->pd] + 1;

	if ((f->seg->flags & SEG_ACK) && seq_after(f->seg->ack, ack))
		ack = f->seg->ack;
	return seq_after(ack, first) ? ack - first : 0;
}

void tell_cancel(const struct facts *f, struct verdict *v)
{
	if (closed_amid_transfer(f))
		say(v, "the client closed and %s later reset what the server was still sending",
		    duration((double)f->mem->last_ms[f->rd]).s);
	else if (seq_after(f->mem->end[f->pd], f->seg->ack))
		say(v, "a live socket of the client reset while %u bytes of the server were on their way",
		    f->mem->end[f->pd] - f->seg->ack);
	else
		say(v, "a live socket of the client reset while the server was still sending, or its data lay unread");
	if (f->known && (f->mem->flags & RSTWHY_MEM_HANDSHAKE))
		say(v, "%u bytes of the server had been received", acknowledged(f));
	if (closed_amid_transfer(f))
		verdict_also(v, CAUSE_LATE_DATA);
}

void tell_late_data(const struct facts *f, struct verdict *v)
{
	const char *self = resetting_side(f);

	if (peer_data_unacked(f))
		say(v, "%s had closed (its last segment %s before); %s went on sending, %s answered by RST", self,
		    duration((double)f->mem->last_ms[f->rd]).s, peer_side(f), self);
	else
		say(v, "%s had closed (its last segment %s before) and was gone when %s spoke again", self,
		    duration((double)f->mem->last_ms[f->rd]).s, peer_side(f));
	if (f->rd == f->opener && recent(f, f->rd, facts_round_ms(f)))
		verdict_also(v, CAUSE_CANCEL);
}

void tell_fin_held_back(const struct facts *f, struct verdict *v)
{
	say(v, "%s takes nothing more (its window is shut): what %s has still to send waits, its FIN as well", peer_side(f),
	    resetting_side(f));
	say(v, "%s spoke on, and %s answered as one that has closed", peer_side(f), resetting_side(f));
	verdict_also(v, CAUSE_HOST_LOST);
}

void tell_request_rejected(const struct facts *f, struct verdict *v)
{
	uint32_t end = f->overtaken ? f->seg->ack : f->mem->end[f->pd];

	say(v, "the client's first data (%u bytes) was answered by RST in %s; the server had sent nothing",
	    end - f->mem->isn[f->pd] - 1, duration(f->idle_ms).s);
	say_socket_proof(f, v);
	verdict_also(v, CAUSE_ABORT);
	verdict_also(v, CAUSE_CRASH);
}

void tell_abort(const struct facts *f, struct verdict *v)
{
	say_socket_proof(f, v);
	if (f->gap.from == GAP_SILENCE && !f->gap.blind)
		say(v, "it came out of %s of silence; the last data was from %s", duration(f->gap.ms).s,
		    facts_peer_spoke_last(f) ? peer_side(f) : resetting_side(f));
	if (f->burst_by_self)
		say(v, "%u of its segments had got no answer before", f->mem->burst_copies);
	verdict_also(v, CAUSE_CRASH);
	if (long_silence(f))
		verdict_also(v, CAUSE_ENDPOINT_TIMER);
	if (f->burst_by_self && f->mem->burst_copies > 1)
		verdict_also(v, CAUSE_SILENT_DROP);
	if (f->fin_self)
		verdict_also(v, CAUSE_LATE_DATA);
	if (f->rd == f->opener && has_data(f, f->pd) && recent(f, f->pd, facts_round_ms(f)))
		verdict_also(v, CAUSE_CANCEL);
}
