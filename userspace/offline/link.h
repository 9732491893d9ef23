/* SPDX-License-Identifier: GPL-2.0 */
/*
 * link.h - from a captured frame to the IP packet in it
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Pure; any bytes are allowed.
 */
#ifndef RSTWHY_LINK_H
#define RSTWHY_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum link_result {
	LINK_IP,
	LINK_OTHER, /* not IP, or cut within the link header */
};

/* Borrows from the frame. */
struct link_packet {
	const uint8_t *bytes; /* from the network header on */
	size_t len;
	size_t wire_len;
	uint64_t place; /* differs between two interfaces, directions or neighbours that the same packet passes */
	bool outgoing;	/* the capturing host says that it sent it (cooked captures only) */
};

/* Whether frames of this link type (DLT_*) can be read. */
bool link_known(int type);

/* Whether frames of this type say that the capturing host sent them. */
bool link_tells_outgoing(int type);

/* The link types that can be read, as text for people. */
extern const char link_types[];

/* One frame of a known type; wire_len is its length on the wire, at least len. */
enum link_result link_read(int type, const uint8_t *frame, size_t len, size_t wire_len, struct link_packet *packet);

#endif
