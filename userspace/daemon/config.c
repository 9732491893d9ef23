// SPDX-License-Identifier: GPL-2.0
/*
 * config.c - settings from files and from the command line
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "config.h"

#include "config_keys.h"
#include "nearest.h"

#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_GROUP 17
#define MEBIBYTE (1024U * 1024U)

void config_defaults(struct config *config)
{
	*config = (struct config){
		.group = DEFAULT_GROUP,
		.plain_group = CONFIG_NO_GROUP,
		.buffer = 4 * MEBIBYTE,
		.buffer_max = 64 * MEBIBYTE,
		.hold_ms = 1500,
		.idle_min_ms = 10000,
		.noise = NOISE_CAPPED,
		.payload = true,
		.json = "/var/log/rstwhy/resets.jsonl",
		.user = "rstwhy",
		.state = "/var/lib/rstwhy/paths.json",
		.status = "/run/rstwhy/status",
		.hints = "/etc/rstwhy/known-timeouts.conf",
	};
	if (gethostname(config->gateway, sizeof(config->gateway) - 1) < 0)
		strcpy(config->gateway, "gateway");
}

__attribute__((format(printf, 2, 3))) static bool fail(struct config_error *error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	return false;
}

static const struct config_key *find_key(const char *name)
{
	for (size_t i = 0; i < config_keys_count; i++)
		if (!strcmp(config_keys[i].name, name))
			return &config_keys[i];
	return NULL;
}

static const char *nearest_key(const char *name)
{
	const char *nearest = config_keys[0].name;
	size_t least = nearest_distance(name, nearest);

	for (size_t i = 1; i < config_keys_count && least > 0; i++) {
		size_t distance = nearest_distance(name, config_keys[i].name);

		if (distance >= least)
			continue;
		least = distance;
		nearest = config_keys[i].name;
	}
	return nearest;
}

static bool fail_unknown(struct config_error *error, const char *name)
{
	fail(error, "%.64s: there is no such key (%s?); allowed:", name, nearest_key(name));
	for (size_t i = 0; i < config_keys_count; i++) {
		size_t len = strlen(error->text);

		snprintf(error->text + len, sizeof(error->text) - len, "%s %s", i ? "," : "", config_keys[i].name);
	}
	return false;
}

/* Of a list the item that is wrong, else the whole value. */
static void wrong_part(const char *name, const char *value, const char **part, size_t *len)
{
	struct ignore_list list = { .count = 0 };

	*len = 0;
	if (strcmp(name, "ignore") != 0 || ignore_parse(&list, value, part, len) || *len == 0) {
		*part = value;
		*len = strlen(value);
	}
}

bool config_set(struct config *config, const char *name, const char *value, struct config_error *error)
{
	const struct config_key *key = find_key(name);
	const char *part;
	size_t len;

	if (!key)
		return fail_unknown(error, name);
	if (key->parse(key, (char *)config + key->offset, value))
		return true;
	wrong_part(name, value, &part, &len);
	return fail(error, "%s: \"%.*s\" is not possible; allowed: %s", name, len < 200 ? (int)len : 200, part, key->allowed);
}

bool config_assign(struct config *config, const char *assignment, struct config_error *error)
{
	const char *equals = strchr(assignment, '=');
	char name[64];

	if (!equals || equals == assignment || (size_t)(equals - assignment) >= sizeof(name))
		return fail(error, "\"%.200s\" is not key=value", assignment);
	memcpy(name, assignment, (size_t)(equals - assignment));
	name[equals - assignment] = '\0';
	return config_set(config, name, equals + 1, error);
}

/* The state of reading one file. */
struct loader {
	struct config *config;
	const char *path;
	FILE *file;
	unsigned int line;
	bool seen[64]; /* by index into config_keys */
	bool failed;
	struct config_error *error;
};

static bool fail_here(struct loader *loader, const char *what)
{
	if (!loader->failed)
		fail(loader->error, "%s:%u: %s", loader->path, loader->line, what);
	loader->failed = true;
	return false;
}

/* fgets() for inih, which counts the lines and refuses one that inih would take for two. */
static char *read_line(char *buf, int size, void *user)
{
	struct loader *loader = user;
	char *got = fgets(buf, size, loader->file);
	size_t len = got ? strlen(got) : 0;

	if (!got)
		return NULL;
	loader->line++;
	if (len + 1 == (size_t)size && buf[len - 1] != '\n' && !feof(loader->file))
		fail_here(loader, "the line is too long; lists may go on in indented lines");
	return got;
}

/* Only lists may be given twice; that is also how inih hands over indented continuation lines. */
static bool note_seen(struct loader *loader, const char *name)
{
	const struct config_key *key = find_key(name);
	bool *seen = key ? &loader->seen[key - config_keys] : NULL;

	if (!key || !strcmp(name, "ignore"))
		return true;
	if (*seen)
		return false;
	return *seen = true;
}

/* A value without " ; comment" behind it: inih strips that from first lines, not from the continuation lines of a list. */
static void strip_comment(const char *value, char *stripped, size_t size)
{
	const char *comment = strstr(value, " ;");
	int len = comment ? (int)(comment - value) : (int)strlen(value);

	snprintf(stripped, size, "%.*s", len, value);
}

static int handle(void *user, const char *section, const char *name, const char *value)
{
	struct loader *loader = user;
	struct config_error why;
	char key[128], stripped[CONFIG_PATH_MAX + 1];

	if (loader->failed)
		return 0;
	snprintf(key, sizeof(key), "%s%s%s", section, section[0] ? "." : "", name);
	if (!note_seen(loader, key)) {
		char what[sizeof(key) + 64];

		snprintf(what, sizeof(what), "%s: given twice; allowed: once", key);
		return fail_here(loader, what);
	}
	strip_comment(value, stripped, sizeof(stripped));
	return config_set(loader->config, key, stripped, &why) ? 1 : fail_here(loader, why.text);
}

bool config_load(struct config *config, const char *path, bool optional, struct config_error *error)
{
	struct loader loader = { .config = config, .path = path, .error = error };
	int line;

	loader.file = fopen(path, "re");
	if (!loader.file)
		return (optional && errno == ENOENT) || fail(error, "%s: %s", path, strerror(errno));
	line = ini_parse_stream(read_line, &loader, handle, &loader);
	if (ferror(loader.file))
		fail_here(&loader, "cannot be read");
	fclose(loader.file);
	if (!loader.failed && line != 0) {
		loader.line = line > 0 ? (unsigned int)line : loader.line;
		fail_here(&loader, "this is neither key = value nor [section]");
	}
	return !loader.failed;
}

bool config_check(const struct config *config, struct config_error *error)
{
	if (config->buffer > config->buffer_max)
		return fail(error, "nflog.buffer: larger than nflog.buffer_max (%u); allowed: at most that", config->buffer_max);
	if (config->json[0] == '/' && !strcmp(config->json, config->text))
		return fail(error, "log.text: %.200s is log.json already; allowed: another file", config->text);
	if (config->plain_group == config->group)
		return fail(error, "nflog.plain_group: %u is nflog.group already; allowed: another group", config->plain_group);
	return true;
}
