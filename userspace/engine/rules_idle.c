// SPDX-License-Identifier: GPL-2.0
/*
 * rules_idle.c - silence, and somebody's timer
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * A living connection or one that an application reset must never be called an idle kill: where the shape allows a live socket,
 * nothing is decided here.
 */
#include "rules.h"

/*
 * A box that resets both ends does so at once, or, where its timers are looked at one by one, in the next second. An end that was
 * reset has nothing to say any more, so the other end's RST is not its own either way.
 */
#define BOTH_ENDS_NS 2000000000ULL

static bool long_enough(const struct facts *f)
{
	return f->gap.from != GAP_UNKNOWN && f->gap.min_ms >= (double)f->settings->idle_min_ms;
}

/* Not a live socket of that host. */
static bool socketless(const struct facts *f)
{
	return f->shape == SHAPE_PASSIVE || (f->shape == SHAPE_ACTIVE && (f->marks & MARKS_BOX));
}

static bool both_ends_at_once(const struct facts *f)
{
	uint64_t first = f->ev->boottime_ns, echo = f->incident->echo_ns;

	return f->incident->have_echo && echo - first <= BOTH_ENDS_NS;
}

/* Nobody had closed, unless the waking segment itself was the peer's FIN. */
static bool nobody_closed(const struct facts *f)
{
	return !f->fin_self && (!f->fin_peer || (f->burst_by_peer && seq_after(f->mem->fin_end[f->pd], f->mem->burst_seq)));
}

/* One may be enough where TCP_USER_TIMEOUT ends it first; a living peer would have answered it. */
static bool probes_unanswered(const struct facts *f)
{
	if (f->mem->burst_probes >= 2)
		return true;
	return f->mem->burst_probes == 1 && f->mem->burst_kind == RSTWHY_BURST_PROBE &&
	       (double)f->mem->burst_first_us / 1000.0 > facts_answer_ms(f);
}

/*
 * The peer's probes began first, and the resetting side spoke on after them without answering, which a socket that gets them does at once:
 * it probed, too.
 */
static bool both_probe(const struct facts *f)
{
	const struct rstwhy_memory *mem = f->mem;

	return f->burst_by_peer && mem->burst_kind == RSTWHY_BURST_PROBE && mem->burst_probes >= 2 &&
	       mem->last_ms[f->rd] != RSTWHY_NEVER && (double)mem->last_ms[f->rd] + facts_answer_ms(f) < (double)mem->burst_first_us / 1000.0;
}

bool when_keepalive_expired(const struct facts *f)
{
	return ((f->burst_by_self && probes_unanswered(f)) || both_probe(f)) && f->shape == SHAPE_ACTIVE && !(f->marks & MARKS_BOX) &&
	       !f->sender_alive && (f->ev->by == RSTWHY_BY_TRANSIT || f->ev->by == RSTWHY_BY_GATEWAY_SOCKET);
}

bool when_remote_on_next_packet(const struct facts *f)
{
	return f->known && f->ev->by == RSTWHY_BY_TRANSIT && f->answers_burst && socketless(f) && long_enough(f) &&
	       nobody_closed(f) && (!f->lost || f->harmless_loss) && !f->mem->unanswered_before &&
	       !(facts_survived_gap(f) && (f->marks & MARKS_BOX)); /* a box, but the silence did not matter to it */
}

double weigh_keepalive_expired(const struct facts *f)
{
	return !f->burst_by_self ? 0.85 : f->mem->burst_probes >= 2 ? 0.95 : 0.75;
}

/*
 * What one side had closed lives on, half, until somebody's timer. Of the side that closed a socket may be left that gives up by itself:
 * there only what is no socket's counts.
 */
static bool half_alive(const struct facts *f)
{
	if (f->fin_self && f->fin_peer)
		return false;
	return !f->fin_self || f->shape == SHAPE_PASSIVE || both_ends_at_once(f);
}

/* The age of the last data of either side; keepalive is none. */
static double data_silence_ms(const struct facts *f)
{
	uint64_t a = f->mem->last_data_ms[0], b = f->mem->last_data_ms[1], last = a < b ? a : b;

	return last == RSTWHY_NEVER ? 0 : (double)last;
}

/*
 * Keepalive goes on, and a box that counts only data resets all the same. Where nothing elicited it and no socket sends so, and of
 * what it might have disliked nothing was said for so long.
 */
