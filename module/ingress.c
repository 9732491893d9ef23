// SPDX-License-Identifier: GPL-2.0
/*
 * ingress.c - ahead of a flowtable: the RSTs and FINs of offloaded flows, and what follows such a RST
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * From commit fdbaf5163331 (6.14, "netfilter: flowtable: add CLOSING state") on a RST of an offloaded flow stays in the fast path and
 * meets no other hook; before, it leaves it and is met again behind conntrack. Which of the two it will be is not asked: it is told of
 * here, and a note is left by which the later hook knows it again.
 *
 * All that the fast path would not take (fragments, IP options, a TTL that ends here) is left to the later hooks at once.
 */
#include <linux/if_ether.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jhash.h>
#include <linux/jiffies.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv6.h>
#include <linux/ppp_defs.h>
#include <linux/tcp.h>
#include <linux/timekeeping.h>
#include <net/ip.h>
#include <net/netfilter/nf_conntrack.h>

#include "flowmem_fast.h"
#include "netns.h"
#include "report.h"
#include "segment.h"
#include "snapshot.h"

#define NOTES 256	    /* power of two */
#define NOTE_LIVES (HZ / 2) /* from one hook to the next a packet takes microseconds, on a stalled machine longer */
#define WATCHES 4096	    /* power of two */
#define WATCH_LIVES ((u32)(FM_RESET_WATCH_US / USEC_PER_SEC) + 1)

/* A device is on the list: the later hooks ask for notes. */
bool rstwhy_ingress_used __read_mostly;

/* What was told of here: fingerprint above, jiffies below. Two that meet in one place cost a second telling, nothing worse. */
static atomic64_t notes[NOTES];
/* By a hash of the tuple: until when (seconds since boot; 0: not) the flow's segments are looked at. Two that meet cost a look-up. */
static u32 watches[WATCHES];
static u32 watch_until;

/* One TCP segment, with the IP header not checked by anybody yet. */
struct early {
	struct rstwhy_net *rn;
	struct sk_buff *skb;
	struct nf_hook_state state; /* as PRE_ROUTING would have it */
	union {
		struct iphdr ip;
		struct ipv6hdr ip6;
	} held;
	const u8 *src, *dst;
	struct tcphdr th;
};

/* RFC 2516 section 4, and the PPP protocol behind it. */
struct pppoe_start {
	u8 version_type;
	u8 code;
	__be16 session;
	__be16 length;
	__be16 proto;
};

/* Where the network header is behind a tag that the device has not taken off, and whose it is. Negative: neither IP. */
static int network_offset(const struct sk_buff *skb, __be16 *proto)
{
	const struct pppoe_start *ppp;
	struct pppoe_start held_ppp;
	const struct vlan_hdr *vlan;
	struct vlan_hdr held_vlan;

	*proto = skb->protocol;
	if (likely(*proto == htons(ETH_P_IP) || *proto == htons(ETH_P_IPV6)))
		return 0;
	if (eth_type_vlan(*proto)) {
		vlan = skb_header_pointer(skb, 0, sizeof(held_vlan), &held_vlan);
		*proto = vlan ? vlan->h_vlan_encapsulated_proto : 0;
		return sizeof(held_vlan);
	}
	if (*proto != htons(ETH_P_PPP_SES))
		return -1;
	ppp = skb_header_pointer(skb, 0, sizeof(held_ppp), &held_ppp);
	if (!ppp)
		return -1;
	*proto = ppp->proto == htons(PPP_IP) ? htons(ETH_P_IP) : ppp->proto == htons(PPP_IPV6) ? htons(ETH_P_IPV6) : 0;
	return sizeof(held_ppp);
}

static int meet_ipv4(struct early *e, int offset)
{
	struct iphdr *ip = &e->held.ip;

	if (skb_copy_bits(e->skb, offset, ip, sizeof(*ip)) || ip->protocol != IPPROTO_TCP || ip->version != 4 || ip->ihl != 5 ||
	    ip_is_fragment(ip) || ip->ttl <= 1)
		return -1;
	e->state.pf = NFPROTO_IPV4;
	e->src = (const u8 *)&ip->saddr;
	e->dst = (const u8 *)&ip->daddr;
	return offset + sizeof(*ip);
}

static int meet_ipv6(struct early *e, int offset)
{
	struct ipv6hdr *ip = &e->held.ip6;

	if (skb_copy_bits(e->skb, offset, ip, sizeof(*ip)) || ip->nexthdr != IPPROTO_TCP || ip->version != 6 || ip->hop_limit <= 1)
		return -1;
	e->state.pf = NFPROTO_IPV6;
	e->src = (const u8 *)&ip->saddr;
	e->dst = (const u8 *)&ip->daddr;
	return offset + sizeof(*ip);
}

