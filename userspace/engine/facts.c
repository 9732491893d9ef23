// SPDX-License-Identifier: GPL-2.0
/*
 * facts.c - what can be derived from an incident without deciding anything
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Everything here comes from a packet or from whoever wrote to the group: directions are checked before they index.
 */
#include <string.h>

#include "facts.h"

#define ANSWER_LEAST_MS	 250.0	  /* causes.md, "elicited"; also for queues on the way */
#define ANSWER_FAR_MS	 1000.0	  /* where no round trip was measured: a satellite's, with load */
#define QUEUED_MS	 3500.0	  /* a segment that waits for its host's link address, and the answer */
#define RTO_MOST_MS	 120000.0 /* between two copies of a segment: TCP_RTO_MAX */
#define HEARD_SHARE	 8.0	  /* of the gap may lie between the host's last word elsewhere and the gap's end */
#define FINE_NEAR_MS	 20.0	  /* coarse and fine clocks speak of one segment */
#define STRETCH_MS	 1000	  /* resume_ms, unless somebody changed it; longer than round trips are */
#define REPEAT_MS	 900000U  /* a peer retransmits for about a quarter of an hour */

bool facts_side_flag(const struct facts *f, uint32_t orig, unsigned int dir)
{
	return mem_has(f, orig << dir) || (orig == RSTWHY_MEM_DATA_ORIG && offload_sent_unseen(f, dir));
}

double facts_round_ms(const struct facts *f)
{
	return f->known ? (f->mem->rtt_us[0] + (double)f->mem->rtt_us[1]) / 1000.0 + ANSWER_LEAST_MS : ANSWER_LEAST_MS;
}

/*
 * Both sides' last segments fell into one tick (4.2 ms), as in any local network: then conntrack's note of the last acknowledgement tells
 * that the resetting side's was the last. It says nothing of what was said before a silence that a probe ended.
 */
static bool acknowledged_last(const struct facts *f)
{
	const struct rstwhy_memory *mem = f->mem;
	unsigned int self = f->ev->direction;

	if (self > RSTWHY_DIR_REPLY || f->offloaded || mem->last_data_ms[0] != mem->last_ms[0] || mem->last_data_ms[1] != mem->last_ms[1])
		return false;
	return f->ct->flags & (RSTWHY_CT_BARE_ORIG << self);
}

/*
 * The memory tells data from acknowledgements only across a silence: a side's last data is as old as the last segment, of any kind, of the
 * stretch of talk in which it last sent some. Of two ages within one stretch the younger is the acknowledgement of the older one's data; of
 * two stretches, which a silence of a second parts (resume_ms), the younger is who spoke last.
 */
bool facts_peer_spoke_last(const struct facts *f)
{
	bool self = facts_side_flag(f, RSTWHY_MEM_DATA_ORIG, f->rd), peer = facts_side_flag(f, RSTWHY_MEM_DATA_ORIG, f->pd);
	uint64_t own = f->mem->last_data_ms[f->rd], others = f->mem->last_data_ms[f->pd];

	if (!self || !peer)
		return peer;
	if (own == others && acknowledged_last(f))
		return true;
	if ((own > others ? own - others : others - own) < STRETCH_MS)
		return others > own;
	return others < own;
}

bool facts_survived_gap(const struct facts *f)
{
	return f->gap.from == GAP_BURST && f->mem->survived_ms && (double)f->mem->survived_ms >= f->gap.max_ms;
}

double facts_answer_ms(const struct facts *f)
{
	double three = f->known ? 3.0 * f->mem->rtt_us[f->rd] / 1000.0 : 0;

	return three > ANSWER_LEAST_MS ? three : ANSWER_LEAST_MS;
}

/* The SYN's sender: of the connection, or of a new one on the old tuple when the RST refuses that. */
static unsigned int opener_of(const struct facts *f)
{
	if (mem_has(f, RSTWHY_MEM_SYN_PENDING) && f->shape == SHAPE_REFUSING && f->mem->syn_dir == f->pd)
		return f->pd;
	return mem_has(f, RSTWHY_MEM_OPENER_REPLY) ? RSTWHY_DIR_REPLY : RSTWHY_DIR_ORIGINAL;
}

