// SPDX-License-Identifier: GPL-2.0
/*
 * flowmem.c - what the flow memory costs and keeps, measured natively on the module's own code
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * flowmem JSON-FILE [MOST-FLOWS]: the table goes to standard output. Exit 1: it could not measure; 2: usage.
 */
#include "flowmem.h"

#include <errno.h>
#include <stdlib.h>

#define SMALL 65536

int main(int argc, char **argv)
{
	char *end = "";
	unsigned long most = argc > 2 ? strtoul(argv[2], &end, 10) : 10000000;
	FILE *json;

	if (argc < 2 || argc > 3 || *end || most < 1000 || most > 100000000) {
		fprintf(stderr, "usage: flowmem JSON-FILE [MOST-FLOWS, 1000 to 100000000]\n");
		return 2;
	}
	json = fopen(argv[1], "w");
	if (!json) {
		fprintf(stderr, "flowmem: %s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	fputs("{", json);
	bench_size(json);
	bench_attack(json, SMALL);
	bench_spread(json, SMALL);
	bench_turnover(json, SMALL);
	bench_grow(json, (u32)most);
	fputs("}\n", json);
	return fclose(json) ? 1 : 0;
}
