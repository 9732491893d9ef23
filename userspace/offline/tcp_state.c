// SPDX-License-Identifier: GPL-2.0
/*
 * tcp_state.c - where a connection stands, where no conntrack tells
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "tcp_state.h"

#include "../../module/segment.h"

/* A SYN-ACK repeated into a living connection changes nothing; in an old one's place it begins another. */
static uint8_t on_synack(uint8_t state)
{
	return state == TCP_STATE_ESTABLISHED ? state : TCP_STATE_SYN_RECV;
}

static uint8_t on_fin(uint8_t state, bool peer_closed)
{
	if (peer_closed)
		return state == TCP_STATE_TIME_WAIT ? state : TCP_STATE_LAST_ACK;
	return state >= TCP_STATE_FIN_WAIT ? state : TCP_STATE_FIN_WAIT;
}

static uint8_t on_ack(uint8_t state, bool peer_closed)
{
	switch (state) {
	case TCP_STATE_NONE: /* in mid-stream */
	case TCP_STATE_SYN_RECV:
		return TCP_STATE_ESTABLISHED;
	case TCP_STATE_FIN_WAIT:
		return peer_closed ? TCP_STATE_CLOSE_WAIT : state;
	case TCP_STATE_LAST_ACK:
		return peer_closed ? TCP_STATE_TIME_WAIT : state;
	default:
		return state;
	}
}

uint8_t tcp_state_next(uint8_t state, uint8_t flags, bool peer_closed)
{
	if ((flags & (SEG_SYN | SEG_ACK)) == (SEG_SYN | SEG_ACK))
		return on_synack(state);
	if (flags & SEG_SYN)
		return state >= TCP_STATE_ESTABLISHED && state < TCP_STATE_TIME_WAIT ? state : TCP_STATE_SYN_SENT;
	if (flags & SEG_FIN)
		return on_fin(state, peer_closed);
	return flags & SEG_ACK ? on_ack(state, peer_closed) : state;
}
