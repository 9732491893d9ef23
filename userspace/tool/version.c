// SPDX-License-Identifier: GPL-2.0
/*
 * version.c - rstwhy version
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "command.h"

#include "../version.h"
#include "../../module/uapi/rstwhy.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define MODULE_VERSION_FILE "/sys/module/nf_rstwhy/version"

static void print_module(void)
{
	char version[64] = "";
	FILE *file = fopen(MODULE_VERSION_FILE, "re");

	if (!file) {
		puts("module nf_rstwhy: not loaded");
		return;
	}
	if (!fgets(version, sizeof(version), file))
		version[0] = '\0';
	version[strcspn(version, "\n")] = '\0';
	printf("module nf_rstwhy: %s\n", version[0] ? version : "of unknown version");
	fclose(file);
}

int command_version(int argc, char **argv)
{
	if (argc > 1) {
		bool help = !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h");

		fputs("usage: rstwhy version\n", help ? stdout : stderr);
		return help ? STATUS_OK : STATUS_USAGE;
	}
	printf("rstwhy %s\nABI %d.%d\n", RSTWHY_VERSION, RSTWHY_ABI_MAJOR, RSTWHY_ABI_MINOR);
	print_module();
	return STATUS_OK;
}
