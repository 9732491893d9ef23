// SPDX-License-Identifier: GPL-2.0
/*
 * known_timeouts.c - the file of known timeouts
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "known_timeouts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define LINE_MAX_BYTES 256
#define BLANKS	       " \t"

static bool parse_seconds(const char *text, size_t len, unsigned int *seconds)
{
	*seconds = 0;
	if (len == 0 || len > 8 || strspn(text, "0123456789") < len)
		return false;
	for (size_t i = 0; i < len; i++)
		*seconds = *seconds * 10 + (unsigned int)(text[i] - '0');
	return *seconds >= 1 && *seconds <= HINT_SECONDS_MOST;
}

static unsigned int kind_of(char letter)
{
	switch (letter) {
	case 'S':
		return HINT_SILENT;
	case 'N':
		return HINT_NEXT;
	case 'B':
		return HINT_BOTH;
	case 'F':
		return HINT_FIN;
	case 'E':
		return HINT_END;
	default:
		return 0;
	}
}

/* Each letter at most once. */
static bool parse_kinds(const char *text, size_t len, unsigned int *kinds)
{
	*kinds = 0;
	for (size_t i = 0; i < len; i++) {
		unsigned int kind = kind_of(text[i]);

		if (!kind || (*kinds & kind))
			return false;
		*kinds |= kind;
	}
	return len > 0;
}

/* The rest of the line, without the blanks at its end. */
static bool parse_name(const char *text, char name[HINT_NAME_MAX])
{
	size_t len = strlen(text);

	while (len > 0 && strchr(BLANKS, text[len - 1]))
		len--;
	if (len == 0 || len >= HINT_NAME_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if (text[i] < 0x20 || text[i] > 0x7e)
			return false;
	memcpy(name, text, len);
	name[len] = '\0';
	return true;
}

const char *known_timeouts_line(const char *line, struct hints *hints)
{
	struct hint hint;
	size_t len;

	line += strspn(line, BLANKS);
	if (!*line || *line == '#')
		return NULL;
	len = strcspn(line, BLANKS);
	if (!parse_seconds(line, len, &hint.seconds))
		return "seconds are not possible; allowed: SECONDS KINDS NAME, SECONDS from 1 to 31536000";
	line += len;
	line += strspn(line, BLANKS);
	len = strcspn(line, BLANKS);
	if (!parse_kinds(line, len, &hint.kinds))
		return "kinds are not possible; allowed: SECONDS KINDS NAME, KINDS being letters of S (silent), N (RST on the next packet), "
		       "B (RST at expiry), F (FIN), E (an end's own RST at expiry), each once";
	line += len;
	line += strspn(line, BLANKS);
	if (!parse_name(line, hint.name))
		return "the name is not possible; allowed: SECONDS KINDS NAME, NAME of 1 to 47 printable ASCII characters";
	return hints_add(hints, &hint) ? NULL : "too many; allowed: 256 entries";
}

static bool fail(struct known_timeouts_error *error, const char *name, unsigned int line, const char *what)
{
	if (line)
		snprintf(error->text, sizeof(error->text), "%.200s:%u: %s", name, line, what);
	else
		snprintf(error->text, sizeof(error->text), "%.200s: %s", name, what);
	return false;
}

bool known_timeouts_read(FILE *file, const char *name, struct hints *hints, struct known_timeouts_error *error)
{
	char line[LINE_MAX_BYTES];
	unsigned int number = 0;

	hints->count = 0;
	memset(line, 0, sizeof(line));
	while (fgets(line, sizeof(line), file)) {
		size_t len = strlen(line);
		const char *wrong;

		number++;
		if (len == 0 || (line[len - 1] != '\n' && !feof(file)))
			return fail(error, name, number, "the line is too long, or holds a zero byte; allowed: 254 characters");
		line[strcspn(line, "\n")] = '\0';
		wrong = known_timeouts_line(line, hints);
		if (wrong)
			return fail(error, name, number, wrong);
	}
	return !ferror(file) || fail(error, name, 0, strerror(errno));
}

bool known_timeouts_load(const char *name, struct hints *hints, struct known_timeouts_error *error)
{
	struct hints read;
	struct stat st;
	FILE *file;
	bool good;

	if (!name[0] || (!strcmp(name, KNOWN_TIMEOUTS_FILE) && stat(name, &st) < 0 && errno == ENOENT)) {
		hints_builtin(hints);
		return true;
	}
	file = fopen(name, "re");
	if (!file)
		return fail(error, name, 0, strerror(errno));
	good = known_timeouts_read(file, name, &read, error);
	fclose(file);
	if (good)
		*hints = read;
	return good;
}
