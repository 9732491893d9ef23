/* SPDX-License-Identifier: GPL-2.0 */
/*
 * accounting.h - where every reset went
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * What the module counted, what the daemon received of it, and what became of that, since both began to count together. Four links of a
 * chain, each with a sum of its own; where one breaks, it is that one. Numbers are RSTs unless they say messages (of all kinds) or
 * records. Pure.
 *
 * As text it is a name and a value a line, like the module's; the daemon keeps it in status.file, `rstwhy doctor --accounting` reads it.
 */
#ifndef RSTWHY_ACCOUNTING_H
#define RSTWHY_ACCOUNTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ACCOUNTING_TEXT_MAX 4096
#define ACCOUNTING_SAYS_MAX 320

struct accounting {
	/* who, and since when; nanoseconds since 1970 */
	uint64_t pid, running, since_ns, until_ns, epoch, blurred;
	/* the module, our namespace */
	uint64_t seen;	     /* came by */
	uint64_t told;	     /* sent to the group */
	uint64_t other_told; /* messages of other kinds, sent */
	uint64_t suppressed; /* messages not sent by the rate limit */
	uint64_t failed;     /* messages not made for lack of memory */
	uint64_t sequence;   /* messages that got a number */
	/* the group */
	uint64_t received;	 /* of our namespace, counted since then */
	uint64_t other_received; /* messages of other kinds */
	uint64_t lost_netlink;	 /* messages whose numbers never came, found and said in the log */
	uint64_t lost_memory;	 /* of the failed ones, those found by their numbers */
	uint64_t late;		 /* messages that came after they had been called lost */
	uint64_t missing;	 /* messages whose numbers still have time to come */
	/* the daemon */
	uint64_t malformed; /* received, but their packet cannot be read */
	uint64_t elsewhere; /* received, of other namespaces */
	uint64_t early;	    /* received, from before the counting */
	uint64_t fed;	    /* taken to be judged */
	uint64_t held_before, pending_before;
	uint64_t held;	     /* wait for their verdict */
	uint64_t written;    /* sum of count over records of kind reset */
	uint64_t summarized; /* sum of count over summaries */
	uint64_t pending;    /* held back as noise, their summary is to come */
	uint64_t ignored;    /* by `ignore` */
	uint64_t unlogged;   /* by log.noise=none */
	uint64_t unwritten;  /* the log could not be written; it says so itself */
	uint64_t evicted, withdrawn, amended; /* records */
	/* the JSON log since it was opened */
	uint64_t log_inode, log_offset, log_bytes, log_written, log_summarized;
};

/* What lies between two looks: gauges (missing, held, pending) and the log's are now's, held_before and pending_before base's gauges. */
struct accounting accounting_since(const struct accounting *base, const struct accounting *now);

enum accounting_link {
	ACCOUNTING_MODULE, /* seen = told + not sent */
	ACCOUNTING_GROUP,  /* messages told = received + found lost */
	ACCOUNTING_DAEMON, /* received = fed, and fed = written + ... + held */
	ACCOUNTING_WHOLE,  /* the equation: seen = records + summaries + ... + held */
	ACCOUNTING_LINKS,
};

/* By how much a link's sum is off; 0: exact. says: a sentence with its numbers. */
int64_t accounting_gap(const struct accounting *a, enum accounting_link link, char says[ACCOUNTING_SAYS_MAX]);

/* Resets that the module did not send, and that were sent but not received. */
int64_t accounting_unsent(const struct accounting *a);
int64_t accounting_lost(const struct accounting *a);
/* Judged, but of none of the module's messages: plain log rules. */
int64_t accounting_plain(const struct accounting *a);

/* As lines; returns the length. */
size_t accounting_format(const struct accounting *a, char text[ACCOUNTING_TEXT_MAX]);
/* False: this is not what accounting_format() makes. Unknown names are skipped, all known ones must be there. */
bool accounting_parse(const char *text, struct accounting *a);

#endif
