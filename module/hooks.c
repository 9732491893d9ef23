// SPDX-License-Identifier: GPL-2.0
/*
 * hooks.c - where packets are met: one look before conntrack, one behind it
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Whatever happens here, the packet goes on: every path returns NF_ACCEPT.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/ktime.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/tcp.h>
#include <linux/timekeeping.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/tcp.h>

#include "flowmem.h"
#include "netns.h"
#include "report.h"
#include "segment.h"
#include "snapshot.h"

/* One TCP segment in a hook. th lies in the packet or in held. */
struct met {
	struct rstwhy_net *rn;
	struct sk_buff *skb;
	const struct nf_hook_state *state;
	const struct tcphdr *th;
	struct tcphdr held;
	int thoff; /* from skb->data */
};

static int ipv4_offset(const struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);

	if (iph->protocol != IPPROTO_TCP || (iph->frag_off & htons(IP_OFFSET)))
		return -1;
	return skb_network_offset(skb) + iph->ihl * 4;
}

static int ipv6_offset(struct sk_buff *skb)
{
	unsigned short frag = 0;
	unsigned int off = 0;

	if (ipv6_hdr(skb)->nexthdr == IPPROTO_TCP)
		return skb_network_offset(skb) + sizeof(struct ipv6hdr);
	if (ipv6_find_hdr(skb, &off, IPPROTO_TCP, &frag, NULL) != IPPROTO_TCP || frag)
		return -1;
	return off;
}

/*
 * A packet shows itself twice on loopback and under a VRF: LOCAL_OUT has seen what comes back on loopback, the slave device what
 * comes again on the L3 master.
 */
static bool second_look(const struct nf_hook_state *state)
{
	if (state->hook == NF_INET_PRE_ROUTING)
		return state->in && ((state->in->flags & IFF_LOOPBACK) || netif_is_l3_master(state->in));
	return state->out && netif_is_l3_master(state->out);
}

/* Is it a TCP segment to be looked at? A header that cannot be read is none. */
static bool meet(struct met *m, struct sk_buff *skb, const struct nf_hook_state *state)
{
	m->skb = skb;
	m->state = state;
	m->thoff = state->pf == NFPROTO_IPV4 ? ipv4_offset(skb) : ipv6_offset(skb);
	if (m->thoff < 0)
		return false;
	m->th = skb_header_pointer(skb, m->thoff, sizeof(m->held), &m->held);
	if (second_look(state))
		return false;
	m->rn = rstwhy_pernet(state->net);
	return true;
}

static unsigned int hook_before(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct met m;

	if (meet(&m, skb, state) && m.th && m.th->rst)
		snapshot_take(skb, state);
	return NF_ACCEPT;
}

/* Reads the packet's bytes once more, all that matters: only for RSTs and for the flow memory's slow path. */
static bool read_segment(const struct met *m, struct segment *seg)
{
	int start = skb_network_offset(m->skb);
	u32 wire_len = m->skb->len - start;
	u8 view[SEGMENT_VIEW_MAX];
	u32 len = min_t(u32, wire_len, sizeof(view));

	if (skb_copy_bits(m->skb, start, view, len))
		return false;
	return segment_parse(view, len, wire_len, seg) == SEGMENT_OK;
}

static noinline void meet_rst(const struct met *m)
{
	struct segment seg;

	if (read_segment(m, &seg))
		report_rst(m->rn, m->skb, m->state, &seg);
	else
		rstwhy_count(m->rn, COUNT_MALFORMED);
}

static bool fill_quick(const struct met *m, struct fm_quick *q)
{
	const struct tcphdr *th = m->th;
	u32 rest = m->skb->len - m->thoff;

	if (th->doff < 5 || th->doff * 4 > rest)
		return false;
	q->len = rest - th->doff * 4;
	q->seq = ntohl(th->seq);
	q->end = q->seq + q->len + th->syn + th->fin;
	q->ack = ntohl(th->ack_seq);
	q->flags = tcp_flag_byte(th) & 0x3f;
	q->tick = fm_tick(ktime_to_ns(ktime_get_coarse_boottime()));
	q->resume = fm_ms_ticks(READ_ONCE(m->rn->set.resume_ms));
	q->state = 0;
	q->timeout = 0;
	return true;
}

/* A segment of a connection, or what conntrack would not have, on its way into the flow memory. */
struct arrival {
	struct fm_key key;
	struct fm_input in;
	struct rstwhy_tuple reply;
	struct segment seg;
	struct fm_after after;
};

/* The slow path: read all of the segment, let the memory think, tell what follows a RST. refused: conntrack would not have it. */
static noinline void remember(const struct met *m, struct arrival *a, bool refused)
{
	if (!read_segment(m, &a->seg)) {
		rstwhy_count(m->rn, COUNT_MALFORMED);
		return;
	}
	a->in.seg = &a->seg;
	a->in.key = &a->key;
	a->in.now_us = div_u64(ktime_get_boottime_ns(), NSEC_PER_USEC);
	a->in.guest = m->rn->guest;
	a->after.kind = 0;
	if (refused)
		flowmem_mark(&rstwhy_flows, &a->in, &a->after);
	else
		flowmem_segment(&rstwhy_flows, &a->in, &a->after);
	if (a->after.kind)
		report_after(m->rn, m->skb, m->state, &a->seg, &a->after);
}

