/* SPDX-License-Identifier: GPL-2.0 */
/*
 * event.h - one message of the module, decoded: the only thing the verdict engine is fed with
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_EVENT_H
#define RSTWHY_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../../module/segment.h"
#include "../../module/uapi/rstwhy.h"

#define EVENT_PAYLOAD_MAX 256
#define EVENT_IFNAME	  16

/* conntrack's entry was there, so that its tuples are known */
#define CT_HAS_TUPLES (RSTWHY_CT_FOUND | RSTWHY_CT_ATTACHED)

/*
 * Plain data: copied by value (or event_copy()), owns nothing. ev is in host byte order (addresses and ports as on the wire). All names and
 * payload bytes came from the network or the kernel and are escaped where they are printed, not here.
 */
struct event {
	struct rstwhy_evidence ev;
	struct segment seg;    /* of the packet itself */
	bool plain;	       /* from a plain log rule: the packet alone is known, ev says the rest is not */
	char in[EVENT_IFNAME]; /* interface names; "" none or gone */
	char out[EVENT_IFNAME];
	uint16_t payload_len; /* bytes held in payload (the packet may have had more: seg.len) */
	uint8_t payload[EVENT_PAYLOAD_MAX]; /* last: see event_copy() */
};

/* By value, but for what of payload holds nothing: a quarter of it all, in most of them. */
static inline void event_copy(struct event *to, const struct event *from)
{
	memcpy(to, from, offsetof(struct event, payload) + from->payload_len);
}

/* What decode found in the bytes of one NFULA_PAYLOAD. */
enum decode_result {
	DECODE_OK = 0,
	DECODE_FOREIGN,	   /* no trailer of ours: another log rule on the group */
	DECODE_OTHER_ABI,  /* our magic, another major version: *major and *minor tell which */
	DECODE_EPOCH,	   /* a trailer of ours, but another epoch: forged, or the module was reloaded */
	DECODE_BAD_PACKET, /* ours, but the packet in it is no TCP segment */
};

/*
 * event_decode() - read packet and trailer.
 * prefix: NFULA_PREFIX or NULL; payload, len: NFULA_PAYLOAD; epoch: the expected one, 0 accepts any (tests, recordings).
 * On DECODE_OTHER_ABI *major and *minor hold the sender's; both may be NULL. in and out of the event are left ""; seg holds something on
 * DECODE_OK alone.
 * Pure; never reads beyond len, any bytes are allowed.
 */
enum decode_result event_decode(const char *prefix, const uint8_t *payload, size_t len, uint64_t epoch, struct event *event,
				uint16_t *major, uint16_t *minor);

#endif
