// SPDX-License-Identifier: GPL-2.0
/*
 * path.c - what shares an idle timeout: the network of the far side, its port, and the interface it is reached by
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "path.h"

#include "../engine/tuple.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define BYTES_V4 3 /* /24 */
#define BYTES_V6 8 /* /64 */

static size_t prefix_bytes(uint8_t family)
{
	return family == 6 ? BYTES_V6 : BYTES_V4;
}

/* FNV-1a: the same after a restart. */
static uint64_t number_of(uint8_t family, const uint8_t addr[16])
{
	uint64_t hash = (0xcbf29ce484222325ULL ^ family) * 0x100000001b3ULL;

	for (size_t i = 0; i < 16; i++)
		hash = (hash ^ addr[i]) * 0x100000001b3ULL;
	return hash;
}

static bool is_direction(unsigned int dir)
{
	return dir == RSTWHY_DIR_ORIGINAL || dir == RSTWHY_DIR_REPLY;
}

/* Which direction's sender is the far side; RSTWHY_DIR_NONE: not known. */
static unsigned int far_direction(const struct event *event)
{
	const struct rstwhy_memory *mem = &event->ev.mem;

	if (!(mem->flags & RSTWHY_MEM_KNOWN))
		return RSTWHY_DIR_NONE;
	if (event->ev.kind == RSTWHY_KIND_RST)
		return mem->direction;
	return (mem->flags & RSTWHY_MEM_BURST) && is_direction(mem->burst_dir) ? mem->burst_dir ^ 1U : RSTWHY_DIR_NONE;
}

static void set_prefix(struct path *path, const uint8_t addr[16])
{
	uint64_t prefix = address_words(addr).word[0];

	if (path->family != 6)
		prefix &= htobe64(~(UINT64_MAX >> (8 * BYTES_V4)));
	memcpy(path->prefix, &prefix, sizeof(prefix));
}

bool path_equal(const struct path *a, const struct path *b)
{
	return !(address_differs(a->prefix, b->prefix) | address_differs((const uint8_t *)a->in, (const uint8_t *)b->in)) &&
	       a->port == b->port && a->family == b->family && a->side == b->side;
}

bool path_of_event(const struct event *event, struct path *path, uint64_t *peer)
{
	const struct rstwhy_memory *mem = &event->ev.mem;
	const struct rstwhy_tuple *const sent[] = { &mem->orig, &mem->reply };
	unsigned int server = mem->flags & RSTWHY_MEM_OPENER_REPLY ? RSTWHY_DIR_ORIGINAL : RSTWHY_DIR_REPLY;
	unsigned int far = far_direction(event);

	memset(path, 0, sizeof(*path));
	if (!is_direction(far))
		return false;
	path->family = event->ev.family == 6 ? 6 : 4;
	path->side = far == server ? PATH_SERVER : PATH_CLIENT;
	path->port = ntohs(sent[server]->sport);
	set_prefix(path, sent[far]->src);
	if (mem->direction == far)
		memcpy(path->in, event->in, sizeof(path->in));
	if (peer)
		*peer = number_of(path->family, sent[far ^ 1U]->src);
	return true;
}

void path_prefix_text(const struct path *path, char text[PATH_PREFIX_TEXT])
{
	char addr[INET6_ADDRSTRLEN] = "";

	inet_ntop(path->family == 6 ? AF_INET6 : AF_INET, path->prefix, addr, sizeof(addr));
	snprintf(text, PATH_PREFIX_TEXT, "%s/%zu", addr, prefix_bytes(path->family) * 8);
}

bool path_prefix_parse(const char *text, struct path *path)
{
	static const uint8_t zero[16];
	const char *slash = strchr(text, '/');
	char addr[INET6_ADDRSTRLEN];
	size_t len = slash ? (size_t)(slash - text) : sizeof(addr), bytes;

	if (len >= sizeof(addr))
		return false;
	memcpy(addr, text, len);
	addr[len] = '\0';
	path->family = strchr(addr, ':') ? 6 : 4;
	bytes = prefix_bytes(path->family);
	memset(path->prefix, 0, sizeof(path->prefix));
	return inet_pton(path->family == 6 ? AF_INET6 : AF_INET, addr, path->prefix) == 1 &&
	       !strcmp(slash, path->family == 6 ? "/64" : "/24") && !memcmp(path->prefix + bytes, zero, 16 - bytes);
}

const char *path_side_name(uint8_t side)
{
	return side == PATH_CLIENT ? "client" : "server";
}
