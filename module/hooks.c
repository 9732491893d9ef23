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
#include <net/netfilter/nf_conntrack_l4proto.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/tcp.h>

#include "actor.h"
#include "fastpath.h"
#include "flowmem_fast.h"
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

static inline int ipv4_offset(const struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);

	if (iph->protocol != IPPROTO_TCP || (iph->frag_off & htons(IP_OFFSET)))
		return -1;
	return skb_network_offset(skb) + iph->ihl * 4;
}

static noinline int ipv6_offset_behind_extensions(struct sk_buff *skb)
{
	unsigned short frag = 0;
	unsigned int off = 0;

	if (ipv6_find_hdr(skb, &off, IPPROTO_TCP, &frag, NULL) != IPPROTO_TCP || frag)
		return -1;
	return off;
}

static inline int ipv6_offset(struct sk_buff *skb)
{
	if (likely(ipv6_hdr(skb)->nexthdr == IPPROTO_TCP))
		return skb_network_offset(skb) + sizeof(struct ipv6hdr);
	return ipv6_offset_behind_extensions(skb);
}

/* Find the TCP header; th is NULL where it cannot be read. False: not TCP. */
static __always_inline bool meet(struct met *m, struct sk_buff *skb, const struct nf_hook_state *state)
{
	m->thoff = state->pf == NFPROTO_IPV4 ? ipv4_offset(skb) : ipv6_offset(skb);
	if (m->thoff < 0)
		return false;
	m->skb = skb;
	m->state = state;
	m->th = skb_header_pointer(skb, m->thoff, sizeof(m->held), &m->held);
	return true;
}

/*
 * A packet shows itself twice on loopback, under a VRF and to TEE: LOCAL_OUT has seen what comes back on loopback, the slave device
 * what comes again on the L3 master, PRE_ROUTING what is copied.
 */
static inline bool second_look(const struct sk_buff *skb, const struct nf_hook_state *state)
{
	if (state->hook == NF_INET_PRE_ROUTING)
		return state->in && ((state->in->flags & IFF_LOOPBACK) || netif_is_l3_master(state->in));
	return (state->out && netif_is_l3_master(state->out)) || actor_is_copier(skb, state);
}

static noinline __noclone unsigned int look_before(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct met m;

	if (meet(&m, skb, state) && m.th && m.th->rst && !second_look(skb, state))
		snapshot_take(skb, state);
	return NF_ACCEPT;
}

/* The view is kept apart: kernels that zero what lies on the stack would zero it for every segment. */
static noinline bool read_copy(const struct met *m, int start, u32 len, struct segment *seg)
{
	u8 view[SEGMENT_VIEW_MAX];

	if (skb_copy_bits(m->skb, start, view, len))
		return false;
	return segment_parse(view, len, m->skb->len - start, seg) == SEGMENT_OK;
}

/* Reads the packet's bytes once more, all that matters: only for RSTs and for the flow memory's slow path. */
static noinline bool read_segment(const struct met *m, struct segment *seg)
{
	int start = skb_network_offset(m->skb);
	u32 wire_len = m->skb->len - start;
	u32 len = min_t(u32, wire_len, SEGMENT_VIEW_MAX);

	if (unlikely(start + (int)len > (int)skb_headlen(m->skb)))
		return read_copy(m, start, len, seg);
	return segment_parse(skb_network_header(m->skb), len, wire_len, seg) == SEGMENT_OK;
}

static noinline void meet_rst(const struct met *m)
{
	struct segment seg;

	if (!read_segment(m, &seg))
		rstwhy_count(m->rn, COUNT_MALFORMED);
	else if (!actor_is_balancer(m->skb, m->state) && !rstwhy_ingress_told(m->rn, &seg))
		report_rst(m->rn, m->skb, m->state, &seg);
}

/* A segment on its way into the flow memory. ct: its entry, borrowed from the packet, or NULL. */
struct arrival {
	struct fm_ends ends;
	struct fm_quick quick;
	struct nf_conn *ct;
	u64 hash;
	u8 orig1;
	bool fresh;
};

