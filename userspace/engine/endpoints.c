// SPDX-License-Identifier: GPL-2.0
/*
 * endpoints.c - who talks to whom, as the client knows it
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * A flow has two tuples: ORIGINAL is {opener → other end as addressed}, REPLY is {real other end → opener as seen there}. The
 * client's own address is the source of the one and its translated address the destination of the other. When the SYN's sender
 * is conntrack's REPLY side, the roles are the other way round.
 */
#include <arpa/inet.h>
#include <string.h>

#include "facts.h"

#define GIVEN_OUT_FROM 32768 /* Linux' net.ipv4.ip_local_port_range; others begin higher */

static struct rstwhy_tuple mirror(const struct rstwhy_tuple *t)
{
	struct rstwhy_tuple m = {.sport = t->dport, .dport = t->sport};

	memcpy(m.src, t->dst, sizeof(m.src));
	memcpy(m.dst, t->src, sizeof(m.dst));
	return m;
}

static struct endpoint source(const struct rstwhy_tuple *t)
{
	struct endpoint e = {.port = t->sport};

	memcpy(e.addr, t->src, sizeof(e.addr));
	return e;
}

static struct endpoint destination(const struct rstwhy_tuple *t)
{
	struct endpoint e = {.port = t->dport};

	memcpy(e.addr, t->dst, sizeof(e.addr));
	return e;
}

static bool same(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && !address_differs(a->addr, b->addr);
}

/* opening: from the client, as it addressed the server; answering: from the real server, to the client as it is seen there. */
static void from_flow(const struct rstwhy_tuple *opening, const struct rstwhy_tuple *answering, struct endpoints *out)
{
	out->client = source(opening);
	out->server = destination(opening);
	if (tuple_is_zero(answering))
		return;
	out->nat_client = destination(answering);
	out->nat_server = source(answering);
	out->have_nat_client = !same(&out->nat_client, &out->client);
	out->have_nat_server = !same(&out->nat_server, &out->server);
}

/*
 * A refusal comes from the server. Else the lower port is taken for the server's, only a way to print two ends; where both are such as
 * systems give out themselves, a bare RST is more often the answer of whoever was asked.
 */
static bool server_sent(const struct facts *f)
{
	uint16_t from = ntohs(f->seg->tuple.sport), to = ntohs(f->seg->tuple.dport);

	if (f->shape == SHAPE_REFUSING || (f->shape == SHAPE_PASSIVE && from >= GIVEN_OUT_FROM && to >= GIVEN_OUT_FROM))
		return true;
	return from < to;
}

static void from_packet(const struct facts *f, struct endpoints *out)
{
	const struct rstwhy_tuple *t = &f->seg->tuple;
	bool server = server_sent(f);

	out->client = server ? destination(t) : source(t);
	out->server = server ? source(t) : destination(t);
}

void facts_endpoints(const struct facts *f, struct endpoints *out)
{
	const struct rstwhy_tuple *orig = f->known ? &f->mem->orig : &f->ct->orig;
	const struct rstwhy_tuple *reply = f->known ? &f->mem->reply : &f->ct->reply;
	struct rstwhy_tuple mirrored;

	memset(out, 0, sizeof(*out));
	out->family = f->seg->family;
	if (!f->oriented || tuple_is_zero(orig)) {
		from_packet(f, out);
	} else if (f->opener == RSTWHY_DIR_REPLY) {
		mirrored = mirror(orig);
		from_flow(tuple_is_zero(reply) ? &mirrored : reply, orig, out);
	} else {
		from_flow(orig, reply, out);
	}
}
