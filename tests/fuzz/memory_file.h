/* SPDX-License-Identifier: GPL-2.0 */
/*
 * memory_file.h - a fuzzer's input as a file that can be opened by name
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_MEMORY_FILE_H
#define RSTWHY_MEMORY_FILE_H

#include <stddef.h>
#include <stdint.h>

/* Its name; the same file with these bytes at each call. */
const char *memory_file(const uint8_t *data, size_t size);

#endif
