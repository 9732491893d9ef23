/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fastpath.h - how nearly every segment passes: no RST, of an entry that conntrack knows well, and nothing new
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Everything here is inlined into a hook of one family and touches no memory of its own stack: an instruction is an instruction
 * a forwarded segment. What is not certain here is left, untouched, to the whole look of hooks.c, which repeats all of it.
 */
#ifndef RSTWHY_FASTPATH_H
#define RSTWHY_FASTPATH_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/tcp.h>
#include <linux/timekeeping.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "flowmem_fast.h"
#include "netns.h"
#include "snapshot.h"

#define FAST_KINDS (SEG_FIN | SEG_SYN | SEG_RST | SEG_ACK)

u32 rstwhy_renew_tick(u32 now);
extern u64 rstwhy_tick_kept;

/*
 * The flow memory's tick. The clock is read once a jiffy by whoever comes first: that jiffy and the tick lie in one word, so that no
 * reader sees one without the other. now: (u32)jiffies. False: it is time to read it again.
 */
static __always_inline bool fast_tick(u32 now, u32 *tick)
{
#if BITS_PER_LONG == 64
	u64 kept = READ_ONCE(rstwhy_tick_kept);

	*tick = kept >> 32;
	return likely((u32)kept == now);
#else
	return false;
#endif
}

static inline u32 rstwhy_tick(u32 now)
{
	u32 tick;

	return fast_tick(now, &tick) ? tick : rstwhy_renew_tick(now);
}

/* Where the TCP header is, if this is TCP and it is in the linear part. */
static __always_inline const u8 *fast_th(const struct sk_buff *skb, u8 family)
{
	const u8 *ip = skb_network_header(skb);
	unsigned long words = family == 6 ? sizeof(struct ipv6hdr) / 4 : ip[0] & 15;

	OPTIMIZER_HIDE_VAR(words); /* gcc would spend an instruction on shifting before it masks */
	return ip + words * 4;
}

/*
 * May this be a RST? A yes is asked again. Where the header is not in the linear part it is a yes; that of most packets with pages is,
 * since who merges or cuts them puts it there. Beyond a linear packet's end lies what every skb has there, so the byte can be read.
 */
static __always_inline bool fast_may_be_rst(const struct sk_buff *skb, u8 family)
{
	const u8 *th = fast_th(skb, family);

	if (family == 6 && ipv6_hdr(skb)->nexthdr != IPPROTO_TCP)
		return ipv6_hdr(skb)->nexthdr != IPPROTO_UDP;
	return (th[13] & SEG_RST) || (skb->data_len && th + sizeof(struct tcphdr) > skb_tail_pointer(skb));
}

/*
 * The TCP entry of which this packet is a segment, or NULL when that is not certain: ESTABLISHED means that conntrack found the entry
 * in its table, by a packet that is no ICMP error and no fragment but the first. *reply: it came in that direction.
 */
static __always_inline const struct nf_conn *fast_entry(const struct sk_buff *skb, u8 *reply)
{
	const unsigned long nfct = skb_get_nfct(skb);
	const struct nf_conn *ct = (const struct nf_conn *)(nfct & NFCT_PTRMASK);
	const unsigned int info = nfct & NFCT_INFOMASK;

	BUILD_BUG_ON(IP_CT_ESTABLISHED != 0 || IP_CT_ESTABLISHED_REPLY != 3);
	*reply = info >> 1;
	if (!ct || (info != IP_CT_ESTABLISHED && info != IP_CT_ESTABLISHED_REPLY) || nf_ct_protonum(ct) != IPPROTO_TCP)
		return NULL;
	return ct;
}

/* Is the TCP header at hand, and are its flags those of a segment in midlife? */
static __always_inline bool fast_header(const struct sk_buff *skb, const u8 *th, u8 family)
{
	if (family == 6 && ipv6_hdr(skb)->nexthdr != IPPROTO_TCP)
		return false;
	return th + sizeof(struct tcphdr) <= skb_tail_pointer(skb) && (th[13] & FAST_KINDS) == SEG_ACK;
}

/* What is left of the entry's time, as the memory has it. */
static __always_inline u16 fast_timeout(const struct nf_conn *ct, u32 now)
{
	const s32 left = READ_ONCE(ct->timeout) - now;

	return fm_timeout_code_hz(left, HZ);
}

