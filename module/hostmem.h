/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hostmem.h - the host memory: what a host's segments look like over all its connections, and since when it has kept its state
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * One flow alone cannot tell a box that refuses from the host that it stands before, nor a silent box from a host that was lost: the
 * host's other connections can. Only segments that prove a connection teach (a whole handshake, or an assured flow), never a SYN, a
 * RST or what conntrack refused, so that nobody who forges a source changes what is known of it.
 *
 * Fixed size, sets of four, the one not heard of for longest gives way: a host that speaks comes back with its next segment.
 */
#ifndef RSTWHY_HOSTMEM_H
#define RSTWHY_HOSTMEM_H

#include "freestanding.h"
#include "uapi/rstwhy.h"

#define HM_WAYS 4
#define HM_LOCKS 64 /* power of two */

/* As it stands on the wire: the source address of its packets, in a zone of a namespace. */
struct hm_key {
	u8 addr[16]; /* IPv4: the first four bytes */
	u32 netns;
	u16 zone;
	u8 family; /* 4 or 6; 0: a free place */
	u8 pad;
};

/* What a segment of a host teaches. */
struct hm_lesson {
	u64 now_us;
	u64 since_us; /* when its connection began: it has kept that since then */
	u32 rtt_us;   /* of the connection's handshake, 0 not known */
	u8 ttl;
};

/* kept_us..heard_us: connections that overlap one another show that it kept its state all that time. */
struct hm_host {
	struct hm_key key;
	u64 heard_us;
	u64 kept_us;
	u64 timed_us; /* when the connection began whose handshake was counted last */
	u32 rtt_us;   /* the shortest */
	u8 rtts;      /* handshakes counted */
	u8 ttl;
};

/* The array is the owner's: zeroed by it before hostmem_init(), freed by it when nobody uses the memory any more. */
struct hostmem {
	struct hm_host *hosts; /* places */
	u32 sets;
	u64 secret;
	fm_counter_t replaced;
	fm_lock_t locks[HM_LOCKS];
};

void hostmem_init(struct hostmem *hm, u32 places, u64 secret);
void hostmem_hear(struct hostmem *hm, const struct hm_key *key, const struct hm_lesson *lesson);
void hostmem_tell(struct hostmem *hm, const struct hm_key *key, u64 now_us, struct rstwhy_host *out);

/**
 * hostmem_key() - a host by its address
 * @key: filled, padding too
 * @addr: 16 bytes; of IPv4 only the first four count
 * @family: 4 or 6
 * @zone: conntrack zone
 * @netns: the namespace's number
 *
 * Context: any; pure.
 */
static inline void hostmem_key(struct hm_key *key, const u8 *addr, u8 family, u16 zone, u32 netns)
{
	memset(key, 0, sizeof(*key));
	memcpy(key->addr, addr, family == 4 ? 4 : 16);
	key->family = family;
	key->zone = zone;
	key->netns = netns;
}

#endif
