// SPDX-License-Identifier: GPL-2.0
/*
 * doctor_module.c - whether the module is there, and where it cannot be
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "doctor.h"

#include <stdio.h>

#define PLAIN_RULES "nft -f /usr/share/rstwhy/without-module.nft, write plain_group = 18 below [nflog] in /etc/rstwhy/rstwhyd.conf, and restart rstwhyd: " \
		    "it tells then what a packet alone can prove"

/* Of our source DKMS has some version, or none: then its package is the first step. */
static bool fix_by_building(struct finding *finding, const struct patient *patient)
{
	const char *version = doctor_dkms_version(patient);
	char headers[160] = "";

	if (!patient->host.headers)
		snprintf(headers, sizeof(headers), "linux-headers-%s", patient->kernel);
	if (!patient->host.dkms_version[0])
		return doctor_fix(finding, "apt install %s%s./nf-rstwhy-dkms_%s_all.deb   (from make deb; or, in the source: make install)", headers,
				  headers[0] ? " " : "", version);
	return doctor_fix(finding, "%s%s%sdkms install rstwhy/%s -k %s   (or, in the source: make install)", headers[0] ? "apt install " : "", headers,
			  headers[0] ? " && " : "", version, patient->kernel);
}

/* Where no module can be loaded there is one finding, this one, and no advice to build or load it. */
static bool find_hindrance(const struct patient *patient, struct finding *finding)
{
	enum health health = doctor_without_module(patient);

	switch (patient->host.modules) {
	case HOST_MODULES_NONE:
		doctor_find(finding, health, "the running kernel %s takes no modules, so there can be no nf_rstwhy", patient->kernel);
		break;
	case HOST_MODULES_LOCKED:
		doctor_find(finding, health, "no module can be loaded until the next boot: kernel.modules_disabled is 1");
		return doctor_fix(finding, "reboot; what sets it must come after systemd-modules-load   (grep -r modules_disabled /etc/sysctl.*)");
	default:
		doctor_find(finding, health, "no module can be loaded from here: this is a container without CAP_SYS_MODULE");
		return doctor_fix(finding, "on its host: modprobe nf_rstwhy && nsenter -t PID -n sysctl -w net.netfilter.nf_rstwhy_enable=1, PID being any process of this container; "
					   "or: " PLAIN_RULES);
	}
	if (health == HEALTH_FAIL)
		doctor_fix(finding, PLAIN_RULES);
	return true;
}

bool doctor_check_module_file(const struct patient *patient, struct finding *finding)
{
	bool loaded = patient->presence != MODULE_ABSENT;

	if (!loaded && patient->host.modules != HOST_MODULES_WELCOME)
		return find_hindrance(patient, finding);
	if (patient->module_file)
		return doctor_find(finding, HEALTH_OK, "the module is installed for the running kernel %s", patient->kernel);
	if (loaded)
		doctor_find(finding, HEALTH_WARN, "the module is loaded, but not installed for kernel %s: gone after a reboot", patient->kernel);
	else
		doctor_find(finding, doctor_without_module(patient), "there is no module nf_rstwhy for the running kernel %s", patient->kernel);
	return fix_by_building(finding, patient);
}

bool doctor_check_loaded(const struct patient *patient, struct finding *finding)
{
	if (patient->presence == MODULE_PRESENT)
		return doctor_find(finding, HEALTH_OK, "the module is loaded%s%s", patient->state.version[0] ? ", version " : "", patient->state.version);
	if (patient->presence == MODULE_UNREADABLE)
		return doctor_find(finding, HEALTH_FAIL, MODULE_STATE_FILE " cannot be read") && doctor_fix(finding, "run rstwhy doctor as root");
	if (patient->host.modules != HOST_MODULES_WELCOME)
		return false;
	doctor_find(finding, doctor_without_module(patient), "the module nf_rstwhy is not loaded");
	return doctor_fix(finding, "modprobe nf_rstwhy   (refused with Secure Boot? its key must be enrolled; dmesg tells)");
}
