// SPDX-License-Identifier: GPL-2.0
/*
 * rules_connect.c - reset before the connection carried anything
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "rules.h"
#include "tcpstate.h"

#define ABANDONED_LEAST_MS 900	 /* SYN to RST; a scanner's RST comes after one round trip, a SYN is retried after a second */
#define SLOW_ANSWER_US	   400000U /* a SYN-ACK so late may have met a client that had given up */
#define SCAN_MOST_MS	   1000.0
#define CHECK_MOST_MS	   300.0 /* beside round trips: a health check hangs up as soon as it is connected */
#define HOST_RTT_LEAST_US  4000U
#define LONE_RTT_LEAST_US  20000U
#define TTL_OF_BOXES	   128U /* hosts begin at 64 or 128, much network gear at 255 */
#define OVERFLOW_MOST_MS   5000U /* a handshake's life when the accept queue is full */
#define SCHEDULED_MS	   750.0 /* beside round trips: machines that are as busy as a full accept queue says */

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
	return f->shape == SHAPE_REFUSING && !f->sender_alive && !f->sender_heard &&
	       (answers_pending_syn(f) || answers_syn_of_conntrack(f) || answers_unseen_syn(f));
}

/* Of a host of which nothing else is known. Most network gear begins at 255, and few hosts. */
static bool gear_like(const struct facts *f)
{
	return f->ev->by == RSTWHY_BY_TRANSIT && !f->ev->host[0].ttl && f->seg->ttl > TTL_OF_BOXES;
}

double weigh_refused(const struct facts *f)
{
	if (f->ev->by == RSTWHY_BY_GATEWAY_STACK)
		return 0.97;
	if (f->ev->by == RSTWHY_BY_UNSEEN || f->marks & (MARKS_BOX | MARK_DF) || gear_like(f))
		return 0.6;
	if (!f->known)
		return 0.85;
	return f->ev->host[0].ttl ? 0.95 : 0.9;
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
	if (f->ev->host[0].ttl && f->ev->by == RSTWHY_BY_TRANSIT)
		say(v, "its TTL is that of the host's other connections");
	if (gear_like(f))
		say(v, "its TTL is %u: it began at 255, as most network gear's and few hosts' do; nothing else is known of that host", f->seg->ttl);
	say_marks(f, v);
	if ((f->marks & (MARKS_BOX | MARK_DF)) || (f->ev->by == RSTWHY_BY_TRANSIT && !f->ev->host[0].ttl))
		verdict_also(v, CAUSE_REMOTE_CONNECT);
	if (f->ev->by == RSTWHY_BY_UNSEEN)
		verdict_also(v, CAUSE_BACKSCATTER);
}

/*
 * Its SYN carried timestamps: a whole stack opened the connection for a program, which closed it. Scanners' own SYNs bear none (nmap,
 * masscan: an MSS at most), and a health check's RST comes from a socket that has the connection (the ACTIVE shape).
 */
static bool opened_by_stack(const struct facts *f)
{
	return f->mem->base[f->rd].flags & RSTWHY_BASE_TS;
}

/* The opener answers the SYN-ACK as if it had no such socket: it had given up. */
bool when_connect_abandoned(const struct facts *f)
{
	const struct rstwhy_memory *mem = f->mem;

	return f->known && f->rd == f->opener && (mem->flags & RSTWHY_MEM_HANDSHAKE) && !(mem->flags & RSTWHY_MEM_COMPLETED) &&
	       f->shape == SHAPE_PASSIVE && f->seg->seq == mem->isn[f->rd] + 1 && !f->sender_alive &&
	       (mem->age_ms >= ABANDONED_LEAST_MS || mem->rtt_us[f->pd] >= SLOW_ANSWER_US || opened_by_stack(f));
}

void tell_connect_abandoned(const struct facts *f, struct verdict *v)
{
	say(v, "the SYN-ACK came when the client had given up, %s after its first SYN", duration((double)f->mem->age_ms).s);
	verdict_also(v, CAUSE_PROBE);
}

/* One client is refused everywhere. What this gateway's rules refuse is theirs, exactly. */
bool when_scan(const struct facts *f)
{
	return f->incident->scanned >= SCAN_LEAST && when_refused(f) && f->ev->by != RSTWHY_BY_GATEWAY_REJECT;
}

void tell_scan(const struct facts *f, struct verdict *v)
{
	say(v, "%u other addresses or ports refused this client within five seconds: as a port scanner finds", f->incident->scanned);
	say_marks(f, v);
	verdict_also(v, CAUSE_REFUSED);
}

