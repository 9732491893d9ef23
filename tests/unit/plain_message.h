/* SPDX-License-Identifier: GPL-2.0 */
/*
 * plain_message.h - packets, and what the kernel makes of a plain log rule
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_PLAIN_MESSAGE_H
#define RSTWHY_PLAIN_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLAIN_GROUP 18U

/* A packet of 10.2.0.host:443: a RST, or a bare ACK. Returns its length, 40. */
size_t put_packet(uint8_t *p, unsigned int host, unsigned int port, bool rst);

/* A message of that group: packet, number, interface. Returns its length; bytes has room for the packet and 128 more. */
size_t plain_message(uint8_t *bytes, size_t size, const uint8_t *packet, size_t len, uint32_t number, uint32_t interface);

#endif
