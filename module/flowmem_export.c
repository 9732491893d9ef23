// SPDX-License-Identifier: GPL-2.0
/*
 * flowmem_export.c - what the flow memory tells of a flow when a RST comes
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "flowmem_table.h"

/* A RST that answers a refused segment comes within this, or within three round trips. */
#define ANSWER_US 250000
/* RSTs within this of the first are one train; a later one begins anew. */
#define TRAIN_US 1000000
/* Bytes of data that a SYN may bear: those of a jumbo frame. */
#define SYN_DATA_MOST 9000

struct view {
	const struct fm_hot *hot;
	const struct fm_cold *cold;
	const struct fm_query *q;
	u8 side; /* the packet's sender */
	u8 orig; /* conntrack's ORIGINAL side */
};

static bool flag(const struct view *v, u32 bit)
{
	return (v->cold->flags & bit) != 0;
}

/* The side that is rstwhy_dir o (0 ORIGINAL, 1 REPLY). */
static u8 side_of(const struct view *v, u8 o)
{
	return o ? !v->orig : v->orig;
}

static u8 dir_of(const struct view *v, u8 side)
{
	return side == v->orig ? RSTWHY_DIR_ORIGINAL : RSTWHY_DIR_REPLY;
}

static bool side_seen(const struct view *v, u8 side)
{
	return v->cold->looks[side].flags & RSTWHY_BASE_SEEN;
}

/* Was this RST elicited by a segment that conntrack refused? */
static bool answers_mark(const struct view *v)
{
	const struct fm_burst *m = &v->cold->mark;
	u64 wait = 3ULL * v->cold->rtt_us[v->side];

	if (wait < ANSWER_US)
		wait = ANSWER_US;
	return flag(v, FMC_MARK) && m->side != v->side && fm_us_since(m->last_us, v->q->now_us) <= wait &&
	       (!flag(v, FMC_BURST) || m->last_us >= v->cold->burst.last_us);
}

static u32 flags_both(const struct view *v, u32 cold_bit, u32 orig_bit, u32 reply_bit)
{
	return (flag(v, FMC_SIDE(cold_bit, side_of(v, 0))) ? orig_bit : 0) |
	       (flag(v, FMC_SIDE(cold_bit, side_of(v, 1))) ? reply_bit : 0);
}