/* Returns the offset of the network header, negative for what no flowtable would take. */
static int meet(struct early *e)
{
	int offset, l4 = -1;
	__be16 proto;

	offset = network_offset(e->skb, &proto);
	if (offset >= 0 && proto == htons(ETH_P_IP))
		l4 = meet_ipv4(e, offset);
	else if (offset >= 0 && proto == htons(ETH_P_IPV6))
		l4 = meet_ipv6(e, offset);
	return l4 < 0 || skb_copy_bits(e->skb, l4, &e->th, sizeof(e->th)) ? -1 : offset;
}

static u8 family_of(const struct early *e)
{
	return e->state.pf == NFPROTO_IPV4 ? 4 : 6;
}

/* What is over is taken away, so that nobody asks the clock for it again; seconds since boot come round in 136 years. */
static bool is_to_come(u32 *watch)
{
	u32 until = READ_ONCE(*watch);

	if (likely(!until))
		return false;
	if ((s32)(until - (u32)ktime_get_seconds()) > 0)
		return true;
	cmpxchg(watch, until, 0);
	return false;
}

static u32 *watch_of(u64 hash)
{
	return &watches[(hash ^ (hash >> 32)) & (WATCHES - 1)];
}

static bool watched(const struct early *e)
{
	struct fm_ends ends;
	u8 side;

	if (likely(!is_to_come(&watch_until)))
		return false;
	ends = fm_ends_of(&side, e->src, e->dst, (__force u16)e->th.source, (__force u16)e->th.dest, family_of(e), 0, e->rn->id);
	return is_to_come(watch_of(fm_hash_ends(&rstwhy_flows.keys, &ends)));
}

static void watch_tuple(const struct early *e, const struct rstwhy_tuple *tuple, u32 until)
{
	struct fm_key key;

	flowmem_key(&key, tuple, family_of(e), 0, e->rn->id);
	WRITE_ONCE(*watch_of(flowmem_hash(&rstwhy_flows, &key)), until);
}

/* The flow's segments, translated or not, for as long as the memory wants to know what follows a RST. */
static void watch(const struct early *e, const struct rstwhy_conntrack *ct)
{
	u32 until = (u32)ktime_get_seconds() + WATCH_LIVES;

	watch_tuple(e, &ct->orig, until);
	watch_tuple(e, &ct->reply, until);
	WRITE_ONCE(watch_until, until);
}

static u32 fingerprint(const struct rstwhy_net *rn, const struct segment *seg)
{
	const u32 numbers[] = { seg->seq, seg->ack, seg->flags | (u32)seg->ipid << 16, rn->id };

	return jhash2(numbers, ARRAY_SIZE(numbers), jhash(&seg->tuple, sizeof(seg->tuple), (u32)rstwhy_flows.keys.netns));
}

static bool note_fits(s64 note, u32 print)
{
	return (u32)(note >> 32) == print && (u32)jiffies - (u32)note <= NOTE_LIVES;
}

static atomic64_t *note_of(u32 print)
{
	return &notes[print & (NOTES - 1)];
}

/* Leave a note of this segment. False: there is one, the same frame has been met on the device below. */
static bool leave_note(const struct early *e, const struct segment *seg)
{
	u32 print = fingerprint(e->rn, seg);
	atomic64_t *note = note_of(print);

	if (note_fits(atomic64_read(note), print))
		return false;
	atomic64_set(note, (s64)((u64)print << 32 | (u32)jiffies));
	return true;
}

/**
 * rstwhy_ingress_told() - has this segment been told of ahead of the flowtable
 * @rn: its namespace
 * @seg: a RST or FIN behind conntrack; the note of it is taken away
 *
 * Context: netfilter hook.
 * Return: true when it has.
 */
bool rstwhy_ingress_told(const struct rstwhy_net *rn, const struct segment *seg)
{
	atomic64_t *note;
	u32 print;
	s64 held;

	if (likely(!READ_ONCE(rstwhy_ingress_used)))
		return false;
	print = fingerprint(rn, seg);
	note = note_of(print);
	held = atomic64_read(note);
	return note_fits(held, print) && atomic64_cmpxchg(note, held, 0) == held;
}

static bool read_segment(const struct early *e, struct segment *seg)
{
	int start = skb_network_offset(e->skb);
	u32 wire_len = e->skb->len - start;
	u8 view[SEGMENT_VIEW_MAX];
	u32 len = min_t(u32, wire_len, sizeof(view));

	return !skb_copy_bits(e->skb, start, view, len) && segment_parse(view, len, wire_len, seg) == SEGMENT_OK;
}

