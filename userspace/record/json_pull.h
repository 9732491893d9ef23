/* SPDX-License-Identifier: GPL-2.0 */
/*
 * json_pull.h - JSON read from one end to the other, in place
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Pure. The text is from outside: nothing is read beyond its end, nesting is bounded, and a text that is not JSON sets `bad`, after which
 * every call returns false. Strings are unescaped where they stand and ended by a NUL, so the text serves once.
 */
#ifndef RSTWHY_JSON_PULL_H
#define RSTWHY_JSON_PULL_H

#include <stdbool.h>
#include <stddef.h>

#define JSON_PULL_DEPTH 16

struct json_pull {
	char *at;
	char *end; /* writable: it becomes a NUL */
	unsigned int depth;
	bool first; /* nothing of the container just entered has been read */
	bool bad;
};

/* text[len] must be writable. */
void json_pull_init(struct json_pull *pull, char *text, size_t len);

/* Whether the value here begins with the bracket; then it is entered. */
bool json_pull_enter(struct json_pull *pull, char bracket);

/* Inside an object: the next member's key, its length in *len; the value is to be read then. NULL: the object has ended, or is bad. */
char *json_pull_key(struct json_pull *pull, size_t *len);

/* Inside an array: whether there is another element, to be read then. */
bool json_pull_element(struct json_pull *pull);

/* The value here as a string; NULL when it is none: then it has been skipped. */
char *json_pull_string(struct json_pull *pull);

/* The value here as a number; false when it is none: then it has been skipped. */
bool json_pull_number(struct json_pull *pull, double *number);

/* The value here as true or false; false when it is neither: then it has been skipped. */
bool json_pull_bool(struct json_pull *pull, bool *value);

void json_pull_skip(struct json_pull *pull);

/* After the outermost value: whether nothing but white space follows, and all was right. */
bool json_pull_done(struct json_pull *pull);

#endif
