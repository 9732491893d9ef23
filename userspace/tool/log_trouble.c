// SPDX-License-Identifier: GPL-2.0
/*
 * log_trouble.c - why a log cannot be read, for whom it meets first
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "log_trouble.h"

#include <errno.h>
#include <string.h>

const char *log_trouble(int error)
{
	switch (error) {
	case EACCES:
		return "permission denied; root may read the daemon's log, and who is in its group: adduser YOU rstwhy";
	case ENOENT:
		return "there is no such file; rstwhy doctor tells why nothing is logged";
	default:
		return strerror(error);
	}
}
