// SPDX-License-Identifier: GPL-2.0
/*
 * memory_file.c - a fuzzer's input as a file that can be opened by name
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "memory_file.h"

#include "shown.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

const char *memory_file(const uint8_t *data, size_t size)
{
	static char name[64];
	static int fd = -1;

	if (fd < 0) {
		fd = memfd_create("input", MFD_CLOEXEC);
		must(fd >= 0);
		snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	}
	must(ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
	return name;
}
