// SPDX-License-Identifier: GPL-2.0
/*
 * daemon_confine.c - tests of what the daemon may still ask of the kernel: each question in a process of its own
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <asm/termbits.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../userspace/daemon/confine.h"

#define DONE 7
#define NOT_CONFINED 8

/* How a process ends that confines itself and then does this. */
static int end_of(void (*deed)(void))
{
	pid_t child = fork();
	int status = -1;

	if (child == 0) {
		if (!confine())
			_exit(NOT_CONFINED);
		deed();
		_exit(DONE);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void assert_goes(void (*deed)(void))
{
	int status = end_of(deed);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), DONE);
}

static void assert_kills(void (*deed)(void))
{
	int status = end_of(deed);

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

static void check(bool good)
{
	if (!good)
		_exit(1);
}

/* As the sinks, the state file and the settings do. */
static void files(void)
{
	char name[] = "/tmp/rstwhy-confine.XXXXXX", other[64], host[256];
	int fd = mkstemp(name);
	FILE *file;
	struct stat st;

	snprintf(other, sizeof(other), "%s.tmp", name);
	check(fd >= 0 && write(fd, "line\n", 5) == 5 && fstat(fd, &st) == 0 && ftruncate(fd, 0) == 0 && close(fd) == 0);
	file = fopen(other, "we");
	check(file && fputs("x\n", file) >= 0 && fflush(file) == 0 && fchmod(fileno(file), 0640) == 0 && fsync(fileno(file)) == 0);
	check(fclose(file) == 0 && rename(other, name) == 0 && stat(name, &st) == 0);
	file = fopen("/proc/net/dev", "re");
	check(file && fread(host, 1, sizeof(host), file) > 0 && fclose(file) == 0);
	check(unlink(name) == 0 && gethostname(host, sizeof(host)) == 0);
}

static void loop(void)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC), timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC);
	struct itimerspec soon = { .it_value = { .tv_nsec = 1000 } };
	struct epoll_event event = { .events = EPOLLIN };

	check(epoll >= 0 && timer >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &event) == 0);
	check(timerfd_settime(timer, 0, &soon, NULL) == 0 && epoll_wait(epoll, &event, 1, 1000) == 1);
}

static void names_and_memory(void)
{
	char name[IF_NAMESIZE];
	char *much = malloc(8 << 20);

	check(much != NULL);
	memset(much, 1, 8 << 20);
	much = realloc(much, 32 << 20);
	check(much != NULL && if_indextoname(1, name) != NULL);
	free(much);
}

static void local_datagram(void)
{
	int pair = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	check(pair >= 0 && send(pair, "x", 1, MSG_NOSIGNAL) < 0 && close(pair) == 0);
}

/* As C libraries ask whether a file is a terminal, whichever the daemon is linked with. */
static void terminals(void)
{
	char answer[256];

	ioctl(STDERR_FILENO, TCGETS, answer);
	ioctl(STDERR_FILENO, TIOCGWINSZ, answer);
#ifdef TCGETS2
	ioctl(STDERR_FILENO, TCGETS2, answer);
#endif
}

static void program(void)
{
	execl("/bin/true", "true", (char *)NULL);
}

static void child(void)
{
	fork();
}

static void internet(void)
{
	socket(AF_INET, SOCK_STREAM, 0);
}

static void netlink(void)
{
	socket(AF_NETLINK, SOCK_RAW, 0);
}

static void executable(void)
{
	mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void made_executable(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static void tracing(void)
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static void another(void)
{
	kill(1, 0);
}

static void gaining(void)
{
	check(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
}

static void confine__what_the_daemon_does__goes_on(void **state)
{
	(void)state;
	assert_goes(files);
	assert_goes(loop);
	assert_goes(names_and_memory);
	assert_goes(local_datagram);
	assert_goes(terminals);
}

static void confine__programs_and_processes__kill(void **state)
{
	(void)state;
	assert_kills(program);
	assert_kills(child);
	assert_kills(tracing);
	assert_kills(another);
	assert_kills(gaining); /* prctl() is none of its calls either */
}

static void confine__network__kills(void **state)
{
	(void)state;
	assert_kills(internet);
	assert_kills(netlink);
}

static void confine__executable_memory__kills(void **state)
{
	(void)state;
	assert_kills(executable);
	assert_kills(made_executable);
}

static void confine__sanitized_build__left_free(void **state)
{
	(void)state;
	assert_goes(child);
}

int main(void)
{
#ifdef __SANITIZE_ADDRESS__
	const struct CMUnitTest tests[] = { cmocka_unit_test(confine__sanitized_build__left_free) };

	(void)confine__what_the_daemon_does__goes_on;
	(void)confine__programs_and_processes__kill;
	(void)confine__network__kills;
	(void)confine__executable_memory__kills;
#else
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(confine__what_the_daemon_does__goes_on),
		cmocka_unit_test(confine__programs_and_processes__kill),
		cmocka_unit_test(confine__network__kills),
		cmocka_unit_test(confine__executable_memory__kills),
	};

	(void)confine__sanitized_build__left_free;
#endif
	return cmocka_run_group_tests(tests, NULL, NULL);
}
