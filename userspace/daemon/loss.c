// SPDX-License-Identifier: GPL-2.0
/*
 * loss.c - which records are missing
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "loss.h"

#include <stdlib.h>

/* One namespace. Numbers from next on have not all been seen; bit i of seen stands for next + i, bit 0 is never set. */
struct space {
	bool used;
	bool polled; /* its counters are read: never forgotten */
	uint32_t netns;
	uint64_t begin; /* where the counting began: the number before */
	uint64_t next;
	uint64_t expected; /* one beyond the highest number known to be used */
	uint64_t seen;
	uint64_t moved_ns; /* when next last moved, or a hole appeared */
	uint64_t heard_ns; /* its last message */
	uint64_t suppressed, failed;
	struct loss_totals totals;
	uint64_t failed_unmatched; /* failures whose numbers are not found missing yet */
};

struct loss {
	struct space space[LOSS_NAMESPACES];
	uint64_t pending[LOSS_KINDS];
	bool told[LOSS_KINDS];
	uint64_t told_ns[LOSS_KINDS];
	uint64_t since;
	uint64_t next_due; /* of all that is above: asked for at every message, and rarely another */
};

_Static_assert(LOSS_WINDOW == 64, "the window is the bits of a uint64_t");

struct loss *loss_new(void)
{
	struct loss *loss = calloc(1, sizeof(*loss));

	if (loss)
		loss->next_due = UINT64_MAX;
	return loss;
}

void loss_free(struct loss *loss)
{
	free(loss);
}

static void add(struct loss *loss, enum loss_where where, uint64_t lost)
{
	loss->pending[where] += lost;
	loss->since += lost;
}

/* Missing numbers: the module says how many it could not make, the rest got lost on the way. */
static void add_missing(struct loss *loss, struct space *space, uint64_t missing)
{
	uint64_t failed = missing < space->failed_unmatched ? missing : space->failed_unmatched;

	space->failed_unmatched -= failed;
	add(loss, LOSS_MEMORY, failed);
	add(loss, LOSS_NETLINK, missing - failed);
	space->totals.memory += failed;
	space->totals.netlink += missing - failed;
}

static struct space *find(struct loss *loss, uint32_t netns)
{
	for (size_t i = 0; i < LOSS_NAMESPACES && loss->space[i].used; i++)
		if (loss->space[i].netns == netns)
			return &loss->space[i];
	return NULL;
}

static bool is_forgotten(const struct space *space, uint64_t now_ns)
{
	return !space->polled && space->next == space->expected && now_ns >= space->heard_ns + LOSS_FORGET_NS;
}

/* The counting of a namespace starts behind this report. */
static void start(struct loss *loss, const struct loss_report *report, uint64_t now_ns, bool polled)
{
	for (size_t i = 0; i < LOSS_NAMESPACES; i++) {
		if (loss->space[i].used && !is_forgotten(&loss->space[i], now_ns))
			continue;
		loss->space[i] = (struct space){
			.used = true,
			.polled = polled,
			.netns = report->netns,
			.begin = report->seq,
			.next = report->seq + 1,
			.expected = report->seq + 1,
			.moved_ns = now_ns,
			.heard_ns = now_ns,
			.suppressed = report->suppressed,
			.failed = report->failed,
		};
		return;
	}
}

/* Step over what has been seen from next on. */
static void slide(struct space *space, uint64_t now_ns)
{
	while (space->seen & 1) {
		space->seen >>= 1;
		space->next++;
		space->moved_ns = now_ns;
	}
}

/* Leave the oldest numbers behind, lost or not, so that next becomes to. */
static void give_up(struct loss *loss, struct space *space, uint64_t to)
{
	uint64_t steps = to - space->next;
	uint64_t within = steps < LOSS_WINDOW ? space->seen & ((1ULL << steps) - 1) : space->seen;

	add_missing(loss, space, steps - (uint64_t)__builtin_popcountll(within));
	space->seen = steps < LOSS_WINDOW ? space->seen >> steps : 0;
	space->next = to;
}

static void expect(struct space *space, uint64_t last, uint64_t now_ns)
{
	if (last + 1 <= space->expected)
		return;
	if (space->expected == space->next)
		space->moved_ns = now_ns;
	space->expected = last + 1;
}

static void note_counts(struct loss *loss, struct space *space, const struct loss_report *report)
{
	if (report->suppressed > space->suppressed) {
		add(loss, LOSS_RATE, report->suppressed - space->suppressed);
		space->totals.rate += report->suppressed - space->suppressed;
		space->suppressed = report->suppressed;
	}
	if (report->failed > space->failed) {
		space->failed_unmatched += report->failed - space->failed;
		space->failed = report->failed;
	}
}

