/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tcpstate.h - conntrack's TCP states as the kernel numbers them (include/uapi/linux/netfilter/nf_conntrack_tcp.h)
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_TCPSTATE_H
#define RSTWHY_TCPSTATE_H

enum tcpstate {
	TCPSTATE_NONE,
	TCPSTATE_SYN_SENT,
	TCPSTATE_SYN_RECV,
	TCPSTATE_ESTABLISHED,
	TCPSTATE_FIN_WAIT,
	TCPSTATE_CLOSE_WAIT,
	TCPSTATE_LAST_ACK,
	TCPSTATE_TIME_WAIT,
	TCPSTATE_CLOSE,
	TCPSTATE_SYN_SENT2,
};

#endif
