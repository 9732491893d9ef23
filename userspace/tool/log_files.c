// SPDX-License-Identifier: GPL-2.0
/*
 * log_files.c - where the log is, and what logrotate made of its past
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "log_files.h"
#include "unpacker.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define NS_PER_SEC 1000000000ULL

bool log_files_settings(const char *config_file, struct config *config, char error[LOG_FILES_ERROR_MAX])
{
	struct config_error why;

	config_defaults(config);
	if (config_load(config, config_file ? config_file : CONFIG_DEFAULT_FILE, !config_file, &why))
		return true;
	snprintf(error, LOG_FILES_ERROR_MAX, "%.500s", why.text);
	config_defaults(config);
	return false;
}

bool log_files_default(const char *config_file, char file[CONFIG_PATH_MAX], char error[LOG_FILES_ERROR_MAX])
{
	struct config config;

	if (!log_files_settings(config_file, &config, error))
		return false;
	if (config.json[0] == '/') {
		strcpy(file, config.json);
		return true;
	}
	snprintf(error, LOG_FILES_ERROR_MAX, "the daemon's settings name no file in log.json; name the log on the command line");
	return false;
}

bool log_files_is_rotated(const char *name, const char *base)
{
	size_t len = strlen(base), digits;

	if (strncmp(name, base, len) != 0 || (name[len] != '.' && name[len] != '-'))
		return false;
	name += len + 1;
	digits = strspn(name, "0123456789");
	return digits > 0 && (!name[digits] || unpacker_is_suffix(name + digits));
}

struct found {
	char *name;
	struct timespec written;
};

static int by_age(const void *a, const void *b)
{
	const struct timespec *x = &((const struct found *)a)->written, *y = &((const struct found *)b)->written;

	if (x->tv_sec != y->tv_sec)
		return x->tv_sec < y->tv_sec ? -1 : 1;
	return x->tv_nsec == y->tv_nsec ? 0 : x->tv_nsec < y->tv_nsec ? -1 : 1;
}

/* "/var/log/rstwhy" of "/var/log/rstwhy/resets.jsonl" */
static void split(const char *log, char directory[CONFIG_PATH_MAX], const char **base)
{
	const char *slash = strrchr(log, '/');

	*base = slash ? slash + 1 : log;
	snprintf(directory, CONFIG_PATH_MAX, "%.*s", slash ? (int)(slash - log) : 1, slash ? log : ".");
	if (!directory[0])
		strcpy(directory, "/");
}

/* One name of the directory; its full name is allocated. False: it is not wanted. */
static bool consider(struct found *found, const char *directory, const char *name, uint64_t since_ns)
{
	struct stat info;

	if (asprintf(&found->name, "%s/%s", directory, name) < 0)
		return false;
	if (stat(found->name, &info) == 0 && S_ISREG(info.st_mode) && ((uint64_t)info.st_mtim.tv_sec + 1) * NS_PER_SEC > since_ns) {
		found->written = info.st_mtim;
		return true;
	}
	free(found->name);
	return false;
}

/* At most LOG_FILES_MAX - 1, whichever the directory lists first. */
static size_t find_rotated(struct found *found, const char *directory, const char *base, uint64_t since_ns)
{
	DIR *dir = opendir(directory);
	struct dirent *entry;
	size_t count = 0;

	while (dir && count < LOG_FILES_MAX - 1 && (entry = readdir(dir)))
		if (log_files_is_rotated(entry->d_name, base))
			count += consider(&found[count], directory, entry->d_name, since_ns);
	if (dir)
		closedir(dir);
	return count;
}

void log_files_find(struct log_files *files, const char *log, uint64_t since_ns)
{
	struct found found[LOG_FILES_MAX];
	char directory[CONFIG_PATH_MAX];
	const char *base;
	size_t count;

	split(log, directory, &base);
	count = find_rotated(found, directory, base, since_ns);
	qsort(found, count, sizeof(found[0]), by_age);
	*files = (struct log_files){ .count = 0 };
	for (size_t i = 0; i < count; i++)
		files->name[files->count++] = found[i].name;
	files->name[files->count] = strdup(log);
	files->count += files->name[files->count] != NULL;
}

void log_files_free(struct log_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free(files->name[i]);
	files->count = 0;
}

uint64_t log_files_size(char *const *files, size_t count)
{
	uint64_t size = 0;
	struct stat info;

	for (size_t i = 0; i < count; i++)
		if (stat(files[i], &info) == 0 && S_ISREG(info.st_mode))
			size += (uint64_t)info.st_size;
		else
			return 0;
	return size;
}
