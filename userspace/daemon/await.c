// SPDX-License-Identifier: GPL-2.0
/*
 * await.c - the module, when it is there
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "await.h"

#include "announce.h"
#include "notify.h"

#include "../../module/uapi/rstwhy.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define LOOK_AGAIN_MS 1000

/* A second, or until a signal; one that is not SIGHUP ends the waiting. */
static bool pause_a_second(int signal_fd, await_hangup_fn *hangup, void *user)
{
	struct pollfd wait = { .fd = signal_fd, .events = POLLIN };
	struct signalfd_siginfo info;

	if (poll(&wait, 1, LOOK_AGAIN_MS) != 1 || read(signal_fd, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return true;
	if (info.ssi_signo != SIGHUP)
		return false;
	hangup(user);
	return true;
}

static bool is_usable(const struct module_state *state)
{
	if (!state->have_abi || module_state_abi(state) != 0) {
		announce("the module nf_rstwhy speaks ABI %u.%u, this rstwhyd %d.%d: upgrade %s", state->major, state->minor, RSTWHY_ABI_MAJOR,
		    RSTWHY_ABI_MINOR, module_state_abi(state) > 0 ? "rstwhyd" : "the module (and load it again)");
		return false;
	}
	if (!state->have_epoch) {
		announce(MODULE_STATE_FILE " does not show its epoch: that needs CAP_NET_ADMIN; run rstwhyd as root or from its systemd unit");
		return false;
	}
	return true;
}

bool await_module(int signal_fd, await_hangup_fn *hangup, void *user, struct module_state *state, int *status)
{
	enum module_presence presence = module_state_read(MODULE_STATE_FILE, state);

	if (presence == MODULE_ABSENT) {
		announce("waiting for module nf_rstwhy (modprobe nf_rstwhy); looking for " MODULE_STATE_FILE
		    " every second, `rstwhy doctor` tells what is missing");
		/* Started, for systemd: neither the boot nor the package that starts us may hang on a module that never comes. */
		notify("READY=1\nSTATUS=waiting for module nf_rstwhy");
	}
	*status = 0;
	while (presence == MODULE_ABSENT) {
		if (!pause_a_second(signal_fd, hangup, user))
			return false;
		presence = module_state_read(MODULE_STATE_FILE, state);
	}
	*status = 1;
	if (presence == MODULE_UNREADABLE) {
		announce(MODULE_STATE_FILE ": %s", strerror(errno));
		return false;
	}
	return is_usable(state);
}
