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

struct nf_conn *snapshot_entry(const struct sk_buff *skb, enum ip_conntrack_info *ctinfo);
bool snapshot_entry_lives(struct net *net, u8 pf, u16 zone, const struct rstwhy_tuple *orig);
u32 snapshot_remaining_ms(const struct nf_conn *ct);
void snapshot_tuple(struct rstwhy_tuple *to, const struct nf_conntrack_tuple *from);

/*
 * Conntrack lets out-of-window segments, challenge ACKs and the like pass with their entry on them, not INVALID, and without rearming its
 * timer ("ignored", nf_conntrack_proto_tcp.c, 6.1 on). Timeouts are whole seconds, so a timer that was armed a moment ago has whole
 * seconds left; by chance so has a timer that was armed some seconds ago, which flowmem_segment() finds out.
 */
static inline bool snapshot_counted(const struct nf_conn *ct)
{
	s32 left = READ_ONCE(ct->timeout) - nfct_time_stamp;

	if (READ_ONCE(ct->status) & (IPS_FIXED_TIMEOUT | IPS_OFFLOAD) || !nf_ct_is_confirmed(ct) || left <= 0)
		return true;
	return HZ - 1 - (left - 1) % HZ <= HZ / 50 + 1;
}

#endif
