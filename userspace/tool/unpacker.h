/* SPDX-License-Identifier: GPL-2.0 */
/*
 * unpacker.h - which program reads what logrotate has compressed
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_UNPACKER_H
#define RSTWHY_UNPACKER_H

#include <stdbool.h>

/*
 * The program that unpacks what that file holds, by its first bytes: as PROGRAM -dc it reads its standard input. NULL: the file holds what
 * none of them wrote, or is a pipe. The file's position stays.
 */
const char *unpacker_of(int file);

/* Whether names of what one of them wrote end so: ".gz". */
bool unpacker_is_suffix(const char *suffix);

#endif
