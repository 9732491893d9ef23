/* SPDX-License-Identifier: GPL-2.0 */
/*
 * says.h - what a RST says of itself
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_SAYS_H
#define RSTWHY_SAYS_H

#include "rules.h"

enum says {
	SAYS_NOTHING,
	SAYS_IDLE,	/* a timer */
	SAYS_POLICY,	/* a refusal */
	SAYS_ABORT,	/* an endpoint meant it */
	SAYS_RESOURCES, /* somebody ran out of something */
	SAYS_NETWORK,	/* the way was broken */
	SAYS_PASSED_ON, /* a proxy passes on the other side's reset */
	SAYS_NO_FLOW,	/* a box does not have the connection */
	SAYS_BACKEND,
};

/* What its payload or option names as the reason; pure. */
enum says says_of(const struct facts *f);
/* Sentences and candidates from it; nothing of the payload itself. */
void say_packet(const struct facts *f, struct verdict *v);

bool when_says_idle(const struct facts *f);
bool when_says_policy(const struct facts *f);
void tell_says_idle(const struct facts *f, struct verdict *v);
void tell_says_policy(const struct facts *f, struct verdict *v);

#endif
