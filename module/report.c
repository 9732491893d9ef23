// SPDX-License-Identifier: GPL-2.0
/*
 * report.c - a RST, and what else tells of resets, becomes evidence on the log group
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "report.h"

#include <linux/ktime.h>
#include <linux/netfilter_ipv6.h>
#include <linux/timekeeping.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_log.h>
#include <net/route.h>

#include "actor.h"
#include "compat/netns.h"
#include "evidence.h"
#include "snapshot.h"

/* One packet on its way to the log group. */
struct report {
	struct rstwhy_net *rn;
	struct sk_buff *skb;
	const struct nf_hook_state *state;
	const struct segment *seg;
	struct net *reader; /* whose reader gets it */
	struct rstwhy_evidence ev;
	struct fm_query query;
	bool known;
	bool early; /* ahead of conntrack and of the IP layer: nothing more will be known */
};

/*
 * A fragment alone, or with the link's padding that the IP layer would have cut off, has no sum that could be wrong. And IPv4's is
 * taken over all the bytes there are (nf_ip_checksum()): of what lies before the IP header the result would be wrong. It reads the header
 * where it lies, which ahead of the IP layer may be in pages still.
 */
static u8 checksum_of(const struct report *r)
{
	u32 l4 = skb_network_offset(r->skb) + r->seg->l4;
	u8 family = r->state->pf;

	if (r->state->hook == NF_INET_LOCAL_OUT)
		return RSTWHY_CSUM_GOOD;
	if (family == NFPROTO_IPV4 && skb_network_offset(r->skb))
		return RSTWHY_CSUM_UNKNOWN;
	if (r->early && l4 > skb_headlen(r->skb))
		return RSTWHY_CSUM_UNKNOWN;
	if (r->seg->cut || r->skb->len - l4 != r->seg->payload - r->seg->l4 + r->seg->len)
		return RSTWHY_CSUM_UNKNOWN;
	return nf_checksum(r->skb, r->state->hook, l4, IPPROTO_TCP, family) ?
		       RSTWHY_CSUM_BAD :
		       RSTWHY_CSUM_GOOD;
}

/* Is the gateway itself the end that speaks? Its REJECT speaks for others, too. A VRF has addresses of its own. */
static bool source_is_local(const struct report *r)
{
	const struct net_device *dev = r->state->hook == NF_INET_LOCAL_OUT ? r->state->out : r->state->in;
	struct in6_addr six;
	__be32 four;

	if (r->state->pf == NFPROTO_IPV4) {
		memcpy(&four, r->seg->tuple.src, sizeof(four));
		return inet_addr_type_dev_table(r->state->net, dev, four) == RTN_LOCAL;
	}
	memcpy(&six, r->seg->tuple.src, sizeof(six));
	return nf_ipv6_chk_addr(r->state->net, &six, dev, 0);
}

/* Everything about the packet and the place, nothing about its connection. */
static void fill_place(struct report *r, u8 kind)
{
	const struct nf_hook_state *state = r->state;
	struct rstwhy_evidence *ev = &r->ev;
	bool passive = !(r->seg->flags & SEG_ACK) || !r->seg->seq;

	/* report_init: the initial namespace's reader; interface numbers stay those of the namespace it was seen in. */
	r->reader = READ_ONCE(r->rn->set.report_init) ? &init_net : state->net;
	ev->kind = kind;
	ev->hook = r->early ? RSTWHY_HOOK_INGRESS : state->hook;
	ev->family = r->seg->family;
	ev->by = actor_of(r->skb, state, passive, &ev->uid);
	ev->csum = checksum_of(r);
	ev->local = source_is_local(r);
	ev->epoch = rstwhy_pernet(r->reader)->epoch;
	ev->boottime_ns = ktime_get_boottime_ns();
	ev->realtime_ns = ktime_get_real_ns();
	ev->netns_cookie = compat_netns_cookie(state->net);
	ev->netns_inum = state->net->ns.inum;
	ev->ifin = state->in ? state->in->ifindex : 0;
	ev->ifout = state->out && state->hook == NF_INET_LOCAL_OUT ? state->out->ifindex : 0;
	ev->wire_len = r->skb->len - skb_network_offset(r->skb);
}