static void orient(struct facts *f)
{
	f->known = (f->mem->flags & RSTWHY_MEM_KNOWN) && f->mem->direction <= RSTWHY_DIR_REPLY;
	f->oriented = f->known || ((f->ct->flags & CT_HAS_TUPLES) && f->ev->direction <= RSTWHY_DIR_REPLY);
	if (f->oriented)
		f->rd = f->known ? f->mem->direction : f->ev->direction;
	f->pd = f->rd ^ 1U;
	f->shape = shape_of(f);
	f->opener = opener_of(f);
}

/* a lies in [from, to] of sequence space */
static bool seq_within(uint32_t a, uint32_t from, uint32_t to)
{
	return a - from <= to - from;
}

static bool fits_burst(const struct facts *f)
{
	const struct rstwhy_memory *mem = f->mem;
	uint32_t end = seq_after(mem->end[f->pd], mem->burst_end) ? mem->end[f->pd] : mem->burst_end;

	if (f->shape == SHAPE_PASSIVE)
		return f->seg->seq == mem->burst_ack || f->seg->seq == mem->ack[f->pd];
	return seq_within(f->seg->ack, mem->burst_seq, end);
}

/* How old the peer's last segment may be that this RST answers; a second where it waits still for its acknowledgement: see below. */
static double answer_to_last_ms(const struct facts *f)
{
	bool waiting = f->shape == SHAPE_PASSIVE && seq_after(f->mem->end[f->pd], f->mem->ack[f->rd]);

	return waiting && facts_answer_ms(f) < ANSWER_FAR_MS ? ANSWER_FAR_MS : facts_answer_ms(f);
}

static bool fits_last(const struct facts *f)
{
	if (f->mem->last_ms[f->pd] == RSTWHY_NEVER || (double)f->mem->last_ms[f->pd] > answer_to_last_ms(f))
		return false;
	if (f->shape == SHAPE_PASSIVE)
		return f->seg->seq == f->mem->ack[f->pd];
	return f->seg->ack == f->mem->end[f->pd];
}

/*
 * A retransmission would have been counted as the burst's last, so the time is that of one answer; a second where a RST bears just the
 * number that the burst acknowledges and no round trip was measured, or machines are slower than one handshake was. A host that is coming back is asked
 * for its link address first, and what is for it waits meanwhile behind our hook, up to three seconds (neighbour(7), arp_queue):
 * where copies went unanswered before, a RST with exactly their acknowledgement as its number answers one of them.
 */
static bool in_time_for_burst(const struct facts *f)
{
	bool exact = f->shape == SHAPE_PASSIVE && f->seg->seq == f->mem->burst_ack;
	double most = f->mem->rtt_us[f->rd] ? facts_answer_ms(f) : ANSWER_FAR_MS;

	if (exact && most < ANSWER_FAR_MS)
		most = ANSWER_FAR_MS;
	if (exact && f->mem->burst_copies >= 2 && most < QUEUED_MS)
		most = QUEUED_MS;
	return (double)f->mem->burst_last_us / 1000.0 <= most;
}

static double last_seen_ms(const struct facts *f)
{
	uint64_t a = f->mem->last_ms[0], b = f->mem->last_ms[1];

	if (!f->known || (a == RSTWHY_NEVER && b == RSTWHY_NEVER))
		return -1;
	return (double)(a < b ? a : b);
}

/*
 * Long after it nobody awaits an answer any more, and the silence is that since: a bare acknowledgement (a window update, say) gets none,
 * and one that takes another path is not seen. Who is not answered sends copies, two minutes apart at most (TCP_RTO_MAX).
 */
static bool past(const struct facts *f)
{
	const struct rstwhy_memory *mem = f->mem;
	double since = last_seen_ms(f), least = facts_answer_ms(f) > ANSWER_FAR_MS ? facts_answer_ms(f) : ANSWER_FAR_MS;

	if (mem->burst_kind == RSTWHY_BURST_ACK)
		return since > least;
	return mem->last_ms[mem->burst_dir ^ 1U] == RSTWHY_NEVER && since > (mem->burst_copies == 1 ? least : RTO_MOST_MS);
}