static inline u8 family_of(const struct met *m)
{
	return m->state->pf == NFPROTO_IPV4 ? 4 : 6;
}

static inline bool fill_quick(const struct met *m, struct fm_quick *q)
{
	const struct tcphdr *th = m->th;
	u32 rest = m->skb->len - m->thoff;

	if (unlikely(th->doff < 5 || th->doff * 4 > rest))
		return false;
	q->len = rest - th->doff * 4;
	q->seq = ntohl(th->seq);
	q->end = q->seq + q->len + th->syn + th->fin;
	q->ack = ntohl(th->ack_seq);
	q->flags = tcp_flag_byte(th) & 0x3f;
	q->tick = rstwhy_tick((u32)jiffies);
	q->resume = READ_ONCE(m->rn->resume);
	return true;
}

static void fill_input(const struct met *m, const struct arrival *a, const struct segment *seg, const struct fm_key *key,
		       struct rstwhy_tuple *reply, struct fm_input *in)
{
	in->seg = seg;
	in->key = key;
	in->hash = a->hash;
	in->quick = a->quick;
	in->now_us = div_u64(ktime_get_boottime_ns(), NSEC_PER_USEC);
	in->orig1 = a->orig1;
	in->fresh = a->fresh;
	in->confirmed = a->ct && !a->fresh;
	in->assured = a->ct && test_bit(IPS_ASSURED_BIT, &a->ct->status);
	in->guest = m->rn->guest;
	in->reply = NULL;
	if (!a->ct)
		return;
	snapshot_tuple(reply, &a->ct->tuplehash[IP_CT_DIR_REPLY].tuple);
	in->reply = reply;
}

static void hear_host(const struct met *m, const struct arrival *a, const struct segment *seg, const struct fm_tell *tell, u64 now_us)
{
	struct hm_lesson lesson = { .now_us = now_us, .since_us = tell->since_us, .rtt_us = tell->rtt_us, .ttl = seg->ttl };
	struct hm_key key;

	hostmem_key(&key, seg->tuple.src, seg->family, a->ends.zone, m->rn->id);
	hostmem_hear(&rstwhy_hosts, &key, &lesson);
}

/* The slow path: read all of the segment, let the memory think, tell what follows a RST. refused: conntrack would not have it. */
static noinline void remember(const struct met *m, const struct arrival *a, bool refused)
{
	struct fm_tell tell = { .kind = 0 };
	struct rstwhy_tuple reply;
	struct fm_input in;
	struct segment seg;
	struct fm_key key;

	if (!read_segment(m, &seg)) {
		rstwhy_count(m->rn, COUNT_MALFORMED);
		return;
	}
	if ((seg.flags & SEG_FIN) && rstwhy_ingress_told(m->rn, &seg))
		return;
	flowmem_key_of(&key, &a->ends);
	fill_input(m, a, &seg, &key, &reply, &in);
	if (unlikely(a->ends.zone) && !refused)
		rstwhy_zones_meet(m->rn, a->ends.zone);
	if (refused)
		flowmem_mark(&rstwhy_flows, &in, &tell);
	else
		flowmem_segment(&rstwhy_flows, &in, &tell);
	if (tell.proves && m->state->hook == NF_INET_PRE_ROUTING)
		hear_host(m, a, &seg, &tell, in.now_us);
	if (tell.kind)
		report_segment(m->rn, m->skb, m->state, &seg, &tell);
}

static noinline void touch(const struct met *m, struct arrival *a)
{
	struct fm_hot *hot;

	a->hash = fm_hash_ends(&rstwhy_flows.keys, &a->ends);
	if (flowmem_find(&rstwhy_flows, a->hash, &hot) ? a->fresh || !flowmem_touch(hot, &a->quick) :
							 !flowmem_waits(&rstwhy_flows, a->hash, a->quick.tick))
		remember(m, a, false);
}

