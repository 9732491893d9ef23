// SPDX-License-Identifier: GPL-2.0
/*
 * snapshot.c - conntrack's view of a RST's connection, before and after conntrack has seen the RST
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Conntrack rewrites the entry's timer for the RST itself, so the truth must be read one hook earlier and kept until the hook behind it.
 * It is kept in a small table under the skb's address: the two hooks see the same skb, and in LOCAL_OUT, where bottom halves are
 * on, possibly on two CPUs. A RST that conntrack drops leaves its slot to be overwritten.
 */
#include "snapshot.h"

#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/spinlock.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>

#define SLOT_BITS 8
#define CT_INDEX_ACK 3 /* TCP_ACK_SET of enum tcp_bit_set, which nf_conntrack_proto_tcp.c keeps to itself; the lab's abort-of-a-question fails without */

struct slot {
	spinlock_t lock;
	const struct sk_buff *skb;
	struct snapshot snap;
};

static struct slot slots[1 << SLOT_BITS];

/**
 * snapshot_init() - prepare the table
 *
 * Context: module load, before the first hook.
 */
void snapshot_init(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(slots); i++)
		spin_lock_init(&slots[i].lock);
}

static struct slot *slot_of(const struct sk_buff *skb)
{
	return &slots[hash_ptr(skb, SLOT_BITS)];
}

/**
 * snapshot_entry() - the conntrack entry on a packet
 * @skb: the packet
 * @ctinfo: set, also when there is no entry
 *
 * Context: any.
 * Return: the entry, borrowed from @skb; NULL without one, for UNTRACKED, and for a template, which is no entry.
 */
struct nf_conn *snapshot_entry(const struct sk_buff *skb, enum ip_conntrack_info *ctinfo)
{
	struct nf_conn *ct = nf_ct_get(skb, ctinfo);

	return ct && nf_ct_is_template(ct) ? NULL : ct;
}

/**
 * snapshot_remaining_ms() - what is left on an entry's timer
 * @ct: an unconfirmed entry's timer does not run yet: its field is the whole timeout, not a point in time
 *
 * Context: any.
 * Return: milliseconds, 0 when it has run out.
 */
u32 snapshot_remaining_ms(const struct nf_conn *ct)
{
	s32 left = READ_ONCE(ct->timeout);

	if (nf_ct_is_confirmed(ct))
		left -= nfct_time_stamp;
	return left > 0 ? jiffies_to_msecs(left) : 0;
}

/**
 * snapshot_tuple() - conntrack's tuple as ours
 * @to: filled, all of it
 * @from: an IPv4 address has zeroes behind it in conntrack, too
 *
 * Context: any.
 */
void snapshot_tuple(struct rstwhy_tuple *to, const struct nf_conntrack_tuple *from)
{
	memcpy(to->src, &from->src.u3, sizeof(to->src));
	memcpy(to->dst, &from->dst.u3, sizeof(to->dst));
	to->sport = (__force u16)from->src.u.tcp.port;
	to->dport = (__force u16)from->dst.u.tcp.port;
}

/*
 * What conntrack keeps to tell retransmissions (tcp_in_window()): the last segment of either side that had ACK and no SYN, FIN or RST. A FIN
 * or RST that came since, INVALID ones too, has changed last_dir (nf_tcp_handle_invalid()): then nothing is known. Under the entry's lock.
 */
static u16 bare_acknowledgement(const struct ip_ct_tcp *tcp)
{
	if (tcp->last_index != CT_INDEX_ACK || tcp->last_end != tcp->last_seq)
		return 0;
	return tcp->last_dir == IP_CT_DIR_ORIGINAL ? RSTWHY_CT_BARE_ORIG : RSTWHY_CT_BARE_REPLY;
}

static void read_window(struct rstwhy_conntrack *to, struct nf_conn *ct)
{
	int i;

	spin_lock_bh(&ct->lock);
	for (i = 0; i < 2; i++) {
		const struct ip_ct_tcp_state *seen = &ct->proto.tcp.seen[i];

		to->td_end[i] = seen->td_end;
		to->td_maxend[i] = seen->td_maxend;
		to->td_maxack[i] = seen->td_maxack;
		to->td_maxwin[i] = seen->td_maxwin;
	}
	to->state_before = ct->proto.tcp.state;
	to->flags |= bare_acknowledgement(&ct->proto.tcp);
	spin_unlock_bh(&ct->lock);
	to->flags |= RSTWHY_CT_WINDOW;
}