/* A burst that was overtaken was answered, or went on, where we did not see it. */
static void find_elicitor(struct facts *f)
{
	f->burst_open = mem_has(f, RSTWHY_MEM_BURST) && !mem_has(f, RSTWHY_MEM_BURST_ANSWERED) && f->mem->burst_dir <= 1 &&
			!f->overtaken;
	f->burst_by_peer = f->burst_open && f->mem->burst_dir == f->pd;
	f->answers_burst = f->burst_by_peer && in_time_for_burst(f) && fits_burst(f);
	if (f->burst_open && !f->answers_burst && past(f))
		f->burst_open = f->burst_by_peer = false;
	f->burst_by_self = f->burst_open && f->mem->burst_dir == f->rd;
	f->elicited = f->answers_burst || (f->known && fits_last(f));
}

static double fine_idle_ms(const struct facts *f)
{
	double fine = (double)f->mem->burst_last_us / 1000.0;

	if (!mem_has(f, RSTWHY_MEM_BURST))
		return f->silence_ms;
	if (mem_has(f, RSTWHY_MEM_BURST_INVALID) && fine < f->silence_ms)
		return fine;
	return f->silence_ms >= 0 && fine < f->silence_ms + FINE_NEAR_MS && fine > f->silence_ms - FINE_NEAR_MS ? fine
														: f->silence_ms;
}

static void find_gap(struct facts *f)
{
	struct gap *gap = &f->gap;

	f->silence_ms = last_seen_ms(f);
	f->idle_ms = fine_idle_ms(f);
	if (f->burst_open) {
		gap->from = GAP_BURST;
		gap->ms = (double)f->mem->burst_gap_ms;
		gap->blind = mem_has(f, RSTWHY_MEM_BLIND);
		gap->min_ms = gap->blind ? (double)f->mem->gap_min_ms : gap->ms;
		gap->max_ms = gap->blind ? (double)f->mem->gap_max_ms : gap->ms;
	} else if (!f->elicited && f->silence_ms > facts_answer_ms(f)) {
		gap->from = GAP_SILENCE;
		gap->ms = gap->min_ms = gap->max_ms = f->silence_ms;
		gap->blind = f->offloaded; /* of an offloaded flow we know the last segment that was not */
		gap->min_ms = gap->blind ? 0 : gap->ms;
	}
}

/*
 * Its other connections were seen to go on from before the gap until its end. This flow's own segments are older than the gap.
 */
static bool kept_state(const struct facts *f, const struct rstwhy_host *host)
{
	double first_ms = (double)f->mem->burst_first_us / 1000.0, gap_ms = f->gap.min_ms;

	return (host->flags & RSTWHY_HOST_KNOWN) && f->gap.from == GAP_BURST && (double)host->kept_ms >= first_ms + gap_ms &&
	       (double)host->heard_ms <= first_ms + gap_ms / HEARD_SHARE;
}

static void find_hosts(struct facts *f)
{
	const struct rstwhy_host *self = &f->ev->host[0], *peer = &f->ev->host[1];

	if (!f->known || f->ev->by != RSTWHY_BY_TRANSIT)
		return;
	f->host_kept = f->burst_by_peer && kept_state(f, self);
	f->peer_kept = f->burst_by_self && kept_state(f, peer);
	f->peer_alive = f->burst_by_self && (peer->flags & RSTWHY_HOST_KNOWN) &&
			(double)peer->heard_ms * 1000.0 < (double)f->mem->burst_first_us;
}

/* All data of side dir was acknowledged, up to its FIN. */
static bool drained(const struct facts *f, unsigned int dir)
{
	return facts_side_flag(f, RSTWHY_MEM_FIN_ORIG, dir) && (facts_side_flag(f, RSTWHY_MEM_FIN_ACKED_ORIG, dir) ||
								!seq_before(f->mem->ack[dir ^ 1U], f->mem->fin_end[dir] - 1));
}

/* An age, to an event that began later than the earlier RST by more than slack_ms. */
static bool since_reset(const struct facts *f, double age_ms, double slack_ms)
{
	return age_ms + slack_ms < (double)f->mem->reset_ms;
}

