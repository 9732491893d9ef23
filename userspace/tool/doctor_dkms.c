// SPDX-License-Identifier: GPL-2.0
/*
 * doctor_dkms.c - what DKMS has of our module, and why it could not build it
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * The module's package has a version of its own: it may be upgraded without the tool, or the tool without it.
 */
#include "doctor_host.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define DKMS_TREE "/var/lib/dkms/rstwhy"

static bool is_error(const char *line)
{
	return strstr(line, "error:") || strstr(line, "Error ") || strstr(line, "ERROR:");
}

/* Its first error, or else its last line. False: it is of another kernel's build. */
static bool read_error(FILE *log, const char *kernel, char error[HOST_TEXT_MAX])
{
	char line[1024], wanted[160];
	bool ours = false;

	snprintf(wanted, sizeof(wanted), "for kernel %.100s ", kernel);
	while (fgets(line, sizeof(line), log)) {
		line[strcspn(line, "\n")] = '\0';
		ours = ours || strstr(line, wanted);
		if (ours && line[0])
			snprintf(error, HOST_TEXT_MAX, "%.250s", line);
		if (ours && is_error(line))
			break;
	}
	return ours;
}

static bool is_later(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

/* DKMS leaves this log where a build failed; a build that went well takes it away. *latest: when the latest such log was written. */
static void read_version(struct host *host, const char *root, const char *kernel, const char *version, struct timespec *latest)
{
	char path[HOST_TEXT_MAX], error[HOST_TEXT_MAX] = "";
	struct stat st;
	FILE *log;

	if (!host->dkms_failed && strverscmp(version, host->dkms_version) > 0)
		snprintf(host->dkms_version, sizeof(host->dkms_version), "%.63s", version);
	snprintf(path, sizeof(path), DKMS_TREE "/%.63s/build/make.log", version);
	log = host_open(root, path);
	if (!log)
		return;
	if (fstat(fileno(log), &st) == 0 && is_later(&st.st_mtim, latest) && read_error(log, kernel, error)) {
		*latest = st.st_mtim;
		host->dkms_failed = true;
		snprintf(host->dkms_version, sizeof(host->dkms_version), "%.63s", version);
		snprintf(host->dkms_log, sizeof(host->dkms_log), "%s", path);
		snprintf(host->dkms_error, sizeof(host->dkms_error), "%.255s", error);
	}
	fclose(log);
}

void host_dkms_read(struct host *host, const char *root, const char *kernel)
{
	struct timespec latest = { 0 };
	char path[HOST_TEXT_MAX];
	struct dirent *entry;
	DIR *versions;

	snprintf(path, sizeof(path), "%.200s" DKMS_TREE, root);
	versions = opendir(path);
	while (versions && (entry = readdir(versions)))
		if (isdigit((unsigned char)entry->d_name[0]) && strlen(entry->d_name) < HOST_VERSION_MAX)
			read_version(host, root, kernel, entry->d_name, &latest);
	if (versions)
		closedir(versions);
}