static void read_tuples(struct rstwhy_conntrack *to, const struct nf_conn *ct)
{
	snapshot_tuple(&to->orig, &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple);
	snapshot_tuple(&to->reply, &ct->tuplehash[IP_CT_DIR_REPLY].tuple);
	to->zone = nf_ct_zone_id(nf_ct_zone(ct), IP_CT_DIR_ORIGINAL);
}

static void read_before(struct snapshot *snap, struct nf_conn *ct, u8 direction)
{
	snap->ct.flags |= RSTWHY_CT_FOUND;
	snap->ct.status = READ_ONCE(ct->status);
#if IS_ENABLED(CONFIG_NF_CONNTRACK_MARK)
	snap->ct.mark = READ_ONCE(ct->mark);
#endif
	snap->ct.remaining_before_ms = snapshot_remaining_ms(ct);
	snap->direction = direction;
	read_window(&snap->ct, ct);
	read_tuples(&snap->ct, ct);
}

/* Held by the caller. */
static struct nf_conntrack_tuple_hash *find_in_zone(struct net *net, u16 id, const struct nf_conntrack_tuple *tuple)
{
	struct nf_conntrack_zone zone;

	nf_ct_zone_init(&zone, id, NF_CT_DEFAULT_ZONE_DIR, 0);
	return nf_conntrack_find_get(net, &zone, tuple);
}

static struct nf_conntrack_tuple_hash *find_offloaded(struct net *net, u16 zone, const struct nf_conntrack_tuple *tuple)
{
	struct nf_conntrack_tuple_hash *h = find_in_zone(net, zone, tuple);
	struct nf_conn *ct;

	if (!h)
		return NULL;
	ct = nf_ct_tuplehash_to_ctrack(h);
	if (test_bit(IPS_OFFLOAD_BIT, &ct->status))
		return h;
	nf_ct_put(ct);
	return NULL;
}

/**
 * snapshot_offloaded() - the entry of a packet ahead of its flowtable
 * @skb: has not met conntrack; its network header is set
 * @state: of PRE_ROUTING as it would be: family, namespace
 * @zones: in use in that namespace
 * @snap: filled when there is an entry
 *
 * Nothing tells a zone here yet: it is looked for in zone 0, then in those in use, and the first that has it in a flowtable is it.
 *
 * Context: netfilter hook.
 * Return: the entry of a flow that is in a flowtable, to be put by the caller; NULL for any other.
 */
struct nf_conn *snapshot_offloaded(const struct sk_buff *skb, const struct nf_hook_state *state, const struct rstwhy_zones *zones,
				   struct snapshot *snap)
{
	struct nf_conntrack_tuple_hash *h;
	struct nf_conntrack_tuple tuple;
	u32 i = 0;

	if (!nf_ct_get_tuplepr(skb, skb_network_offset(skb), state->pf, state->net, &tuple))
		return NULL;
	h = find_offloaded(state->net, 0, &tuple);
	for (; !h && i < RSTWHY_ZONES; i++)
		if (READ_ONCE(zones->id[i]))
			h = find_offloaded(state->net, READ_ONCE(zones->id[i]), &tuple);
	if (!h)
		return NULL;
	memset(snap, 0, sizeof(*snap));
	snap->ct.state_after = RSTWHY_STATE_UNKNOWN;
	read_before(snap, nf_ct_tuplehash_to_ctrack(h), NF_CT_DIRECTION(h));
	return nf_ct_tuplehash_to_ctrack(h);
}

static void look_up(struct snapshot *snap, const struct sk_buff *skb, const struct nf_conn *tmpl,
		    const struct nf_hook_state *state)
{
	const struct nf_conntrack_zone *zone = &nf_ct_zone_dflt;
	struct nf_conntrack_tuple_hash *h;
	struct nf_conntrack_tuple tuple;
	struct nf_conntrack_zone held;
	struct nf_conn *ct;

	if (!nf_ct_get_tuplepr(skb, skb_network_offset(skb), state->pf, state->net, &tuple))
		return;
	if (tmpl)
		zone = nf_ct_zone_tmpl(tmpl, skb, &held);
	snap->ct.zone = zone->id;
	h = nf_conntrack_find_get(state->net, zone, &tuple);
	if (!h)
		return;
	ct = nf_ct_tuplehash_to_ctrack(h);
	read_before(snap, ct, NF_CT_DIRECTION(h));
	nf_ct_put(ct);
}

/**
 * snapshot_entry_lives() - has conntrack an entry of this ORIGINAL tuple
 * @net: the namespace
 * @pf: NFPROTO_IPV4 or NFPROTO_IPV6
 * @zone: of the ORIGINAL direction
 * @orig: the tuple
 *
 * Context: any.
 * Return: true when it has, and the tuple is that entry's ORIGINAL one.
 */
