/* SPDX-License-Identifier: GPL-2.0 */
/*
 * confine.h - only the system calls that the daemon still needs
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_CONFINE_H
#define RSTWHY_CONFINE_H

#include <stdbool.h>

/*
 * For good, for this process: reading, writing, renaming files, talking to sockets that are open, local datagram sockets, time and
 * memory. Any other system call ends the process (SIGSYS). No program can be started, no network socket opened, no memory made executable.
 * Sets no_new_privs. False: errno tells, and the process is as free as it was. A build with a sanitizer is left free.
 */
bool confine(void);

#endif