static void fill_quick(const struct early *e, const struct segment *seg, const struct snapshot *snap, u16 timeout, struct fm_quick *q)
{
	q->seq = seg->seq;
	q->end = seg->end;
	q->ack = seg->ack;
	q->len = seg->len;
	q->flags = seg->flags;
	q->tick = fm_tick(ktime_to_ns(ktime_get_coarse_boottime()));
	q->resume = READ_ONCE(e->rn->resume);
	q->timeout = timeout; /* an offloaded entry's own is parked, and says nothing */
	q->state = snap->ct.state_before & FM_STATE;
}

/* A FIN, or what follows a RST, into the flow memory. */
static void remember(struct early *e, const struct segment *seg, struct nf_conn *ct, struct snapshot *snap)
{
	struct fm_tell tell = { .kind = 0 };
	struct fm_hot *hot;
	struct fm_input in = {
		.seg = seg,
		.reply = &snap->ct.reply,
		.confirmed = true,
		.assured = test_bit(IPS_ASSURED_BIT, &ct->status),
		.guest = e->rn->guest,
	};
	struct fm_key key;

	in.orig1 = flowmem_key(&key, &snap->ct.orig, family_of(e), snap->ct.zone, e->rn->id);
	in.key = &key;
	in.hash = flowmem_hash(&rstwhy_flows, &key);
	if (!flowmem_find(&rstwhy_flows, in.hash, &hot) || !((seg->flags & SEG_FIN) || (READ_ONCE(hot->flags) & FM_RESET)))
		return;
	in.now_us = div_u64(ktime_get_boottime_ns(), NSEC_PER_USEC);
	fill_quick(e, seg, snap, READ_ONCE(hot->timeout), &in.quick);
	in.quick.side = snap->direction == RSTWHY_DIR_ORIGINAL ? in.orig1 : !in.orig1;
	flowmem_segment(&rstwhy_flows, &in, &tell);
	if (tell.kind)
		report_early(e->rn, e->skb, &e->state, seg, snap, &tell);
}

/* Its network header is set. */
static noinline void look(struct early *e)
{
	struct snapshot snap;
	struct segment seg;
	struct nf_conn *ct;

	if (e->th.syn || !read_segment(e, &seg)) /* a SYN always leaves the fast path */
		return;
	ct = snapshot_offloaded(e->skb, &e->state, &e->rn->zones, &snap);
	if (!ct)
		return;
	if ((seg.flags & (SEG_RST | SEG_FIN)) && !leave_note(e, &seg)) {
		nf_ct_put(ct);
		return;
	}
	if (seg.flags & SEG_RST) {
		report_early(e->rn, e->skb, &e->state, &seg, &snap, NULL);
		watch(e, &snap.ct);
	} else {
		remember(e, &seg, ct, &snap);
	}
	nf_ct_put(ct);
}

/* All of it: what is behind a tag, or in pages, is not certain before. */
static noinline void look_closely(struct rstwhy_net *rn, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct early e = { .rn = rn, .skb = skb };
	u16 saved = skb->network_header;
	int offset;

	offset = meet(&e);
	if (offset < 0 || (!e.th.rst && !e.th.fin && !watched(&e)))
		return;
	e.state.hook = NF_INET_PRE_ROUTING;
	e.state.in = state->in;
	e.state.net = state->net;
	skb_set_network_header(skb, offset); /* behind a tag: for as long as we look */
	look(&e);
	skb->network_header = saved;
}

/*
 * Nearly nothing: a segment in midlife is let go at a glance, and what is no TCP. A header that meet_ipv4() would not have may be
 * taken for one of the usual length.
 */
static __always_inline bool may_matter(const struct sk_buff *skb)
{
	const u8 *ip = skb->data, *th;
	u8 proto;

	if (likely(skb->protocol == htons(ETH_P_IP))) {
		proto = ip[offsetof(struct iphdr, protocol)];
		th = ip + sizeof(struct iphdr);
	} else if (skb->protocol == htons(ETH_P_IPV6)) {
		proto = ip[offsetof(struct ipv6hdr, nexthdr)];
		th = ip + sizeof(struct ipv6hdr);
	} else {
		return true;
	}
	if (unlikely(th + sizeof(struct tcphdr) > skb_tail_pointer(skb)))
		return true;
	return proto == IPPROTO_TCP && ((th[13] & (SEG_FIN | SEG_RST)) || is_to_come(&watch_until));
}

/**
 * rstwhy_ingress_hook() - what comes in by a device that has a flowtable
 * @priv: struct rstwhy_net of the device's namespace
 * @skb: ahead of everything but packet sockets
 * @state: of the hook
 *
 * Context: netfilter hook of a device.
 * Return: NF_ACCEPT.
 */
unsigned int rstwhy_ingress_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	if (unlikely(may_matter(skb)))
		look_closely(priv, skb, state);
	return NF_ACCEPT;
}