static void touch(const struct met *m, struct arrival *a)
{
	struct fm_hot *hot;

	a->in.hash = flowmem_hash(&rstwhy_flows, &a->key);
	hot = flowmem_find(&rstwhy_flows, a->in.hash);
	if (likely(hot && !a->in.fresh && flowmem_touch(hot, &a->in.quick)))
		return;
	remember(m, a, false);
}

static void wire_tuple(const struct met *m, struct rstwhy_tuple *t)
{
	memset(t, 0, sizeof(*t));
	if (m->state->pf == NFPROTO_IPV4) {
		memcpy(t->src, &ip_hdr(m->skb)->saddr, 4);
		memcpy(t->dst, &ip_hdr(m->skb)->daddr, 4);
	} else {
		memcpy(t->src, &ipv6_hdr(m->skb)->saddr, 16);
		memcpy(t->dst, &ipv6_hdr(m->skb)->daddr, 16);
	}
	t->sport = (__force u16)m->th->source;
	t->dport = (__force u16)m->th->dest;
}

/* No entry: NOTRACK, or a box without conntrack (the memory alone serves), or INVALID (it only leaves a mark). */
static noinline void meet_without_entry(const struct met *m, struct arrival *a, bool untracked)
{
	u8 family = m->state->pf == NFPROTO_IPV4 ? 4 : 6;
	struct rstwhy_tuple tuple;

	wire_tuple(m, &tuple);
	a->in.quick.side = flowmem_key(&a->key, &tuple, family, 0, m->rn->id);
	a->in.orig1 = a->in.quick.side;
	a->in.reply = NULL;
	a->in.fresh = false;
	a->in.confirmed = false;
	a->in.assured = false;
	if (untracked || !rstwhy_tracking(m->state->net, m->state->pf)) {
		touch(m, a);
		return;
	}
	a->in.hash = flowmem_hash(&rstwhy_flows, &a->key);
	remember(m, a, true);
}

static void meet_entry(const struct met *m, struct arrival *a, struct nf_conn *ct, enum ip_conntrack_info ctinfo)
{
	struct fm_quick *q = &a->in.quick;
	struct rstwhy_tuple orig;
	u8 family = m->state->pf == NFPROTO_IPV4 ? 4 : 6;
	u8 side;

	snapshot_tuple(&orig, &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple);
	side = flowmem_key(&a->key, &orig, family, nf_ct_zone_id(nf_ct_zone(ct), IP_CT_DIR_ORIGINAL), m->rn->id);
	snapshot_tuple(&a->reply, &ct->tuplehash[IP_CT_DIR_REPLY].tuple);
	q->side = CTINFO2DIR(ctinfo) == IP_CT_DIR_ORIGINAL ? side : !side;
	q->state = READ_ONCE(ct->proto.tcp.state) & FM_STATE;
	q->timeout = fm_timeout_code(snapshot_remaining_ms(ct));
	a->in.orig1 = side;
	a->in.reply = &a->reply;
	a->in.confirmed = nf_ct_is_confirmed(ct);
	a->in.fresh = !a->in.confirmed;
	a->in.assured = test_bit(IPS_ASSURED_BIT, &ct->status);
	touch(m, a);
}

static void meet_segment(const struct met *m)
{
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = snapshot_entry(m->skb, &ctinfo);
	struct arrival a;

	if (!fill_quick(m, &a.in.quick)) {
		rstwhy_count(m->rn, COUNT_MALFORMED);
		return;
	}
	if (ct && nf_ct_protonum(ct) == IPPROTO_TCP)
		meet_entry(m, &a, ct, ctinfo);
	else if (!ct)
		meet_without_entry(m, &a, ctinfo == IP_CT_UNTRACKED);
}

static unsigned int hook_after(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct met m;

	if (!meet(&m, skb, state))
		return NF_ACCEPT;
	if (unlikely(!m.th))
		rstwhy_count(m.rn, COUNT_MALFORMED);
	else if (unlikely(m.th->rst))
		meet_rst(&m);
	else
		meet_segment(&m);
	return NF_ACCEPT;
}

static const struct nf_hook_ops hook_ops[] = {
	{
		.hook = hook_before,
		.pf = NFPROTO_INET,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP_PRI_CONNTRACK - 1,
	},
	{
		.hook = hook_before,
		.pf = NFPROTO_INET,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP_PRI_CONNTRACK - 1,
	},
	{
		.hook = hook_after,
		.pf = NFPROTO_INET,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP_PRI_CONNTRACK + 1,
	},
	{
		.hook = hook_after,
		.pf = NFPROTO_INET,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP_PRI_CONNTRACK + 1,
	},
};

/**
 * rstwhy_hooks_on() - begin to look at a namespace's packets
 * @net: whose hooks are off
 *
 * Context: process.
 * Return: 0 or a negative errno; then nothing is registered.
 */
int rstwhy_hooks_on(struct net *net)
{
	return nf_register_net_hooks(net, hook_ops, ARRAY_SIZE(hook_ops));
}

/**
 * rstwhy_hooks_off() - stop looking
 * @net: whose hooks are on
 *
 * A hook may still run until the next RCU grace period.
 *
 * Context: process.
 */
void rstwhy_hooks_off(struct net *net)
{
	nf_unregister_net_hooks(net, hook_ops, ARRAY_SIZE(hook_ops));
}
