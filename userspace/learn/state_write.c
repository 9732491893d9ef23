// SPDX-License-Identifier: GPL-2.0
/*
 * state_write.c - what was learned, into a file
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "state.h"

#include "../record/json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_LINE_MAX 4096 /* the longest path's line takes about half of it */
#define FILE_NAME_MAX 1100

static void write_peer(struct json *json, const struct bound_peer *peer)
{
	json_open(json, NULL, '[');
	json_hex(json, NULL, peer->peer, 16);
	json_u64(json, NULL, peer->gap_ms);
	json_u64(json, NULL, peer->seen_s);
	json_close(json, ']');
}

static void write_bound(struct json *json, const char *key, const struct bound *b)
{
	json_open(json, key, '{');
	json_u64(json, KEY("samples"), b->samples);
	json_open(json, KEY("peers"), '[');
	for (uint32_t i = 0; i < b->peers; i++)
		write_peer(json, &b->peer[i]);
	json_close(json, ']');
	json_close(json, '}');
}

static bool write_entry(FILE *file, const struct learn_entry *e, bool first)
{
	char buf[PATH_LINE_MAX], prefix[PATH_PREFIX_TEXT];
	struct line line;
	struct json json;

	line_init(&line, buf, sizeof(buf));
	json = json_begin(&line);
	json.comma = !first;
	path_prefix_text(&e->path, prefix);
	json_open(&json, NULL, '{');
	json_string(&json, KEY("prefix"), prefix);
	json_u64(&json, KEY("port"), e->path.port);
	json_string(&json, KEY("side"), path_side_name(e->path.side));
	json_string(&json, KEY("in"), e->path.in);
	json_u64(&json, KEY("last"), e->last_s);
	write_bound(&json, KEY("survived"), &e->survived);
	write_bound(&json, KEY("killed"), &e->killed);
	json_close(&json, '}');
	json_as_is(&json, "\n");
	json_end(&json);
	return !line.cut && fwrite(line.data, 1, line.len, file) == line.len;
}

static bool write_all(FILE *file, const struct learn *l)
{
	bool good = fputs("{\"v\":1,\"paths\":[\n", file) >= 0;

	for (size_t i = 0; i < learn_count(l) && good; i++)
		good = write_entry(file, learn_at(l, i), i == 0);
	return good && fputs("]}\n", file) >= 0 && fflush(file) == 0 && fsync(fileno(file)) == 0;
}

/* The rename itself on disk; where the file system cannot, nothing is lost but that. */
static void sync_directory(const char *file)
{
	char directory[FILE_NAME_MAX];
	char *slash;
	int fd;

	snprintf(directory, sizeof(directory), "%s", file);
	slash = strrchr(directory, '/');
	if (!slash)
		return;
	slash[slash == directory] = '\0';
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

/* Nobody else's: an old one, or a link put there, goes first. */
static FILE *create(const char *name)
{
	int fd;

	if (unlink(name) < 0 && errno != ENOENT)
		return NULL;
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
	return fd < 0 ? NULL : fdopen(fd, "w");
}

bool state_save(const char *file, const struct learn *l)
{
	char name[FILE_NAME_MAX];
	bool good;
	FILE *out;
	int error;

	if (snprintf(name, sizeof(name), "%s.tmp", file) >= (int)sizeof(name)) {
		errno = ENAMETOOLONG;
		return false;
	}
	out = create(name);
	if (!out)
		return false;
	good = write_all(out, l);
	error = errno;
	if (fclose(out) != 0 && good) {
		error = errno;
		good = false;
	}
	if (good && rename(name, file) == 0) {
		sync_directory(file);
		return true;
	}
	error = good ? errno : error;
	unlink(name);
	errno = error;
	return false;
}
