/* SPDX-License-Identifier: GPL-2.0 */
/*
 * page_json.h - JSON that stands inside an HTML page
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * All of it is ASCII, and no text can end the script element it stands in: <, > and & are escaped. Control characters, and those that change
 * the direction or the look of what surrounds them, become their visible escape (\u202e), so that the page shows that they were there.
 */
#ifndef RSTWHY_PAGE_JSON_H
#define RSTWHY_PAGE_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct page_json {
	FILE *out;
	bool comma; /* the next member is not the first of its container */
};

/* A key of NULL stands for an element of an array. Keys are our own and are not escaped. */
void page_json_open(struct page_json *json, const char *key, char bracket);
void page_json_close(struct page_json *json, char bracket);
/* Left out when text is NULL. */
void page_json_text(struct page_json *json, const char *key, const char *text);
void page_json_number(struct page_json *json, const char *key, double number);
/* Left out when negative, which stands for unknown. */
void page_json_known(struct page_json *json, const char *key, double number);
/* Left out when false. */
void page_json_flag(struct page_json *json, const char *key, bool flag);

/* Text of an HTML element: <, > and & as entities, what is not printable ASCII or a newline as ?. */
void page_put_text(FILE *out, const char *text);

#endif
