// SPDX-License-Identifier: GPL-2.0
/*
 * page_json.c - JSON that stands inside an HTML page
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "page_json.h"

#include <math.h>
#include <stddef.h>

#define REPLACEMENT 0xfffdU

static void begin(struct page_json *json, const char *key)
{
	if (json->comma)
		fputc(',', json->out);
	json->comma = true;
	if (key)
		fprintf(json->out, "\"%s\":", key);
}

void page_json_open(struct page_json *json, const char *key, char bracket)
{
	begin(json, key);
	fputc(bracket, json->out);
	json->comma = false;
}

void page_json_close(struct page_json *json, char bracket)
{
	fputc(bracket, json->out);
	json->comma = true;
}

/* One code point of UTF-8, at least one byte; what is none is U+FFFD. */
static uint32_t next_code(const unsigned char **at)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	uint32_t code = *(*at)++;
	int more = code < 0x80 ? 0 : code >> 5 == 6 ? 1 : code >> 4 == 14 ? 2 : code >> 3 == 30 ? 3 : -1;

	if (more < 0)
		return REPLACEMENT;
	code &= more ? 0x3fU >> more : 0x7fU;
	for (int i = 0; i < more; i++) {
		if (**at >> 6 != 2)
			return REPLACEMENT;
		code = code << 6 | (*(*at)++ & 0x3fU);
	}
	return code < least[more] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? REPLACEMENT : code;
}

/* Controls, zero-width and direction marks: they would change what is around them. */
static bool is_sly(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0xad || code == 0x61c || (code >= 0x200b && code <= 0x200f) ||
	       (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) || code == 0xfeff || (code >= 0xfff9 && code <= 0xfffb) ||
	       (code >= 0xe0000 && code <= 0xe007f);
}

static void put_code(FILE *out, uint32_t code)
{
	if (is_sly(code))
		fprintf(out, "\\\\u%04x", code);
	else if (code >= 0x10000)
		fprintf(out, "\\u%04x\\u%04x", 0xd800 + ((code - 0x10000) >> 10), 0xdc00 + ((code - 0x10000) & 0x3ff));
	else if (code >= 0x7f || code == '<' || code == '>' || code == '&' || code == '"' || code == '\\' || code == '\'')
		fprintf(out, "\\u%04x", code);
	else
		fputc((int)code, out);
}

void page_json_text(struct page_json *json, const char *key, const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	if (!text)
		return;
	begin(json, key);
	fputc('"', json->out);
	while (*at)
		put_code(json->out, next_code(&at));
	fputc('"', json->out);
}

void page_json_number(struct page_json *json, const char *key, double number)
{
	begin(json, key);
	fprintf(json->out, isfinite(number) ? "%.15g" : "null", number);
}

void page_json_known(struct page_json *json, const char *key, double number)
{
	if (number >= 0)
		page_json_number(json, key, number);
}

void page_json_flag(struct page_json *json, const char *key, bool flag)
{
	if (!flag)
		return;
	begin(json, key);
	fputs("true", json->out);
}

void page_put_text(FILE *out, const char *text)
{
	for (; *text; text++)
		if (*text == '<')
			fputs("&lt;", out);
		else if (*text == '>')
			fputs("&gt;", out);
		else if (*text == '&')
			fputs("&amp;", out);
		else
			fputc((*text >= 0x20 && *text < 0x7f) || *text == '\n' ? *text : '?', out);
}
