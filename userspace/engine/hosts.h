/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hosts.h - what hosts' packets look like, from all that was told of their connections
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * A refusal has no connection to be measured against; the same host's other connections serve. A table of fixed size, each
 * address with one place: a newcomer overwrites.
 */
#ifndef RSTWHY_HOSTS_H
#define RSTWHY_HOSTS_H

#include "event.h"

struct host {
	uint8_t ttl; /* 0: not known */
	uint32_t rtt_us;
	uint64_t alive_ns; /* boottime of its last accepted segment */
};

struct hosts; /* opaque */

struct hosts *hosts_new(uint32_t capacity, uint64_t seed);
void hosts_free(struct hosts *h);

/* Take in what the event tells of both ends of its flow. */
void hosts_learn(struct hosts *h, const struct event *event);
/* What is known of an address; zero when nothing. */
struct host hosts_get(const struct hosts *h, const struct event *event, const uint8_t addr[16]);

#endif
