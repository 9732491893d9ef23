// SPDX-License-Identifier: GPL-2.0
/*
 * json_pull.c - JSON read from one end to the other, in place
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "json_pull.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void json_pull_init(struct json_pull *pull, char *text, size_t len)
{
	*pull = (struct json_pull){ .at = text, .end = text + len };
	text[len] = '\0';
}

static bool fail(struct json_pull *pull)
{
	pull->bad = true;
	pull->at = pull->end;
	return false;
}

/* The next byte that is no white space; NUL at the end. */
static char peek(struct json_pull *pull)
{
	while (pull->at < pull->end && (*pull->at == ' ' || *pull->at == '\t' || *pull->at == '\n' || *pull->at == '\r'))
		pull->at++;
	return *pull->at;
}

static bool take(struct json_pull *pull, char c)
{
	if (peek(pull) != c || pull->at == pull->end)
		return false;
	pull->at++;
	return true;
}

bool json_pull_enter(struct json_pull *pull, char bracket)
{
	if (pull->bad || !take(pull, bracket))
		return false;
	pull->first = true;
	return ++pull->depth <= JSON_PULL_DEPTH || fail(pull);
}

/* Whether a further member or element follows; the comma before it is taken. */
static bool more(struct json_pull *pull, char close)
{
	bool first = pull->first;

	pull->first = false;
	if (pull->bad)
		return false;
	if (take(pull, close)) {
		pull->depth--;
		return false;
	}
	return first || (take(pull, ',') && peek(pull) != close) || fail(pull);
}

