// SPDX-License-Identifier: GPL-2.0
/*
 * conversation.c - two hosts talking past a flow memory
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "conversation.h"

#include "../../module/flowmem_arrays.h"
#include "../../module/flowmem_fast.h"

#include <arpa/inet.h>
#include <stdlib.h>

struct rstwhy_tuple ipv4_tuple(u32 src, u16 sport, u32 dst, u16 dport)
{
	struct rstwhy_tuple t = { .sport = htons(sport), .dport = htons(dport) };

	src = htonl(src);
	dst = htonl(dst);
	memcpy(t.src, &src, 4);
	memcpy(t.dst, &dst, 4);
	return t;
}

struct rstwhy_tuple inverse(const struct rstwhy_tuple *t)
{
	struct rstwhy_tuple i = { .sport = t->dport, .dport = t->sport };

	memcpy(i.src, t->dst, 16);
	memcpy(i.dst, t->src, 16);
	return i;
}

static void *table(u32 records, size_t size)
{
	return calloc(records, size);
}

bool conversation_begin(struct conversation *c, u32 flows)
{
	memset(c, 0, sizeof(*c));
	if (!flowmem_arrays(&c->fm, flows, table))
		return false;
	flowmem_init(&c->fm, 0x0123456789abcdefULL, 0xfedcba9876543210ULL);
	c->now_us = 1000ULL * 1000000;
	c->orig = ipv4_tuple(0x0a010002, 51234, 0x0a020002, 443);
	c->reply = inverse(&c->orig);
	c->seq[CLIENT] = 0xfffffff0U; /* sequence numbers wrap early in every test */
	c->seq[SERVER] = 5000;
	c->timeout_ms = 432000000;
	c->state = ES;
	c->assured = true;
	return true;
}

void conversation_end(struct conversation *c)
{
	flowmem_release(&c->fm, free);
}

void wait_ms(struct conversation *c, u64 ms)
{
	c->now_us += ms * 1000;
}

static bool by_original(const struct conversation *c, enum who who)
{
	return (who == CLIENT) != c->server_opened;
}

/* Everything the kernel's hook would have at hand. */
static void fill(struct conversation *c, enum who who, struct segment *seg, struct fm_key *key, struct fm_input *in,
		 const struct rstwhy_tuple *tuple, bool source_sends)
{
	u8 side = flowmem_key(key, tuple, 4, 0, 1);

	(void)who;
	memset(in, 0, sizeof(*in));
	in->seg = seg;
	in->key = key;
	in->hash = flowmem_hash(&c->fm, key);
	in->reply = &c->reply;
	in->now_us = c->now_us;
	in->orig1 = side;
	in->fresh = c->fresh;
	in->confirmed = !c->fresh;
	in->assured = c->assured;
	in->guest = c->guest;
	in->quick = (struct fm_quick){
		.seq = seg->seq,
		.end = seg->end,
		.ack = seg->ack,
		.len = seg->len,
		.tick = fm_tick(c->now_us * 1000),
		.resume = fm_ms_ticks(1000),
		.timeout = fm_timeout_code(c->timeout_ms),
		.flags = seg->flags,
		.state = c->state,
		.side = source_sends ? side : !side,
	};
}

static struct segment segment_of(u8 flags, u32 seq, u32 ack, u32 len, u8 ttl)
{
	struct segment seg = { .family = 4, .ttl = ttl, .flags = flags, .seq = seq, .ack = ack, .len = len, .win = 500, .ipid = 77 };

	seg.end = seq + len + !!(flags & SEG_SYN) + !!(flags & SEG_FIN);
	return seg;
}

void say_at(struct conversation *c, enum who who, u8 flags, u32 seq, u32 ack, u32 len)
{
	struct segment seg = segment_of(flags, seq, ack, len, who == CLIENT ? 64 : 60);
	struct rstwhy_tuple orig = c->server_opened ? inverse(&c->orig) : c->orig;
	struct fm_tell tell = { 0 };
	struct fm_input in;
	struct fm_key key;
	struct fm_hot *hot;

	fill(c, who, &seg, &key, &in, &orig, by_original(c, who));
	if (!flowmem_find(&c->fm, in.hash, &hot) || c->fresh || !flowmem_touch(hot, &in.quick))
		flowmem_segment(&c->fm, &in, &tell);
	c->told = tell.after;
	c->told_kind = tell.kind;
	c->told_ref = tell.ref_seq;
}

void speak(struct conversation *c, enum who who, u8 flags, u32 len)
{
	u32 ack = flags & SEG_ACK ? c->seq[!who] : 0;

	say_at(c, who, flags, c->seq[who], ack, len);
	c->seq[who] += len + !!(flags & SEG_SYN) + !!(flags & SEG_FIN);
}

void refused(struct conversation *c, enum who who, u8 flags, u32 seq, u32 ack, u32 len)
{
	struct segment seg = segment_of(flags, seq, ack, len, 64);
	struct fm_tell tell = { 0 };
	struct fm_input in;
	struct fm_key key;

	fill(c, who, &seg, &key, &in, who == CLIENT ? &c->orig : &c->reply, true);
	flowmem_mark(&c->fm, &in, &tell);
	c->told = tell.after;
	c->told_kind = tell.kind;
	c->told_ref = tell.ref_seq;
}

void handshake(struct conversation *c)
{
	c->assured = false;
	c->fresh = true;
	c->state = 1;
	speak(c, CLIENT, SEG_SYN, 0);
	c->fresh = false;
	wait_ms(c, 11);
	c->state = 2;
	speak(c, SERVER, SEG_SYN | SEG_ACK, 0);
	wait_ms(c, 3);
	c->state = ES;
	c->assured = true;
	speak(c, CLIENT, SEG_ACK, 0);
}

void exchange(struct conversation *c)
{
	speak(c, CLIENT, SEG_ACK | SEG_PSH, 100);
	wait_ms(c, 11);
	speak(c, SERVER, SEG_ACK | SEG_PSH, 1000);
	wait_ms(c, 3);
	speak(c, CLIENT, SEG_ACK, 0);
}

static void query(struct conversation *c, struct fm_query *q, const struct rstwhy_tuple *tuple, bool source_sends, bool gone)
{
	memset(q, 0, sizeof(*q));
	q->side = flowmem_key(&q->key, tuple, 4, 0, 1);
	if (!source_sends)
		q->side = !q->side;
	q->hash = flowmem_hash(&c->fm, &q->key);
	q->entry_gone = gone;
	q->now_us = c->now_us;
	q->tick = fm_tick(c->now_us * 1000);
}

bool reset_from(struct conversation *c, enum who who, bool entry_gone, struct rstwhy_memory *mem)
{
	struct rstwhy_tuple orig = c->server_opened ? inverse(&c->orig) : c->orig;
	struct fm_query q;
	u8 state;

	query(c, &q, &orig, by_original(c, who), entry_gone);
	return flowmem_export(&c->fm, &q, mem, &state);
}

bool reset_on_wire(struct conversation *c, const struct rstwhy_tuple *wire, bool entry_gone, struct rstwhy_memory *mem)
{
	struct fm_query q;
	u8 state;

	query(c, &q, wire, true, entry_gone);
	return flowmem_export(&c->fm, &q, mem, &state);
}

void note_reset(struct conversation *c, enum who who, u64 seq)
{
	struct segment rst = { .flags = SEG_RST | SEG_ACK, .seq = c->seq[who], .ack = c->seq[!who] };
	struct fm_query q;

	query(c, &q, &c->orig, who == CLIENT, false);
	q.closed = c->closes;
	flowmem_note_reset(&c->fm, &q, &rst, seq);
}