static bool only_data_was_silent(const struct facts *f)
{
	return f->gap.from == GAP_SILENCE && !f->hidden && !long_enough(f) && (f->shape == SHAPE_PASSIVE || both_ends_at_once(f)) &&
	       data_silence_ms(f) >= (double)f->settings->idle_min_ms;
}

bool when_remote_at_expiry(const struct facts *f)
{
	bool silent = (f->gap.from == GAP_SILENCE && long_enough(f)) || only_data_was_silent(f);

	return f->known && f->ev->by == RSTWHY_BY_TRANSIT && silent && half_alive(f) && f->seq_match == SEQ_EXACT &&
	       !f->continuous && f->shape != SHAPE_REFUSING && (socketless(f) || both_ends_at_once(f));
}

/* Beyond what this connection has survived by so much that an answer would be told of, too (SURVIVED). */
static bool beyond_survived(const struct facts *f)
{
	return f->mem->burst_gap_ms > f->mem->survived_ms + f->mem->survived_ms / 4;
}

/* Nobody had closed before the silence; a FIN may be what ended it. */
static bool open_until_then(const struct facts *f)
{
	return !f->fin_peer && (!f->fin_self || seq_after(f->mem->fin_end[f->rd], f->mem->burst_seq));
}

/* Kind SILENCE only: the sender of the packet is the side that waits. */
bool when_silent_drop(const struct facts *f)
{
	return f->ev->kind == RSTWHY_KIND_SILENCE && f->known && f->burst_by_self && f->mem->burst_copies >= 3 &&
	       long_enough(f) && beyond_survived(f) && !f->mem->unanswered_before && (!f->lost || f->harmless_loss) &&
	       open_until_then(f) && !f->reset_before && !(f->mem->flags & RSTWHY_MEM_BURST_INVALID) && (f->mem->flags & RSTWHY_MEM_ASSURED);
}

double weigh_silent_drop(const struct facts *f)
{
	return f->peer_alive || f->peer_kept ? 0.92 : 0.75;
}

void tell_silent_drop(const struct facts *f, struct verdict *v)
{
	say(v, "silent %s, then %u segments of %s over %s without any answer", duration(f->gap.ms).s, f->mem->burst_copies,
	    resetting_side(f), duration((double)f->mem->burst_first_us / 1000.0).s);
	if (f->peer_alive)
		say(v, "%s is alive: it spoke on another connection meanwhile", peer_side(f));
	else if (f->peer_kept)
		say(v, "other connections of %s lived on all through that silence", peer_side(f));
	say(v, "conntrack still has the flow here: it was dropped farther on");
	if (!f->peer_alive && !f->peer_kept)
		verdict_also(v, CAUSE_HOST_LOST);
	say_hidden(f, v);
	hint_candidates(f, true, v);
}

/*
 * What woke it was the first that the client ever said, and nothing of the server's shows that it had accepted the connection: it may
 * have given up on a full queue meanwhile, or a filter did not like these words.
 */
static bool first_words(const struct facts *f)
{
	return f->rd != f->opener && !facts_side_flag(f, RSTWHY_MEM_DATA_ORIG, f->rd) && (f->mem->flags & RSTWHY_MEM_HANDSHAKE) &&
	       f->mem->ack[f->rd] == f->mem->isn[f->pd] + 1;
}

static double weigh_answer(const struct facts *f)
{
	if (first_words(f))
		return (f->marks & MARKS_BOX) ? 0.75 : 0.55;
	if (f->mem->survived_ms >= f->mem->burst_gap_ms)
		return 0.5; /* this very connection has survived as much */
	if (f->lost)
		return 0.7;
	if ((f->marks & MARK_TTL) && (f->marks & MARK_FAST))
		return 0.97;
	if (f->marks & MARKS_BOX)
		return 0.95;
	if (f->host_kept)
		return 0.93;
	return f->incident->lost_flows ? 0.65 : 0.8; /* a pool that woke up, or a host that was lost meanwhile */
}

double weigh_remote_on_next_packet(const struct facts *f)
{
	return bracket_weigh(f, false, weigh_answer(f));
}

double weigh_remote_at_expiry(const struct facts *f)
{
	double confidence = both_ends_at_once(f) ? 0.95 : (f->marks & MARKS_BOX) ? 0.9 : 0.8;

	if (only_data_was_silent(f)) /* nothing that the path's bracket could learn from: it is of other silences */
		return both_ends_at_once(f) ? 0.68 : 0.6;
	if (f->fin_self || f->fin_peer)
		confidence -= 0.1;
	return bracket_weigh(f, true, confidence);
}

