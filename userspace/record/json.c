// SPDX-License-Identifier: GPL-2.0
/*
 * json.c - JSON objects written into a line, without allocation
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "json.h"

#include <string.h>

#define KEY_MAX 60U /* ours are shorter; they are literals of this program */

/* Comma, quotes and colon around the key in one piece: there are fifty of them in a record. */
static void json_key(struct json *json, const char *key)
{
	char piece[KEY_MAX + 4];
	size_t at = 0, len = key ? strlen(key) : 0;

	if (json->comma)
		piece[at++] = ',';
	json->comma = true;
	if (key && len <= KEY_MAX) {
		piece[at++] = '"';
		memcpy(piece + at, key, len);
		at += len;
		piece[at++] = '"';
		piece[at++] = ':';
	}
	line_bytes(json->line, piece, at);
}

void json_open(struct json *json, const char *key, char bracket)
{
	json_key(json, key);
	line_char(json->line, bracket);
	json->comma = false;
}

void json_close(struct json *json, char bracket)
{
	line_char(json->line, bracket);
	json->comma = true;
}

void json_bytes(struct json *json, const char *key, const void *value, size_t len)
{
	json_key(json, key);
	line_char(json->line, '"');
	line_json_escaped(json->line, value, len);
	line_char(json->line, '"');
}

void json_string(struct json *json, const char *key, const char *value)
{
	json_bytes(json, key, value, strlen(value));
}

void json_u64(struct json *json, const char *key, uint64_t value)
{
	json_key(json, key);
	line_u64(json->line, value);
}

void json_bool(struct json *json, const char *key, bool value)
{
	json_key(json, key);
	line_text(json->line, value ? "true" : "false");
}

void json_time(struct json *json, const char *key, uint64_t realtime_ns)
{
	json_key(json, key);
	line_char(json->line, '"');
	line_timestamp(json->line, realtime_ns);
	line_char(json->line, '"');
}

void json_decimal(struct json *json, const char *key, double value)
{
	json_key(json, key);
	line_decimal(json->line, value);
}

void json_known_decimal(struct json *json, const char *key, double value)
{
	if (value >= 0.0)
		json_decimal(json, key, value);
}