/* When loss_take() will find something, if nothing else comes in. */
static uint64_t find_next_due(const struct loss *loss)
{
	uint64_t next = UINT64_MAX;

	for (size_t i = 0; i < LOSS_NAMESPACES && loss->space[i].used; i++) {
		uint64_t due = loss->space[i].moved_ns + LOSS_PATIENCE_NS;

		if (loss->space[i].next < loss->space[i].expected && due < next)
			next = due;
	}
	for (enum loss_where i = 0; i < LOSS_KINDS; i++) {
		uint64_t due = loss->told[i] ? loss->told_ns[i] + LOSS_INTERVAL_NS : 0;

		if (loss->pending[i] > 0 && due < next)
			next = due;
	}
	return next;
}

static void take_message(struct loss *loss, struct space *space, const struct loss_report *report, uint64_t now_ns)
{
	if (!space) {
		start(loss, report, now_ns, false);
		return;
	}
	space->heard_ns = now_ns;
	note_counts(loss, space, report);
	if (report->seq < space->next) { /* given up already, or from before the counting */
		space->totals.late += report->seq > space->begin;
		return;
	}
	expect(space, report->seq, now_ns);
	if (report->seq - space->next >= LOSS_WINDOW)
		give_up(loss, space, report->seq - LOSS_WINDOW + 1);
	space->seen |= 1ULL << (report->seq - space->next);
	slide(space, now_ns);
}

/* The very next number, no other awaited, and nothing else to tell: what is due stays as it is. */
static bool is_next(const struct space *space, const struct loss_report *report)
{
	return report->seq == space->next && space->next == space->expected && report->seq < UINT64_MAX &&
	       report->suppressed == space->suppressed && report->failed == space->failed;
}

void loss_message(struct loss *loss, const struct loss_report *report, uint64_t now_ns)
{
	struct space *space = find(loss, report->netns);

	if (space && is_next(space, report)) {
		space->next = space->expected = report->seq + 1;
		space->moved_ns = space->heard_ns = now_ns;
		return;
	}
	take_message(loss, space, report, now_ns);
	loss->next_due = find_next_due(loss);
}

static void take_counters(struct loss *loss, const struct loss_report *report, uint64_t now_ns)
{
	struct space *space = find(loss, report->netns);

	if (!space) {
		start(loss, report, now_ns, true);
		return;
	}
	space->polled = true;
	note_counts(loss, space, report);
	expect(space, report->seq, now_ns);
}

void loss_counters(struct loss *loss, const struct loss_report *report, uint64_t now_ns)
{
	take_counters(loss, report, now_ns);
	loss->next_due = find_next_due(loss);
}

void loss_restart(struct loss *loss)
{
	for (size_t i = 0; i < LOSS_NAMESPACES; i++)
		loss->space[i].used = false;
	loss->pending[LOSS_RESTART] = 1;
	loss->next_due = find_next_due(loss);
}

/* Holes that had their time. */
static void expire(struct loss *loss, uint64_t now_ns, bool flush)
{
	for (size_t i = 0; i < LOSS_NAMESPACES && loss->space[i].used; i++) {
		struct space *space = &loss->space[i];
		bool hole = space->next < space->expected;

		if (!hole || (!flush && now_ns < space->moved_ns + LOSS_PATIENCE_NS))
			continue;
		give_up(loss, space, space->expected);
		space->moved_ns = now_ns;
	}
}

static bool take_pending(struct loss *loss, uint64_t now_ns, bool flush, enum loss_where *where, uint64_t *lost)
{
	for (enum loss_where i = 0; i < LOSS_KINDS; i++) {
		bool recent = loss->told[i] && now_ns < loss->told_ns[i] + LOSS_INTERVAL_NS;

		if (loss->pending[i] == 0 || (recent && !flush))
			continue;
		*where = i;
		*lost = loss->pending[i];
		loss->pending[i] = 0;
		loss->told[i] = true;
		loss->told_ns[i] = now_ns;
		return true;
	}
	return false;
}

bool loss_take(struct loss *loss, uint64_t now_ns, bool flush, enum loss_where *where, uint64_t *lost)
{
	bool found;

	expire(loss, now_ns, flush);
	found = take_pending(loss, now_ns, flush, where, lost);
	loss->next_due = find_next_due(loss);
	return found;
}

uint64_t loss_next_due(const struct loss *loss)
{
	return loss->next_due;
}

uint64_t loss_since(struct loss *loss)
{
	uint64_t since = loss->since;

	loss->since = 0;
	return since;
}

struct loss_totals loss_totals(const struct loss *loss, uint32_t netns)
{
	for (size_t i = 0; i < LOSS_NAMESPACES && loss->space[i].used; i++) {
		const struct space *space = &loss->space[i];
		struct loss_totals totals = space->totals;

		if (space->netns != netns)
			continue;
		totals.missing = space->expected - space->next - (uint64_t)__builtin_popcountll(space->seen);
		return totals;
	}
	return (struct loss_totals){ 0 };
}

const char *loss_where_name(enum loss_where where)
{
	static const char *const names[] = {
		[LOSS_NETLINK] = "netlink", [LOSS_RATE] = "rate", [LOSS_MEMORY] = "memory", [LOSS_RESTART] = "restart",
	};

	return names[where];
}