static void query_init(struct report *r, const struct rstwhy_tuple *tuple, u16 zone)
{
	struct fm_query *q = &r->query;

	q->side = flowmem_key(&q->key, tuple, r->seg->family, zone, r->rn->id);
	q->hash = flowmem_hash(&rstwhy_flows, &q->key);
	q->now_us = div_u64(r->ev.boottime_ns, NSEC_PER_USEC);
	q->tick = fm_tick(r->ev.boottime_ns);
	q->exact = false;
	q->entry_gone = false;
	q->hidden = r->early;
	q->closed = false;
}

/* By conntrack's entry: the packet's sender is its ORIGINAL side, or the other. */
static u8 recall_by_entry(struct report *r, u8 direction)
{
	u8 state;

	query_init(r, &r->ev.ct.orig, r->ev.ct.zone);
	r->query.exact = true;
	if (direction == RSTWHY_DIR_REPLY)
		r->query.side = !r->query.side;
	r->known = flowmem_export(&rstwhy_flows, &r->query, &r->ev.mem, &state);
	return state;
}

/*
 * By what is on the wire: there is no entry, or the flow memory does not know the entry that is there, because it is a new one in
 * the place of a translated flow's.
 */
static u8 recall_by_wire(struct report *r, bool entry_gone)
{
	u8 state;

	query_init(r, &r->seg->tuple, r->ev.ct.zone);
	r->query.entry_gone = entry_gone;
	r->known = flowmem_export(&rstwhy_flows, &r->query, &r->ev.mem, &state);
	if (!r->known && rstwhy_zones_find(r->rn, &r->query)) {
		r->ev.ct.zone = r->query.key.zone;
		r->known = flowmem_export(&rstwhy_flows, &r->query, &r->ev.mem, &state);
	}
	return state;
}

/*
 * Lost, because nothing was found for what is on the wire? A segment that escaped translation has no entry while its flow's lives:
 * ask for the flow's own.
 */
static void verify_lost(struct report *r)
{
	struct rstwhy_memory *mem = &r->ev.mem;

	if (!(mem->flags & RSTWHY_MEM_LOST) || (mem->flags & RSTWHY_MEM_LOST_KNOWN))
		return;
	if (snapshot_entry_lives(r->state->net, r->state->pf, r->ev.ct.zone, &mem->orig))
		mem->flags &= ~RSTWHY_MEM_LOST;
}

static void fill_host(const struct report *r, const u8 *addr, struct rstwhy_host *host)
{
	struct hm_key key;

	hostmem_key(&key, addr, r->seg->family, r->ev.ct.zone, r->rn->id);
	hostmem_tell(&rstwhy_hosts, &key, r->query.now_us, host);
}

/* The packet's source, and the end it is for by the address that this has itself. */
static void fill_hosts(struct report *r)
{
	const struct rstwhy_memory *mem = &r->ev.mem;
	const u8 *peer = r->seg->tuple.dst;

	if (r->known && mem->direction == RSTWHY_DIR_REPLY)
		peer = mem->orig.src;
	else if (r->known && mem->reply.sport)
		peer = mem->reply.src;
	fill_host(r, r->seg->tuple.src, &r->ev.host[0]);
	fill_host(r, peer, &r->ev.host[1]);
	r->ev.watched_ms = div_u64(r->ev.boottime_ns - r->rn->watched_ns, NSEC_PER_MSEC);
}

