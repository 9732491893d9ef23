// SPDX-License-Identifier: GPL-2.0
/*
 * verdict.c - walk the rules, and fill in what a record says besides the cause
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <string.h>

#include "name.h"
#include "rules.h"
#include "says.h"

#define HIDDEN_CAP     0.6 /* causes.md, "confidence" */
#define PLAIN_ADVICE "Load the module nf_rstwhy: it tells the silence before a RST, and who sent it (README, 'Without the module')."
#define CT_STATE_HOLDS (RSTWHY_CT_FOUND | RSTWHY_CT_MEMSTATE)

const struct rule *verdict_rule(const struct facts *f)
{
	const struct rule *rule = rules_table(f->ev->kind == RSTWHY_KIND_SILENCE);
	unsigned int missing = ~rules_traits(f);

	while ((rule->only & missing) || !rule->when(f))
		rule++;
	return rule;
}

void verdict_also(struct verdict *v, enum cause cause)
{
	if (cause == v->cause || v->also_count >= VERDICT_ALSO_MAX)
		return;
	for (size_t i = 0; i < v->also_count; i++)
		if (v->also[i] == cause)
			return;
	v->also[v->also_count++] = cause;
}

static double confidence_of(const struct rule *rule, const struct facts *f)
{
	double c = rule->weigh ? rule->weigh(f) : rule->confidence;

	return rule->needs_history && f->hidden && c > HIDDEN_CAP ? HIDDEN_CAP : c;
}

static void fill_gap(const struct facts *f, struct verdict *v)
{
	bool told = f->gap.from != GAP_UNKNOWN;

	v->blind = f->known && (f->mem->flags & RSTWHY_MEM_BLIND);
	v->gap_ms = told && !f->gap.blind ? f->gap.ms : -1;
	v->gap_min_ms = told && f->gap.blind ? f->gap.min_ms : -1;
	v->gap_max_ms = told && f->gap.blind ? f->gap.max_ms : -1;
}

/* Conntrack's own idea of the age, right before this packet: small in most cases, which is the point of showing it. */
static double ct_idle(const struct facts *f)
{
	double idle = (double)f->mem->timeout_now_ms - (double)f->ct->remaining_before_ms;
	bool readable = (f->ct->flags & RSTWHY_CT_FOUND) && !(f->ct->flags & RSTWHY_CT_REFRESHED) && f->known &&
			!f->offloaded; /* whose timer is parked */

	return readable && f->mem->timeout_now_ms && idle >= 0 ? idle : -1;
}

static double or_unknown(bool known, uint64_t ms)
{
	return known && ms && ms != RSTWHY_NEVER ? (double)ms : -1;
}

static void fill_numbers(const struct facts *f, struct verdict *v)
{
	fill_gap(f, v);
	v->idle_ms = f->idle_ms;
	v->ct_idle_ms = ct_idle(f);
	v->ct_timeout_before_gap_ms = or_unknown(f->known && f->gap.from != GAP_UNKNOWN, f->mem->timeout_before_gap_ms);
	v->ct_timeout_at_rst_ms = or_unknown(f->known, f->mem->timeout_now_ms);
	v->age_ms = or_unknown(f->known, f->mem->age_ms);
	v->ct_state = (f->ct->flags & CT_STATE_HOLDS) && f->ct->state_before != RSTWHY_STATE_UNKNOWN ? f->ct->state_before : -1;
}

double verdict_confidence(const struct incident *incident, const struct verdict_settings *settings, enum cause cause)
{
	const struct rule *rule;
	struct facts f;

	facts_of(incident, settings, &f);
	rule = verdict_rule(&f);
	return rule->cause == cause ? confidence_of(rule, &f) : 0;
}

static void advise(const struct facts *f, const struct rule *rule, struct verdict *v)
{
	const struct cause_text *text = cause_text(rule->cause);
	bool plain = f->incident->first.plain && rule->cause == CAUSE_NO_HISTORY;

	v->advice = plain ? PLAIN_ADVICE : text->advice;
	v->advice_len = plain ? sizeof(PLAIN_ADVICE) - 1 : text->advice_len;
}

void verdict_tell(const struct facts *f, const struct rule *rule, struct verdict *out)
{
	const struct incident *incident = f->incident;

	out->also_count = out->evidence_count = out->candidates_count = 0; /* all else is set below */
	out->cause = rule->cause;
	out->confidence = confidence_of(rule, f);
	out->certain = rule->certain;
	out->stage = facts_stage(f);
	out->sender = facts_sender(f);
	if (f->ev->kind == RSTWHY_KIND_SILENCE && f->oriented) /* whose answer is missing */
		out->sender = f->rd == f->opener ? SIDE_SERVER : SIDE_CLIENT;
	out->both_ends = incident->have_echo;
	out->seq_match = f->seq_match;
	facts_endpoints(f, &out->ends);
	advise(f, rule, out);
	fill_numbers(f, out);
	if (rule->tell)
		rule->tell(f, out);
	say_plain(f, out);
	say_packet(f, out);
	if (incident->count > 1)
		say(out, "%u RSTs in all", incident->count);
}

void verdict_judge(const struct incident *incident, const struct verdict_settings *settings, struct verdict *out)
{
	struct facts f;

	facts_of(incident, settings, &f);
	verdict_tell(&f, verdict_rule(&f), out);
}

const char *stage_name(enum stage stage)
{
	static const struct name names[] = {
		[STAGE_UNKNOWN] = NAME("unknown"), [STAGE_CONNECT] = NAME("connect"),	      [STAGE_ACCEPTED] = NAME("accepted"),
		[STAGE_REQUEST] = NAME("request"), [STAGE_ESTABLISHED] = NAME("established"), [STAGE_CLOSING] = NAME("closing"),
		[STAGE_CLOSED] = NAME("closed"),
	};

	return names[(unsigned int)stage <= STAGE_CLOSED ? stage : STAGE_UNKNOWN].text;
}

const char *side_name(enum side side)
{
	static const struct name names[] = {
		[SIDE_UNKNOWN] = NAME("unknown"),
		[SIDE_CLIENT] = NAME("client"),
		[SIDE_SERVER] = NAME("server"),
		[SIDE_GATEWAY] = NAME("gateway"),
	};

	return names[(unsigned int)side <= SIDE_GATEWAY ? side : SIDE_UNKNOWN].text;
}

const char *seq_match_name(enum seq_match match)
{
	static const struct name names[] = {
		[SEQ_UNKNOWN] = NAME("unknown"), [SEQ_EXACT] = NAME("exact"), [SEQ_IN_WINDOW] = NAME("in-window"),
		[SEQ_BELOW] = NAME("below"),	 [SEQ_ABOVE] = NAME("above"),
	};

	return names[(unsigned int)match <= SEQ_ABOVE ? match : SEQ_UNKNOWN].text;
}
