// SPDX-License-Identifier: GPL-2.0
/*
 * hints.c - known idle timeouts that fit a gap
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * The values are facts/timeouts.md: N answers the next packet, which bounds the timeout from above by the gap only; B resets both
 * ends at expiry, which measures it. Several devices share a value: candidates, never a culprit.
 */
#include <stdio.h>

#include "sentence.h"

struct known_timeout {
	unsigned int seconds;
	bool on_next, at_expiry;
	const char *name;
};

/* Longest first: the nearest below the gap is the likeliest. */
static const struct known_timeout table[] = {
	{432000, true, false, "Linux conntrack"},
	{86400, true, false, "kube-proxy conntrack setting"},
	{3600, true, true, "FortiGate"},
	{3600, false, true, "Cisco ASA with reset"},
	{1800, true, false, "Juniper SRX with tcp-rst"},
	{350, true, false, "AWS NLB"},
	{350, true, false, "AWS NAT gateway"},
	{300, false, true, "F5 BIG-IP TCP profile"},
	{240, false, true, "Azure Load Balancer with TCP reset"},
	{240, true, false, "Azure NAT gateway"},
};

/* A silence that this connection survived rules out what is shorter. */
static bool fits_next(const struct known_timeout *t, const struct facts *f)
{
	double ms = t->seconds * 1000.0;

	return t->on_next && f->gap.ms >= ms - 100 && f->gap.ms <= 1.5 * ms && (double)f->mem->survived_ms < ms;
}

/* A device looks at its timers every second or so, large tables less often. */
static bool fits_expiry(const struct known_timeout *t, double gap_ms)
{
	double ms = t->seconds * 1000.0, slack = ms / 100 > 2000 ? ms / 100 : 2000;

	return t->at_expiry && gap_ms >= ms - slack && gap_ms <= ms + slack;
}

void hint_candidates(const struct facts *f, bool on_next, struct verdict *v)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]) && v->candidates_count < VERDICT_CANDIDATES_MAX; i++) {
		if (on_next ? !fits_next(&table[i], f) : !fits_expiry(&table[i], f->gap.ms))
			continue;
		snprintf(v->candidates[v->candidates_count++], sizeof(v->candidates[0]), "%s %u s", table[i].name,
			 table[i].seconds);
	}
}
