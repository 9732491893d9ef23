/* SPDX-License-Identifier: GPL-2.0 */
/*
 * path.h - what shares an idle timeout: the network of the far side, its port, and the interface it is reached by
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_PATH_H
#define RSTWHY_PATH_H

#include "../engine/event.h"

#define PATH_PREFIX_TEXT 64 /* "2001:db8:2::/64" */

/* The far side of the connection: the one that resets, or that answers. */
enum path_side {
	PATH_SERVER = 0,
	PATH_CLIENT = 1,
};

/* Plain data; begin with zeros. */
struct path {
	uint8_t prefix[16]; /* /24 or /64 of the far side's own address */
	char in[EVENT_IFNAME]; /* the interface its packets come in by; "" not known */
	uint16_t port;	    /* the server's own, host order, also where the far side is the client: a client's tells nothing */
	uint8_t family;	    /* 4 or 6 */
	uint8_t side;	    /* enum path_side */
};

/*
 * The path that an event speaks of, and in *peer (NULL: not asked for) a number for the near side's address. A RST and an answer came
 * from the far side; of a silence the far side is the one that did not answer, and the interface is not known. False: the memory did
 * not know the flow.
 */
bool path_of_event(const struct event *event, struct path *path, uint64_t *peer);

bool path_equal(const struct path *a, const struct path *b);

/* "10.2.0.0/24" */
void path_prefix_text(const struct path *path, char text[PATH_PREFIX_TEXT]);

/* Fills family and prefix; false: text is no prefix of that form. */
bool path_prefix_parse(const char *text, struct path *path);

/* "server", "client" */
const char *path_side_name(uint8_t side);

#endif
