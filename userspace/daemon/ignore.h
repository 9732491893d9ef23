/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ignore.h - the list of hosts and ports that are never reported
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_IGNORE_H
#define RSTWHY_IGNORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IGNORE_MAX 256

struct ignore_rule {
	uint8_t family; /* 4, 6, or 0: any address */
	uint8_t bits;
	uint16_t port; /* host byte order; 0: any */
	uint8_t addr[16];
};

struct ignore_list {
	struct ignore_rule rule[IGNORE_MAX];
	size_t count;
};

/*
 * Append the rules of a comma-separated text: prefix, :port, addr:port, [v6]:port. On false *bad and *bad_len tell the item that is
 * none (bad_len 0: too many items), and the list holds those before it.
 */
bool ignore_parse(struct ignore_list *list, const char *text, const char **bad, size_t *bad_len);

/* Whether a host (family 4 or 6; port in network byte order) is on the list. */
bool ignore_match(const struct ignore_list *list, uint8_t family, const uint8_t addr[16], uint16_t port_be);

#endif
