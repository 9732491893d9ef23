// SPDX-License-Identifier: GPL-2.0
/*
 * doctor_machine.c - a directory that doctor takes for a machine
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "doctor_machine.h"

static char root[64];
struct patient patient;
struct finding finding;

int machine_set_up(void **state)
{
	(void)state;
	strcpy(root, "/tmp/rstwhy-doctor-XXXXXX");
	memset(&patient, 0, sizeof(patient));
	config_defaults(&patient.config);
	strcpy(patient.kernel, KERNEL);
	return mkdtemp(root) ? 0 : -1;
}

int machine_tear_down(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf --one-file-system %s", root);
	return system(command);
}

void put(const char *path, const char *text)
{
	char whole[512];
	FILE *file;

	snprintf(whole, sizeof(whole), "%s%s", root, path);
	for (char *slash = strchr(whole + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(whole, 0755);
		*slash = '/';
	}
	file = fopen(whole, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

void stamp(const char *path, time_t when)
{
	const struct timespec times[2] = { { .tv_sec = when }, { .tv_sec = when } };
	char whole[512];

	snprintf(whole, sizeof(whole), "%s%s", root, path);
	assert_int_equal(utimensat(AT_FDCWD, whole, times, 0), 0);
}

const struct host *read_host(void)
{
	host_read(&patient.host, root, KERNEL, "/paths.json", 17);
	return &patient.host;
}
