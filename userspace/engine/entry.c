// SPDX-License-Identifier: GPL-2.0
/*
 * entry.c - what became of conntrack's entry: run out, lost before its time, made anew, translated otherwise
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "facts.h"

#define EXPIRY_SLACK_MS	 100.0	  /* ticks of both clocks */
#define EXPIRY_COARSE_MS 4096000U /* the memory keeps longer timeouts in steps of 16 s */
#define CLOSE_TIMEOUT_MS 10000.0  /* what conntrack arms upon a RST */
#define IPS_SEEN_REPLY	 (1U << 1)

static double expiry_slack_ms(uint64_t timeout_ms)
{
	return timeout_ms > EXPIRY_COARSE_MS ? EXPIRY_SLACK_MS + 8000 : EXPIRY_SLACK_MS;
}

/* An earlier RST that killed nothing leaves conntrack ten seconds: did it last longer than that until the burst? */
static bool outlasted_close(const struct facts *f)
{
	double before_burst = (double)f->mem->reset_ms - (double)f->mem->burst_first_us / 1000.0;

	return mem_has(f, RSTWHY_MEM_RESET_BEFORE) && f->gap.from == GAP_BURST &&
	       before_burst >= CLOSE_TIMEOUT_MS - EXPIRY_SLACK_MS;
}

/* A loss seen at a burst that was answered since is history, unless there is no entry of the flow's now either. */
static bool lost_now(const struct facts *f)
{
	bool survived = mem_has(f, RSTWHY_MEM_LOST_KNOWN) && mem_has(f, RSTWHY_MEM_BURST_ANSWERED);
	bool entry = (f->ct->flags & CT_HAS_TUPLES) && !mem_has(f, RSTWHY_MEM_ALIAS);

	return mem_has(f, RSTWHY_MEM_LOST) && !(survived && entry);
}

static void find_expiry(struct facts *f)
{
	uint64_t timeout = f->mem->timeout_before_gap_ms;

	f->lost = lost_now(f);
	if (!f->lost || !timeout || f->gap.from == GAP_UNKNOWN)
		return;
	f->expired = f->gap.max_ms + expiry_slack_ms(timeout) >= (double)timeout;
	if (!f->expired)
		f->expired = f->shortened = outlasted_close(f);
}

static void find_translation(struct facts *f)
{
	const struct rstwhy_tuple *orig = &f->mem->orig, *reply = &f->mem->reply;
	bool picked_up = mem_has(f, RSTWHY_MEM_LOST_KNOWN) && f->lost && (f->ct->flags & CT_HAS_TUPLES);

	if (!f->known || tuple_is_zero(orig) || tuple_is_zero(reply))
		return;
	f->translated = !tuple_mirrors(orig, reply);
	f->remapped = picked_up && tuple_equal(&f->ct->orig, orig) && !tuple_is_zero(&f->ct->reply) &&
		      !tuple_equal(&f->ct->reply, reply);
	f->harmless_loss = picked_up && ((tuple_equal(&f->ct->orig, orig) && tuple_equal(&f->ct->reply, reply)) ||
					 (tuple_equal(&f->ct->orig, reply) && tuple_equal(&f->ct->reply, orig)));
}

static bool sent_from(const struct facts *f, const uint8_t *addr, uint16_t port)
{
	return f->seg->tuple.sport == port && !address_differs(f->seg->tuple.src, addr);
}

/* The RST speaks for the address that stood for somebody else: the client seen from outside, or the server as addressed. */
static void find_foreign_stack(struct facts *f)
{
	const struct rstwhy_tuple *orig = &f->mem->orig, *reply = &f->mem->reply;

	if (f->ev->by != RSTWHY_BY_GATEWAY_STACK || !f->translated)
		return;
	if (address_differs(orig->src, reply->dst) || orig->sport != reply->dport)
		f->foreign_stack = sent_from(f, reply->dst, reply->dport);
	if (address_differs(orig->dst, reply->src) || orig->dport != reply->sport)
		f->foreign_stack = f->foreign_stack || sent_from(f, orig->dst, orig->dport);
}

/*
 * A segment passed as it was, without translation, and who got it answered that: conntrack had refused it, or made a new entry of it.
 * That is none of the flow's, which was found by its translated tuple.
 */
static void find_escape(struct facts *f)
{
	const struct rstwhy_tuple *wire = &f->seg->tuple;
	bool own_entry = (f->ct->flags & CT_HAS_TUPLES) && !mem_has(f, RSTWHY_MEM_ALIAS);

	if (f->ev->by != RSTWHY_BY_TRANSIT || !f->translated || own_entry)
		return;
	f->escaped = tuple_mirrors(wire, f->rd == RSTWHY_DIR_REPLY ? &f->mem->orig : &f->mem->reply);
}

/* Conntrack did not meet the flow just now: it has heard both sides, or was not asked. */
static bool entry_is_none_or_older(const struct facts *f)
{
	return (f->ct->status & IPS_SEEN_REPLY) || (f->ct->flags & (RSTWHY_CT_UNTRACKED | RSTWHY_CT_OFF));
}

/*
 * All that is known of the flow is what this RST answers: it was met in mid-stream just before. A memory that began later than
 * conntrack meets so what conntrack has had all along.
 */
static void find_pick_up(struct facts *f)
{
	uint64_t met = f->mem->age_ms;

	f->picked_up = mem_has(f, RSTWHY_MEM_MIDSTREAM) && f->mem->last_ms[f->rd] == RSTWHY_NEVER && f->elicited &&
		       (double)met <= 2 * facts_answer_ms(f) && !entry_is_none_or_older(f);
}

/**
 * entry_find() - what became of the flow's entry
 * @f: elicitor, gap and closing are known; lost, expired, shortened, translated, remapped, harmless_loss, foreign_stack, escaped
 *     and picked_up are set
 */
void entry_find(struct facts *f)
{
	find_expiry(f);
	find_translation(f);
	find_foreign_stack(f);
	find_escape(f);
	find_pick_up(f);
}
