// SPDX-License-Identifier: GPL-2.0
/*
 * rules_plain.c - RSTs that came by a plain log rule: what a packet alone can prove
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * No silence, no history, not who made it. Its form, its own words, and what other RSTs of the same connection look like remain.
 */
#include "rules.h"
#include "says.h"

/* A program's pattern, no stack's; it needs no history. */
bool when_plain_pattern(const struct facts *f)
{
	return f->incident->first.plain && f->shape == SHAPE_ACTIVE && f->incident->windows >= 3;
}

void tell_plain_pattern(const struct facts *f, struct verdict *v)
{
	(void)f;
	say(v, "three RSTs whose windows rise by one each: a program's pattern, no stack's");
	verdict_also(v, CAUSE_REMOTE_POLICY);
}

bool when_plain(const struct facts *f)
{
	return f->incident->first.plain;
}

static void plain_words(const struct facts *f, struct verdict *v)
{
	enum says says = says_of(f);

	if (says == SAYS_POLICY)
		verdict_also(v, CAUSE_REMOTE_POLICY);
	else if (says == SAYS_IDLE)
		verdict_also(v, CAUSE_REMOTE_AT_EXPIRY);
}

void tell_plain(const struct facts *f, struct verdict *v)
{
	bool leaves = f->ev->hook == RSTWHY_HOOK_LOCAL_OUT;

	plain_words(f, v);
	if (leaves)
		verdict_also(v, CAUSE_GATEWAY_RULE);
	if (f->shape == SHAPE_ACTIVE) {
		say(v, "RST with acknowledgement, in mid-connection: a live socket sends it so, and some boxes");
		verdict_also(v, CAUSE_ABORT);
		verdict_also(v, CAUSE_REMOTE_AT_EXPIRY);
		verdict_also(v, CAUSE_REMOTE_POLICY);
	} else {
		say(v, "RST without acknowledgement: the answer of whoever does not have the connection any more, or of a box");
		verdict_also(v, CAUSE_REMOTE_ON_NEXT_PACKET);
		verdict_also(v, CAUSE_HOST_LOST);
		verdict_also(v, CAUSE_AFTER_CLOSE);
	}
}

void say_plain(const struct facts *f, struct verdict *v)
{
	if (!f->incident->first.plain)
		return;
	if (f->ev->hook == RSTWHY_HOOK_LOCAL_OUT)
		say(v, "it left by this gateway's output: a rule, the stack or a program here sent it");
	say(v, "seen by a plain log rule: the silence before it, the connection's history and who sent it are not known");
	if (f->ev->hook == RSTWHY_HOOK_LOCAL_OUT && v->cause == CAUSE_REFUSED)
		verdict_also(v, CAUSE_GATEWAY_RULE);
}
