// SPDX-License-Identifier: GPL-2.0
/*
 * confine.c - only the system calls that the daemon still needs
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Names of libseccomp; what an architecture does not have is skipped. Where the C library may choose (open or openat, stat or
 * newfstatat, poll or ppoll), all are listed.
 */
#include "confine.h"

#include <asm/termbits.h> /* of TCGETS2 */
#include <errno.h>
#include <linux/sockios.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1 /* their runtimes read /proc, change signal stacks, and clone themselves to look for leaks */
#else
#define SANITIZED 0
#endif

static const char *const allowed[] = {
	/* the logs, the recording, the state file, /proc/net/nf_rstwhy, settings on SIGHUP */
	"open", "openat", "read", "readv", "pread64", "write", "writev", "lseek", "_llseek", "close", "stat", "fstat", "newfstatat", "fstatat64", "fstat64",
	"stat64", "statx", "access", "faccessat", "faccessat2", "ftruncate", "ftruncate64", "fsync", "fdatasync", "fchmod", "rename", "renameat",
	"renameat2", "unlink", "unlinkat", "fcntl", "fcntl64", "fadvise64",
	/* the group, systemd, the system's logs */
	"connect", "bind", "send", "sendto", "sendmsg", "recv", "recvfrom", "recvmsg", "setsockopt", "getsockopt", "getsockname",
	/* the loop */
	"epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "epoll_pwait2", "poll", "ppoll", "ppoll_time64", "timerfd_create", "timerfd_settime",
	"timerfd_settime64", "clock_gettime", "clock_gettime64", "gettimeofday", "time", "restart_syscall", "nanosleep", "clock_nanosleep",
	/* memory; mmap and mprotect are below */
	"brk", "munmap", "mremap", "madvise", "futex", "getrandom",
	/* the host's name as the default of gateway.name; who we are */
	"uname", "getpid", "gettid", "getuid", "geteuid", "getgid", "getegid", "sysinfo",
	/* the end, an orderly one or abort() */
	"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigreturn", "tgkill", "tkill", "exit", "exit_group",
};

static int allow(scmp_filter_ctx filter, const char *name)
{
	int number = seccomp_syscall_resolve_name(name);

	return number == __NR_SCMP_ERROR ? 0 : seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);
}

static int allow_listed(scmp_filter_ctx filter)
{
	int error = 0;

	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]) && !error; i++)
		error = allow(filter, allowed[i]);
	return error;
}

/* Never executable. */
static int allow_memory(scmp_filter_ctx filter)
{
	static const int calls[] = { SCMP_SYS(mmap), SCMP_SYS(mmap2), SCMP_SYS(mprotect) };
	int error = 0;

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]) && !error; i++)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	return error;
}

/*
 * Local sockets: sd_notify(3), syslog, and the C library's look for interface names, which is one question more; and whether a file is a
 * terminal: TCGETS, glibc from 2.42 on TCGETS2, musl TIOCGWINSZ, of each file that it opens for writing.
 */
static int allow_sockets(scmp_filter_ctx filter)
{
	static const unsigned long questions[] = {
		SIOCGIFNAME, TCGETS, TIOCGWINSZ,
#ifdef TCGETS2
		TCGETS2,
#endif
	};
	int error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_EQ, AF_UNIX));

	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]) && !error; i++)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, questions[i]));
	return error;
}

static int load(scmp_filter_ctx filter)
{
	int error = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);

	if (!error)
		error = allow_listed(filter);
	if (!error)
		error = allow_memory(filter);
	if (!error)
		error = allow_sockets(filter);
	return error ? error : seccomp_load(filter);
}

bool confine(void)
{
	scmp_filter_ctx filter;
	int error;

	if (SANITIZED)
		return true;
	filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (!filter) {
		errno = ENOMEM;
		return false;
	}
	error = load(filter);
	seccomp_release(filter);
	errno = -error;
	return error == 0;
}
