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
#include "zones.h"

/* direction: of the packet in the entry found, RSTWHY_DIR_NONE without one */
struct snapshot {
	struct rstwhy_conntrack ct;
	u8 direction;
};

void snapshot_init(void);
void snapshot_take(const struct sk_buff *skb, const struct nf_hook_state *state);
bool snapshot_claim(const struct sk_buff *skb, struct snapshot *snap);
void snapshot_after(const struct sk_buff *skb, struct snapshot *snap);

struct nf_conn *snapshot_offloaded(const struct sk_buff *skb, const struct nf_hook_state *state, const struct rstwhy_zones *zones,
				   struct snapshot *snap);
struct nf_conn *snapshot_entry(const struct sk_buff *skb, enum ip_conntrack_info *ctinfo);
bool snapshot_entry_lives(struct net *net, u8 pf, u16 zone, const struct rstwhy_tuple *orig);
u32 snapshot_remaining_ms(const struct nf_conn *ct);
void snapshot_tuple(struct rstwhy_tuple *to, const struct nf_conntrack_tuple *from);

/*
 * Of what conntrack writes plainly, under the entry's lock: one load without it, of what was before such a write or is behind it. Nothing
 * here needs more, so KCSAN is told not to complain.
 */
#define snapshot_glance(x) data_race(READ_ONCE(x))

/**
 * snapshot_overlooked() - did conntrack let a segment pass with its entry on it, but without taking note of it
 * @ct: the entry, attached and confirmed
 * @dir: of the segment
 * @end: behind its data
 * @ack: its acknowledgement, used if @acks
 * @acks: it has one
 *
 * From 6.1 on, a segment below the window (tcp_in_window(), NFCT_TCP_IGNORE: old data, or an old acknowledgement) is not INVALID, yet
 * refreshes nothing: half of all blindly forged ones. These are conntrack's own two conditions; what the segment may have moved since
 * makes them no stricter. Read without its lock: a race is decided one way or the other.
 *
 * Context: any.
 * Return: true when it did.
 */
static inline bool snapshot_overlooked(const struct nf_conn *ct, u8 dir, u32 end, u32 ack, bool acks)
{
	const struct ip_ct_tcp_state *from = &ct->proto.tcp.seen[dir], *to = &ct->proto.tcp.seen[!dir];
	u32 window = snapshot_glance(to->td_maxwin);

	if (window && (s32)(end - (snapshot_glance(from->td_end) - window - 1)) <= 0)
		return true;
	return acks && (s32)(ack - (snapshot_glance(to->td_end) - max_t(u32, snapshot_glance(from->td_maxwin), 66000) - 1)) <= 0;
}

#endif