/* Since the earlier RST that side spoke again; with slack: later than anything under way then can have come. */
static bool spoke_since_reset(const struct facts *f, unsigned int dir, double slack_ms)
{
	uint64_t last = f->mem->last_ms[dir];

	if (last != RSTWHY_NEVER && since_reset(f, (double)last, slack_ms))
		return true;
	return f->burst_open && f->mem->burst_dir == dir && since_reset(f, (double)f->mem->burst_first_us / 1000.0, slack_ms);
}

/* The peer woke up after the earlier RST with something new: this RST has a reason of its own. */
static bool woke_since_reset(const struct facts *f)
{
	return f->burst_open && f->mem->burst_kind != RSTWHY_BURST_RETRANSMIT &&
	       since_reset(f, (double)f->mem->burst_first_us / 1000.0, FINE_NEAR_MS);
}

static bool copies_earlier_reset(const struct facts *f)
{
	const struct rstwhy_memory *mem = f->mem;

	return mem->reset_dir == f->rd && mem->reset_ms <= REPEAT_MS && mem->end[f->rd] == mem->reset_end[f->rd] &&
	       mem->ack[f->pd] == mem->reset_ack[f->pd] && !spoke_since_reset(f, f->rd, FINE_NEAR_MS) && !woke_since_reset(f);
}

/* That side is gone since its earlier RST, which the peer seems not to have got. */
static bool gone_since_reset(const struct facts *f)
{
	return f->mem->reset_dir == f->rd && f->ev->by == RSTWHY_BY_TRANSIT && !mem_has(f, RSTWHY_MEM_LOST) &&
	       !spoke_since_reset(f, f->rd, FINE_NEAR_MS);
}

static void find_earlier_reset(struct facts *f)
{
	const struct rstwhy_memory *mem = f->mem;
	double crossing = facts_round_ms(f);

	f->reset_before = f->incident->repeat;
	f->repeats = f->incident->repeat && f->incident->repeat_same_dir;
	if (!mem_has(f, RSTWHY_MEM_RESET_BEFORE) || mem->reset_dir > 1)
		return;
	if (mem_has(f, RSTWHY_MEM_SYN_PENDING) && mem->syn_ms < mem->reset_ms)
		return;
	f->repeats = f->repeats || copies_earlier_reset(f);
	f->reset_before =
		f->reset_before || f->repeats || gone_since_reset(f) || !spoke_since_reset(f, mem->reset_dir ^ 1U, crossing);
}

static void find_closing(struct facts *f)
{
	f->fin_self = facts_side_flag(f, RSTWHY_MEM_FIN_ORIG, f->rd);
	f->fin_peer = facts_side_flag(f, RSTWHY_MEM_FIN_ORIG, f->pd);
	f->both_closed = f->known && drained(f, f->rd) && drained(f, f->pd);
	find_earlier_reset(f);
}

static void find_aftermath(struct facts *f)
{
	f->sender_heard = aftermath_sender_heard(f);
	if (!f->incident->after_seen)
		return;
	f->went_on = aftermath_went_on(f);
	f->sender_alive = aftermath_sender_alive(f);
}

void facts_orient(const struct incident *incident, const struct verdict_settings *settings, struct facts *f)
{
	memset(f, 0, sizeof(*f));
	f->incident = incident;
	f->settings = settings;
	f->ev = &incident->first.ev;
	f->ct = &f->ev->ct;
	f->mem = &f->ev->mem;
	f->seg = &incident->first.seg;
	orient(f);
}

/**
 * facts_of() - derive everything the rules look at
 * @incident: any content; must outlive f
 * @settings: must outlive f
 * @f: filled
 */
void facts_of(const struct incident *incident, const struct verdict_settings *settings, struct facts *f)
{
	facts_orient(incident, settings, f);
	offload_find(f);
	find_elicitor(f);
	find_gap(f);
	find_hosts(f);
	f->marks = shape_marks(f);
	f->continuous = shape_continuous(f);
	find_closing(f);
	entry_find(f);
	f->seq_match = facts_seq_match(f);
	offload_find_hidden(f);
	find_aftermath(f);
}