static void fill_connection(struct report *r, struct snapshot *snap)
{
	struct rstwhy_evidence *ev = &r->ev;
	bool tracking = rstwhy_tracking(r->state->net, r->state->pf);
	u8 state = RSTWHY_STATE_UNKNOWN;
	bool entry;

	if (!r->early)
		snapshot_after(r->skb, snap);
	ev->ct = snap->ct;
	if (!tracking)
		ev->ct.flags = (ev->ct.flags & ~RSTWHY_CT_INVALID) | RSTWHY_CT_OFF;
	entry = ev->ct.flags & (RSTWHY_CT_FOUND | RSTWHY_CT_ATTACHED);
	if (entry)
		state = recall_by_entry(r, snap->direction);
	if (r->known && !(ev->mem.flags & RSTWHY_MEM_LOST))
		ev->mem.reply = ev->ct.reply; /* translation may be newer than the last segment the memory thought about */
	if (!r->known)
		state = recall_by_wire(r, tracking && !(ev->ct.flags & RSTWHY_CT_UNTRACKED));
	verify_lost(r);
	fill_hosts(r);
	ev->direction = entry ? snap->direction : r->known ? ev->mem.direction : RSTWHY_DIR_NONE;
	/* Our REJECT has closed the entry before its RST came here (nf_ct_set_closing(), 6.1): the memory knows what it was. */
	if ((ev->ct.flags & RSTWHY_CT_RELATED) && state != RSTWHY_STATE_UNKNOWN) {
		ev->ct.state_before = state;
		ev->ct.flags |= RSTWHY_CT_MEMSTATE;
	}
}

/* The rate limit, then the number: a message that gets one and does not arrive is a loss that the reader can see. */
static bool admit(struct report *r)
{
	const struct rstwhy_settings *set = &r->rn->set;
	struct rstwhy_evidence *ev = &r->ev;

	if (!ratelimit_allow(&r->rn->limit, r->known, READ_ONCE(set->rate), READ_ONCE(set->burst), ev->boottime_ns)) {
		rstwhy_count(r->rn, r->known ? COUNT_SUPPRESSED_KNOWN : COUNT_SUPPRESSED_UNKNOWN);
		return false;
	}
	ev->suppressed_known = rstwhy_count_sum(r->rn, COUNT_SUPPRESSED_KNOWN);
	ev->suppressed_unknown = rstwhy_count_sum(r->rn, COUNT_SUPPRESSED_UNKNOWN);
	ev->failed = rstwhy_count_sum(r->rn, COUNT_FAILED);
	ev->seq = atomic64_inc_return(&r->rn->sequence);
	return true;
}

/* A fresh skb of headers, some payload, trailer: never an expanded copy of the packet, which may be a GSO one. */
static struct sk_buff *build(struct report *r)
{
	u32 limit = r->seg->payload + (u32)READ_ONCE(r->rn->set.copy);
	u32 captured = min(r->ev.wire_len, limit);
	struct sk_buff *copy = alloc_skb(captured + sizeof(r->ev), GFP_ATOMIC | __GFP_NOWARN);

	if (!copy)
		return NULL;
	skb_reset_network_header(copy);
	skb_set_transport_header(copy, r->seg->l4);
	if (skb_copy_bits(r->skb, skb_network_offset(r->skb), skb_put(copy, captured), captured)) {
		kfree_skb(copy);
		return NULL;
	}
	r->ev.captured = captured;
	copy->protocol = r->seg->family == 4 ? htons(ETH_P_IP) : htons(ETH_P_IPV6); /* not a tag's */
	copy->mark = r->skb->mark;
	copy->priority = r->skb->priority;
	copy->tstamp = ns_to_ktime(r->ev.realtime_ns);
	if (skb_nfct(r->skb)) {
		copy->_nfct = r->skb->_nfct;
		nf_conntrack_get(skb_nfct(copy));
	}
	return copy;
}

static bool send(struct report *r)
{
	const struct nf_loginfo info = {
		.type = NF_LOG_TYPE_ULOG,
		.u.ulog = {
			.group = READ_ONCE(r->rn->set.group), /* all else is the reader's choice */
		},
	};
	char prefix[RSTWHY_PREFIX_MAX + 1];
	struct sk_buff *copy = build(r);

	if (!copy) {
		rstwhy_count(r->rn, COUNT_FAILED);
		return false;
	}
	evidence_prefix(prefix, sizeof(prefix), &r->ev);
	evidence_seal(&r->ev);
	skb_put_data(copy, &r->ev, sizeof(r->ev));
	nf_log_packet(r->reader, r->state->pf, r->state->hook, copy, r->state->in, r->state->out, &info, "%s", prefix);
	consume_skb(copy);
	return true;
}

