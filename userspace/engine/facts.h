/* SPDX-License-Identifier: GPL-2.0 */
/*
 * facts.h - what can be derived from an incident without deciding anything
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Pure. "Resetting side" is the one the RST claims to come from, "peer" the one it is for. Quantities are those of causes.md.
 */
#ifndef RSTWHY_FACTS_H
#define RSTWHY_FACTS_H

#include "tuple.h"
#include "verdict.h"

/* The two shapes of a stack's RST, and the answer to a SYN. See shape.c. */
enum shape {
	SHAPE_PASSIVE,	/* RST without ACK: no usable socket there */
	SHAPE_ACTIVE,	/* RST+ACK: a live socket's, or a box's that looks like one */
	SHAPE_REFUSING, /* RST+ACK with sequence 0, to a segment without ACK: a SYN; of whatever sequence, to a SYN we know */
};

/* How the RST differs from what the resetting side's stack sends. */
#define MARK_TTL	(1U << 0) /* another TTL than that side's segments */
#define MARK_TS_MISSING (1U << 1) /* a live socket would have carried timestamps */
#define MARK_TS_JUMP	(1U << 2) /* timestamps are not that socket's */
#define MARK_WINDOW	(1U << 3) /* no socket, yet a window */
#define MARK_FAST	(1U << 4) /* came faster than that host can answer */
#define MARK_DF		(1U << 5) /* DF clear where that side sets it */
#define MARK_TOS	(1U << 6) /* TOS neither that side's nor the elicitor's */
#define MARK_IPID	(1U << 7) /* IPID not near that side's */
#define MARK_ACK_FIELD	(1U << 8) /* ack set without the ACK flag (Windows) */
#define MARK_LABEL	(1U << 9) /* IPv6 flow label not the connection's */
#define MARK_HABITS	(1U << 10) /* from a socket, yet without the DF or the packet number of all that it sent */

/* Any of these: somebody else than the host itself sent it. */
#define MARKS_BOX (MARK_TTL | MARK_TS_MISSING | MARK_TS_JUMP | MARK_WINDOW | MARK_FAST | MARK_HABITS)

enum gap_from {
	GAP_UNKNOWN,
	GAP_BURST,   /* the silence before a burst that nobody answered but the RST */
	GAP_SILENCE, /* the silence before the RST itself */
};

struct gap {
	enum gap_from from;
	bool blind;
	double ms, min_ms, max_ms;
};

struct facts {
	const struct incident *incident;
	const struct verdict_settings *settings;
	const struct rstwhy_evidence *ev;
	const struct rstwhy_conntrack *ct;
	const struct rstwhy_memory *mem;
	const struct segment *seg;

	bool known;	 /* the flow memory knows the flow, and which side reset */
	bool oriented;	 /* rd, pd, opener hold (memory, or conntrack alone) */
	unsigned int rd; /* resetting side's direction; 0 when not oriented, so that it always is a valid index */
	unsigned int pd; /* the peer's */
	unsigned int opener;

	enum shape shape;
	unsigned int marks;
	bool continuous; /* ACTIVE, and timestamps, IPID or flow label go on: that very socket */

	bool burst_open;    /* a burst that was not answered before the RST; burst_dir holds */
	bool burst_by_peer; /* it is the peer's: the RST may answer it */
	bool burst_by_self; /* it is the resetting side's own */
	bool answers_burst; /* the RST answers it, by its numbers and its time */
	bool elicited;	    /* the RST answers a segment of the peer (the burst's or another) */
	double silence_ms;  /* age of the last accepted segment of either side; negative unknown */
	double idle_ms;	    /* the same, with the fine clock where there is one, refused segments included */
	struct gap gap;

	bool host_kept; /* the resetting host's other connections lived on all through the gap: it did not lose its state */
	bool peer_kept; /* SILENCE: the same of the host that does not answer */
	bool peer_alive; /* SILENCE: that host has spoken on another connection since the burst began */

	bool fin_self, fin_peer; /* FIN seen of that side */
	bool both_closed;	 /* both FINs, and all data acknowledged */
	bool reset_before;	 /* reset earlier, and its peer did not outlive that */
	bool repeats;		 /* a copy of the earlier RST: same side, nothing has moved since */
	bool went_on;		 /* the connection lived on, both ways, after this RST */
	bool sender_alive;	 /* the resetting side sent or acknowledged new data after "its" RST */
	bool sender_heard;	 /* it acknowledged more, after the RST, than it or the RST had: it got what elicited the RST */
	bool lost;		 /* conntrack had lost the flow */
	bool picked_up;		 /* conntrack and memory met the flow in mid-stream, by the very segment that the RST answers */
	bool remapped;		 /* and gave it another translation than before */
	bool harmless_loss;	 /* and picked it up again just as it was */
	bool expired;		 /* lost, after at least the timeout in force */
	bool shortened;		 /* expired only because an earlier RST had lowered the timeout */
	bool offloaded;		 /* the flow was in a flowtable when the RST came */
	bool overtaken;		 /* and its numbers are beyond what was seen: the memory is older than the RST */
	enum seq_match seq_match; /* facts_seq_match() */
	bool hidden;		 /* part of the traffic was not seen: blind, offloaded, untracked, or begun without history */
	bool translated;	 /* the flow had NAT */
	bool escaped;		 /* the RST answers a segment of a translated flow that had not been translated */
	bool foreign_stack;	 /* our own stack answered for a translated address that is another host's flow */
};

void facts_of(const struct incident *incident, const struct verdict_settings *settings, struct facts *f);
/* Only who is who: known, oriented, rd, pd, opener, shape. */
void facts_orient(const struct incident *incident, const struct verdict_settings *settings, struct facts *f);

enum stage facts_stage(const struct facts *f);
enum side facts_sender(const struct facts *f);
enum seq_match facts_seq_match(const struct facts *f);

/* How long an answer of the resetting side may take: max(3 round trips, 250 ms). */
double facts_answer_ms(const struct facts *f);

/* How long segments may still come that were under way when a RST passed: both round trips and 250 ms. */
double facts_round_ms(const struct facts *f);

/* The last data was the peer's: not for certain where conntrack does not say, and a tick (4.2 ms) is too coarse. */
bool facts_peer_spoke_last(const struct facts *f);

/* The burst came out of a silence no longer than this connection has survived before. */
bool facts_survived_gap(const struct facts *f);

/* The memory knows the flow, and one of these flags of it. */
static inline bool mem_has(const struct facts *f, uint32_t flags)
{
	return f->known && (f->mem->flags & flags);
}

/* A bit of rstwhy_memory.flags that exists once per direction; orig is the ORIGINAL side's. */
bool facts_side_flag(const struct facts *f, uint32_t orig, unsigned int dir);

/* shape.c */
enum shape shape_of(const struct facts *f);
unsigned int shape_marks(const struct facts *f);
bool shape_continuous(const struct facts *f);

/* entry.c: what became of conntrack's entry */
void entry_find(struct facts *f);

/* offload.c: traffic that passed unseen, in a flowtable or elsewhere */
void offload_find(struct facts *f);
void offload_find_hidden(struct facts *f);
bool offload_sent_unseen(const struct facts *f, unsigned int dir);

/* aftermath.c: what followed the RST */
bool aftermath_saw(const struct facts *f, enum rstwhy_after what);
bool aftermath_went_on(const struct facts *f);
bool aftermath_sender_alive(const struct facts *f);
bool aftermath_sender_heard(const struct facts *f);

/* endpoints.c */
/* Who talks to whom, as the client knows it; of what facts_orient() finds. */
void facts_endpoints(const struct facts *f, struct endpoints *out);

#endif
