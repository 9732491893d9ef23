// SPDX-License-Identifier: GPL-2.0
/*
 * config_keys.c - the table of settings, and how a value is read
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "config_keys.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What the text behind a number multiplies it by; 0: no such suffix. */
static unsigned long long scale_of(const char *suffix)
{
	if (suffix[0] && suffix[1])
		return 0;
	switch (suffix[0]) {
	case '\0':
		return 1;
	case 'K':
	case 'k':
		return 1024;
	case 'M':
	case 'm':
		return 1048576;
	default:
		return 0;
	}
}

/* Digits, and a K or M behind them where suffix allows it. */
static bool parse_scaled(const struct config_key *key, uint32_t *field, const char *value, bool suffix)
{
	size_t digits = strspn(value, "0123456789");
	unsigned long long number, scale = scale_of(value + digits);

	if (digits == 0 || digits > 10 || scale == 0 || (value[digits] && !suffix))
		return false;
	number = strtoull(value, NULL, 10) * scale;
	if (number < key->min || number > key->max)
		return false;
	*field = (uint32_t)number;
	return true;
}

static bool parse_number(const struct config_key *key, void *field, const char *value)
{
	return parse_scaled(key, field, value, false);
}

/* Nothing is none. */
static bool parse_group(const struct config_key *key, void *field, const char *value)
{
	uint32_t *group = field;

	if (value[0])
		return parse_scaled(key, group, value, false);
	*group = CONFIG_NO_GROUP;
	return true;
}

static bool parse_size(const struct config_key *key, void *field, const char *value)
{
	return parse_scaled(key, field, value, true);
}

static bool parse_yes_no(const struct config_key *key, void *field, const char *value)
{
	bool *flag = field;

	(void)key;
	*flag = !strcmp(value, "yes");
	return *flag || !strcmp(value, "no");
}

/* As /proc/net/nf_rstwhy shows it (16 hexadecimal digits), 0x..., or decimal. */
static bool parse_epoch(const struct config_key *key, void *field, const char *value)
{
	bool prefixed = value[0] == '0' && (value[1] == 'x' || value[1] == 'X');
	const char *digits = prefixed ? value + 2 : value;
	bool hex = prefixed || strlen(value) == 16 || strpbrk(value, "abcdefABCDEF");
	size_t length = strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789");
	uint64_t *epoch = field;

	(void)key;
	errno = 0;
	*epoch = strtoull(digits, NULL, hex ? 16 : 10);
	return length > 0 && !digits[length] && errno == 0 && *epoch != 0;
}

static bool parse_noise(const struct config_key *key, void *field, const char *value)
{
	enum noise_policy *noise = field;

	(void)key;
	*noise = !strcmp(value, "all") ? NOISE_ALL : !strcmp(value, "none") ? NOISE_NONE : NOISE_CAPPED;
	return *noise != NOISE_CAPPED || !strcmp(value, "capped");
}

static bool is_printable(const char *text)
{
	for (; *text; text++)
		if (*text < 0x20 || *text > 0x7e)
			return false;
	return true;
}

static bool copy_text(const struct config_key *key, char *field, const char *value)
{
	if (strlen(value) >= key->max)
		return false;
	strcpy(field, value);
	return true;
}

static bool parse_path(const struct config_key *key, void *field, const char *value)
{
	return (value[0] == '\0' || value[0] == '/' || !strcmp(value, "-")) && copy_text(key, field, value);
}

static bool parse_file(const struct config_key *key, void *field, const char *value)
{
	return (value[0] == '\0' || value[0] == '/') && copy_text(key, field, value);
}

static bool parse_name(const struct config_key *key, void *field, const char *value)
{
	return value[0] && is_printable(value) && copy_text(key, field, value);
}

static bool parse_ignore(const struct config_key *key, void *field, const char *value)
{
	const char *bad;
	size_t bad_len;

	(void)key;
	return ignore_parse(field, value, &bad, &bad_len);
}

static bool parse_socket(const struct config_key *key, void *field, const char *value)
{
	if (!strcmp(value, "yes"))
		return copy_text(key, field, key->yes);
	if (!strcmp(value, "no"))
		return copy_text(key, field, "");
	return value[0] == '/' && copy_text(key, field, value);
}

#define FIELD(name) offsetof(struct config, name)
#define ROOM(name) (uint32_t)sizeof(((struct config *)0)->name)

static const char allowed_path[] = "an absolute path, - for standard output, or nothing";
static const char allowed_file[] = "an absolute path, or nothing";
static const char allowed_socket[] = "yes, no, an absolute path of a socket (at most 107 bytes)";
static const char allowed_size[] = "4K to 1G, as a number of bytes or with K or M behind it";

const struct config_key config_keys[] = {
	{ "nflog.group", parse_number, FIELD(group), 0, 65535, "0 to 65535", NULL },
	{ "nflog.plain_group", parse_group, FIELD(plain_group), 0, 65535, "0 to 65535, or nothing", NULL },
	{ "nflog.buffer", parse_size, FIELD(buffer), 4096, 1U << 30, allowed_size, NULL },
	{ "nflog.buffer_max", parse_size, FIELD(buffer_max), 4096, 1U << 30, allowed_size, NULL },
	{ "nflog.epoch", parse_epoch, FIELD(epoch), 0, 0, "16 hexadecimal digits, 0x..., or a decimal number, not 0", NULL },
	{ "verdict.hold_ms", parse_number, FIELD(hold_ms), 0, 600000, "0 to 600000 (milliseconds)", NULL },
	{ "verdict.idle_min_ms", parse_number, FIELD(idle_min_ms), 0, 86400000, "0 to 86400000 (milliseconds)", NULL },
	{ "log.json", parse_path, FIELD(json), 0, ROOM(json), allowed_path, NULL },
	{ "log.text", parse_path, FIELD(text), 0, ROOM(text), allowed_path, NULL },
	{ "log.noise", parse_noise, FIELD(noise), 0, 0, "all, capped, none", NULL },
	{ "log.payload", parse_yes_no, FIELD(payload), 0, 0, "yes, no", NULL },
	{ "log.syslog", parse_socket, FIELD(syslog), 0, ROOM(syslog), allowed_socket, CONFIG_SYSLOG_SOCKET },
	{ "log.journal", parse_socket, FIELD(journal), 0, ROOM(journal), allowed_socket, CONFIG_JOURNAL_SOCKET },
	{ "ignore", parse_ignore, FIELD(ignore), 0, 0,
	  "a comma list of at most 256: prefix (10.0.0.0/8, 2001:db8::/32), :port, addr:port, [v6]:port", NULL },
	{ "metrics.file", parse_file, FIELD(metrics), 0, ROOM(metrics), allowed_file, NULL },
	{ "state.file", parse_file, FIELD(state), 0, ROOM(state), allowed_file, NULL },
	{ "status.file", parse_file, FIELD(status), 0, ROOM(status), allowed_file, NULL },
	{ "hints.file", parse_file, FIELD(hints), 0, ROOM(hints), allowed_file, NULL },
	{ "gateway.name", parse_name, FIELD(gateway), 0, ROOM(gateway), "1 to 255 printable ASCII characters", NULL },
	{ "user", parse_name, FIELD(user), 0, ROOM(user), "a user of this machine; root: stay root", NULL },
};
const size_t config_keys_count = sizeof(config_keys) / sizeof(config_keys[0]);