void tell_keepalive_expired(const struct facts *f, struct verdict *v)
{
	if (!f->burst_by_self)
		say(v, "both probed for %s, and neither was answered; then %s gave up", duration((double)f->mem->burst_first_us / 1000.0).s,
		    resetting_side(f));
	else
		say(v, "%u keepalive probe%s of %s went unanswered over %s, then it gave up", f->mem->burst_probes,
		    f->mem->burst_probes > 1 ? "s" : "", resetting_side(f), duration((double)f->mem->burst_first_us / 1000.0).s);
	say(v, "the connection had been silent %s before the first probe; %s may be gone, or a box dropped the flow silently",
	    duration(f->gap.ms).s, peer_side(f));
	verdict_also(v, CAUSE_SILENT_DROP);
	verdict_also(v, CAUSE_HOST_LOST);
	if (f->mem->burst_probes < 2 || !f->burst_by_self)
		verdict_also(v, CAUSE_ABORT);
	say_hidden(f, v);
}

static const char *waking_segment(const struct facts *f)
{
	switch (f->mem->burst_kind) {
	case RSTWHY_BURST_PROBE:
		return "keepalive probe";
	case RSTWHY_BURST_FIN:
		return "FIN";
	case RSTWHY_BURST_ACK:
		return "acknowledgement";
	default:
		return "segment";
	}
}

static void say_swallowed(const struct facts *f, struct verdict *v)
{
	if (f->mem->burst_copies > 1)
		say(v, "%u copies over %s got no answer before", f->mem->burst_copies - 1,
		    duration((double)(f->mem->burst_first_us - f->mem->burst_last_us) / 1000.0).s);
}

static void say_answer_time(const struct facts *f, struct verdict *v)
{
	struct duration_text gap = duration(f->gap.ms), took = duration((double)f->mem->burst_last_us / 1000.0);
	uint32_t rtt = f->mem->rtt_us[f->rd];

	if (rtt)
		say(v, "silent %s, then the next %s of %s was answered by RST in %s; the host itself is %s away", gap.s,
		    waking_segment(f), peer_side(f), took.s, duration(rtt / 1000.0).s);
	else
		say(v, "silent %s, then the next %s of %s was answered by RST in %s", gap.s, waking_segment(f), peer_side(f),
		    took.s);
}

void tell_remote_on_next_packet(const struct facts *f, struct verdict *v)
{
	say_answer_time(f, v);
	say_swallowed(f, v);
	say_marks(f, v);
	say_hidden(f, v);
	if (f->mem->survived_ms)
		say(v, "this connection had survived a silence of %s before", duration((double)f->mem->survived_ms).s);
	if (f->harmless_loss)
		say(v, "our own entry had expired too, but was made again unchanged");
	if (f->host_kept)
		say(v, "other connections of %s lived on all through that silence: the host has not lost its state", resetting_side(f));
	else if (!(f->marks & MARKS_BOX))
		verdict_also(v, CAUSE_HOST_LOST);
	if (first_words(f)) {
		verdict_also(v, CAUSE_BACKLOG_OVERFLOW);
		verdict_also(v, CAUSE_REMOTE_POLICY);
	}
	bracket_say(f, v);
	hint_candidates(f, true, v);
}

void tell_remote_at_expiry(const struct facts *f, struct verdict *v)
{
	if (only_data_was_silent(f))
		say(v, "no data for %s, only keepalive or acknowledgements, then a RST that no segment elicited",
		    duration(data_silence_ms(f)).s);
	else
		say(v, "both directions silent for %s, then a RST that no segment elicited", duration(f->silence_ms).s);
	if (both_ends_at_once(f))
		say(v, "both ends were reset, %s apart",
		    duration((double)(f->incident->echo_ns - f->ev->boottime_ns) / 1e6).s);
	else
		verdict_also(v, CAUSE_REMOTE_ON_NEXT_PACKET); /* what woke it may not have come as far as this */
	if (only_data_was_silent(f))
		verdict_also(v, CAUSE_INJECTED);
	say_marks(f, v);
	say_hidden(f, v);
	bracket_say(f, v);
	hint_candidates(f, false, v);
}
