/* SPDX-License-Identifier: GPL-2.0 */
/*
 * log_files.h - where the log is, and what logrotate made of its past
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_LOG_FILES_H
#define RSTWHY_LOG_FILES_H

#include "../daemon/config.h"

#define LOG_FILES_MAX 512
#define LOG_FILES_ERROR_MAX 512

/* The daemon's settings (of NULL: the default file, which may be absent). False: error tells what is wrong with them, and they are the defaults. */
bool log_files_settings(const char *config_file, struct config *config, char error[LOG_FILES_ERROR_MAX]);

/* The file that the daemon writes by its settings (NULL: the default ones) into file. False: error tells why there is none. */
bool log_files_default(const char *config_file, char file[CONFIG_PATH_MAX], char error[LOG_FILES_ERROR_MAX]);

/* Names by log_files_free(). */
struct log_files {
	char *name[LOG_FILES_MAX];
	size_t count;
};

/*
 * The rotated files of a log and the log itself, oldest first: NAME.2.gz, NAME-20261121, NAME. Those last written before since_ns are
 * left out; more than LOG_FILES_MAX are not looked for. The log itself is named also when it is not there.
 */
void log_files_find(struct log_files *files, const char *log, uint64_t since_ns);
void log_files_free(struct log_files *files);

/* Bytes of all of them, as they are on the disk; 0: not known. */
uint64_t log_files_size(char *const *files, size_t count);

/* Whether NAME, in the log's directory, is a rotated one of the log BASE. Pure. */
bool log_files_is_rotated(const char *name, const char *base);

#endif