/* *side: what the entry's ORIGINAL side is in the memory, the other one for a reply. */
static __always_inline u64 fast_hash(const struct rstwhy_net *rn, const struct nf_conn *ct, u8 family, u8 reply, u8 *side)
{
	const struct nf_conntrack_tuple *t = &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	const struct nf_conntrack_zone *z = nf_ct_zone(ct);
	const u16 zone = likely(z->dir & NF_CT_ZONE_DIR_ORIG) ? z->id : NF_CT_DEFAULT_ZONE_ID;
	const struct fm_ends ends = fm_ends_of(side, (const u8 *)&t->src.u3, (const u8 *)&t->dst.u3, (__force u16)t->src.u.tcp.port,
					       (__force u16)t->dst.u.tcp.port, family, zone, rn->id);

	*side ^= reply;
	return fm_hash_ends(&rstwhy_flows.keys, &ends);
}

/*
 * Did conntrack take this segment into account (snapshot_overlooked())? It keeps the numbers of the last one that it did, so that these
 * are the segment's own, unless another CPU was faster; for one without data what it keeps is what its sender's next data would bear.
 * *end: behind its data.
 */
static __always_inline bool fast_taken(const struct nf_conn *ct, u32 seq, u32 ack, u32 *end)
{
	const struct ip_ct_tcp *tcp = &ct->proto.tcp;

	*end = snapshot_glance(tcp->last_end);
	return data_race(tcp->last_seq) == seq && data_race(tcp->last_ack) == ack;
}

/* The same by conntrack's conditions, as far as one look can tell. */
static __always_inline bool fast_accepted(const struct nf_conn *ct, const struct sk_buff *skb, const u8 *th, u8 reply, u32 seq, u32 ack,
					  u32 *end)
{
	*end = seq + skb->len - (u32)(th - skb->data) - (th[12] >> 2 & 0x3c);
	return !snapshot_overlooked(ct, reply, *end, ack, true);
}

/* The steps of flowmem_touch(). anywhere: as for fast_note(). */
static __always_inline bool fast_touch(const struct rstwhy_net *rn, const struct sk_buff *skb, const struct nf_conn *ct,
				       struct fm_hot *hot, const u8 *th, u8 side, u8 reply, u32 now, u32 tick, bool anywhere)
{
	const u16 flags = READ_ONCE(hot->flags);
	const u32 last = READ_ONCE(hot->last[side]);
	u32 seq, ack, end;

	if (unlikely(!fm_calm(flags, side, data_race(ct->proto.tcp.state), last, tick, data_race(rn->resume))))
		return false;
	seq = be32_to_cpup((const __be32 *)(th + 4));
	ack = be32_to_cpup((const __be32 *)(th + 8));
	if (unlikely(!fast_taken(ct, seq, ack, &end)) && !(anywhere && fast_accepted(ct, skb, th, reply, seq, ack, &end)))
		return false;
	if (unlikely(!fm_advance(hot, flags, side, seq, end, end - seq, ack)))
		return false;
	fm_stamp(hot, side, last, tick, fast_timeout(ct, now));
	return true;
}

/*
 * Note a segment, if that is all there is to do. Where it is seen twice (loopback, VRF) the second note changes nothing. Nothing is
 * called, so that few registers need saving; anywhere: also call what may be needed, the rest of the search and the clock.
 */
static __always_inline bool fast_note(const struct rstwhy_net *rn, const struct sk_buff *skb, u8 family, bool anywhere)
{
	struct fm_hot *hot = NULL;
	const struct nf_conn *ct;
	u8 reply, side;
	const u8 *th;
	u32 now, tick;
	u64 hash;

	ct = fast_entry(skb, &reply);
	if (unlikely(!ct))
		return false;
	hash = fast_hash(rn, ct, family, reply, &side);
	if (unlikely(!flowmem_find_first(&rstwhy_flows, hash, &hot))) {
		if (!anywhere)
			return false;
		hot = flowmem_find_elsewhere(&rstwhy_flows, hash);
	}
	th = fast_th(skb, family);
	if (unlikely(!fast_header(skb, th, family)))
		return false;
	now = (u32)jiffies;
	if (unlikely(!fast_tick(now, &tick))) {
		if (!anywhere)
			return false;
		tick = rstwhy_renew_tick(now);
	}
	if (anywhere && !hot)
		return flowmem_waits(&rstwhy_flows, hash, tick);
	return fast_touch(rn, skb, ct, hot, th, side, reply, now, tick, anywhere);
}

#endif
