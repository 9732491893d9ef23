/* SPDX-License-Identifier: GPL-2.0 */
/*
 * frames.h - captures that a test writes itself: two hosts talking, in frames of any link type
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * The client is 10.1.0.2:51234 (2001:db8:1::2), the server 10.2.0.2:443 (2001:db8:2::2). Numbers are as real stacks would have them.
 */
#ifndef RSTWHY_TEST_FRAMES_H
#define RSTWHY_TEST_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../module/segment.h"

#define DLT_COOKED2 276
#define FRAMES_START 1764000000000000000ULL
#define FRAMES_CLIENT 0
#define FRAMES_SERVER 1

struct frames {
	int link;
	unsigned int tags; /* VLAN tags (Ethernet) */
	bool v6;
	bool twice; /* every packet on a second interface, too, a hop further */
	bool outgoing; /* cooked: the capturing host sends what comes now */
	void *format, *dumper; /* pcap_t, pcap_dumper_t */
	uint64_t now_ns;
	uint32_t seq[2];
	uint16_t ipid;
};

void frames_begin(struct frames *f, const char *path, int link);
void frames_end(struct frames *f);
void frames_wait_ms(struct frames *f, uint64_t ms);

/* A segment with sequence and acknowledgement as its sender would have them; len bytes of payload. */
void frames_say(struct frames *f, unsigned int who, uint8_t flags, size_t len);
void frames_handshake(struct frames *f);
void frames_exchange(struct frames *f);
/* RST alone: no socket there. RST+ACK: a live one. */
void frames_reset(struct frames *f, unsigned int who, bool active);

/* These bytes as a record. */
void frames_raw(struct frames *f, const uint8_t *bytes, size_t len);

#endif
