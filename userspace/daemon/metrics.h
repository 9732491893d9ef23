/* SPDX-License-Identifier: GPL-2.0 */
/*
 * metrics.h - counts of what was written, for Prometheus
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * The number of time series has a bound that no traffic can raise: causes and actors are the vocabulary's, servers are the first
 * METRICS_SERVERS that an idle timeout was found at, all others are "other".
 */
#ifndef RSTWHY_METRICS_H
#define RSTWHY_METRICS_H

#include "../engine/cause.h"
#include "../record/record.h"

#define METRICS_SERVERS 64
#define METRICS_PLACES 256 /* a power of two, some times as many as servers */
#define METRICS_KINDS 5
#define METRICS_ACTORS 6
#define METRICS_SENDERS 4
#define METRICS_WHERES 6
#define METRICS_BUCKETS 14

struct metrics_server {
	char ip[RECORD_IP_MAX];
	uint16_t port;
	uint64_t idle_timeouts;
};

/* Plain data; begins as all zero. */
struct metrics {
	uint64_t kinds[METRICS_KINDS];	   /* records by enum record_kind */
	uint64_t causes[CAUSE_COUNT];	   /* resets and silences */
	uint64_t actors[METRICS_ACTORS];   /* of these, by metrics_actors */
	uint64_t senders[METRICS_SENDERS]; /* and by metrics_senders */
	uint64_t gaps[METRICS_BUCKETS];	   /* idle timeouts by metrics_bounds, not cumulative; longer ones only in gap_count */
	uint64_t gap_count;
	double gap_seconds;
	double lost[METRICS_WHERES]; /* by metrics_wheres */
	uint32_t server_hash[METRICS_SERVERS]; /* of address and port: most are told apart by it */
	uint8_t server_at[METRICS_PLACES]; /* by hash of address and port, the next place where another one has it: which, from 1 */
	struct metrics_server servers[METRICS_SERVERS];
	size_t servers_count;
	uint64_t other_servers;
};

/* The labels' values, and the upper bounds of the buckets in seconds. */
extern const char *const metrics_actors[METRICS_ACTORS];
extern const char *const metrics_senders[METRICS_SENDERS];
extern const char *const metrics_wheres[METRICS_WHERES];
extern const double metrics_bounds[METRICS_BUCKETS];

/* A record is written. */
void metrics_count(struct metrics *metrics, const struct record *record);

/* What others know at the moment of writing. */
struct metrics_sample {
	uint64_t ignored, held_back, unwritten; /* struct report_counts */
	uint64_t foreign, malformed; /* struct intake_counts */
	uint64_t evicted;	     /* struct correlate_counts */
	uint64_t held;		     /* verdicts that wait now */
	bool module;		     /* it is loaded; else the rest is 0 */
	uint64_t suppressed, failed, refused;
	double started; /* seconds since 1970 */
};

/* The file anew, whole or not at all: written beside it and renamed. False: errno tells, and the old one stays. */
bool metrics_write(const struct metrics *metrics, const struct metrics_sample *sample, const char *path);

#endif
