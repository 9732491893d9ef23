// SPDX-License-Identifier: GPL-2.0
/*
 * daemon_await.c - tests of waiting for the module: what signals do meanwhile
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "../../userspace/daemon/announce.h"
#include "../../userspace/daemon/await.h"
#include "../../userspace/daemon/notify.h"

/* Stands in for announce.c and notify.c: here nobody listens. */
void announce(const char *format, ...)
{
	(void)format;
}

void notify(const char *state)
{
	(void)state;
}

static unsigned int hangups;

/* As logrotate does: then the daemon is stopped. */
static void count_hangup(void *user)
{
	(void)user;
	hangups++;
	raise(SIGTERM);
}

static void await__hangup_while_waiting__is_handed_on_and_the_waiting_goes_on(void **state)
{
	struct module_state module;
	int signal_fd, status = -1;
	sigset_t signals;

	(void)state;
	if (module_state_read(MODULE_STATE_FILE, &module) != MODULE_ABSENT)
		skip();
	sigemptyset(&signals);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGTERM);
	assert_int_equal(sigprocmask(SIG_BLOCK, &signals, NULL), 0);
	signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	assert_true(signal_fd >= 0);
	raise(SIGHUP);
	assert_false(await_module(signal_fd, count_hangup, NULL, &module, &status));
	assert_int_equal(hangups, 1);
	assert_int_equal(status, 0);
	close(signal_fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(await__hangup_while_waiting__is_handed_on_and_the_waiting_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
