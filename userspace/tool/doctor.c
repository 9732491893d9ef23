// SPDX-License-Identifier: GPL-2.0
/*
 * doctor.c - rstwhy doctor: why it does not work here, and the fix
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "command.h"
#include "doctor.h"
#include "doctor_accounting.h"
#include "options.h"
#include "terminal.h"

#include <stdio.h>
#include <string.h>

static const char help[] = "usage: rstwhy doctor [--accounting] [-c FILE] [-s KEY=VALUE]...\n"
			   "\n"
			   "Looks at each thing that must be right for resets to reach the log, and tells the fix where one is not.\n"
			   "Changes nothing. Exit: 0 nothing fails, 1 something does.\n"
			   "\n"
			   "  -a, --accounting     instead: where every reset went, as a sum, and where that breaks\n"
			   "  -c, --config FILE    the daemon's settings; default " CONFIG_DEFAULT_FILE "\n"
			   "  -s, --set KEY=VALUE  a setting that the daemon was started with\n";

static void print(const struct finding *finding)
{
	static const char *const words[] = { [HEALTH_OK] = "OK  ", [HEALTH_WARN] = "WARN", [HEALTH_FAIL] = "FAIL" };

	printf("%s ", words[finding->health]);
	terminal_text(stdout, finding->text);
	if (finding->fix[0]) {
		printf("\n     fix: ");
		terminal_text(stdout, finding->fix);
	}
	putchar('\n');
}

static int examine(const struct settings_source *source)
{
	unsigned int failures = 0, warnings = 0;
	struct patient patient;
	struct finding finding;
	bool sysctls = false;

	patient_read(&patient, source);
	for (size_t i = 0; i < doctor_checks_count; i++) {
		if (!doctor_checks[i](&patient, &finding))
			continue;
		print(&finding);
		failures += finding.health == HEALTH_FAIL;
		warnings += finding.health == HEALTH_WARN;
		sysctls = sysctls || strstr(finding.fix, "sysctl -w ");
	}
	if (sysctls)
		puts("(what sysctl -w sets is gone after a reboot: write it, without sysctl -w, into /etc/sysctl.d/60-rstwhy.conf, too)");
	printf("%s: %u failed, %u warnings\n", failures ? "not working" : "working", failures, warnings);
	return failures ? STATUS_FAILED : STATUS_OK;
}

static int account(const struct settings_source *source)
{
	struct patient patient;

	patient_read(&patient, source);
	if (patient.config_ok)
		return accounting_examine(&patient.config);
	complain("%s", patient.config_error);
	return STATUS_FAILED;
}

static const struct option longs[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "set", required_argument, NULL, 's' },
	{ "accounting", no_argument, NULL, 'a' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

struct request {
	struct settings_source source;
	bool accounting;
};

static bool take(void *to, int option, char *error)
{
	struct request *request = to;
	struct settings_source *source = &request->source;

	switch (option) {
	case 'a':
		return request->accounting = true;
	case 'c':
		source->file = optarg;
		return true;
	default:
		snprintf(error, OPTIONS_ERROR_MAX, "--set: %d settings at most", SETTINGS_MAX);
		if (source->assignments == SETTINGS_MAX)
			return false;
		source->assignment[source->assignments++] = optarg;
		return true;
	}
}

static const struct options_syntax syntax = {
	.command = "doctor", .help = help, .shorts = "ac:s:h", .longs = longs, .take = take,
};

int command_doctor(int argc, char **argv)
{
	struct request request = { 0 };
	int status;

	if (!options_read(&syntax, argc, argv, &request, &status))
		return status;
	return request.accounting ? account(&request.source) : examine(&request.source);
}
