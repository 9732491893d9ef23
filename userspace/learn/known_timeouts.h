/* SPDX-License-Identifier: GPL-2.0 */
/*
 * known_timeouts.h - the file of known timeouts
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_KNOWN_TIMEOUTS_H
#define RSTWHY_KNOWN_TIMEOUTS_H

#include <stdio.h>

#include "../engine/hints.h"

#define KNOWN_TIMEOUTS_FILE	 "/etc/rstwhy/known-timeouts.conf"
#define KNOWN_TIMEOUTS_ERROR_MAX 512

struct known_timeouts_error {
	char text[KNOWN_TIMEOUTS_ERROR_MAX]; /* "FILE:LINE: what is wrong; allowed: ..." */
};

/*
 * One line, without its newline: an entry to add, a comment, or nothing. Returns NULL when it is right, else what is wrong with it and
 * what is allowed.
 */
const char *known_timeouts_line(const char *line, struct hints *hints);

/* All of a file, its name for errors. False: hints hold what came before the error. */
bool known_timeouts_read(FILE *file, const char *name, struct hints *hints, struct known_timeouts_error *error);

/* By name. An absent default file, or the name "", means the built-in ones. False: hints are not changed. */
bool known_timeouts_load(const char *name, struct hints *hints, struct known_timeouts_error *error);

#endif
