// SPDX-License-Identifier: GPL-2.0
/*
 * doctor_plain.c - what may be wrong with the group of plain log rules
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "doctor.h"

#include <stdio.h>
#include <string.h>

static bool is_used(const struct patient *patient)
{
	return patient->config.plain_group != CONFIG_NO_GROUP;
}

enum health doctor_without_module(const struct patient *patient)
{
	return is_used(patient) ? HEALTH_WARN : HEALTH_FAIL;
}

/* What such records cannot say is no fault, but it must be known. */
bool doctor_check_plain(const struct patient *patient, struct finding *finding)
{
	if (!is_used(patient))
		return false;
	finding->health = HEALTH_WARN;
	snprintf(finding->text, sizeof(finding->text),
		 "resets by plain log rules of NFLOG group %u are judged by the packet alone: no silence, no history, not who sent them; so no idle "
		 "timeout is ever told, and \"by\" is \"unseen\"",
		 patient->config.plain_group);
	if (patient->presence == MODULE_PRESENT)
		snprintf(finding->fix, sizeof(finding->fix), "the module is loaded and tells all that: nft delete table inet rstwhy_plain, and nflog.plain_group empty");
	else
		snprintf(finding->fix, sizeof(finding->fix), "load the module, where that is possible; its own finding tells how");
	return true;
}

bool doctor_check_plain_reader(const struct patient *patient, struct finding *finding)
{
	unsigned int group = patient->config.plain_group;

	if (!is_used(patient) || !patient->nflog || !patient->peers_readable)
		return false;
	finding->fix[0] = '\0';
	if (patient->have_plain_peer && !strcmp(patient->plain_peer, "rstwhyd")) {
		finding->health = HEALTH_OK;
		snprintf(finding->text, sizeof(finding->text), "rstwhyd (process %u) reads NFLOG group %u", patient->plain_peer_process, group);
		return true;
	}
	finding->health = HEALTH_FAIL;
	if (patient->have_plain_peer && !patient->plain_peer[0]) {
		finding->health = HEALTH_WARN;
		snprintf(finding->text, sizeof(finding->text), "NFLOG group %u has a reader, but it is not known which program", group);
		snprintf(finding->fix, sizeof(finding->fix), "run rstwhy doctor as root");
	} else if (patient->have_plain_peer) {
		snprintf(finding->text, sizeof(finding->text), "another program reads NFLOG group %u: %s (process %u)", group, patient->plain_peer,
			 patient->plain_peer_process);
		snprintf(finding->fix, sizeof(finding->fix), "stop it, or choose another group in the log rule and in nflog.plain_group");
	} else {
		snprintf(finding->text, sizeof(finding->text), "nobody reads NFLOG group %u: the daemon does not run (or not in this network namespace)", group);
		doctor_fix_by_service(finding, patient, "restart", "nflog.plain_group takes effect at its start");
	}
	return true;
}
