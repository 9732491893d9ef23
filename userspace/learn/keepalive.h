/* SPDX-License-Identifier: GPL-2.0 */
/*
 * keepalive.h - the keepalive that a path would bear
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_KEEPALIVE_H
#define RSTWHY_KEEPALIVE_H

#include "../engine/bracket.h"

enum keepalive_basis {
	KEEPALIVE_UNKNOWN,  /* too little is known */
	KEEPALIVE_NEEDLESS, /* nothing was killed */
	KEEPALIVE_PROVEN,   /* below what three peers have survived */
	KEEPALIVE_GUESSED,  /* below what was killed, but so long a silence has not been seen to survive */
	KEEPALIVE_DOUBTFUL, /* the path contradicts itself */
};

struct keepalive {
	enum keepalive_basis basis;
	unsigned int seconds; /* at least 1; 0 for UNKNOWN and NEEDLESS */
};

struct keepalive keepalive_for(const struct path_bracket *bracket);

#endif
