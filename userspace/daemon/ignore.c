// SPDX-License-Identifier: GPL-2.0
/*
 * ignore.c - the list of hosts and ports that are never reported
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "ignore.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define ITEM_MAX 80

/* A decimal number from min to max, the whole of text. */
static bool parse_number(const char *text, unsigned int min, unsigned int max, unsigned int *value)
{
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > 5 || text[digits])
		return false;
	*value = 0;
	for (; *text; text++)
		*value = *value * 10 + (unsigned int)(*text - '0');
	return *value >= min && *value <= max;
}

static bool parse_port(const char *text, struct ignore_rule *rule)
{
	unsigned int port;

	if (!parse_number(text, 1, 65535, &port))
		return false;
	rule->port = (uint16_t)port;
	return true;
}

/* "addr" or "addr/bits"; text is changed. */
static bool parse_prefix(char *text, struct ignore_rule *rule)
{
	char *slash = strchr(text, '/');
	unsigned int bits, longest;

	if (slash)
		*slash = '\0';
	rule->family = strchr(text, ':') ? 6 : 4;
	longest = rule->family == 6 ? 128 : 32;
	if (inet_pton(rule->family == 6 ? AF_INET6 : AF_INET, text, rule->addr) != 1)
		return false;
	bits = longest;
	if (slash && !parse_number(slash + 1, 0, longest, &bits))
		return false;
	rule->bits = (uint8_t)bits;
	return true;
}

/* "[v6]:port"; text begins behind the bracket. */
static bool parse_bracketed(char *text, struct ignore_rule *rule)
{
	char *end = strchr(text, ']');

	if (!end || end[1] != ':')
		return false;
	*end = '\0';
	return parse_prefix(text, rule) && rule->family == 6 && parse_port(end + 2, rule);
}

static bool parse_item(char *text, struct ignore_rule *rule)
{
	char *colon = strchr(text, ':');

	*rule = (struct ignore_rule){ 0 };
	if (text[0] == '[')
		return parse_bracketed(text + 1, rule);
	if (text[0] == ':' && text[1] != ':')
		return parse_port(text + 1, rule);
	if (!colon || strchr(colon + 1, ':'))
		return parse_prefix(text, rule);
	*colon = '\0';
	return parse_prefix(text, rule) && parse_port(colon + 1, rule);
}

bool ignore_parse(struct ignore_list *list, const char *text, const char **bad, size_t *bad_len)
{
	static const char separators[] = ", \t";
	char item[ITEM_MAX];
	size_t len;

	for (;; text += len) {
		text += strspn(text, separators);
		len = strcspn(text, separators);
		if (len == 0)
			return true;
		*bad = text;
		*bad_len = len;
		if (list->count == IGNORE_MAX) {
			*bad_len = 0;
			return false;
		}
		if (len >= sizeof(item))
			return false;
		memcpy(item, text, len);
		item[len] = '\0';
		if (!parse_item(item, &list->rule[list->count]))
			return false;
		list->count++;
	}
}

static bool prefix_equal(const uint8_t *a, const uint8_t *b, unsigned int bits)
{
	unsigned int rest = bits % 8;
	uint8_t mask = (uint8_t)(0xff00U >> rest);

	if (memcmp(a, b, bits / 8) != 0)
		return false;
	return rest == 0 || ((a[bits / 8] ^ b[bits / 8]) & mask) == 0;
}

static bool rule_match(const struct ignore_rule *rule, uint8_t family, const uint8_t *addr, uint16_t port)
{
	if (rule->port && rule->port != port)
		return false;
	return rule->family == 0 || (rule->family == family && prefix_equal(rule->addr, addr, rule->bits));
}

bool ignore_match(const struct ignore_list *list, uint8_t family, const uint8_t addr[16], uint16_t port_be)
{
	for (size_t i = 0; i < list->count; i++)
		if (rule_match(&list->rule[i], family, addr, ntohs(port_be)))
			return true;
	return false;
}