static u32 export_flags(const struct view *v)
{
	static const struct {
		u32 cold, mem;
	} map[] = {
		{ FMC_HANDSHAKE, RSTWHY_MEM_HANDSHAKE },     { FMC_COMPLETED, RSTWHY_MEM_COMPLETED },
		{ FMC_MIDSTREAM, RSTWHY_MEM_MIDSTREAM },     { FMC_SYN_PENDING, RSTWHY_MEM_SYN_PENDING },
		{ FMC_SYN_REUSE, RSTWHY_MEM_SYN_REUSE },     { FMC_LOST, RSTWHY_MEM_LOST | RSTWHY_MEM_LOST_KNOWN },
	};
	u32 flags = RSTWHY_MEM_KNOWN;
	size_t i;

	for (i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if (flag(v, map[i].cold))
			flags |= map[i].mem;
	flags |= flags_both(v, FMC_FIN, RSTWHY_MEM_FIN_ORIG, RSTWHY_MEM_FIN_REPLY);
	flags |= flags_both(v, FMC_FIN_ACKED, RSTWHY_MEM_FIN_ACKED_ORIG, RSTWHY_MEM_FIN_ACKED_REPLY);
	flags |= flags_both(v, FMC_ACKED_PAST_FIN, RSTWHY_MEM_ACKED_PAST_FIN_ORIG, RSTWHY_MEM_ACKED_PAST_FIN_REPLY);
	flags |= flags_both(v, FMC_DATA, RSTWHY_MEM_DATA_ORIG, RSTWHY_MEM_DATA_REPLY);
	if (v->hot->flags & FM_ASSURED)
		flags |= RSTWHY_MEM_ASSURED;
	if (flag(v, FMC_OPENER1) != v->orig)
		flags |= RSTWHY_MEM_OPENER_REPLY;
	if (v->q->entry_gone && flag(v, FMC_HANDSHAKE | FMC_MIDSTREAM))
		flags |= RSTWHY_MEM_LOST;
	return flags;
}

static void export_tuples(const struct view *v, struct rstwhy_memory *mem)
{
	const struct fm_key *key = &v->cold->key;

	memcpy(mem->orig.src, key->addr[v->orig], 16);
	memcpy(mem->orig.dst, key->addr[!v->orig], 16);
	mem->orig.sport = key->port[v->orig];
	mem->orig.dport = key->port[!v->orig];
	mem->reply = v->cold->reply;
}

static void export_looks(const struct view *v, u8 side, struct rstwhy_baseline *base)
{
	const struct fm_looks *l = &v->cold->looks[side];
	u64 age = fm_ticks_ms(fm_ticks_since(l->tick, v->q->tick));

	base->ttl = l->ttl;
	base->tos = l->tos;
	base->flags = l->flags;
	base->ipid = l->ipid;
	base->win = l->win;
	base->flowlabel = l->flowlabel;
	base->tsval = l->tsval;
	base->age_ms = age < 0xffffffffU ? (u32)age : 0xffffffffU;
}

static void export_side(const struct view *v, u8 o, struct rstwhy_memory *mem)
{
	u8 side = side_of(v, o);
	u32 now = v->q->tick;
	bool data = flag(v, FMC_SIDE(FMC_DATA, side));
	bool recent = v->hot->flags & (FM_RECENT0 << side);

	mem->last_ms[o] = side_seen(v, side) ? fm_ticks_ms(fm_ticks_since(hot_last(v->hot, side), now)) : RSTWHY_NEVER;
	mem->last_data_ms[o] = recent ? mem->last_ms[o] :
			       data   ? fm_ticks_ms(fm_ticks_since(v->cold->last_data[side], now)) :
					RSTWHY_NEVER;
	mem->end[o] = hot_end(v->hot, side);
	mem->ack[o] = hot_ack(v->hot, side);
	mem->fin_end[o] = v->cold->fin_end[side];
	mem->isn[o] = v->cold->isn[side];
	mem->rtt_us[o] = v->cold->rtt_us[side];
	mem->reset_end[o] = v->cold->reset_end[side];
	mem->reset_ack[o] = v->cold->reset_ack[side];
	export_looks(v, side, &mem->base[o]);
}

static void export_burst(const struct view *v, const struct fm_burst *b, struct rstwhy_memory *mem)
{
	mem->flags |= RSTWHY_MEM_BURST;
	mem->burst_dir = dir_of(v, b->side);
	mem->burst_kind = b->kind;
	mem->burst_gap_ms = fm_ticks_ms(b->gap);
	mem->gap_max_ms = mem->burst_gap_ms;
	mem->gap_min_ms = mem->flags & RSTWHY_MEM_BLIND ? 0 : mem->burst_gap_ms;
	mem->burst_peer_gap_ms = side_seen(v, !b->side) ? fm_ticks_ms(b->peer_gap) : RSTWHY_NEVER;
	mem->burst_first_us = fm_us_since(b->first_us, v->q->now_us);
	mem->burst_last_us = fm_us_since(b->last_us, v->q->now_us);
	mem->burst_copies = b->copies;
	mem->burst_probes = b->probes;
	mem->burst_seq = b->seq;
	mem->burst_end = b->end;
	mem->burst_ack = b->ack;
	mem->timeout_before_gap_ms = fm_timeout_ms(b->timeout);
}

/* The burst that matters: the refused segments that this RST answers, else the flow's own. */
static void export_gap(const struct view *v, struct rstwhy_memory *mem)
{
	mem->timeout_now_ms = fm_timeout_ms(hot_timeout(v->hot));
	mem->timeout_before_gap_ms = mem->timeout_now_ms;
	if (answers_mark(v)) {
		export_burst(v, &v->cold->mark, mem);
		mem->flags |= RSTWHY_MEM_BURST_INVALID;
	} else if (flag(v, FMC_BURST)) {
		if (flag(v, FMC_BLIND))
			mem->flags |= RSTWHY_MEM_BLIND;
		if (flag(v, FMC_ANSWERED))
			mem->flags |= RSTWHY_MEM_BURST_ANSWERED;
		mem->unanswered_before = v->cold->unanswered_before;
		export_burst(v, &v->cold->burst, mem);
	}
	mem->survived_ms = fm_ticks_ms(v->cold->survived);
}

static void export_syn(const struct view *v, struct rstwhy_memory *mem)
{
	if (!flag(v, FMC_SYN_PENDING))
		return;
	mem->syn_ms = div_u64(fm_us_since(v->cold->syn_us, v->q->now_us), 1000);
	mem->syn_seq = v->cold->syn_seq;
	mem->syn_copies = v->cold->syn_copies;
	mem->syn_dir = dir_of(v, v->cold->syn_side);
}

/* The reader knows nothing of one that it was not told of: the next of its train is the first to him. */
static void export_reset(const struct view *v, struct rstwhy_memory *mem)
{
	if (!v->cold->reset_count || !v->cold->reset_seq)
		return;
	mem->flags |= RSTWHY_MEM_RESET_BEFORE;
	mem->reset_dir = dir_of(v, v->cold->reset_side);
	mem->reset_count = v->cold->reset_count;
	mem->reset_ms = div_u64(fm_us_since(v->cold->reset_us, v->q->now_us), 1000);
	mem->reset_seq = v->cold->reset_seq;
}

static void export_all(const struct view *v, struct rstwhy_memory *mem)
{
	mem->flags = export_flags(v);
	mem->direction = dir_of(v, v->side);
	mem->age_ms = div_u64(fm_us_since(v->cold->created_us, v->q->now_us), 1000);
	export_tuples(v, mem);
	export_side(v, 0, mem);
	export_side(v, 1, mem);
	export_gap(v, mem);
	export_syn(v, mem);
	export_reset(v, mem);
}

static u32 lock_flow(struct flowmem *fm, const struct fm_query *q, u8 *side, bool *alias)
{
	u32 index = flowmem_lock(fm, &q->key, q->hash);

	*side = q->side;
	*alias = false;
	if (index != FM_NONE || q->exact)
		return index;
	*alias = true;
	return flowmem_lock_alias(fm, &q->key, q->hash, q->side, side);
}

/**
 * flowmem_knows() - is there anything to tell of a packet's flow
 * @fm: the memory
 * @q: the packet's tuple and side
 *
 * Context: any; takes a spinlock with bottom halves off.
 * Return: flowmem_export() would find the flow.
 */
bool flowmem_knows(struct flowmem *fm, const struct fm_query *q)
{
	bool alias;
	u32 index;
	u8 side;

	index = lock_flow(fm, q, &side, &alias);
	if (index == FM_NONE)
		return false;
	flowmem_unlock(fm, index);
	return true;
}

/**
 * flowmem_export() - all that the memory knows of a packet's flow
 * @fm: the memory
 * @q: the packet's tuple, side and time
 * @mem: filled; zero when the flow is not known
 * @state: conntrack's state with the flow's last accepted segment, or RSTWHY_STATE_UNKNOWN
 *
 * Context: any; takes a spinlock with bottom halves off.
 * Return: the flow is known.
 */
bool flowmem_export(struct flowmem *fm, const struct fm_query *q, struct rstwhy_memory *mem, u8 *state)
{
	struct view v = { NULL, NULL, q, 0, 0 };
	bool alias;
	u32 index;

	memset(mem, 0, sizeof(*mem));
	*state = RSTWHY_STATE_UNKNOWN;
	index = lock_flow(fm, q, &v.side, &alias);
	if (index == FM_NONE)
		return false;
	v.hot = fm->hot + index;
	v.cold = fm_cold_at(fm, index);
	v.orig = flag(&v, FMC_ORIG1);
	export_all(&v, mem);
	if (alias)
		mem->flags |= RSTWHY_MEM_ALIAS;
	*state = v.hot->flags & FM_STATE;
	flowmem_unlock(fm, index);
	return true;
}

/*
 * Only the exact sequence number kills (RFC 5961 section 3.2); a RST that answers a SYN is judged by its acknowledgement (RFC 9293 section
 * 3.10.7.3), which goes beyond it by what the SYN bore (RFC 7413). Both are asked: a SYN forged into a living flow waits there, too.
 */
static bool may_kill(const struct fm_hot *hot, const struct fm_cold *cold, u8 side, const struct segment *rst)
{
	if (rst->seq == hot_ack(hot, !side) || rst->seq == hot_end(hot, side))
		return true;
	return (cold->flags & FMC_SYN_PENDING) && cold->syn_side != side && (rst->flags & SEG_ACK) && rst->ack - (cold->syn_seq + 1) <= SYN_DATA_MOST;
}

/**
 * flowmem_note_reset() - remember a RST, and watch what follows it
 * @fm: the memory
 * @q: as for flowmem_export()
 * @rst: it
 * @evidence_seq: the number it was told under; 0: it was not, and what follows it is not told either
 *
 * A RST of the same train leaves the first one's watch as it is, and one that is not told of that of one that was.
 *
 * Context: any; takes a spinlock with bottom halves off.
 */
void flowmem_note_reset(struct flowmem *fm, const struct fm_query *q, const struct segment *rst, u64 evidence_seq)
{
	struct fm_cold *cold;
	struct fm_hot *hot;
	bool alias;
	u8 side, i;
	u32 index;

	index = lock_flow(fm, q, &side, &alias);
	if (index == FM_NONE)
		return;
	hot = fm->hot + index;
	cold = fm_cold_at(fm, index);
	cold->reset_count += q->hidden || may_kill(hot, cold, side, rst);
	if (!(hot->flags & FM_RESET) || (evidence_seq && (!cold->reset_seq || fm_us_since(cold->reset_us, q->now_us) > TRAIN_US))) {
		cold->reset_seq = evidence_seq;
		cold->reset_us = q->now_us;
		cold->reset_side = side;
		cold->after_told = 0;
		cold->flags &= ~(u32)FMC_CLOSED;
		for (i = 0; i < 2; i++) {
			cold->reset_end[i] = hot_end(hot, i);
			cold->reset_ack[i] = hot_ack(hot, i);
		}
		if (q->hidden && seq_after(rst->seq, hot_end(hot, side)))
			cold->reset_end[side] = rst->seq; /* sent unseen, before it */
		WRITE_ONCE(hot->flags, (u16)(hot->flags | FM_RESET));
	}
	cold->flags |= q->closed ? FMC_CLOSED : 0;
	flowmem_unlock(fm, index);
}
