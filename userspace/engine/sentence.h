/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sentence.h - words for people
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_SENTENCE_H
#define RSTWHY_SENTENCE_H

#include "facts.h"

#define DURATION_TEXT 32

struct duration_text {
	char s[DURATION_TEXT];
};

/* "0.3 ms", "11 ms", "2.1 s", "350.4 s", "2 h 4 min", "3 d 2 h"; negative: "an unknown time". */
struct duration_text duration(double ms);

/*
 * Add one sentence, or one candidate; silently not when the verdict has all it can hold. Cut at what one may be long. Of printf()'s
 * language they know %s and %u, which is all that sentences need, at a fifth of its cost.
 */
void say(struct verdict *v, const char *format, ...) __attribute__((format(printf, 2, 3)));
void candidate(struct verdict *v, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "the client", "the server", "the gateway", "one side". */
const char *who(enum side side);
const char *resetting_side(const struct facts *f);
const char *peer_side(const struct facts *f);

/* How the RST differs from its supposed sender's segments; nothing when it does not. */
void say_marks(const struct facts *f, struct verdict *v);
/* That traffic was hidden, and how; nothing when it was not. */
void say_hidden(const struct facts *f, struct verdict *v);

/* hints.c: known timeouts that fit the gap, as candidates. on_next: boxes that answer the next packet; else those that reset at expiry. */
void hint_candidates(const struct facts *f, bool on_next, struct verdict *v);
/* The same for any of HINT_* of hints.h. */
void hint_kinds(const struct facts *f, unsigned int kinds, struct verdict *v);

#endif
