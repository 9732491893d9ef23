/* SPDX-License-Identifier: GPL-2.0 */
/*
 * state.h - what was learned, in a file
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * {"v":1,"paths":[{"prefix":"10.2.0.0/24","port":443,"side":"server","in":"eth1","last":SECONDS,
 *  "survived":{"samples":3,"peers":[["16 hexadecimal digits of the peer",MILLISECONDS,SECONDS],...]},"killed":{...}},...]}
 * A line a path. Written whole and renamed into place; read whole, and refused whole when a part of it is not right.
 */
#ifndef RSTWHY_STATE_H
#define RSTWHY_STATE_H

#include "learn.h"

#define STATE_DEFAULT_FILE "/var/lib/rstwhy/paths.json"
#define STATE_SIZE_MOST	   (16U << 20)
#define STATE_WHY_MAX	   160

enum state_result {
	STATE_READ,
	STATE_ABSENT,	  /* no such file */
	STATE_UNREADABLE, /* errno tells */
	STATE_CORRUPT,
};

/* Everything of text into an empty l. False: *why is what is wrong, and l holds a part of it. Paths beyond the capacity are left out. */
bool state_parse(const char *text, size_t len, struct learn *l, char why[STATE_WHY_MAX]);

/* The same from a file. why is filled for STATE_UNREADABLE and STATE_CORRUPT. */
enum state_result state_load(const char *file, struct learn *l, char why[STATE_WHY_MAX]);

/* Write file.tmp, sync it and rename it to file. False: errno tells, and file is as it was. */
bool state_save(const char *file, const struct learn *l);

#endif
