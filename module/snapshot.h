/* SPDX-License-Identifier: GPL-2.0 */
/*
 * snapshot.h - conntrack's view of a RST's connection, before and after conntrack has seen the RST
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_SNAPSHOT_H
#define RSTWHY_SNAPSHOT_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/netfilter/nf_conntrack.h>

#include "uapi/rstwhy.h"

/* direction: of the packet in the entry found, RSTWHY_DIR_NONE without one */
struct snapshot {
	struct rstwhy_conntrack ct;
	u8 direction;
};

void snapshot_init(void);
void snapshot_take(const struct sk_buff *skb, const struct nf_hook_state *state);
bool snapshot_claim(const struct sk_buff *skb, struct snapshot *snap);
void snapshot_after(const struct sk_buff *skb, struct snapshot *snap);

struct nf_conn *snapshot_offloaded(const struct sk_buff *skb, const struct nf_hook_state *state, struct snapshot *snap);
struct nf_conn *snapshot_entry(const struct sk_buff *skb, enum ip_conntrack_info *ctinfo);
bool snapshot_entry_lives(struct net *net, u8 pf, u16 zone, const struct rstwhy_tuple *orig);
u32 snapshot_remaining_ms(const struct nf_conn *ct);
void snapshot_tuple(struct rstwhy_tuple *to, const struct nf_conntrack_tuple *from);

#endif
