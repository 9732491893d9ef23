/* SPDX-License-Identifier: GPL-2.0 */
/*
 * verdict.h - facts in, verdict out
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Pure: no clock, no I/O, no allocation, no globals that change. The rules are ordered tables (rules.c).
 */
#ifndef RSTWHY_VERDICT_H
#define RSTWHY_VERDICT_H

#include "bracket.h"
#include "cause.h"
#include "event.h"

#include <string.h>

#define VERDICT_ALSO_MAX       4
#define VERDICT_EVIDENCE_MAX   8
#define VERDICT_TEXT_MAX       256
#define VERDICT_CANDIDATES_MAX 4

enum stage {
	STAGE_UNKNOWN = 0,
	STAGE_CONNECT,
	STAGE_ACCEPTED,
	STAGE_REQUEST,
	STAGE_ESTABLISHED,
	STAGE_CLOSING,
	STAGE_CLOSED,
};

enum side {
	SIDE_UNKNOWN = 0,
	SIDE_CLIENT,
	SIDE_SERVER,
	SIDE_GATEWAY,
};

enum seq_match {
	SEQ_UNKNOWN = 0,
	SEQ_EXACT,
	SEQ_IN_WINDOW,
	SEQ_BELOW,
	SEQ_ABOVE,
};

enum incident_kind {
	INCIDENT_RESET = 0,
	INCIDENT_SILENCE,   /* a burst that nobody answers; first is its last copy, the sender the one who waits */
	INCIDENT_AMENDMENT, /* a later finding about an incident handed out before: its first event, judged anew */
};

#define INCIDENT_RELATED_MAX 4

/* All that one record is judged from: the first RST, and what came later in the hold. Bounded, by value. */
/* So many other targets that refused one client make it a port scan. */
#define SCAN_LEAST 7

struct incident {
	enum incident_kind kind;
	bool have_echo;	      /* a RST in the other direction of the same flow came too */
	uint64_t echo_ns;     /* when (boottime) the first such did */
	uint32_t count;	      /* RSTs of this incident, first and echoes included */
	uint32_t after_seen;  /* bit (1 << enum rstwhy_after) for every AFTER message that came */
	uint32_t after_ms[8]; /* by enum rstwhy_after: how long after the first RST it came, saturating */
	uint32_t after_last_ms[8]; /* and when last: each is told once more when it comes again, late */
	uint32_t
		after_below; /* of after_seen, what reaches no further than the RST's own sequence number: it may have been overtaken */
	uint32_t after_live;  /* of after_seen, acknowledges more than its side had, and more than the RST itself did */
	uint32_t siblings;    /* other incidents of the resetting host:port, ACTIVE shape, of one death with this one */
	uint32_t unprompted;  /* of these, with nothing that prompted them */
	uint32_t lost_flows;  /* other flows of the resetting host that it answered as unknown, within a minute */
	uint32_t lost_busy;   /* of these, that had not been idle */
	uint32_t strangers;   /* other flows that this gateway met in mid-stream without state, within ten seconds */
	uint32_t scanned;     /* other addresses and ports that refused a SYN of this client, within five seconds */
	uint32_t steps;	      /* RSTs of the same side whose numbers rose beyond all that side had sent */
	uint32_t windows;     /* RSTs of the same side whose window rose by one each, the first included */
	uint16_t last_win;    /* of the last RST of that side */
	uint32_t last_rst;    /* and its sequence number */
	bool answered;	      /* SILENCE: somebody did answer, after it was handed out */
	uint64_t related[INCIDENT_RELATED_MAX]; /* numbers (rstwhy_evidence.seq) of records that belong to this one */
	uint32_t related_count;
	bool hold_over;	      /* nothing more will come: judge with what there is */
	bool repeat;	      /* a reset of this flow was handed out moments ago, and no new connection began since */
	bool repeat_same_dir; /* by the same side */
	struct path_bracket bracket; /* of the path the first RST came by, as learned before it */
	struct event first;   /* the RST that opened the incident. Last: see event_copy() */
};

/* As event_copy(). */
static inline void incident_copy(struct incident *to, const struct incident *from)
{
	memcpy(to, from, offsetof(struct incident, first));
	event_copy(&to->first, &from->first);
}

/* The client's and server's addresses of an incident as DESIGN.md section 5 defines them. */
struct endpoint {
	uint8_t addr[16];
	uint16_t port; /* big-endian */
};

struct endpoints {
	uint8_t family; /* 4 or 6 */
	struct endpoint client, server;
	bool have_nat_client, have_nat_server; /* where they differ */
	struct endpoint nat_client, nat_server;
};

struct verdict {
	enum cause cause;
	double confidence;
	bool certain; /* nothing that may still come can change it: needs no hold */
	enum stage stage;
	enum side sender;
	bool both_ends;
	enum seq_match seq_match;
	struct endpoints ends;
	enum cause also[VERDICT_ALSO_MAX];
	size_t also_count;
	size_t evidence_count;
	size_t candidates_count;
	const char *advice; /* lives as long as the program */
	size_t advice_len;  /* 0: not counted */
	/* the record's numbers; negative: unknown, left out of the record */
	double gap_ms, gap_min_ms, gap_max_ms;
	bool blind;
	double idle_ms, ct_idle_ms, ct_timeout_before_gap_ms, ct_timeout_at_rst_ms, age_ms;
	int ct_state; /* enum tcp_conntrack as the kernel numbers it, or -1 */
	/* last, because only so many of them as are counted hold anything */
	unsigned char evidence_len[VERDICT_EVIDENCE_MAX], candidates_len[VERDICT_CANDIDATES_MAX]; /* 0: not counted */
	char evidence[VERDICT_EVIDENCE_MAX][VERDICT_TEXT_MAX]; /* sentences; no control characters, nothing of the payload */
	char candidates[VERDICT_CANDIDATES_MAX][64];
};

struct hints;

/* Tunables the rules look at. */
struct verdict_settings {
	uint32_t idle_min_ms; /* verdict.idle_min_ms */
	uint32_t hold_ms;     /* verdict.hold_ms */
	const struct hints *hints; /* hints.h; NULL: the built-in ones */
};

/*
 * verdict_judge() - judge an incident.
 * Returns the verdict by value through *out; always one (at worst unknown/ambiguous with its candidates in also).
 */
void verdict_judge(const struct incident *incident, const struct verdict_settings *settings, struct verdict *out);

/* The confidence of that verdict alone, where it is of this cause; 0 where it is of another. */
double verdict_confidence(const struct incident *incident, const struct verdict_settings *settings, enum cause cause);

/* Each is the text of a name (name.h). */
const char *stage_name(enum stage stage);
const char *side_name(enum side side);
const char *seq_match_name(enum seq_match match);

#endif
