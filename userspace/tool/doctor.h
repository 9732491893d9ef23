/* SPDX-License-Identifier: GPL-2.0 */
/*
 * doctor.h - what rstwhy doctor looks at
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * First everything is read, then pure checks judge it one by one.
 */
#ifndef RSTWHY_DOCTOR_H
#define RSTWHY_DOCTOR_H

#include "../daemon/config.h"
#include "../daemon/module_state.h"

#include "doctor_host.h"

/* The machine, read once. */
struct patient {
	bool config_ok;
	char config_error[CONFIG_ERROR_MAX];
	struct config config;
	char kernel[128];
	bool module_file; /* /lib/modules of the running kernel has it */
	enum module_presence presence;
	struct module_state state;
	bool nflog; /* nfnetlink_log is there */
	bool peers_readable;
	bool have_peer;
	uint32_t peer_port, peer_process;
	char peer[64]; /* its program; "" not known */
	bool have_plain_peer; /* of nflog.plain_group */
	uint32_t plain_peer_process;
	char plain_peer[64];
	bool user_exists;
	bool log_hidden;   /* whether that user can write it only root can try, or that user */
	bool log_writable; /* by that user */
	char log_trouble[128];
	struct host host;
};

enum health { HEALTH_OK, HEALTH_WARN, HEALTH_FAIL };

#define FINDING_MAX 640

struct finding {
	enum health health;
	char text[FINDING_MAX];
	char fix[FINDING_MAX]; /* a command, or "" */
};

/* False: the check does not apply to this patient. */
typedef bool check_fn(const struct patient *patient, struct finding *finding);

/* doctor_module.c */
check_fn doctor_check_module_file, doctor_check_loaded;
/* doctor_plain.c: nflog.plain_group */
check_fn doctor_check_plain, doctor_check_plain_reader;
/* How bad it is that the module is not there: with a plain group there is something to do without it. */
enum health doctor_without_module(const struct patient *patient);
/* doctor_host_checks.c */
check_fn doctor_check_dkms, doctor_check_signing, doctor_check_flush, doctor_check_invalid, doctor_check_established,
	doctor_check_keepalive;
/* The version of the module's source to have DKMS build: what it has, or else this program's own. */
const char *doctor_dkms_version(const struct patient *patient);

extern check_fn *const doctor_checks[];
extern const size_t doctor_checks_count;

#define SETTINGS_MAX 32

/* Where the daemon's settings come from: its file (NULL is the default one) and its -s options. */
struct settings_source {
	const char *file;
	const char *assignment[SETTINGS_MAX];
	size_t assignments;
};

/* Read this machine. */
void patient_read(struct patient *patient, const struct settings_source *source);

/* doctor_finding.c: a check's words, with no fix yet; then the fix. Both cut what is too long, and return true. */
__attribute__((format(printf, 3, 4))) bool doctor_find(struct finding *finding, enum health health, const char *format, ...);
__attribute__((format(printf, 2, 3))) bool doctor_fix(struct finding *finding, const char *format, ...);
/* The fix is to "start" or "restart" the daemon, in the words of this machine's init, and a remark. Returns true. */
bool doctor_fix_by_service(struct finding *finding, const struct patient *patient, const char *verb, const char *remark);

#endif