/*
 * A scanner makes its SYN by hand, with a TTL of its own (nmap -sS any of 37 to 59, masscan 255), and its host's stack, which knows of
 * nothing, resets. Not where that host's other connections show that the SYN was as its stack's are.
 */
static bool handmade_syn(const struct facts *f)
{
	uint8_t ttl = f->ev->host[0].ttl;

	return !(f->mem->flags & RSTWHY_MEM_COMPLETED) && f->shape == SHAPE_PASSIVE && !opened_by_stack(f) && (f->marks & MARKS_BOX) == MARK_TTL &&
	       (!ttl || ttl == f->seg->ttl);
}

/* The opener hangs up on the SYN-ACK, or on the handshake, and neither side ever said a thing. */
bool when_probe(const struct facts *f)
{
	const struct rstwhy_memory *mem = f->mem;
	uint32_t said = RSTWHY_MEM_DATA_ORIG | RSTWHY_MEM_DATA_REPLY;
	double round = (mem->rtt_us[0] + (double)mem->rtt_us[1]) / 1000.0;
	double most = round + (mem->flags & RSTWHY_MEM_COMPLETED ? CHECK_MOST_MS : SCAN_MOST_MS);

	return f->known && f->ev->by == RSTWHY_BY_TRANSIT && f->rd == f->opener && (mem->flags & RSTWHY_MEM_HANDSHAKE) &&
	       !(mem->flags & said) && !f->fin_self && !f->fin_peer && f->shape != SHAPE_REFUSING && !f->sender_alive &&
	       f->seg->seq == mem->isn[f->rd] + 1 && (double)mem->age_ms <= most && (!(f->marks & MARKS_BOX) || handmade_syn(f));
}

double weigh_probe(const struct facts *f)
{
	if (f->marks & MARKS_BOX)
		return f->ev->host[0].ttl ? 0.85 : 0.75;
	return f->mem->flags & RSTWHY_MEM_COMPLETED ? 0.75 : 0.85;
}

void tell_probe(const struct facts *f, struct verdict *v)
{
	if (f->mem->flags & RSTWHY_MEM_COMPLETED)
		say(v, "the client connected, said nothing and reset %s later: as a health check does",
		    duration((double)f->mem->age_ms).s);
	else
		say(v, "the client answered the SYN-ACK by RST %s after its SYN, and said nothing: as a port scanner or health "
		       "check does", duration((double)f->mem->age_ms).s);
	if (f->marks & MARKS_BOX) {
		say(v, "the SYN had a TTL of %u, the RST has %u: a SYN made by hand, and the stack of its host", f->mem->base[f->rd].ttl, f->seg->ttl);
		verdict_also(v, CAUSE_REMOTE_POLICY);
	}
	verdict_also(v, f->mem->flags & RSTWHY_MEM_COMPLETED ? CAUSE_ABORT : CAUSE_CONNECT_ABANDONED);
}

/* Nobody in between: a host beyond, or this gateway as a host. */
static bool by_an_end(const struct facts *f)
{
	return f->ev->by == RSTWHY_BY_TRANSIT || (f->ev->by == RSTWHY_BY_GATEWAY_STACK && !f->foreign_stack);
}

/*
 * A SYN upon a connection that the other end still has: it answers with an acknowledgement of the old one, which meets a RST of just
 * that number. Others, after a SYN that may be as blind as they are, are none of it.
 */
bool when_half_open(const struct facts *f)
{
	uint32_t reuse = RSTWHY_MEM_SYN_PENDING | RSTWHY_MEM_SYN_REUSE;
	enum seq_match match = f->seq_match;

	if (match == SEQ_BELOW || match == SEQ_ABOVE)
		return false;

	return f->known && by_an_end(f) && (f->mem->flags & reuse) == reuse && f->mem->syn_dir == f->rd && f->shape == SHAPE_PASSIVE;
}

double weigh_half_open(const struct facts *f)
{
	return aftermath_saw(f, RSTWHY_AFTER_SYN) ? 0.97 : 0.92;
}

void tell_half_open(const struct facts *f, struct verdict *v)
{
	bool over = f->both_closed || f->reset_before;

	say(v, "%s opened a new connection (SYN %s before) on the ports of %s", resetting_side(f),
	    duration((double)f->mem->syn_ms).s, over ? "one just closed" : "a living one");
	say(v, "%s answered it for the old connection, and %s reset that", peer_side(f), resetting_side(f));
	if (aftermath_saw(f, RSTWHY_AFTER_SYN))
		say(v, "then the SYN came again");
}

