// SPDX-License-Identifier: GPL-2.0
/*
 * stage.c - when in the connection's life, from which side, and how well the sequence number fits
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "facts.h"
#include "tcpstate.h"

/*
 * An honest RST is not ahead of all that its sender had sent. By how much a forged one may be, so that some receiver takes it, the window
 * says; nobody knows that once conntrack's entry has gone, as it does 10 s after such a RST: then that of RFC 9293, without scaling. With
 * the 1 GiB of RFC 7323 one in four of those forged blindly into a flow would fit, with Linux' usual 6 MiB one in seven hundred.
 */
#define WINDOW_PLAIN 65535U

static enum stage stage_by_conntrack(const struct facts *f)
{
	if (!(f->ct->flags & (RSTWHY_CT_FOUND | RSTWHY_CT_MEMSTATE)))
		return STAGE_UNKNOWN;
	switch (f->ct->state_before) {
	case TCPSTATE_SYN_SENT:
	case TCPSTATE_SYN_RECV:
	case TCPSTATE_SYN_SENT2:
		return STAGE_CONNECT;
	case TCPSTATE_ESTABLISHED:
		return STAGE_ESTABLISHED;
	case TCPSTATE_FIN_WAIT:
	case TCPSTATE_CLOSE_WAIT:
	case TCPSTATE_LAST_ACK:
		return STAGE_CLOSING;
	case TCPSTATE_TIME_WAIT:
	case TCPSTATE_CLOSE:
		return STAGE_CLOSED;
	default:
		return STAGE_UNKNOWN;
	}
}

static enum stage stage_by_data(const struct facts *f)
{
	bool self = facts_side_flag(f, RSTWHY_MEM_DATA_ORIG, f->rd), peer = facts_side_flag(f, RSTWHY_MEM_DATA_ORIG, f->pd);

	if ((self && peer) || (f->mem->flags & RSTWHY_MEM_MIDSTREAM))
		return STAGE_ESTABLISHED;
	if ((self || peer) && f->overtaken && f->shape == SHAPE_PASSIVE)
		return STAGE_UNKNOWN; /* it bears no number of its peer's */
	if (self || peer)
		return STAGE_REQUEST;
	if ((f->mem->flags & RSTWHY_MEM_HANDSHAKE) && !(f->mem->flags & RSTWHY_MEM_COMPLETED))
		return STAGE_CONNECT;
	return STAGE_ACCEPTED;
}

enum stage facts_stage(const struct facts *f)
{
	uint32_t syn = f->mem->flags & (RSTWHY_MEM_SYN_PENDING | RSTWHY_MEM_SYN_REUSE);
	bool asked = f->known && syn == RSTWHY_MEM_SYN_PENDING && f->mem->last_ms[(f->mem->syn_dir ^ 1U) & 1] == RSTWHY_NEVER;

	if (f->shape == SHAPE_ACTIVE && asked && f->mem->syn_dir == f->rd)
		return STAGE_UNKNOWN; /* it acknowledges what took another way */
	if (f->shape == SHAPE_REFUSING || asked)
		return STAGE_CONNECT;
	if (!f->known)
		return stage_by_conntrack(f);
	if (f->both_closed || f->reset_before)
		return STAGE_CLOSED;
	if (f->fin_self || f->fin_peer)
		return STAGE_CLOSING;
	return stage_by_data(f);
}

/* A REJECT or a raw socket speaks for others, unless the address it speaks from is the gateway's own: then the gateway is an end. */
enum side facts_sender(const struct facts *f)
{
	bool impostor = f->ev->by == RSTWHY_BY_GATEWAY_REJECT || f->ev->by == RSTWHY_BY_GATEWAY_RAW;

	if ((impostor && !f->ev->local) || f->foreign_stack)
		return SIDE_GATEWAY;
	if (f->oriented)
		return f->rd == f->opener ? SIDE_CLIENT : SIDE_SERVER;
	return f->shape == SHAPE_REFUSING ? SIDE_SERVER : SIDE_UNKNOWN;
}

/* What the peer awaits, what the resetting side had sent, and the right edge of what the peer takes. */
struct edges {
	uint32_t awaited, sent, right;
	bool have_right;
};

static bool find_edges(const struct facts *f, struct edges *e)
{
	unsigned int d = f->ev->direction;
	bool window = (f->ct->flags & RSTWHY_CT_WINDOW) && d <= RSTWHY_DIR_REPLY;

	e->have_right = window;
	e->right = window ? f->ct->td_maxend[d] : 0;
	if (f->known && f->mem->last_ms[f->pd] != RSTWHY_NEVER) {
		e->awaited = f->mem->ack[f->pd];
		e->sent = f->mem->last_ms[f->rd] != RSTWHY_NEVER ? f->mem->end[f->rd] : e->awaited;
		return true;
	}
	if (!window || !f->ct->td_maxwin[d ^ 1U]) /* the peer never spoke here: what it awaits is not known */
		return false;
	e->awaited = f->ct->td_maxack[d ^ 1U];
	e->sent = f->ct->td_end[d];
	return true;
}

enum seq_match facts_seq_match(const struct facts *f)
{
	uint32_t seq = f->seg->seq;
	struct edges e;

	if (f->shape == SHAPE_REFUSING)
		return f->known && (f->mem->flags & RSTWHY_MEM_SYN_PENDING) && f->seg->ack == f->mem->syn_seq + 1 ? SEQ_EXACT
														  : SEQ_UNKNOWN;
	if (f->overtaken || !find_edges(f, &e)) /* what was seen is older */
		return SEQ_UNKNOWN;
	if (seq == e.awaited || seq == e.sent)
		return SEQ_EXACT;
	if (seq_before(seq, e.awaited))
		return SEQ_BELOW;
	if (!seq_after(seq, e.sent) || (e.have_right && !seq_after(seq, e.right)))
		return SEQ_IN_WINDOW;
	return e.have_right || seq - e.sent > WINDOW_PLAIN ? SEQ_ABOVE : SEQ_UNKNOWN;
}
