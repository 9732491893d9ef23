/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tcp_state.h - where a connection stands, where no conntrack tells
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * The states are the kernel's enum tcp_conntrack, as far as the flow memory looks at them. Pure.
 */
#ifndef RSTWHY_TCP_STATE_H
#define RSTWHY_TCP_STATE_H

#include <stdbool.h>
#include <stdint.h>

enum tcp_state {
	TCP_STATE_NONE = 0,
	TCP_STATE_SYN_SENT = 1,
	TCP_STATE_SYN_RECV = 2,
	TCP_STATE_ESTABLISHED = 3,
	TCP_STATE_FIN_WAIT = 4,
	TCP_STATE_CLOSE_WAIT = 5,
	TCP_STATE_LAST_ACK = 6,
	TCP_STATE_TIME_WAIT = 7,
};

/* After a segment with these flags (SEG_*, no RST); peer_closed: the other side has sent its FIN. */
uint8_t tcp_state_next(uint8_t state, uint8_t flags, bool peer_closed);

#endif
