/* SPDX-License-Identifier: GPL-2.0 */
/*
 * name.h - the words of our own vocabulary, each with its length
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * All are printable ASCII without quotes and backslashes, and lie in rooms of one size: whoever copies one copies the room.
 */
#ifndef RSTWHY_NAME_H
#define RSTWHY_NAME_H

#include <stddef.h>

struct name {
	unsigned char len;
	char text[39]; /* ends in a NUL byte */
};

#define NAME(word) {.len = sizeof(word) - 1, .text = word}

/* The name whose text this is: for texts that are known to be one's. */
static inline const struct name *name_of(const char *text)
{
	return (const struct name *)(text - offsetof(struct name, text));
}

#endif
