/* SPDX-License-Identifier: GPL-2.0 */
/*
 * doctor_host.h - what of this machine is not rstwhy's own, but decides whether and how it works
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_DOCTOR_HOST_H
#define RSTWHY_DOCTOR_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define HOST_TEXT_MAX 256
#define HOST_VERSION_MAX 64
#define HOST_MOK "/var/lib/dkms/mok.pub"

enum host_modules {
	HOST_MODULES_WELCOME,
	HOST_MODULES_NONE, /* the kernel is built without them */
	HOST_MODULES_LOCKED, /* kernel.modules_disabled */
	HOST_MODULES_FOREIGN, /* a container, which may not load any */
};

/* Plain data; all zero: nothing is known. */
struct host {
	bool systemd; /* it runs here */

	enum host_modules modules;
	bool headers; /* of the running kernel */
	bool dkms_failed; /* to build our module for the running kernel */
	char dkms_version[HOST_VERSION_MAX]; /* of our source: the one that failed last, else the highest that DKMS has; "" none */
	char dkms_log[HOST_TEXT_MAX];
	char dkms_error[HOST_TEXT_MAX]; /* the first error of that log */

	bool signed_only; /* the kernel takes signed modules only */
	bool key; /* DKMS has made its key, to sign with */
	char refused[HOST_TEXT_MAX]; /* what the kernel log says of our module's refusal */

	bool rejects_invalid;
	char rule[HOST_TEXT_MAX]; /* the rule */
	char rule_fix[2 * HOST_TEXT_MAX]; /* the command that makes it a DROP; "" not known */

	uint64_t flows, rate, min_free_kb; /* of the module: connections remembered, messages a second; vm.min_free_kbytes; 0: not known */

	uint64_t keepalive_s; /* of this machine's own sockets; 0: not known */
	uint64_t established_s; /* conntrack's timeout; 0: not known */

	size_t killing_paths; /* learned ones that kill before keepalive_s */
	char worst_path[HOST_TEXT_MAX];
	double worst_killed_ms;
	unsigned int worst_keepalive_s; /* what would hold there */

	size_t outliving_paths; /* learned ones on which longer silences than established_s survive */
	char outliving_path[HOST_TEXT_MAX];
	double outliving_ms;

	bool have_flush;
	unsigned int flush_hundredths; /* how long NFLOG keeps messages of our group back */
};

/*
 * Read it. root: "", or a directory that stands for / (tests); with one no program is run and the kernel's log is not read. kernel: release of
 * the running kernel; state: the daemon's state.file; group: its NFLOG group.
 */
void host_read(struct host *host, const char *root, const char *kernel, const char *state, uint32_t group);

/* For reading: the file of that path below root; NULL with errno where it cannot be opened. The caller closes it. */
FILE *host_open(const char *root, const char *path);

/* doctor_dkms.c: the dkms_ fields, of whatever version. Part of host_read. */
void host_dkms_read(struct host *host, const char *root, const char *kernel);

/*
 * doctor_rules.c: the first rule that rejects INVALID in what `nft -a list ruleset` or iptables-save printed, into rule and rule_fix. program:
 * which is to mend it, "nft", "iptables" or "ip6tables". Pure.
 */
bool host_rules_parse(struct host *host, const char *text, const char *program);
/* Ask nft and iptables. */
void host_rules_read(struct host *host);

/* A line of the kernel's log that says that our module, or one that it does not name, was refused for want of a signature. Pure. */
bool host_is_refusal(const char *line, size_t len);

#endif
