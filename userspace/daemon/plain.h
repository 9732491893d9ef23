/* SPDX-License-Identifier: GPL-2.0 */
/*
 * plain.h - a group that plain log rules feed, without the module
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Each RST becomes an event of which the packet alone is known. Losses come to light by the numbers that the kernel gives the
 * group's messages: those that overran our buffer, not those that it had no memory for, nor the last ones before a long pause.
 */
#ifndef RSTWHY_PLAIN_H
#define RSTWHY_PLAIN_H

#include "intake.h"

#include "../capture/nflog.h"

#define PLAIN_SPACE 0U /* whose numbers these are, in loss.h; no network namespace has this inode */

struct plain; /* opaque, by plain_new() and plain_free() */

/*
 * epoch: of this run, it begins the records' ids; netns: where we are. The rest is as in struct intake_settings; current_epoch and
 * interface are not used. names outlive it: one set for all readers, or a replay could not tell who knew which name when.
 */
struct plain *plain_new(const struct intake_settings *settings, uint32_t group, struct ifnames *names);
void plain_free(struct plain *plain);

/* A logged packet: a group_packet_fn. */
void plain_packet(void *plain, const uint8_t *message, size_t len);

/* The same from a recording: of this moment. */
void plain_arrived(struct plain *plain, const uint8_t *message, size_t len, uint64_t boottime_ns, uint64_t realtime_ns);

/* Messages that were no RST. */
uint64_t plain_foreign(const struct plain *plain);

/* A packet as an event; names, times and number are left 0. False: it is no RST. Pure; any bytes are allowed. */
bool plain_event(const struct nflog_message *message, struct event *event);

#endif
