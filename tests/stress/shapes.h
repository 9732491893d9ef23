/* SPDX-License-Identifier: GPL-2.0 */
/*
 * shapes.h - what the floods consist of
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Clients are 198.18.0.0/16 and fd00:18::/64, servers 198.19.0.0/16 and fd00:19::/64; nobody is there, the ends' routes swallow
 * what arrives.
 */
#ifndef STRESS_SHAPES_H
#define STRESS_SHAPES_H

#include "wire.h"

/* A connection that lives, from --flows: what its client sends next, and what it has acknowledged. */
struct living {
	struct ends ends; /* from the client */
	uint32_t seq, ack;
};

struct flood {
	int family;
	uint64_t seed; /* of the flows' sequence numbers */
	uint64_t random;
	struct wire client, server;
	struct living *living;
	size_t livings;
};

/* One packet of a flood, number i; shape_of() finds it by name. */
typedef void shape_fn(struct flood *f, uint64_t i);

/**
 * shape_of() - a flood's packet maker
 * @name: rst, syn, ack, malformed, fragments; blind-syn, blind-fin, blind-rst, blind-data (into the flows that live)
 *
 * Return: NULL: there is no such shape.
 */
shape_fn *shape_of(const char *name);

/**
 * flow_step() - the i-th flow's next segment of a conversation that both ends take part in
 * @f: the flood
 * @i: which flow
 * @step: 0 SYN, 1 SYN-ACK, 2 ACK, 3 request of 32 bytes, 4 answer of 32 bytes, 5 ACK; 6: the server's RST after all that
 */
void flow_step(struct flood *f, uint64_t i, int step);

/**
 * flow_living() - the i-th flow as flow_step() 5 leaves it
 * @f: the flood
 * @i: which flow
 * @flow: filled
 */
void flow_living(const struct flood *f, uint64_t i, struct living *flow);

/* broken.c */
shape_fn shape_malformed, shape_fragments;

#endif
