// SPDX-License-Identifier: GPL-2.0
/*
 * doctor_host_checks.c - what of this machine may stand in the way, and the fix for it
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "doctor.h"

#include "../engine/sentence.h"
#include "../version.h"

#include <stdio.h>
#include <string.h>

#define LEAST_ESTABLISHED_S 7440 /* RFC 5382: two hours and four minutes, so that the usual keepalive of two hours comes in time */
#define MOST_FLUSH 20 /* hundredths of a second */

const char *doctor_dkms_version(const struct patient *patient)
{
	return patient->host.dkms_version[0] ? patient->host.dkms_version : RSTWHY_VERSION;
}

bool doctor_check_dkms(const struct patient *patient, struct finding *finding)
{
	const struct host *host = &patient->host;

	if (patient->module_file || !host->dkms_failed)
		return false;
	doctor_find(finding, HEALTH_FAIL, "DKMS could not build the module for kernel %s: %s (%s)", patient->kernel, host->dkms_error, host->dkms_log);
	if (!host->headers)
		return doctor_fix(finding, "apt install linux-headers-%s && dkms install rstwhy/%s -k %s", patient->kernel, doctor_dkms_version(patient), patient->kernel);
	return doctor_fix(finding, "read that log; then dkms install rstwhy/%s -k %s --force", doctor_dkms_version(patient), patient->kernel);
}

bool doctor_check_signing(const struct patient *patient, struct finding *finding)
{
	const struct host *host = &patient->host;

	if (patient->presence != MODULE_ABSENT || !patient->module_file || (!host->signed_only && !host->refused[0]))
		return false;
	if (host->refused[0])
		doctor_find(finding, HEALTH_FAIL, "the kernel refused the module, for it is not signed by a key that it knows (\"Key was rejected by service\", Secure "
		     "Boot): %s", host->refused);
	else
		doctor_find(finding, HEALTH_WARN, "this kernel takes signed modules only (Secure Boot): modprobe nf_rstwhy fails with \"Key was rejected by service\" "
		     "unless the key of DKMS is enrolled");
	if (!host->key)
		return doctor_fix(finding, "apt install openssl mokutil && dkms build --force rstwhy/%s -k %s && dkms install --force rstwhy/%s -k %s (DKMS "
				  "makes its key, and signs), then mokutil --import " HOST_MOK " && reboot, and choose Enroll MOK there",
				  doctor_dkms_version(patient), patient->kernel, doctor_dkms_version(patient), patient->kernel);
	return doctor_fix(finding, "mokutil --import " HOST_MOK " && reboot, and choose Enroll MOK there; once for all modules of DKMS");
}

bool doctor_check_flush(const struct patient *patient, struct finding *finding)
{
	const struct host *host = &patient->host;

	if (!patient->have_peer || strcmp(patient->peer, "rstwhyd") != 0 || !host->have_flush)
		return false;
	if (host->flush_hundredths <= MOST_FLUSH)
		return doctor_find(finding, HEALTH_OK, "NFLOG keeps messages back for at most %u ms", host->flush_hundredths * 10);
	doctor_find(finding, HEALTH_WARN, "NFLOG keeps messages of group %u back for up to %u ms: the log is late by that", patient->config.group,
	     host->flush_hundredths * 10);
	return doctor_fix_by_service(finding, patient, "restart", "it asks for less when it starts; another program has changed it since");
}

bool doctor_check_invalid(const struct patient *patient, struct finding *finding)
{
	const struct host *host = &patient->host;

	if (!host->rejects_invalid)
		return false;
	doctor_find(finding, HEALTH_WARN, "a rule rejects INVALID packets, which also kills healthy connections (a late or reordered segment is INVALID): %s",
	     host->rule);
	if (host->rule_fix[0])
		return doctor_fix(finding, "%s   (and so in the file that the rules are loaded from)", host->rule_fix);
	return doctor_fix(finding, "make it a drop where the rules are loaded from");
}

bool doctor_check_established(const struct patient *patient, struct finding *finding)
{
	const struct host *host = &patient->host;
	char outliving[HOST_TEXT_MAX + 128] = "";

	if (host->established_s == 0)
		return false;
	if (host->established_s >= LEAST_ESTABLISHED_S)
		return doctor_find(finding, HEALTH_OK, "conntrack keeps silent connections for %s", duration((double)host->established_s * 1000).s);
	if (host->outliving_paths > 0)
		snprintf(outliving, sizeof(outliving), ", and sooner than %zu learned paths need, of which %s holds for %s", host->outliving_paths, host->outliving_path,
			 duration(host->outliving_ms).s);
	doctor_find(finding, HEALTH_WARN, "conntrack forgets a connection after %llu s of silence: before the usual keepalive of 7200 s speaks%s",
		    (unsigned long long)host->established_s, outliving);
	return doctor_fix(finding, "sysctl -w net.netfilter.nf_conntrack_tcp_timeout_established=432000   (at least %d, RFC 5382)", LEAST_ESTABLISHED_S);
}

/* Where the killing is our own conntrack's, the finding before this one has the fix. */
bool doctor_check_keepalive(const struct patient *patient, struct finding *finding)
{
	const struct host *host = &patient->host;

	if (host->killing_paths == 0)
		return false;
	doctor_find(finding, HEALTH_WARN, "on %zu learned paths silent connections are killed before a keepalive of %llu s (net.ipv4.tcp_keepalive_time here) speaks; soonest "
	     "%s, after %s", host->killing_paths, (unsigned long long)host->keepalive_s, host->worst_path, duration(host->worst_killed_ms).s);
	return doctor_fix(finding, "on one end of such connections: sysctl -w net.ipv4.tcp_keepalive_time=%u, and SO_KEEPALIVE in the program   (rstwhy timeouts has each path)",
		   host->worst_keepalive_s);
}
