/* SPDX-License-Identifier: GPL-2.0 */
/*
 * config.h - the settings of rstwhyd
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_CONFIG_H
#define RSTWHY_CONFIG_H

#include "ignore.h"

#define CONFIG_DEFAULT_FILE "/etc/rstwhy/rstwhyd.conf"
#define CONFIG_PATH_MAX 1024
#define CONFIG_NAME_MAX 256
#define CONFIG_SOCKET_MAX 108 /* of struct sockaddr_un */
#define CONFIG_SYSLOG_SOCKET "/dev/log"
#define CONFIG_JOURNAL_SOCKET "/run/systemd/journal/socket"
#define CONFIG_NO_GROUP UINT32_MAX
#define CONFIG_ERROR_MAX 2048

enum noise_policy {
	NOISE_CAPPED,
	NOISE_ALL,
	NOISE_NONE,
};

/* Plain data. */
struct config {
	uint32_t group;
	uint32_t plain_group; /* CONFIG_NO_GROUP: none */
	uint32_t buffer;
	uint32_t buffer_max;
	uint64_t epoch; /* 0: as the module tells */
	uint32_t hold_ms;
	uint32_t idle_min_ms;
	enum noise_policy noise;
	bool payload;
	char json[CONFIG_PATH_MAX]; /* "" off, "-" standard output */
	char text[CONFIG_PATH_MAX];
	char syslog[CONFIG_SOCKET_MAX]; /* "" off */
	char journal[CONFIG_SOCKET_MAX];
	char metrics[CONFIG_PATH_MAX]; /* "" off */
	char gateway[CONFIG_NAME_MAX];
	char user[CONFIG_NAME_MAX];
	char state[CONFIG_PATH_MAX]; /* "" off */
	char status[CONFIG_PATH_MAX]; /* "" off */
	char hints[CONFIG_PATH_MAX]; /* "" the built-in ones */
	struct ignore_list ignore;
};

/* One sentence for people, without a newline. */
struct config_error {
	char text[CONFIG_ERROR_MAX];
};

void config_defaults(struct config *config);

/* Set one key from its text. On false *error is "KEY: what is wrong; allowed: ...". */
bool config_set(struct config *config, const char *key, const char *value, struct config_error *error);

/* "key=value", as -s takes it. */
bool config_assign(struct config *config, const char *assignment, struct config_error *error);

/* Read an INI file. On false *error begins with "FILE:LINE: ". With optional, a file that does not exist is no error. */
bool config_load(struct config *config, const char *path, bool optional, struct config_error *error);

/* What no single key can tell: keys that contradict each other. */
bool config_check(const struct config *config, struct config_error *error);

#endif
