/* SPDX-License-Identifier: GPL-2.0 */
/*
 * record.h - one record of the log, between what made it and how it is shown
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * The daemon fills it from a verdict, the tool from a JSON line; both render it. A record borrows its strings: they live as long as
 * the incident and verdict, or the parsed line, that it was made from. DESIGN.md section 5 says what each field means.
 */
#ifndef RSTWHY_RECORD_H
#define RSTWHY_RECORD_H

#include "line.h"

#include "../engine/verdict.h"

#define RECORD_VERSION 1
#define RECORD_LIST_MAX 8
#define RECORD_ID_MAX 56
#define RECORD_IP_MAX 46
/* Room for the longest line either rendering can make: every string at its longest, every byte of it escaped. */
#define RECORD_LINE_MAX 32768

enum record_kind {
	RECORD_RESET,
	RECORD_AMENDMENT,
	RECORD_SILENCE,
	RECORD_LOSS,
	RECORD_SUMMARY,
};

struct record_host {
	char ip[RECORD_IP_MAX]; /* "" unknown */
	uint16_t port;
	unsigned int len; /* of ip; 0: not counted, and ip may come from anywhere */
};

struct record_list {
	const char *item[RECORD_LIST_MAX];
	size_t count;
};

/* The packet of the RST itself. */
struct record_rst {
	const char *flags;     /* "R", "RA" */
	const char *seq_match; /* NULL unknown */
	unsigned int ttl;
	unsigned int win;
	int ipid; /* -1: none (IPv6) */
	const char *payload;
	size_t payload_len;
};

/*
 * Pointers are NULL, numbers negative, where nothing is known. Where a verdict made the record, all words of the vocabulary are texts of
 * names (name.h): class, cause, also, stage, sender, by, direction, ct_state, flags and seq_match.
 */
struct record {
	enum record_kind kind;
	const struct verdict *verdict; /* what it was made from; NULL: something else */
	uint8_t actor;		       /* enum rstwhy_by; of a verdict only */
	char id[RECORD_ID_MAX];
	unsigned int id_len; /* as record_host.len */
	const char *amends; /* amendments: the id of the first finding */
	uint64_t ts_ns;
	const char *ts; /* the same as text, of LINE_TIMESTAMP characters; NULL: not made yet */
	const char *gateway;
	const char *class;
	const char *cause;
	double confidence;
	const char *stage;
	const char *sender;
	bool both_ends;
	const char *by;
	const char *direction;
	double gap_ms, gap_min_ms, gap_max_ms;
	bool blind;
	double idle_ms, ct_idle_ms, ct_timeout_before_gap_ms, ct_timeout_at_rst_ms;
	const char *ct_state;
	double age_ms;
	bool have_rst;
	struct record_rst rst;
	uint64_t count;
	const char *in, *out;
	uint64_t netns;
	const char *netns_digits; /* in id */
	unsigned int netns_len;	  /* as record_host.len */
	const char *advice;
	size_t advice_len; /* as record_host.len */
	uint64_t lost_before;
	bool held;
	/* loss: how many (negative: unknown) and where */
	double lost;
	const char *where;
	/* summary: who, since when, until when (count says how many) */
	const char *source;
	uint64_t from_ns, to_ns;
	/* last, as room: a host begins without an address, a list without items, and the rest of them holds nothing */
	struct record_host client, server;
	struct record_host nat_client, nat_server; /* only where they differ */
	struct record_list also, related, evidence, candidates;
	/* room for what amends and related point to: a record made from a verdict is not copied by value */
	char first_id[RECORD_ID_MAX];
	char related_id[INCIDENT_RELATED_MAX][RECORD_ID_MAX];
};

/* Texts that mostly are the last record's, kept from one to the next: zero at first. */
struct record_kept {
	/* what all ids of one namespace begin with */
	uint64_t epoch;
	uint32_t netns;
	unsigned int prefix_len;
	char prefix[RECORD_ID_MAX];
	uint64_t second;
	char ts[LINE_TIMESTAMP];
};

/* What a record needs beside incident and verdict. */
struct record_context {
	const char *gateway;
	uint64_t lost_before;
	bool payload; /* log.payload */
	struct record_kept *kept; /* NULL: nothing is */
};

/* A record with nothing known. */
void record_init(struct record *record, enum record_kind kind);

/* From a verdict; borrows from all its arguments. */
void record_of_verdict(struct record *record, const struct incident *incident, const struct verdict *verdict, bool held,
		       const struct record_context *context);

/* A host's address as text; family 4 or 6. */
void record_host_set(struct record_host *host, uint8_t family, const uint8_t addr[16], uint16_t port_be);

/* The text of a name. */
const char *record_kind_name(enum record_kind kind);

/* One JSON object and a newline. */
void record_json(struct line *line, const struct record *record);

/*
 * A record as a JSON line tells it; record borrows from the returned document until record_release(). NULL: the line is no record
 * of a version this reader knows.
 */
struct record_document;
struct record_document *record_parse(const char *text, size_t len, struct record *record);
void record_release(struct record_document *document);

/* The day in UTC on a line of its own, when it is another than *day was; records tell the time only. *day is 0 at first. */
void record_day(struct line *line, uint64_t ts_ns, uint64_t *day);

/* The terminal sequence that begins a class's colour; NULL is no class. "\033[0m" ends it. */
const char *record_class_colour(const char *class);

/* Why records are lost at such a place ("netlink"), for people; "" for a place that is not known. */
const char *record_loss_words(const char *where);

/* For people: two to four lines, each ended by a newline. */
void record_text(struct line *line, const struct record *record, bool colour);

#endif
