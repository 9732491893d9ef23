// SPDX-License-Identifier: GPL-2.0
/*
 * doctor_checks.c - what may be wrong, and the fix for it
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "doctor.h"

#include "../../module/uapi/rstwhy.h"

#include <stdio.h>
#include <string.h>

static bool is_loaded(const struct patient *patient)
{
	return patient->presence != MODULE_ABSENT;
}

static bool check_settings(const struct patient *patient, struct finding *finding)
{
	if (patient->config_ok)
		return doctor_find(finding, HEALTH_OK, "the daemon's settings are right");
	doctor_find(finding, HEALTH_FAIL, "the daemon's settings: %.500s", patient->config_error);
	return doctor_fix(finding, "correct that line; `rstwhyd --check` tells whether it is right");
}

static bool check_module_file(const struct patient *patient, struct finding *finding)
{
	if (patient->module_file)
		return doctor_find(finding, HEALTH_OK, "the module is installed for the running kernel %s", patient->kernel);
	if (is_loaded(patient))
		return doctor_find(finding, HEALTH_WARN, "the module is loaded, but not installed for kernel %s: gone after a reboot", patient->kernel) &&
		       doctor_fix(finding, "dkms install rstwhy/%s -k %s   (or: make install)", doctor_dkms_version(patient), patient->kernel);
	doctor_find(finding, doctor_without_module(patient), "there is no module nf_rstwhy for the running kernel %s", patient->kernel);
	return doctor_fix(finding, "apt install linux-headers-%s && dkms install rstwhy/%s -k %s   (or: make install)", patient->kernel,
			  doctor_dkms_version(patient), patient->kernel);
}

static bool check_loaded(const struct patient *patient, struct finding *finding)
{
	if (patient->presence == MODULE_PRESENT)
		return doctor_find(finding, HEALTH_OK, "the module is loaded%s%s", patient->state.version[0] ? ", version " : "", patient->state.version);
	if (patient->presence == MODULE_UNREADABLE)
		return doctor_find(finding, HEALTH_FAIL, MODULE_STATE_FILE " cannot be read") && doctor_fix(finding, "run rstwhy doctor as root");
	doctor_find(finding, doctor_without_module(patient), "the module nf_rstwhy is not loaded");
	return doctor_fix(finding, "modprobe nf_rstwhy   (refused with Secure Boot? its key must be enrolled; dmesg tells)");
}

static bool check_abi(const struct patient *patient, struct finding *finding)
{
	int differs = module_state_abi(&patient->state);

	if (patient->presence != MODULE_PRESENT)
		return false;
	if (differs == 0)
		return doctor_find(finding, HEALTH_OK, "module and programs speak the same ABI %d.%d", RSTWHY_ABI_MAJOR, RSTWHY_ABI_MINOR);
	doctor_find(finding, HEALTH_FAIL, "the module speaks ABI %u.%u, the programs %d.%d", patient->state.major, patient->state.minor,
	     RSTWHY_ABI_MAJOR, RSTWHY_ABI_MINOR);
	return doctor_fix(finding, differs > 0 ? "upgrade rstwhyd and rstwhy" : "upgrade the module, then rmmod nf_rstwhy && modprobe nf_rstwhy");
}

static bool check_enabled(const struct patient *patient, struct finding *finding)
{
	if (patient->presence != MODULE_PRESENT || !patient->state.have_enabled)
		return false;
	if (patient->state.enabled)
		return doctor_find(finding, HEALTH_OK, "the module is enabled in this network namespace");
	doctor_find(finding, HEALTH_FAIL, "the module is not enabled in this network namespace");
	return doctor_fix(finding, "sysctl -w net.netfilter.nf_rstwhy_enable=1");
}

static bool check_group(const struct patient *patient, struct finding *finding)
{
	if (patient->presence != MODULE_PRESENT || !patient->state.have_group)
		return false;
	if (patient->state.group == patient->config.group)
		return doctor_find(finding, HEALTH_OK, "module and daemon use the same NFLOG group %u", patient->config.group);
	doctor_find(finding, HEALTH_FAIL, "the module sends to NFLOG group %u, the daemon reads group %u", patient->state.group,
	     patient->config.group);
	return doctor_fix(finding, "sysctl -w net.netfilter.nf_rstwhy_group=%u   (or nflog.group=%u)", patient->config.group, patient->state.group);
}

static bool check_conntrack(const struct patient *patient, struct finding *finding)
{
	if (patient->presence != MODULE_PRESENT || !patient->state.conntrack[0])
		return false;
	if (strcmp(patient->state.conntrack, "off") != 0)
		return doctor_find(finding, HEALTH_OK, "conntrack runs in this network namespace");
	doctor_find(finding, HEALTH_WARN, "conntrack does not run in this network namespace: verdicts are less sure");
	return doctor_fix(finding, "sysctl -w net.netfilter.nf_rstwhy_conntrack=1   (or any firewall rule that uses ct state)");
}

static bool check_nflog(const struct patient *patient, struct finding *finding)
{
	if (patient->nflog)
		return doctor_find(finding, HEALTH_OK, "NFLOG is there (nfnetlink_log)");
	return doctor_find(finding, HEALTH_FAIL, "NFLOG is not there") && doctor_fix(finding, "modprobe nfnetlink_log");
}

static bool check_reader(const struct patient *patient, struct finding *finding)
{
	unsigned int group = patient->config.group;

	if (!patient->nflog)
		return false;
	if (!patient->peers_readable)
		return doctor_find(finding, HEALTH_WARN, "who reads NFLOG group %u is told to root only", group) && doctor_fix(finding, "run rstwhy doctor as root");
	if (!patient->have_peer)
		return doctor_find(finding, HEALTH_FAIL, "nobody reads NFLOG group %u: the daemon does not run (or not in this network namespace)", group) &&
		       doctor_fix_by_service(finding, patient, "start", "or: rstwhyd; it says what it waits for");
	if (!strcmp(patient->peer, "rstwhyd"))
		return doctor_find(finding, HEALTH_OK, "rstwhyd (process %u) reads NFLOG group %u", patient->peer_port, group);
	if (!patient->peer[0])
		return doctor_find(finding, HEALTH_WARN, "NFLOG group %u has a reader (netlink port %u), but it is not known which program", group,
			    patient->peer_port);
	doctor_find(finding, HEALTH_FAIL, "another program reads NFLOG group %u: %s (process %u)", group, patient->peer, patient->peer_port);
	return doctor_fix(finding, "stop it, or: sysctl -w net.netfilter.nf_rstwhy_group=N and nflog.group=N");
}

static bool check_user(const struct patient *patient, struct finding *finding)
{
	const char *user = patient->config.user;

	if (patient->user_exists)
		return doctor_find(finding, HEALTH_OK, "the daemon's user %s exists", user);
	return doctor_find(finding, HEALTH_FAIL, "the daemon's user %s does not exist", user) &&
	       doctor_fix(finding, "useradd --system --home-dir / --shell /usr/sbin/nologin %s   (or user=root)", user);
}

static bool check_log(const struct patient *patient, struct finding *finding)
{
	const char *path = patient->config.json;
	const char *slash = strrchr(path, '/');

	if (path[0] != '/')
		return false;
	if (patient->log_writable)
		return doctor_find(finding, HEALTH_OK, "the log %s can be written", path);
	doctor_find(finding, HEALTH_FAIL, "the log %.400s cannot be written by %.60s: %s", path, patient->config.user, patient->log_trouble);
	return doctor_fix(finding, "install -d -o %.60s -m 750 %.*s   (and chown %.60s the log, if it exists)", patient->config.user,
		   slash == path ? 1 : (int)(slash - path), path, patient->config.user);
}

static bool check_losses(const struct patient *patient, struct finding *finding)
{
	const struct module_state *state = &patient->state;

	if (patient->presence != MODULE_PRESENT)
		return false;
	if (state->suppressed > 0) {
		doctor_find(finding, HEALTH_WARN, "the rate limit has suppressed %llu messages", (unsigned long long)state->suppressed);
		return doctor_fix(finding, "sysctl -w net.netfilter.nf_rstwhy_rate=N (per second) and nf_rstwhy_burst, if that was no attack");
	}
	if (state->failed > 0)
		return doctor_find(finding, HEALTH_WARN, "%llu messages were lost for want of memory", (unsigned long long)state->failed);
	if (state->refused > 0) {
		doctor_find(finding, HEALTH_WARN, "%llu flows found no room in the flow memory", (unsigned long long)state->refused);
		return doctor_fix(finding, "load the module with a larger flows= (modprobe nf_rstwhy flows=N)");
	}
	return doctor_find(finding, HEALTH_OK, "the module has lost nothing");
}

check_fn *const doctor_checks[] = {
	check_settings,	 check_module_file, check_loaded, check_abi,  check_enabled, check_group,
	doctor_check_dkms, doctor_check_signing, doctor_check_established, doctor_check_invalid, doctor_check_keepalive, doctor_check_flush,
	check_conntrack, check_nflog,	    check_user,	  check_log,  check_reader,  check_losses,
	doctor_check_plain, doctor_check_plain_reader,
};
const size_t doctor_checks_count = sizeof(doctor_checks) / sizeof(doctor_checks[0]);
