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

#define DEFAULT_RATE 10000 /* of the module */

static bool check_settings(const struct patient *patient, struct finding *finding)
{
	if (patient->config_ok)
		return doctor_find(finding, HEALTH_OK, "the daemon's settings are right");
	doctor_find(finding, HEALTH_FAIL, "the daemon's settings: %.500s", patient->config_error);
	return doctor_fix(finding, "correct that line; `rstwhyd --check` tells whether it is right");
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
	unsigned int group = patient->config.group, other;

	if (!patient->nflog)
		return false;
	if (!patient->peers_readable)
		return doctor_find(finding, HEALTH_WARN, "who reads NFLOG group %u is told to root only", group) && doctor_fix(finding, "run rstwhy doctor as root");
	if (!patient->have_peer)
		return doctor_find(finding, HEALTH_FAIL, "nobody reads NFLOG group %u: the daemon does not run (or not in this network namespace)", group) &&
		       doctor_fix_by_service(finding, patient, "start", "or: rstwhyd; it says what it waits for");
	if (!strcmp(patient->peer, "rstwhyd"))
		return doctor_find(finding, HEALTH_OK, "rstwhyd (process %u) reads NFLOG group %u", patient->peer_process, group);
	if (!patient->peer[0])
		return doctor_find(finding, HEALTH_WARN, "NFLOG group %u has a reader (netlink port %u), but it is not known which program", group,
				   patient->peer_port) &&
		       doctor_fix(finding, "run rstwhy doctor as root, outside of any container: the reader may be in one");
	other = group < UINT16_MAX ? group + 1 : 1;
	doctor_find(finding, HEALTH_FAIL, "another program reads NFLOG group %u: %s (process %u)", group, patient->peer, patient->peer_process);
	return doctor_fix(finding, "stop it, or take another group: sysctl -w net.netfilter.nf_rstwhy_group=%u, and nflog.group = %u in rstwhyd.conf", other, other);
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
	if (patient->log_hidden && patient->user_exists)
		return doctor_find(finding, HEALTH_WARN, "whether %.60s can write the log %.400s is told to root only", patient->config.user, path) &&
		       doctor_fix(finding, "run rstwhy doctor as root");
	if (patient->log_writable)
		return doctor_find(finding, HEALTH_OK, "the log %s can be written", path);
	doctor_find(finding, HEALTH_FAIL, "the log %.400s cannot be written by %.60s: %s", path, patient->config.user, patient->log_trouble);
	return doctor_fix(finding, "install -d -o %.60s -g $(id -gn %.60s) -m 750 %.*s   (and chown %.60s the log, if it exists)", patient->config.user,
		   patient->config.user, slash == path ? 1 : (int)(slash - path), path, patient->config.user);
}

static bool check_suppressed(const struct patient *patient, struct finding *finding)
{
	uint64_t rate = patient->host.rate ? patient->host.rate : DEFAULT_RATE;

	if (patient->presence != MODULE_PRESENT || patient->state.suppressed == 0)
		return false;
	doctor_find(finding, HEALTH_WARN, "the rate limit of the module has suppressed %llu messages", (unsigned long long)patient->state.suppressed);
	return doctor_fix(finding, "if that was no attack: sysctl -w net.netfilter.nf_rstwhy_rate=%llu net.netfilter.nf_rstwhy_burst=%llu", (unsigned long long)(2 * rate),
			  (unsigned long long)(4 * rate));
}

static bool check_failed(const struct patient *patient, struct finding *finding)
{
	if (patient->presence != MODULE_PRESENT || patient->state.failed == 0)
		return false;
	doctor_find(finding, HEALTH_WARN, "%llu messages were lost for want of memory", (unsigned long long)patient->state.failed);
	return doctor_fix(finding, "more memory that is kept free for packets: sysctl -w vm.min_free_kbytes=%llu", (unsigned long long)(2 * patient->host.min_free_kb));
}

static bool check_refused(const struct patient *patient, struct finding *finding)
{
	if (patient->presence != MODULE_PRESENT || patient->state.refused == 0)
		return false;
	doctor_find(finding, HEALTH_WARN, "%llu flows found no room in the flow memory, which has %llu", (unsigned long long)patient->state.refused,
		    (unsigned long long)patient->host.flows);
	return doctor_fix(finding, "echo options nf_rstwhy flows=%llu >/etc/modprobe.d/rstwhy.conf && rmmod nf_rstwhy && modprobe nf_rstwhy   (a 64th of all memory is the most)",
			  (unsigned long long)(2 * patient->host.flows));
}

static bool check_losses(const struct patient *patient, struct finding *finding)
{
	const struct module_state *state = &patient->state;

	if (patient->presence != MODULE_PRESENT || state->suppressed > 0 || state->failed > 0 || state->refused > 0)
		return false;
	return doctor_find(finding, HEALTH_OK, "the module has lost nothing");
}

check_fn *const doctor_checks[] = {
	check_settings,	 doctor_check_module_file, doctor_check_loaded, check_abi,  check_enabled, check_group,
	doctor_check_dkms, doctor_check_signing, doctor_check_established, doctor_check_invalid, doctor_check_keepalive, doctor_check_flush,
	check_conntrack, check_nflog,	    check_user,	  check_log,  check_reader,  check_losses,
	check_suppressed, check_failed, check_refused,
	doctor_check_plain, doctor_check_plain_reader,
};
const size_t doctor_checks_count = sizeof(doctor_checks) / sizeof(doctor_checks[0]);
