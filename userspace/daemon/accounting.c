// SPDX-License-Identifier: GPL-2.0
/*
 * accounting.c - where every reset went
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "accounting.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum sort {
	STATE, /* as it is now */
	COUNT, /* since the base */
};

static const struct field {
	const char *name;
	size_t offset;
	enum sort sort;
} fields[] = {
#define FIELD(name, sort) { #name, offsetof(struct accounting, name), sort }
	FIELD(pid, STATE), FIELD(running, STATE), FIELD(since_ns, STATE), FIELD(until_ns, STATE), FIELD(epoch, STATE), FIELD(blurred, STATE),
	FIELD(seen, COUNT), FIELD(told, COUNT), FIELD(other_told, COUNT), FIELD(suppressed, COUNT), FIELD(failed, COUNT), FIELD(sequence, COUNT),
	FIELD(received, COUNT), FIELD(other_received, COUNT), FIELD(lost_netlink, COUNT), FIELD(lost_memory, COUNT), FIELD(late, COUNT),
	FIELD(missing, STATE), FIELD(malformed, COUNT), FIELD(elsewhere, COUNT), FIELD(early, COUNT), FIELD(fed, COUNT),
	FIELD(held_before, STATE), FIELD(pending_before, STATE), FIELD(held, STATE), FIELD(written, COUNT), FIELD(summarized, COUNT),
	FIELD(pending, STATE), FIELD(ignored, COUNT), FIELD(unlogged, COUNT), FIELD(unwritten, COUNT), FIELD(evicted, COUNT),
	FIELD(withdrawn, COUNT), FIELD(amended, COUNT), FIELD(log_inode, STATE), FIELD(log_offset, STATE), FIELD(log_bytes, STATE),
	FIELD(log_written, STATE), FIELD(log_summarized, STATE),
#undef FIELD
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

_Static_assert(sizeof(struct accounting) == FIELDS * sizeof(uint64_t), "each number has its name");

static uint64_t get(const struct accounting *a, size_t field)
{
	uint64_t value;

	memcpy(&value, (const char *)a + fields[field].offset, sizeof(value));
	return value;
}

static void set(struct accounting *a, size_t field, uint64_t value)
{
	memcpy((char *)a + fields[field].offset, &value, sizeof(value));
}

struct accounting accounting_since(const struct accounting *base, const struct accounting *now)
{
	struct accounting a = *now;

	for (size_t i = 0; i < FIELDS; i++)
		if (fields[i].sort == COUNT)
			set(&a, i, get(now, i) - get(base, i));
	a.held_before = base->held;
	a.pending_before = base->pending;
	return a;
}

static int64_t between(uint64_t more, uint64_t less)
{
	return (int64_t)(more - less);
}

int64_t accounting_unsent(const struct accounting *a)
{
	return between(a->seen, a->told);
}

int64_t accounting_lost(const struct accounting *a)
{
	return between(a->told, a->received);
}

int64_t accounting_plain(const struct accounting *a)
{
	return between(a->fed, a->received - a->malformed + a->elsewhere + a->early);
}

/* Messages of other kinds are limited, too, so the module's own counts are only an upper bound. */
static int64_t gap_of_module(const struct accounting *a, char says[ACCOUNTING_SAYS_MAX])
{
	int64_t unsent = accounting_unsent(a), most = (int64_t)(a->suppressed + a->failed);

	snprintf(says, ACCOUNTING_SAYS_MAX,
		 "the module saw %" PRIu64 " resets and told of %" PRIu64 "; it held back %" PRIu64 " messages by its rate limit and failed to make %" PRIu64,
		 a->seen, a->told, a->suppressed, a->failed);
	if (unsent < 0)
		return unsent;
	return unsent > most ? between((uint64_t)unsent, (uint64_t)most) : 0;
}

static int64_t gap_of_group(const struct accounting *a, char says[ACCOUNTING_SAYS_MAX])
{
	uint64_t told = a->told + a->other_told, received = a->received + a->other_received;

	snprintf(says, ACCOUNTING_SAYS_MAX,
		 "the module sent %" PRIu64 " messages; the daemon received %" PRIu64 " (%" PRIu64 " after it had called them lost), found %" PRIu64
		 " lost on the way, and waits for %" PRIu64,
		 told, received, a->late, a->lost_netlink, a->missing);
	return between(told, received - a->late + a->lost_netlink + a->missing);
}

static int64_t gap_of_daemon(const struct accounting *a, char says[ACCOUNTING_SAYS_MAX])
{
	uint64_t in = a->fed + a->held_before + a->pending_before;
	uint64_t out = a->written + a->summarized + a->ignored + a->unlogged + a->unwritten + a->pending + a->held;

	snprintf(says, ACCOUNTING_SAYS_MAX, "the daemon took %" PRIu64 " resets to be judged; %" PRIu64 " are written, ignored, summarized or held", in,
		 out);
	if (accounting_plain(a) < 0) {
		snprintf(says, ACCOUNTING_SAYS_MAX, "the daemon received %" PRIu64 " resets (%" PRIu64 " malformed) and took only %" PRIu64 " to be judged",
			 a->received + a->elsewhere + a->early, a->malformed, a->fed);
		return between(0, (uint64_t)accounting_plain(a));
	}
	return between(in, out);
}

static int64_t gap_of_whole(const struct accounting *a, char says[ACCOUNTING_SAYS_MAX])
{
	uint64_t left = a->seen + a->elsewhere + a->early + a->held_before + a->pending_before + (uint64_t)accounting_plain(a);
	uint64_t right = (uint64_t)accounting_unsent(a) + (uint64_t)accounting_lost(a) + a->malformed + a->written + a->summarized + a->ignored +
			 a->unlogged + a->unwritten + a->pending + a->held;

	snprintf(says, ACCOUNTING_SAYS_MAX, "%" PRIu64 " resets, and %" PRIu64 " have a place in the sum", left, right);
	return between(left, right);
}

int64_t accounting_gap(const struct accounting *a, enum accounting_link link, char says[ACCOUNTING_SAYS_MAX])
{
	switch (link) {
	case ACCOUNTING_MODULE:
		return gap_of_module(a, says);
	case ACCOUNTING_GROUP:
		return gap_of_group(a, says);
	case ACCOUNTING_DAEMON:
		return gap_of_daemon(a, says);
	default:
		return gap_of_whole(a, says);
	}
}

size_t accounting_format(const struct accounting *a, char text[ACCOUNTING_TEXT_MAX])
{
	size_t len = 0;

	for (size_t i = 0; i < FIELDS; i++)
		len += (size_t)snprintf(text + len, ACCOUNTING_TEXT_MAX - len, "%s %" PRIu64 "\n", fields[i].name, get(a, i));
	return len;
}

_Static_assert(FIELDS * (16 + 20 + 2) < ACCOUNTING_TEXT_MAX, "all fits");

static size_t field_of(const char *name, size_t len)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (strlen(fields[i].name) == len && !memcmp(fields[i].name, name, len))
			return i;
	return FIELDS;
}

bool accounting_parse(const char *text, struct accounting *a)
{
	bool have[FIELDS] = { false };
	bool all = true;

	memset(a, 0, sizeof(*a));
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		size_t len = strcspn(text, " \n"), field = field_of(text, len);
		char *end;

		if (field == FIELDS || text[len] != ' ' || text[len + 1] < '0' || text[len + 1] > '9')
			continue;
		set(a, field, strtoull(text + len + 1, &end, 10));
		have[field] = *end == '\n';
	}
	for (size_t i = 0; i < FIELDS; i++)
		all = all && have[i];
	return all;
}
