/* SPDX-License-Identifier: GPL-2.0 */
/*
 * json.h - JSON objects written into a line, without allocation
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * The writer places the commas. A key of NULL stands for an element of an array. Strings are escaped by line_json_escaped(); keys
 * are our own and are not.
 */
#ifndef RSTWHY_JSON_H
#define RSTWHY_JSON_H

#include "digits.h"
#include "line.h"

struct json {
	struct line *line;
	bool comma; /* the next member is not the first of its container */
};

/*
 * Where the value of a member goes, comma and key before it, when there is room for `most` more bytes; NULL: there is not, and nothing
 * has happened. The member becomes part of the line by line_end(). Keys are literals: their length is known where they are written.
 */
LINE_INLINE char *json_member(struct json *json, const char *key, size_t most)
{
	size_t len = key ? strlen(key) : 0;
	char *at = line_room(json->line, len + 4 + most);

	if (!at)
		return NULL;
	*at = ',';
	at += json->comma;
	json->comma = true;
	if (len) {
		*at = '"';
		memcpy(at + 1, key, len);
		memcpy(at + 1 + len, "\":", 2);
		at += len + 3;
	}
	return at;
}

/* The same alone. */
LINE_INLINE void json_key(struct json *json, const char *key)
{
	char *at = json_member(json, key, 0);

	if (at)
		line_end(json->line, at);
	else
		json->line->cut = true;
}

LINE_INLINE void json_open(struct json *json, const char *key, char bracket)
{
	json_key(json, key);
	line_char(json->line, bracket);
	json->comma = false;
}

LINE_INLINE void json_close(struct json *json, char bracket)
{
	line_char(json->line, bracket);
	json->comma = true;
}

LINE_INLINE void json_bytes(struct json *json, const char *key, const void *value, size_t len)
{
	struct json before = *json;
	char *at = json_member(json, key, len + 2), *end = at ? line_quote(at, value, len) : NULL;

	if (end) {
		line_end(json->line, end);
		return;
	}
	*json = before;
	json_key(json, key);
	line_json_quoted(json->line, value, len);
}

LINE_INLINE void json_string(struct json *json, const char *key, const char *value)
{
	json_bytes(json, key, value, strlen(value));
}

LINE_INLINE void json_u64(struct json *json, const char *key, uint64_t value)
{
	char *at = json_member(json, key, DIGITS_U64);

	if (at) {
		line_end(json->line, digits_u64(at, value));
		return;
	}
	json_key(json, key);
	line_u64(json->line, value);
}

LINE_INLINE void json_bool(struct json *json, const char *key, bool value)
{
	json_key(json, key);
	line_text(json->line, value ? "true" : "false");
}

LINE_INLINE void json_time(struct json *json, const char *key, uint64_t realtime_ns)
{
	json_key(json, key);
	line_char(json->line, '"');
	line_timestamp(json->line, realtime_ns);
	line_char(json->line, '"');
}

LINE_INLINE void json_decimal(struct json *json, const char *key, double value)
{
	char *at = json_member(json, key, DIGITS_DECIMAL);

	if (at) {
		line_end(json->line, digits_decimal(at, value));
		return;
	}
	json_key(json, key);
	line_decimal(json->line, value);
}

/* Left out when the value is not known: negative or not a number. */
LINE_INLINE void json_known_decimal(struct json *json, const char *key, double value)
{
	if (value >= 0.0)
		json_decimal(json, key, value);
}

#endif
