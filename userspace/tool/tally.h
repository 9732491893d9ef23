/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tally.h - what a report counts
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Pure, and of fixed size however long the log is. Counted are events: a connection that was reset, or killed in silence, is one, whatever the
 * length of its RST train; a summary stands for as many as it says. An amendment takes back what the verdict it amends was counted as.
 */
#ifndef RSTWHY_TALLY_H
#define RSTWHY_TALLY_H

#include "ages.h"
#include "gaps.h"
#include "heavy.h"

#include "../record/record.h"

#define TALLY_SERVERS 512
#define TALLY_PATHS 4096
#define TALLY_GATEWAYS 64
#define TALLY_OTHER CAUSE_COUNT /* the index of causes that a newer daemon may write */
#define TALLY_WHERES 8

/* A server, or a path: what befell its connections. */
struct tally_place {
	uint32_t classes[AGES_CLASSES];
	uint32_t causes[CAUSE_COUNT + 1];
	uint64_t last_ns;
	double gap_min_ms, gap_max_ms; /* of its idle timeouts; both 0: none was measured */
};

struct tally_server {
	struct tally_place place;
	struct gaps gaps;
};

/* Records lost, by where. */
struct tally_loss {
	char where[16];
	uint64_t lost;
	uint64_t unknown; /* losses of unknown size */
};

struct tally_verdicts; /* those lately counted, for amendments */

struct tally {
	uint64_t events, records, silences, amended;
	uint64_t first_ns, last_ns; /* 0: no event */
	uint64_t causes[CAUSE_COUNT + 1];
	uint64_t classes[AGES_CLASSES];
	struct ages ages;
	struct gaps gaps;
	struct heavy *servers;	/* struct tally_server by "10.2.0.2:443" */
	struct heavy *paths;	/* struct tally_place by "10.1.0.0/24", a tab, "10.2.0.2:443" */
	struct heavy *gateways; /* uint64_t: records by gateway name */
	struct tally_loss losses[TALLY_WHERES];
	struct tally_verdicts *verdicts;
};

/* NULL: no memory. */
struct tally *tally_new(void);
void tally_free(struct tally *tally);

void tally_add(struct tally *tally, const struct record *record);

/* A record that is not wanted: where it is an amendment, what it amends is not wanted any more, either. */
void tally_pass_over(struct tally *tally, const struct record *record);

/* The class that a record counts as; of causes that this version does not know, too. */
enum cause_class tally_class(const struct record *record);

/* "10.2.0.2:443", "[2001:db8::1]:443"; "?" where the record has no address. */
#define TALLY_SERVER_TEXT 64
void tally_server_text(const struct record_host *host, char text[TALLY_SERVER_TEXT]);

/* All but noise. */
uint64_t tally_harm(const struct tally_place *place);

/* The cause that a place's harm mostly is of; TALLY_OTHER where there is none. */
size_t tally_main_cause(const struct tally_place *place);

/* A place by its key. */
struct tally_ranked {
	const char *key;
	const struct tally_place *place;
};

/* The places of most harm, worst first, at most room of them; places without any are left out. */
size_t tally_rank(const struct heavy *places, struct tally_ranked *ranked, size_t room);

#endif
