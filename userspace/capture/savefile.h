/* SPDX-License-Identifier: GPL-2.0 */
/*
 * savefile.h - a capture file, read packet by packet
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * pcap and pcapng, by libpcap, streamed: one packet at a time is in memory. Any bytes are allowed.
 */
#ifndef RSTWHY_SAVEFILE_H
#define RSTWHY_SAVEFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SAVEFILE_ERROR_MAX 512

struct savefile; /* opaque, by savefile_open() and savefile_close() */

enum savefile_result {
	SAVEFILE_PACKET,
	SAVEFILE_END,
	SAVEFILE_DAMAGED, /* savefile_error() tells what and where */
};

struct savefile_packet {
	const uint8_t *bytes; /* valid until the next one is read */
	size_t len;	      /* of bytes */
	size_t wire_len;      /* at least len */
	uint64_t realtime_ns;
};

/* "-" is standard input. NULL: error says why it is no capture. */
struct savefile *savefile_open(const char *path, char error[SAVEFILE_ERROR_MAX]);
void savefile_close(struct savefile *file);

/* Its link type, DLT_*, and that as text for people. */
int savefile_link(const struct savefile *file);
const char *savefile_link_name(const struct savefile *file);

enum savefile_result savefile_next(struct savefile *file, struct savefile_packet *packet);

/* One sentence without the file's name: what is wrong, and behind which packet and byte. */
const char *savefile_error(const struct savefile *file);

uint64_t savefile_packets(const struct savefile *file);
/* Bytes read so far, and in all; 0: not known (a pipe). */
uint64_t savefile_position(const struct savefile *file);
uint64_t savefile_size(const struct savefile *file);

#endif
