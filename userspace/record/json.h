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

#include "line.h"

struct json {
	struct line *line;
	bool comma; /* the next member is not the first of its container */
};

void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);
void json_string(struct json *json, const char *key, const char *value);
void json_bytes(struct json *json, const char *key, const void *value, size_t len);
void json_u64(struct json *json, const char *key, uint64_t value);
void json_bool(struct json *json, const char *key, bool value);
void json_time(struct json *json, const char *key, uint64_t realtime_ns);
void json_decimal(struct json *json, const char *key, double value);
/* Left out when the value is not known: negative or not a number. */
void json_known_decimal(struct json *json, const char *key, double value);

#endif
