/* SPDX-License-Identifier: GPL-2.0 */
/*
 * doctor_machine.h - a directory that doctor takes for a machine
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_DOCTOR_MACHINE_H
#define RSTWHY_DOCTOR_MACHINE_H

#include "../../userspace/tool/doctor.h"

#include <time.h>

#define KERNEL "6.1.0-99-amd64"

/* Who is examined, and what was found last. */
extern struct patient patient;
extern struct finding finding;

/* An empty machine, and away with it. */
int machine_set_up(void **state);
int machine_tear_down(void **state);

/* A file of it. */
void put(const char *path, const char *text);
/* When that was written, in seconds. */
void stamp(const char *path, time_t when);

/* Have it read, with its learned paths in /paths.json and NFLOG group 17. */
const struct host *read_host(void);

#endif