bool snapshot_entry_lives(struct net *net, u8 pf, u16 zone, const struct rstwhy_tuple *orig)
{
	struct nf_conntrack_tuple tuple = { .src.l3num = pf, .dst.protonum = IPPROTO_TCP };
	struct nf_conntrack_tuple_hash *h;
	bool lives;

	memcpy(&tuple.src.u3, orig->src, sizeof(orig->src));
	memcpy(&tuple.dst.u3, orig->dst, sizeof(orig->dst));
	tuple.src.u.tcp.port = (__force __be16)orig->sport;
	tuple.dst.u.tcp.port = (__force __be16)orig->dport;
	h = find_in_zone(net, zone, &tuple);
	if (!h)
		return false;
	lives = NF_CT_DIRECTION(h) == IP_CT_DIR_ORIGINAL;
	nf_ct_put(nf_ct_tuplehash_to_ctrack(h));
	return lives;
}

/**
 * snapshot_take() - look at a RST's conntrack entry before conntrack does
 * @skb: a RST, in the hook before conntrack's
 * @state: of that hook
 *
 * Context: netfilter hook; short spinlocks with bottom halves off.
 */
void snapshot_take(const struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct snapshot snap = { .direction = RSTWHY_DIR_NONE };
	enum ip_conntrack_info ctinfo;
	struct slot *slot = slot_of(skb);
	struct nf_conn *ct;

	snap.ct.state_before = RSTWHY_STATE_UNKNOWN;
	snap.ct.state_after = RSTWHY_STATE_UNKNOWN;
	ct = nf_ct_get(skb, &ctinfo);
	if (ct && !nf_ct_is_template(ct)) {
		snap.ct.flags |= RSTWHY_CT_REFRESHED;
		read_before(&snap, ct, CTINFO2DIR(ctinfo));
	} else if (ctinfo != IP_CT_UNTRACKED) {
		look_up(&snap, skb, ct, state);
	}
	spin_lock_bh(&slot->lock);
	slot->skb = skb;
	slot->snap = snap;
	spin_unlock_bh(&slot->lock);
}

/**
 * snapshot_claim() - the look that was taken of this packet
 * @skb: the RST, in the hook behind conntrack's
 * @snap: filled; without FOUND when there was no entry, or no look
 *
 * Context: netfilter hook; a short spinlock with bottom halves off.
 * Return: false when no look was kept (another RST took the slot, or the hooks were just switched on).
 */
bool snapshot_claim(const struct sk_buff *skb, struct snapshot *snap)
{
	struct slot *slot = slot_of(skb);
	bool kept;

	spin_lock_bh(&slot->lock);
	kept = slot->skb == skb;
	if (kept) {
		*snap = slot->snap;
		slot->skb = NULL;
	}
	spin_unlock_bh(&slot->lock);
	if (kept)
		return true;
	memset(snap, 0, sizeof(*snap));
	snap->ct.state_before = RSTWHY_STATE_UNKNOWN;
	snap->ct.state_after = RSTWHY_STATE_UNKNOWN;
	snap->direction = RSTWHY_DIR_NONE;
	return false;
}

/**
 * snapshot_after() - add what conntrack made of the packet
 * @skb: in the hook behind conntrack's
 * @snap: from snapshot_claim(), or zero for a packet that had no look before
 *
 * An entry that is attached has the last word on tuples and direction.
 *
 * Context: netfilter hook.
 */
void snapshot_after(const struct sk_buff *skb, struct snapshot *snap)
{
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = snapshot_entry(skb, &ctinfo);

	if (!ct) {
		snap->ct.flags |= ctinfo == IP_CT_UNTRACKED ? RSTWHY_CT_UNTRACKED : RSTWHY_CT_INVALID;
		return;
	}
	snap->ct.flags |= RSTWHY_CT_ATTACHED;
	if (!nf_ct_is_confirmed(ct))
		snap->ct.flags |= RSTWHY_CT_NEW;
	if (ctinfo == IP_CT_RELATED || ctinfo == IP_CT_RELATED_REPLY)
		snap->ct.flags |= RSTWHY_CT_RELATED;
	snap->direction = CTINFO2DIR(ctinfo);
	snap->ct.state_after = snapshot_glance(ct->proto.tcp.state);
	snap->ct.remaining_after_ms = snapshot_remaining_ms(ct);
	read_tuples(&snap->ct, ct);
}
