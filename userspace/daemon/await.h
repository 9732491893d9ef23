/* SPDX-License-Identifier: GPL-2.0 */
/*
 * await.h - the module, when it is there
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_AWAIT_H
#define RSTWHY_AWAIT_H

#include "module_state.h"

#include <stdbool.h>

/* SIGHUP has come while we wait: logs are open already, and may have been rotated. */
typedef void await_hangup_fn(void *user);

/*
 * Wait until the module is loaded, and see to it that it speaks our ABI and tells its epoch. False: stop with *status; why has been
 * said. Another signal than SIGHUP on signal_fd ends the waiting with status 0.
 */
bool await_module(int signal_fd, await_hangup_fn *hangup, void *user, struct module_state *state, int *status);

#endif
