/* SPDX-License-Identifier: GPL-2.0 */
/*
 * flowmem_flow.h - one segment and its flow: what the steps of flowmem_segment() share
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Every step runs under the flow's lock. Those that compare with what was before the segment run before flow_note().
 */
#ifndef RSTWHY_FLOWMEM_FLOW_H
#define RSTWHY_FLOWMEM_FLOW_H

#include "flowmem_table.h"

/* One segment and its flow, under the flow's lock. d: the sender's side. */
struct flow {
	struct fm_hot *hot;
	struct fm_cold *cold;
	const struct fm_input *in;
	const struct fm_quick *q;
	u8 d;
};

static inline bool has(const struct fm_cold *cold, u32 flag)
{
	return (cold->flags & flag) != 0;
}

static inline bool has_side(const struct fm_cold *cold, u32 flag, u8 side)
{
	return (cold->flags & FMC_SIDE(flag, side)) != 0;
}

/*
 * A keepalive or window probe, RFC 9293 section 3.8.4: nothing, or a byte sent already, below what was sent, and all of it
 * acknowledged. A last byte that was not is a retransmission.
 */
static inline bool is_probe(const struct flow *f)
{
	const struct fm_quick *q = f->q;
	u32 end = hot_end(f->hot, f->d);

	return q->len <= 1 && q->seq + 1 == end && !(q->flags & (SEG_SYN | SEG_FIN)) && !seq_after(end, hot_ack(f->hot, !f->d));
}

/* It was more than a SYN. */
static inline bool has_life(const struct fm_cold *cold)
{
	return has(cold, FMC_HANDSHAKE | FMC_MIDSTREAM);
}

static inline bool seen(const struct fm_cold *cold, u8 side)
{
	return cold->looks[side].flags & RSTWHY_BASE_SEEN;
}

static inline u8 opener(const struct fm_cold *cold)
{
	return has(cold, FMC_OPENER1);
}

static inline void put_flag(struct fm_cold *cold, u32 flag, bool on)
{
	cold->flags = on ? cold->flags | flag : cold->flags & ~flag;
}

static inline void hot_flag(struct fm_hot *hot, u16 flag, bool on)
{
	WRITE_ONCE(hot->flags, (u16)(on ? hot->flags | flag : hot->flags & ~flag));
}

/* flowmem_note.c: the segment becomes the newest of its side */
void flow_begin_side(struct flow *f);
void flow_note(struct flow *f);

/* flowmem_handshake.c */
void flow_on_syn(struct flow *f);
void flow_on_synack(struct flow *f);
void flow_complete_handshake(struct flow *f);
void flow_settle_syn(struct flow *f);
void flowmem_note_synack(struct flowmem *fm, const struct fm_input *in);
u8 flowmem_opener(const struct flowmem *fm, const struct fm_input *in);

/* flowmem_burst.c: silences, and who ends them */
void flow_step_burst(struct flow *f, struct fm_tell *tell);
bool flow_plausible(const struct flow *f);
bool flow_fits_reset(const struct flow *f);
void flow_mark(struct flow *f);

/* flowmem_close.c: FINs, and what follows a RST */
void flow_step_fin(struct flow *f);
void flow_step_after(struct flow *f, struct fm_tell *tell);
void flow_step_doubtful(struct flow *f, struct fm_tell *tell);

#endif
