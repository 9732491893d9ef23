/* SPDX-License-Identifier: GPL-2.0 */
/*
 * loss.h - which records are missing
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Every message of the module carries a sequence number of its namespace, counted when the module meant to send it, and how many it
 * did not send. A hole that stays open is a loss; processors may overtake each other, so a hole gets LOSS_PATIENCE_NS to fill.
 * Pure: time (boottime) comes in. Memory is bounded by LOSS_NAMESPACES; messages of further namespaces go uncounted, until one that sends
 * messages only has been quiet for LOSS_FORGET_NS: containers come and go.
 */
#ifndef RSTWHY_LOSS_H
#define RSTWHY_LOSS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOSS_NAMESPACES 64
#define LOSS_FORGET_NS 3600000000000ULL
#define LOSS_WINDOW 64 /* how far one message may overtake another */
#define LOSS_PATIENCE_NS 1000000000ULL
#define LOSS_INTERVAL_NS 1000000000ULL /* at most one finding of a kind in this time */

enum loss_where {
	LOSS_NETLINK, /* between the module and us */
	LOSS_RATE,    /* the module's rate limit */
	LOSS_MEMORY,  /* the module had no memory */
	LOSS_RESTART, /* the module was loaded anew: nobody knows how many */
	LOSS_KINDS,
};

/* What one message, or /proc, says of a namespace. */
struct loss_report {
	uint32_t netns;
	uint64_t seq;	     /* its own number; from /proc: the last one used */
	uint64_t suppressed; /* not sent for the rate limit since the module was loaded */
	uint64_t failed;     /* not made for want of memory since then */
};

struct loss; /* opaque, by loss_new() and loss_free() */

struct loss *loss_new(void);
void loss_free(struct loss *loss);

/* A message has arrived. */
void loss_message(struct loss *loss, const struct loss_report *report, uint64_t now_ns);

/* The module's counters. The first report of a namespace, of either sort, is where the counting starts. */
void loss_counters(struct loss *loss, const struct loss_report *report, uint64_t now_ns);

/* The module has been loaded anew: all counting starts again. */
void loss_restart(struct loss *loss);

/* The next finding that is due, or false. With flush, all of them are due. */
bool loss_take(struct loss *loss, uint64_t now_ns, bool flush, enum loss_where *where, uint64_t *lost);

/* When loss_take() will find something, if nothing else comes in: 0 now, UINT64_MAX never. */
uint64_t loss_next_due(const struct loss *loss);

/* Records found lost since the last call. */
uint64_t loss_since(struct loss *loss);

/* What a namespace has lost since its counting began; missing: numbers that still have time to come. */
struct loss_totals {
	uint64_t netlink, memory, rate, missing;
	uint64_t late; /* came after they had been called lost */
};

struct loss_totals loss_totals(const struct loss *loss, uint32_t netns);

const char *loss_where_name(enum loss_where where);

#endif
