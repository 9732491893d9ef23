/* SPDX-License-Identifier: GPL-2.0 */
/*
 * json.h - JSON objects written into a line, without allocation
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * The writer places the commas. A key is a KEY(), NULL stands for an element of an array. Keys are literals of our own and not escaped;
 * strings may come from anywhere. Where a member may not fit, it and all that follows is left out and the line is cut: a number
 * counts as if it were the longest.
 *
 * Between json_begin() and json_end() the place is kept here and not in the line, and all is forced to be inline, so that the compiler
 * can keep it in registers and knows each key's length: a record has a hundred such pieces.
 */
#ifndef RSTWHY_JSON_H
#define RSTWHY_JSON_H

#include "line.h"

#include "../engine/digits.h"
#include "../engine/name.h"

struct json {
	struct line *line;
	char *at, *end; /* of the room; behind it there is still room for a NUL byte */
	bool comma; /* the next member is not the first of its container */
	bool cut;
	bool sure; /* there is room for all that will come: nobody asks for it */
};

/* Begin behind what the line has; it changes with json_end() only. */
LINE_INLINE struct json json_begin(struct line *line)
{
	return (struct json){
		.line = line, .at = line->data + line->len, .end = line->data + line->size - 1, .cut = line->cut,
	};
}

LINE_INLINE void json_end(struct json *json)
{
	line_end(json->line, json->at);
	json->line->cut = json->cut;
}

/* Whether there is room for so many bytes more; if not, for nothing more. */
LINE_INLINE bool json_room(struct json *json, size_t len)
{
	if (json->sure || len <= (size_t)(json->end - json->at))
		return true;
	json->end = json->at;
	json->cut = true;
	return false;
}

/* Where there is room: a literal. */
LINE_INLINE void json_put(struct json *json, const char *text)
{
	size_t len = strlen(text);

	memcpy(json->at, text, len);
	json->at += len;
}

/* A member's key, a literal, with all that stands around it: it is written in one piece. */
#define KEY(name) ",\"" name "\":"

/* Comma and key of a member whose value takes at most so many bytes. False: no room, and nothing has happened. */
LINE_INLINE bool json_key(struct json *json, const char *key, size_t most)
{
	bool comma = json->comma;

	json->comma = true; /* in any case, so that mostly the compiler knows it */
	if (!json_room(json, (key ? strlen(key) : strlen(KEY(""))) + most))
		return false;
	if (key && comma)
		json_put(json, key);
	else if (key)
		json_put(json, key + 1);
	else if (comma)
		json_put(json, ",");
	return true;
}

LINE_INLINE void json_open(struct json *json, const char *key, char bracket)
{
	if (json_key(json, key, 1))
		*json->at++ = bracket;
	json->comma = false;
}

LINE_INLINE void json_close(struct json *json, char bracket)
{
	if (json_room(json, 1))
		*json->at++ = bracket;
	json->comma = true;
}

/* A text that is JSON as it is: a word like true, the end of a line. */
LINE_INLINE void json_as_is(struct json *json, const char *text)
{
	size_t len = strlen(text);

	if (!json_room(json, len))
		return;
	memcpy(json->at, text, len);
	json->at += len;
}

/* A text of ours that needs no escape, of a length that is known. */
LINE_INLINE void json_literal(struct json *json, const char *key, const char *value, size_t len)
{
	if (!json_key(json, key, len + 2))
		return;
	*json->at = '"';
	memcpy(json->at + 1, value, len);
	json->at[len + 1] = '"';
	json->at += len + 2;
}

/*
 * Bytes from outside between quotes, so that no reader can be fooled: every byte that is not printable ASCII becomes \u00XX, one escape
 * a byte, so that the text can be turned back into the bytes. Returns where it ends; NULL: not all of it fits before end.
 */
char *json_quote(char *at, const char *end, const char *bytes, size_t len);

LINE_INLINE void json_bytes(struct json *json, const char *key, const char *value, size_t len)
{
	char *end;

	if (!len) { /* as most payloads are */
		json_literal(json, key, value, 0);
		return;
	}
	end = json_key(json, key, len + 2) ? json_quote(json->at, json->end, value, len) : NULL;
	if (end)
		json->at = end;
	else
		json_room(json, SIZE_MAX);
}

LINE_INLINE void json_string(struct json *json, const char *key, const char *value)
{
	json_bytes(json, key, value, strlen(value));
}

/* As json_literal(), at the beginning of a room of a size that the compiler knows: the room is copied. */
LINE_INLINE void json_plain(struct json *json, const char *key, const char *value, size_t len, size_t room)
{
	if (!json_key(json, key, room + 2))
		return;
	*json->at = '"';
	memcpy(json->at + 1, value, room);
	json->at[len + 1] = '"';
	json->at += len + 2;
}

LINE_INLINE void json_name(struct json *json, const char *key, const struct name *name)
{
	json_plain(json, key, name->text, name->len, sizeof(name->text));
}

LINE_INLINE void json_u64(struct json *json, const char *key, uint64_t value)
{
	if (json_key(json, key, DIGITS_U64))
		json->at = digits_u64(json->at, value);
}

/* The digits of a number of 32 bits, at the beginning of a room for the longest. */
LINE_INLINE void json_digits(struct json *json, const char *key, const char *digits, size_t len)
{
	if (!json_key(json, key, DIGITS_U32))
		return;
	memcpy(json->at, digits, DIGITS_U32);
	json->at += len;
}

/* As a string of so many hexadecimal digits. */
LINE_INLINE void json_hex(struct json *json, const char *key, uint64_t value, unsigned int width)
{
	if (!json_key(json, key, DIGITS_HEX + 2))
		return;
	*json->at++ = '"';
	json->at = digits_hex(json->at, value, width);
	*json->at++ = '"';
}

LINE_INLINE void json_bool(struct json *json, const char *key, bool value)
{
	if (json_key(json, key, 5))
		json_as_is(json, value ? "true" : "false");
}

LINE_INLINE void json_time(struct json *json, const char *key, uint64_t realtime_ns)
{
	if (!json_key(json, key, LINE_TIMESTAMP + 2))
		return;
	*json->at++ = '"';
	json->at = line_put_timestamp(json->at, realtime_ns);
	*json->at++ = '"';
}

LINE_INLINE void json_decimal(struct json *json, const char *key, double value)
{
	if (json_key(json, key, DIGITS_DECIMAL))
		json->at = digits_decimal(json->at, value);
}

/* Left out when the value is not known: negative or not a number. */
LINE_INLINE void json_known_decimal(struct json *json, const char *key, double value)
{
	if (value >= 0.0)
		json_decimal(json, key, value);
}

#endif