static int hex4(const char *at, const char *end)
{
	int value = 0;

	if (end - at < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = at[i];
		int digit = c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;

		if (digit < 0)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

static char *put_utf8(char *to, uint32_t code)
{
	if (code < 0x80) {
		*to++ = (char)code;
	} else if (code < 0x800) {
		*to++ = (char)(0xc0 | code >> 6);
		*to++ = (char)(0x80 | (code & 0x3f));
	} else if (code < 0x10000) {
		*to++ = (char)(0xe0 | code >> 12);
		*to++ = (char)(0x80 | (code >> 6 & 0x3f));
		*to++ = (char)(0x80 | (code & 0x3f));
	} else {
		*to++ = (char)(0xf0 | code >> 18);
		*to++ = (char)(0x80 | (code >> 12 & 0x3f));
		*to++ = (char)(0x80 | (code >> 6 & 0x3f));
		*to++ = (char)(0x80 | (code & 0x3f));
	}
	return to;
}

/* Behind "\u": the code point, of a pair of surrogates where there is one; a lone one becomes U+FFFD. Negative: no hexadecimal digits. */
static int32_t code_point(char **at, const char *end)
{
	int high = hex4(*at, end), low;

	if (high < 0)
		return -1;
	*at += 4;
	if (high < 0xd800 || high > 0xdfff)
		return high;
	low = high < 0xdc00 && end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u' ? hex4(*at + 2, end) : -1;
	if (low < 0xdc00 || low > 0xdfff)
		return 0xfffd;
	*at += 6;
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

/* One escape, at is behind its backslash. The result is never longer than the escape. NULL: it is none. */
static char *unescape(char **at, const char *end, char *to)
{
	static const char letters[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	const char *letter = *at < end && **at ? strchr(letters, **at) : NULL;
	int32_t code;

	if (letter) {
		(*at)++;
		*to = values[letter - letters];
		return to + 1;
	}
	if (*at == end || **at != 'u')
		return NULL;
	(*at)++;
	code = code_point(at, end);
	return code < 0 ? NULL : put_utf8(to, (uint32_t)code);
}

/* The rest of a string from its first backslash on; *end_of is its end. False: it has none, or a wrong escape. */
static bool take_escaped(struct json_pull *pull, char *at, char **end_of)
{
	char *to = at;

	while (at < pull->end && *at != '"') {
		if (*at != '\\') {
			*to++ = *at++;
			continue;
		}
		at++;
		to = unescape(&at, pull->end, to);
		if (!to)
			return false;
	}
	if (at == pull->end)
		return false;
	pull->at = at + 1;
	*end_of = to;
	return true;
}

/* The string whose opening quote has been taken. */
static char *take_string(struct json_pull *pull, size_t *len)
{
	char *begin = pull->at, *end_of, *backslash;
	char *quote = memchr(begin, '"', (size_t)(pull->end - begin));

	if (!quote) {
		fail(pull);
		return NULL;
	}
	end_of = quote;
	pull->at = quote + 1;
	backslash = memchr(begin, '\\', (size_t)(quote - begin));
	if (backslash && !take_escaped(pull, backslash, &end_of)) {
		fail(pull);
		return NULL;
	}
	*end_of = '\0';
	*len = (size_t)(end_of - begin);
	return begin;
}

char *json_pull_key(struct json_pull *pull, size_t *len)
{
	char *key;

	if (!more(pull, '}'))
		return NULL;
	if (!take(pull, '"')) {
		fail(pull);
		return NULL;
	}
	key = take_string(pull, len);
	if (key && !take(pull, ':')) {
		fail(pull);
		return NULL;
	}
	return key;
}

bool json_pull_element(struct json_pull *pull)
{
	return more(pull, ']');
}

char *json_pull_string(struct json_pull *pull)
{
	size_t len;

	if (!pull->bad && take(pull, '"'))
		return take_string(pull, &len);
	json_pull_skip(pull);
	return NULL;
}

/* Digits with a point, as our own lines have them; what is beyond that is strtod()'s. */
static double simple_number(const char **at)
{
	static const double scale[] = { 1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9 };
	const char *c = *at;
	uint64_t value = 0;
	int behind = 0;

	while (*c >= '0' && *c <= '9' && c - *at < 18)
		value = value * 10 + (uint64_t)(*c++ - '0');
	if (*c == '.')
		for (c++; *c >= '0' && *c <= '9' && behind < 9 && c - *at < 18; behind++)
			value = value * 10 + (uint64_t)(*c++ - '0');
	*at = c;
	return (double)value * scale[behind];
}

static bool is_delimiter(char c)
{
	return c == '\0' || strchr(",]} \t\r\n", c);
}

bool json_pull_number(struct json_pull *pull, double *number)
{
	char first = pull->bad ? '\0' : peek(pull);
	const char *behind = pull->at;
	char *far;

	if (first != '-' && (first < '0' || first > '9')) {
		json_pull_skip(pull);
		return false;
	}
	*number = simple_number(&behind);
	if (!is_delimiter(*behind) || behind == pull->at) {
		*number = strtod(pull->at, &far);
		behind = far;
	}
	if (behind > pull->end || !is_delimiter(*behind))
		return fail(pull);
	pull->at = (char *)behind;
	return true;
}

static bool take_word(struct json_pull *pull, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(pull->end - pull->at) < len || memcmp(pull->at, word, len) != 0)
		return false;
	pull->at += len;
	return true;
}

bool json_pull_bool(struct json_pull *pull, bool *value)
{
	peek(pull);
	if (!pull->bad && (take_word(pull, "true") || take_word(pull, "false"))) {
		*value = pull->at[-2] == 'u';
		return true;
	}
	json_pull_skip(pull);
	return false;
}

void json_pull_skip(struct json_pull *pull)
{
	size_t len;
	double number;
	char c = pull->bad ? '\0' : peek(pull);

	if (pull->bad)
		return;
	if (c == '"') {
		pull->at++;
		take_string(pull, &len);
	} else if (json_pull_enter(pull, '{')) {
		while (json_pull_key(pull, &len))
			json_pull_skip(pull);
	} else if (json_pull_enter(pull, '[')) {
		while (json_pull_element(pull))
			json_pull_skip(pull);
	} else if (c == '-' || (c >= '0' && c <= '9')) {
		json_pull_number(pull, &number);
	} else if (!take_word(pull, "true") && !take_word(pull, "false") && !take_word(pull, "null")) {
		fail(pull);
	}
}

bool json_pull_done(struct json_pull *pull)
{
	peek(pull);
	return !pull->bad && pull->depth == 0 && pull->at == pull->end;
}