/* It carries the entry, but conntrack took no note of it: neither may the memory. A liberal conntrack notes everything. */
static inline bool is_strangers(const struct met *m, const struct arrival *a, u8 dir)
{
	if (likely(!snapshot_overlooked(a->ct, dir, a->quick.end, a->quick.ack, m->th->ack)))
		return false;
	if (a->fresh || m->th->syn || (snapshot_glance(a->ct->proto.tcp.seen[dir].flags) & IP_CT_TCP_FLAG_BE_LIBERAL))
		return false;
	return !nf_tcp_pernet(m->state->net)->tcp_be_liberal;
}

static inline void meet_entry(const struct met *m, struct arrival *a, enum ip_conntrack_info ctinfo)
{
	const struct nf_conn *ct = a->ct;
	const struct nf_conntrack_tuple *t = &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	u16 zone = nf_ct_zone_id(nf_ct_zone(ct), IP_CT_DIR_ORIGINAL);

	a->ends = fm_ends_of(&a->orig1, (const u8 *)&t->src.u3, (const u8 *)&t->dst.u3, (__force u16)t->src.u.tcp.port,
			     (__force u16)t->dst.u.tcp.port, family_of(m), zone, m->rn->id);
	a->quick.side = CTINFO2DIR(ctinfo) == IP_CT_DIR_ORIGINAL ? a->orig1 : !a->orig1;
	a->quick.state = snapshot_glance(ct->proto.tcp.state) & FM_STATE;
	a->quick.timeout = fm_timeout_code(snapshot_remaining_ms(ct));
	a->fresh = !nf_ct_is_confirmed(ct);
	if (unlikely(is_strangers(m, a, CTINFO2DIR(ctinfo)))) {
		a->hash = fm_hash_ends(&rstwhy_flows.keys, &a->ends);
		remember(m, a, true);
		return;
	}
	touch(m, a);
}

/* No entry: NOTRACK, or a box without conntrack (the memory alone serves), or INVALID (it only leaves a mark). */
static noinline void meet_without_entry(const struct met *m, struct arrival *a, bool untracked)
{
	bool four = m->state->pf == NFPROTO_IPV4;
	const u8 *src = four ? (const u8 *)&ip_hdr(m->skb)->saddr : (const u8 *)&ipv6_hdr(m->skb)->saddr;
	const u8 *dst = four ? (const u8 *)&ip_hdr(m->skb)->daddr : (const u8 *)&ipv6_hdr(m->skb)->daddr;

	a->ends = fm_ends_of(&a->quick.side, src, dst, (__force u16)m->th->source, (__force u16)m->th->dest, family_of(m), 0,
			     m->rn->id);
	a->orig1 = a->quick.side;
	a->quick.state = 0;
	a->quick.timeout = 0;
	a->fresh = false;
	if (untracked || !rstwhy_tracking(m->state->net, m->state->pf)) {
		touch(m, a);
		return;
	}
	a->hash = fm_hash_ends(&rstwhy_flows.keys, &a->ends);
	rstwhy_zones_refused(m->rn, &a->ends, a->quick.side, &a->hash);
	remember(m, a, true);
}

static inline void meet_segment(const struct met *m)
{
	enum ip_conntrack_info ctinfo;
	struct arrival a;

	a.ct = snapshot_entry(m->skb, &ctinfo);
	if (unlikely(!fill_quick(m, &a.quick)))
		rstwhy_count(m->rn, COUNT_MALFORMED);
	else if (unlikely(!a.ct))
		meet_without_entry(m, &a, ctinfo == IP_CT_UNTRACKED);
	else if (likely(nf_ct_protonum(a.ct) == IPPROTO_TCP))
		meet_entry(m, &a, ctinfo);
}

static noinline __noclone unsigned int look_after(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct met m;

	if (!meet(&m, skb, state) || second_look(skb, state))
		return NF_ACCEPT;
	m.rn = priv;
	if (unlikely(!m.th))
		rstwhy_count(m.rn, COUNT_MALFORMED);
	else if (m.th->rst)
		meet_rst(&m);
	else
		meet_segment(&m);
	return NF_ACCEPT;
}