static void tell_rst(struct report *r, struct snapshot *snap)
{
	bool admitted;

	rstwhy_count(r->rn, COUNT_RST_SEEN);
	fill_place(r, RSTWHY_KIND_RST);
	fill_connection(r, snap);
	r->query.closed = r->ev.ct.state_after == TCP_CONNTRACK_CLOSE;
	admitted = admit(r);
	flowmem_note_reset(&rstwhy_flows, &r->query, r->seg, r->ev.seq); /* also of one that is not told of: who died of it makes room */
	if (admitted && send(r))
		rstwhy_count(r->rn, COUNT_RST_TOLD);
}

/* Survived silences are a sample: enough for a lower bound of each path, never a load. */
static bool sampled(struct report *r, const struct fm_tell *tell)
{
	if (tell->kind != RSTWHY_KIND_SURVIVED || tell->owed)
		return true;
	return ratelimit_sample(&r->rn->limit, r->ev.boottime_ns);
}

static void tell_segment(struct report *r, struct snapshot *snap, const struct fm_tell *tell)
{
	static const enum rstwhy_count counts[] = {
		[RSTWHY_KIND_AFTER] = COUNT_AFTER_TOLD,
		[RSTWHY_KIND_SILENCE] = COUNT_SILENCE_TOLD,
		[RSTWHY_KIND_SURVIVED] = COUNT_SURVIVED_TOLD,
	};

	fill_place(r, tell->kind);
	if (!sampled(r, tell))
		return;
	fill_connection(r, snap);
	r->ev.after = tell->after;
	r->ev.ref_seq = tell->ref_seq;
	if (admit(r) && send(r))
		rstwhy_count(r->rn, counts[tell->kind]);
}

/**
 * report_rst() - tell of a RST
 * @rn: its namespace
 * @skb: the packet, in the hook behind conntrack's; read only (its checksum may be found valid)
 * @state: of the hook
 * @seg: of @skb
 *
 * Context: netfilter hook. One atomic allocation, behind the rate limit; what fails is counted.
 */
void report_rst(struct rstwhy_net *rn, struct sk_buff *skb, const struct nf_hook_state *state, const struct segment *seg)
{
	struct report r = { .rn = rn, .skb = skb, .state = state, .seg = seg };
	struct snapshot snap;

	if (!snapshot_claim(skb, &snap))
		rstwhy_count(rn, COUNT_NO_SNAPSHOT);
	tell_rst(&r, &snap);
}

/**
 * report_segment() - tell of a segment that is no RST: it follows one, or ends a silence, or fails to
 * @rn: its namespace
 * @skb: the packet, as for report_rst()
 * @state: of the hook
 * @seg: of @skb
 * @tell: what the flow memory found in it
 *
 * Context: as report_rst().
 */
void report_segment(struct rstwhy_net *rn, struct sk_buff *skb, const struct nf_hook_state *state, const struct segment *seg,
		    const struct fm_tell *tell)
{
	struct report r = { .rn = rn, .skb = skb, .state = state, .seg = seg };
	struct snapshot snap;

	memset(&snap, 0, sizeof(snap));
	snap.ct.state_before = RSTWHY_STATE_UNKNOWN;
	snap.ct.state_after = RSTWHY_STATE_UNKNOWN;
	snap.direction = RSTWHY_DIR_NONE;
	tell_segment(&r, &snap, tell);
}

/**
 * report_early() - tell of a segment ahead of its flowtable: conntrack and the other hooks may never see it
 * @rn: its namespace
 * @skb: the packet, its network header set; read only
 * @state: of PRE_ROUTING as it would be
 * @seg: of @skb
 * @snap: from snapshot_offloaded()
 * @tell: what the flow memory found in it; NULL for a RST
 *
 * Context: as report_rst(), in the hook of a device.
 */
void report_early(struct rstwhy_net *rn, struct sk_buff *skb, const struct nf_hook_state *state, const struct segment *seg,
		  struct snapshot *snap, const struct fm_tell *tell)
{
	struct report r = { .rn = rn, .skb = skb, .state = state, .seg = seg, .early = true };

	if (tell)
		tell_segment(&r, snap, tell);
	else
		tell_rst(&r, snap);
}
