// SPDX-License-Identifier: GPL-2.0
/*
 * flowmem_keep.c - size, and what a flood displaces
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "flowmem.h"

#include <stdlib.h>

#include "../../module/flowmem_arrays.h"

void bench_size(FILE *json)
{
	printf("Flow memory, natively\n");
	printf("  bytes a flow                %6zu   (%d hot of %zu and a number, one cold of %zu and a number, %d aliases of %zu)\n", FM_FLOW_BYTES,
	       FM_PLACES, sizeof(struct fm_hot), sizeof(struct fm_cold), FM_ALIASES, sizeof(struct fm_alias));
	fprintf(json, "\"bytes_per_flow\":%zu,\"hot_bytes\":%zu,\"cold_bytes\":%zu,\"alias_bytes\":%zu", FM_FLOW_BYTES,
		sizeof(struct fm_hot), sizeof(struct fm_cold), sizeof(struct fm_alias));
}

static void flood_syn(struct conversation *c, u32 n)
{
	become(c, n);
	c->fresh = true;
	c->assured = false;
	c->state = 1;
	speak(c, CLIENT, SEG_SYN, 0);
	c->fresh = false;
}

static void flood_handshake(struct conversation *c, u32 n)
{
	become(c, n);
	handshake(c);
	wait_ms(c, 1);
}

static void flood_data(struct conversation *c, u32 n)
{
	become(c, n);
	handshake(c);
	exchange(c);
	wait_ms(c, 1);
}

/*
 * Half of the promised flows are established, have exchanged data and are silent for an hour; then comes somebody with ten times the
 * capacity. share: of those flows, still known; newcomers: whether an honest one that comes after it is remembered.
 */
static void attack(FILE *json, u32 flows, const char *what, void (*flood)(struct conversation *, u32), const char *comma)
{
	struct conversation c;
	double kept, newcomers;
	u32 n, before;

	if (!conversation_begin(&c, flows))
		exit(1);
	open_flows(&c, 0, flows / 2);
	before = (u32)(share_known(&c, 0, flows / 2) * (flows / 2) + 0.5);
	wait_ms(&c, 3600000);
	for (n = 0; n < 10 * flows; n++)
		flood(&c, 0x40000000 + n);
	kept = share_known(&c, 0, flows / 2) * (flows / 2) / before;
	wait_ms(&c, 120000);
	open_flows(&c, 0x80000000, flows / 100);
	newcomers = share_known(&c, 0x80000000, flows / 100);
	printf("  after %-21s %6.2f %% of the idle flows kept, %.2f %% of later newcomers remembered\n", what, kept * 100, newcomers * 100);
	fprintf(json, "%s{\"flood\":\"%s\",\"kept\":%.5f,\"newcomers\":%.5f}", comma, what, kept, newcomers);
	conversation_end(&c);
}

void bench_attack(FILE *json, u32 flows)
{
	fputs(",\"attack\":[", json);
	attack(json, flows, "a SYN flood", flood_syn, "");
	attack(json, flows, "mute handshakes", flood_handshake, ",");
	attack(json, flows, "talking handshakes", flood_data, ",");
	fputs("]", json);
}