u64 rstwhy_tick_kept __cacheline_aligned_in_smp;

/**
 * rstwhy_renew_tick() - the first to come in this jiffy reads the clock
 * @now: (u32)jiffies
 *
 * The fine one: the coarse one may still be that of before a long idle sleep of all CPUs.
 *
 * Context: any.
 * Return: the tick.
 */
noinline u32 rstwhy_renew_tick(u32 now)
{
	u32 tick = fm_tick(ktime_get_boottime_ns());

	WRITE_ONCE(rstwhy_tick_kept, ((u64)tick << 32) | now);
	return tick;
}

static unsigned int before_ipv4(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	return unlikely(fast_may_be_rst(skb, 4)) ? look_before(priv, skb, state) : NF_ACCEPT;
}

static unsigned int before_ipv6(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	return unlikely(fast_may_be_rst(skb, 6)) ? look_before(priv, skb, state) : NF_ACCEPT;
}

/* Not where it is looked for first, or the first of a jiffy: the same again, thoroughly, before the whole look. */
static noinline __noclone unsigned int after_anywhere(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	u8 family = state->pf == NFPROTO_IPV4 ? 4 : 6;

	return fast_note(priv, skb, family, true) ? NF_ACCEPT : look_after(priv, skb, state);
}

static unsigned int after_ipv4(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	return likely(fast_note(priv, skb, 4, false)) ? NF_ACCEPT : after_anywhere(priv, skb, state);
}

static unsigned int after_ipv6(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	return likely(fast_note(priv, skb, 6, false)) ? NF_ACCEPT : after_anywhere(priv, skb, state);
}

static const struct nf_hook_ops hook_ops[RSTWHY_HOOKS] = {
	{ .hook = before_ipv4, .pf = NFPROTO_IPV4, .hooknum = NF_INET_PRE_ROUTING, .priority = NF_IP_PRI_CONNTRACK - 1 },
	{ .hook = before_ipv4, .pf = NFPROTO_IPV4, .hooknum = NF_INET_LOCAL_OUT, .priority = NF_IP_PRI_CONNTRACK - 1 },
	{ .hook = before_ipv6, .pf = NFPROTO_IPV6, .hooknum = NF_INET_PRE_ROUTING, .priority = NF_IP6_PRI_CONNTRACK - 1 },
	{ .hook = before_ipv6, .pf = NFPROTO_IPV6, .hooknum = NF_INET_LOCAL_OUT, .priority = NF_IP6_PRI_CONNTRACK - 1 },
	{ .hook = after_ipv4, .pf = NFPROTO_IPV4, .hooknum = NF_INET_PRE_ROUTING, .priority = NF_IP_PRI_CONNTRACK + 1 },
	{ .hook = after_ipv4, .pf = NFPROTO_IPV4, .hooknum = NF_INET_LOCAL_OUT, .priority = NF_IP_PRI_CONNTRACK + 1 },
	{ .hook = after_ipv6, .pf = NFPROTO_IPV6, .hooknum = NF_INET_PRE_ROUTING, .priority = NF_IP6_PRI_CONNTRACK + 1 },
	{ .hook = after_ipv6, .pf = NFPROTO_IPV6, .hooknum = NF_INET_LOCAL_OUT, .priority = NF_IP6_PRI_CONNTRACK + 1 },
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
	struct rstwhy_net *rn = rstwhy_pernet(net);
	int i;

	memcpy(rn->ops, hook_ops, sizeof(rn->ops));
	for (i = 0; i < RSTWHY_HOOKS; i++)
		rn->ops[i].priv = rn; /* spares each packet the look-up */
	return nf_register_net_hooks(net, rn->ops, RSTWHY_HOOKS);
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
	nf_unregister_net_hooks(net, rstwhy_pernet(net)->ops, RSTWHY_HOOKS);
}
