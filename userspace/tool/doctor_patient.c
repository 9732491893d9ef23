// SPDX-License-Identifier: GPL-2.0
/*
 * doctor_patient.c - reading this machine
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "doctor.h"

#include "../daemon/identity.h"
#include "../daemon/nflog_owner.h"
#include "../daemon/nflog_peer.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

static bool load_config(struct config *config, const struct settings_source *source, struct config_error *error)
{
	if (!config_load(config, source->file ? source->file : CONFIG_DEFAULT_FILE, !source->file, error))
		return false;
	for (size_t i = 0; i < source->assignments; i++)
		if (!config_assign(config, source->assignment[i], error))
			return false;
	return config_check(config, error);
}

static void read_config(struct patient *patient, const struct settings_source *source)
{
	struct config_error error = { "" };

	config_defaults(&patient->config);
	patient->config_ok = load_config(&patient->config, source, &error);
	snprintf(patient->config_error, sizeof(patient->config_error), "%s", error.text);
	if (!patient->config_ok)
		config_defaults(&patient->config);
}

/* A line of modules.dep that begins with the module's path. */
static bool names_module(const char *line)
{
	const char *colon = strchr(line, ':');
	const char *name = strstr(line, "nf_rstwhy.ko");

	return name && (!colon || name < colon);
}

static void read_module_file(struct patient *patient)
{
	struct utsname names;
	char path[256], line[4096];
	FILE *file;

	if (uname(&names) < 0)
		return;
	snprintf(patient->kernel, sizeof(patient->kernel), "%.100s", names.release);
	snprintf(path, sizeof(path), "/lib/modules/%.100s/modules.dep", names.release);
	file = fopen(path, "re");
	while (file && !patient->module_file && fgets(line, sizeof(line), file))
		patient->module_file = names_module(line);
	if (file)
		fclose(file);
}

static void read_peer(struct patient *patient)
{
	patient->nflog = access(NFLOG_PEER_FILE, F_OK) == 0;
	patient->have_peer = nflog_peer_find(patient->config.group, &patient->peer_port);
	patient->peers_readable = patient->have_peer || errno == 0;
	if (patient->have_peer && nflog_owner(patient->peer_port, &patient->peer_process))
		nflog_peer_program(patient->peer_process, patient->peer, sizeof(patient->peer));
}

static void read_plain_peer(struct patient *patient)
{
	uint32_t port;

	patient->have_plain_peer = patient->config.plain_group != CONFIG_NO_GROUP && nflog_peer_find(patient->config.plain_group, &port);
	if (patient->have_plain_peer && nflog_owner(port, &patient->plain_peer_process))
		nflog_peer_program(patient->plain_peer_process, patient->plain_peer, sizeof(patient->plain_peer));
}

/* Whether the log could be opened: the file if there is one, else its directory. */
static bool is_writable(const char *path)
{
	char directory[CONFIG_PATH_MAX];
	char *slash;

	if (faccessat(AT_FDCWD, path, F_OK, AT_EACCESS) == 0)
		return faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0;
	snprintf(directory, sizeof(directory), "%s", path);
	slash = strrchr(directory, '/');
	if (!slash)
		return false;
	slash[slash == directory] = '\0';
	return faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) == 0;
}

static void read_log(struct patient *patient)
{
	const struct passwd *entry = getpwnam(patient->config.user);
	struct identity identity;
	int error;

	patient->user_exists = entry != NULL;
	patient->log_hidden = geteuid() != 0 && (!entry || entry->pw_uid != geteuid());
	snprintf(patient->log_trouble, sizeof(patient->log_trouble), "there is no such user");
	if (!patient->user_exists || patient->log_hidden || !identity_find(patient->config.user, &identity) || !identity_borrow(&identity))
		return;
	patient->log_writable = is_writable(patient->config.json);
	error = errno;
	identity_return(&identity);
	snprintf(patient->log_trouble, sizeof(patient->log_trouble), "%s", strerror(error));
}

void patient_read(struct patient *patient, const struct settings_source *source)
{
	*patient = (struct patient){ 0 };
	read_config(patient, source);
	read_module_file(patient);
	patient->presence = module_state_read(MODULE_STATE_FILE, &patient->state);
	read_peer(patient);
	read_plain_peer(patient);
	read_log(patient);
	host_read(&patient->host, "", patient->kernel, patient->config.state, patient->config.group);
}
