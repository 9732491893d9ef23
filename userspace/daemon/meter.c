// SPDX-License-Identifier: GPL-2.0
/*
 * meter.c - the file for Prometheus, rewritten from time to time
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "meter.h"

#include "announce.h"
#include "clock.h"
#include "serve.h"

#include <errno.h>
#include <string.h>

static void take_module(struct metrics_sample *sample)
{
	struct module_state state;

	sample->module = module_state_read(MODULE_STATE_FILE, &state) == MODULE_PRESENT;
	if (!sample->module)
		return;
	sample->suppressed = state.suppressed;
	sample->failed = state.failed;
	sample->refused = state.refused;
}

static void take_sample(const struct serve *serve, struct metrics_sample *sample)
{
	const struct report_counts *report = report_counts(serve->report);
	const struct intake_counts *intake = intake_counts(serve->intake);

	*sample = (struct metrics_sample){
		.ignored = report->ignored,
		.held_back = report->noise,
		.unwritten = report->unwritten,
		.foreign = intake->foreign + plain_foreign(serve->plain),
		.malformed = intake->malformed,
		.evicted = correlate_counts(serve->correlate)->evicted,
		.held = correlate_held(serve->correlate),
		.started = serve->meter.started,
	};
	take_module(sample);
}

void meter_write(struct serve *serve)
{
	const char *path = serve->config->metrics;
	struct metrics_sample sample;

	if (!path[0])
		return;
	if (serve->meter.started <= 0)
		serve->meter.started = (double)(clock_realtime_ns() / 1000000) / 1000.0;
	take_sample(serve, &sample);
	if (metrics_write(report_metrics(serve->report), &sample, path)) {
		if (serve->meter.failed)
			announce("metrics.file: %s is written again", path);
		serve->meter.failed = false;
		return;
	}
	if (!serve->meter.failed)
		announce("metrics.file: %s cannot be written: %s; its directory must exist and be writable for user %s", path, strerror(errno),
			 serve->config->user);
	serve->meter.failed = true;
}

void meter_tick(struct serve *serve, uint64_t now_ns)
{
	if (now_ns < serve->meter.next_ns)
		return;
	serve->meter.next_ns = now_ns + METER_INTERVAL_NS;
	meter_write(serve);
}
