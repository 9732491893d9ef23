/* SPDX-License-Identifier: GPL-2.0 */
/*
 * group.h - one NFLOG group, bound and read
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_GROUP_H
#define RSTWHY_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct group; /* opaque, by group_open() and group_close() */

/* One logged packet: its struct nfgenmsg and attributes, as capture/nflog.h reads them. */
typedef void group_packet_fn(void *user, const uint8_t *message, size_t len);

/* All packets that came together are handed over. */
typedef void group_batch_fn(void *user);

struct group_settings {
	uint16_t number;
	uint32_t buffer; /* bytes the kernel may queue for us */
	uint32_t buffer_max;
	group_packet_fn *packet;
	void *user;
	group_batch_fn *batch; /* NULL: nobody is told */
	void *batch_user;
};

/* Bind the group. NULL: errno tells; EPERM: no CAP_NET_ADMIN, or somebody else reads it. */
struct group *group_open(const struct group_settings *settings);
void group_close(struct group *group);

/*
 * Let go of the group, and hand over what the kernel still had of it: it keeps messages for up to 20 ms to send them together, and
 * sends them when the group is unbound (__nfulnl_flush() in net/netfilter/nfnetlink_log.c).
 */
void group_drain(struct group *group);

/* Becomes readable when packets wait. */
int group_fd(const struct group *group);

/* Hand out what waits, up to a bounded number of batches. False: errno tells. */
bool group_read(struct group *group);

/* New upper bound for the receive buffer. */
void group_set_buffer_max(struct group *group, uint32_t buffer_max);

#endif