/* One handshake alone may have been slow for reasons of its own, such as a link address to be found first. */
static bool refusal_is_fast(const struct facts *f)
{
	uint32_t rtt = f->ev->host[0].rtt_us;
	bool sure = f->ev->host[0].rtts >= 2;

	return f->known && f->mem->syn_copies == 1 && rtt >= (sure ? HOST_RTT_LEAST_US : LONE_RTT_LEAST_US) &&
	       f->mem->syn_ms * 1000 + 1000 < rtt / (sure ? 2 : 4);
}

/*
 * Boxes that turn the SYN around give back its window; a stack has none to offer. Of a host of which nothing else was seen it is no
 * more than a mark: who knows what it runs.
 */
static bool echoes_window(const struct facts *f)
{
	const struct rstwhy_baseline *syn = &f->mem->base[f->pd];

	return f->known && f->ev->host[0].ttl && f->seg->win && (syn->flags & RSTWHY_BASE_SEEN) && syn->win == f->seg->win;
}

/* A stack has no number to begin with and says 0 (RFC 9293 section 3.10.7.1). */
static bool has_number(const struct facts *f)
{
	return f->seg->seq != 0;
}

/* The refusal is not as that host's other segments, or not as any host's. */
bool when_remote_connect(const struct facts *f)
{
	uint8_t ttl = f->ev->host[0].ttl;

	if (f->ev->by != RSTWHY_BY_TRANSIT || !when_refused(f))
		return false;
	return (ttl && ttl != f->seg->ttl) || refusal_is_fast(f) || echoes_window(f) || has_number(f);
}

double weigh_remote_connect(const struct facts *f)
{
	uint8_t ttl = f->ev->host[0].ttl;
	bool form = echoes_window(f) || has_number(f);

	if (ttl && ttl != f->seg->ttl)
		return refusal_is_fast(f) || form ? 0.97 : 0.93;
	if (refusal_is_fast(f) && (f->ev->host[0].rtts >= 2 || form))
		return 0.85;
	return form ? 0.8 : 0.75;
}

void tell_remote_connect(const struct facts *f, struct verdict *v)
{
	uint8_t ttl = f->ev->host[0].ttl;

	if (ttl && ttl != f->seg->ttl)
		say(v, "the refusal's TTL is %u, other connections of that host show %u", f->seg->ttl, ttl);
	if (refusal_is_fast(f))
		say(v, "it came within %s, the host itself is %s away", duration((double)f->mem->syn_ms + 1).s,
		    duration(f->ev->host[0].rtt_us / 1000.0).s);
	if (echoes_window(f))
		say(v, "its window is that of the SYN, %u: a box turned that around", f->seg->win);
	if (has_number(f))
		say(v, "it bears a sequence number of its own: a host's refusal has 0");
	verdict_also(v, CAUSE_REFUSED);
}

/*
 * A full queue shows at the handshake's third segment, right behind the SYN-ACK. A server that has acknowledged data had the
 * connection, and what came much later met somebody else.
 */
static bool handshake_just_done(const struct facts *f)
{
	const struct rstwhy_memory *mem = f->mem;

	return mem->ack[f->rd] == mem->isn[f->pd] + 1 && mem->last_ms[f->rd] != RSTWHY_NEVER &&
	       (double)mem->last_ms[f->rd] <= facts_round_ms(f) + SCHEDULED_MS;
}

/* The server sent SYN-ACK, and answers the client's next segment as if it had not. */
bool when_backlog_overflow(const struct facts *f)
{
	const struct rstwhy_memory *mem = f->mem;
	uint32_t both = RSTWHY_MEM_HANDSHAKE | RSTWHY_MEM_COMPLETED;

	return f->known && f->rd != f->opener && (mem->flags & both) == both && f->shape == SHAPE_PASSIVE && !f->sender_alive &&
	       !facts_side_flag(f, RSTWHY_MEM_DATA_ORIG, f->rd) && !f->fin_self && !f->fin_peer && f->elicited &&
	       f->seg->seq == mem->isn[f->rd] + 1 && mem->age_ms <= OVERFLOW_MOST_MS && handshake_just_done(f) && !(f->marks & MARKS_BOX) && !f->lost;
}

void tell_backlog_overflow(const struct facts *f, struct verdict *v)
{
	say(v, "the server sent SYN-ACK, and %s later answered the client as if there were no connection",
	    duration((double)f->mem->age_ms).s);
	verdict_also(v, CAUSE_REMOTE_POLICY);
}
