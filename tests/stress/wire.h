/* SPDX-License-Identifier: GPL-2.0 */
/*
 * wire.h - a packet socket at one end of the network, and sending frames by the batch
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef STRESS_WIRE_H
#define STRESS_WIRE_H

#include <stdint.h>
#include <sys/socket.h>

#include "packet.h"

#define BATCH 64

struct wire {
	int fd;
	uint8_t gateway[6], own[6];
	unsigned int waiting; /* frames in the batch */
	uint64_t sent;
	struct mmsghdr messages[BATCH];
	struct iovec vectors[BATCH];
	uint8_t frames[BATCH][FRAME_MAX];
};

/**
 * wire_open() - a packet socket in another network namespace; exits with a message when that cannot be
 * @w: filled
 * @what: "NETNS,DEVICE,GATEWAY-MAC", the namespace by its path
 *
 * The process is back in its own namespace afterwards.
 */
void wire_open(struct wire *w, const char *what);

/**
 * wire_frame() - room for the next frame, its Ethernet addresses filled in
 * @w: the wire
 *
 * Return: FRAME_MAX bytes, valid until wire_add().
 */
uint8_t *wire_frame(struct wire *w);

/**
 * wire_add() - the frame from wire_frame() is complete; a full batch goes out
 * @w: the wire
 * @len: of the frame
 */
void wire_add(struct wire *w, size_t len);

/**
 * wire_flush() - everything that waits goes out
 * @w: the wire
 */
void wire_flush(struct wire *w);

#endif
