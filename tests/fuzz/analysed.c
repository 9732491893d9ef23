// SPDX-License-Identifier: GPL-2.0
/*
 * analysed.c - the offline analyser under a fuzzer
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "analysed.h"

#include "shown.h"

#define KINDS 10
#define FLOWS 16
#define INCIDENTS 8

static struct {
	int link;
	struct analysis *analysis;
} analysed[KINDS];
static unsigned int inputs;

static void check_record(void *user, const struct record *record)
{
	(void)user;
	shown_record(record);
}

void analysed_begin(void)
{
	if (++inputs % ANALYSED_INPUTS)
		return;
	for (size_t i = 0; i < KINDS; i++) {
		analysis_free(analysed[i].analysis);
		analysed[i].analysis = NULL;
	}
}

struct analysis *analysed_by(int link)
{
	const struct analysis_settings settings = {
		.link = link, .flows = FLOWS, .incidents = INCIDENTS, .rules = { .idle_min_ms = 10000, .hold_ms = 1500 }, .name = "a\n\x1b[c.pcap", .record = check_record,
	};

	for (size_t i = 0; i < KINDS; i++) {
		if (analysed[i].analysis && analysed[i].link != link)
			continue;
		if (!analysed[i].analysis) {
			analysed[i].link = link;
			analysed[i].analysis = analysis_new(&settings);
			must(analysed[i].analysis);
		}
		return analysed[i].analysis;
	}
	must(!"more link types than this knows");
	return NULL;
}

void analysed_end(void)
{
	for (size_t i = 0; i < KINDS && analysed[i].analysis; i++)
		analysis_finish(analysed[i].analysis);
}
