/* SPDX-License-Identifier: GPL-2.0 */
/*
 * full_disk.h - a full disk of a test's own
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * To be included behind cmocka.h.
 */
#ifndef TEST_FULL_DISK_H
#define TEST_FULL_DISK_H

#include <signal.h>
#include <sys/resource.h>

/* A file may grow to this many bytes. */
static inline void limit_size(rlim_t bytes)
{
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

#endif
