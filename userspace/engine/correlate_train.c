// SPDX-License-Identifier: GPL-2.0
/*
 * correlate_train.c - further RSTs of a connection whose first one waits for its verdict
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "correlate_core.h"

#define OVERTAKEN_MS 100U

/*
 * Linux has closed a socket before the RST it resets its peer with is out: what arrives in between is answered as if by no socket
 * (tcp_close() in net/ipv4/tcp.c). The live socket's RST comes right behind and is the one that tells.
 */
static bool overtaken(const struct event *first, const struct event *event)
{
	return !(first->seg.flags & SEG_ACK) && (event->seg.flags & SEG_ACK) && event->seg.seq &&
	       event->ev.boottime_ns - first->ev.boottime_ns <= OVERTAKEN_MS * NS_PER_MS;
}

static bool is_of_live_socket(enum cause cause)
{
	return cause == CAUSE_ABORT || cause == CAUSE_CANCEL || cause == CAUSE_REQUEST_REJECTED || cause == CAUSE_CRASH;
}

/*
 * The first was one that its receiver ignores and this one is not, or it had overtaken this one: judge by this one, at the time
 * and under the name of the first.
 */
static bool promote(const struct correlate *c, struct held_slot *s, const struct event *event)
{
	bool ignored = s->rule->cause == CAUSE_OUT_OF_WINDOW;
	struct incident better;
	enum cause cause;
	struct facts f;

	if (!ignored && !overtaken(&s->incident->first, event))
		return false;
	better = *s->incident;
	better.first = *event;
	better.first.ev.seq = s->incident->first.ev.seq;
	better.first.ev.boottime_ns = s->incident->first.ev.boottime_ns;
	better.first.ev.realtime_ns = s->incident->first.ev.realtime_ns;
	better.first.ev.mem.flags &= ~(uint32_t)RSTWHY_MEM_RESET_BEFORE;
	facts_of(&better, &c->settings, &f);
	cause = verdict_rule(&f)->cause;
	if (ignored ? cause == CAUSE_OUT_OF_WINDOW : !is_of_live_socket(cause))
		return false;
	*s->incident = better;
	return true;
}

/* Patterns that no stack sends: windows n, n+1, n+2; numbers that rise beyond all that was sent. */
static bool follow_pattern(struct incident *incident, const struct event *event)
{
	const struct rstwhy_memory *mem = &event->ev.mem;
	bool known = (mem->flags & RSTWHY_MEM_KNOWN) && mem->direction <= RSTWHY_DIR_REPLY;
	uint32_t steps = incident->steps, windows = incident->windows;

	if (known && seq_after(event->seg.seq, incident->last_rst) && seq_after(event->seg.seq, mem->end[mem->direction]))
		incident->steps++;
	if (event->seg.win == (uint16_t)(incident->last_win + 1) && event->seg.win > 1)
		incident->windows++;
	else if (incident->windows < 3)
		incident->windows = 1;
	incident->last_win = event->seg.win;
	incident->last_rst = event->seg.seq;
	return incident->steps != steps || (incident->windows != windows && incident->windows == 3);
}

void correlate_count_in(struct correlate *c, uint32_t index, const struct event *event)
{
	struct held_slot *s = held_at(c->held, index);
	struct origin origin = origin_of(event);
	bool same_side = origin_same_side(&origin, &s->origin), news = false;

	if (s->incident->count < UINT32_MAX)
		s->incident->count++;
	if (event->ev.seq > s->last_seq)
		s->last_seq = event->ev.seq;
	if (same_side) {
		news = promote(c, s, event);
		news = follow_pattern(s->incident, event) || news;
	} else if (!s->incident->have_echo) {
		s->incident->have_echo = news = true;
		s->incident->echo_ns = event->ev.boottime_ns;
	}
	if (news)
		correlate_judge_again(c, index);
}
