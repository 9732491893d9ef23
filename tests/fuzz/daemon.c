// SPDX-License-Identifier: GPL-2.0
/*
 * daemon.c - fuzz: messages of the group, and what the module counts, through all of the daemon but its files
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Input: two bytes of length, then so many of an NFLOG message, again and again; a length of 0 is followed by 8 bytes: counters and how
 * much later it is. As in analysed.h, one daemon serves many inputs.
 */
#include "shown.h"

#include "../../userspace/daemon/intake.h"
#include "../../userspace/daemon/sink.h"
#include "../../userspace/engine/correlate.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUTS 16384
#define INCIDENTS 16
#define MESSAGES_MOST 64
#define START_NS 1000000000000ULL

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct daemon {
	struct config config;
	struct loss *loss;
	struct report *report;
	struct paths *paths;
	struct correlate *correlate;
	struct timeline *timeline;
	struct intake *intake;
	struct module_state state;
	uint64_t now_ns;
} d;

/* In the place of sink.c and announce.c: what would be written is looked at. */
struct sink {
	bool json;
};

struct sink *sink_open(const char *path)
{
	struct sink *sink = calloc(1, sizeof(*sink));

	must(sink);
	sink->json = !strcmp(path, "json");
	return sink;
}

void sink_close(struct sink *sink)
{
	free(sink);
}

bool sink_write(struct sink *sink, const char *text, size_t len)
{
	if (sink->json)
		shown_json(text, len);
	else
		shown_text(text, len);
	return true;
}

char *sink_room(const struct sink *sink)
{
	(void)sink;
	return NULL;
}

bool sink_take(struct sink *sink, const char *text, size_t len, uint64_t tag)
{
	(void)tag;
	return sink_write(sink, text, len);
}

bool sink_flush(struct sink *sink)
{
	(void)sink;
	return true;
}

void sink_on_lost(struct sink *sink, sink_lost_fn *lost, void *user)
{
	(void)sink, (void)lost, (void)user;
}

const char *sink_path(const struct sink *sink)
{
	return sink->json ? "json" : "text";
}

void sink_place(const struct sink *sink, uint64_t *inode, uint64_t *length)
{
	(void)sink;
	*inode = *length = 0;
}

uint64_t sink_bytes(const struct sink *sink)
{
	(void)sink;
	return 0;
}

uint64_t sink_missed(const struct sink *sink)
{
	(void)sink;
	return 0;
}

void sink_confess(struct sink *sink)
{
	(void)sink;
}

void sink_inherit(struct sink *sink, const struct sink *from)
{
	(void)sink;
	(void)from;
}

void announce(const char *format, ...);
void announce(const char *format, ...)
{
	char text[4096];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	shown_message(text);
}

static void on_incident(void *user, const struct incident *incident, const struct verdict *verdict, bool held)
{
	static const struct verdict_settings settings = { .idle_min_ms = 10000, .hold_ms = 1500 };

	(void)user;
	paths_judged(d.paths, incident, verdict, &settings);
	report_incident(d.report, incident, verdict, held);
}

static void begin(void)
{
	static const struct verdict_settings settings = { .idle_min_ms = 10000, .hold_ms = 1500 };
	struct intake_settings intake = { .epoch = 0x1122334455667788ULL, .netns = 4026531840U };
	struct config_error error;
	const char *path;

	config_defaults(&d.config);
	strcpy(d.config.json, "json");
	strcpy(d.config.text, "text");
	must(config_set(&d.config, "ignore", "10.9.0.0/16, :9999", &error));
	d.loss = loss_new();
	d.report = report_new(&d.config, d.loss);
	d.paths = paths_new("", false);
	d.correlate = correlate_new(INCIDENTS, &settings, on_incident, NULL);
	correlate_set_bracket(d.correlate, paths_bracket, d.paths);
	d.timeline = timeline_new(d.correlate, d.loss, d.report);
	must(report_open(d.report, &d.config, &path));
	intake.correlate = d.correlate;
	intake.loss = d.loss;
	intake.paths = d.paths;
	intake.timeline = d.timeline;
	d.now_ns = START_NS;
	timeline_evidence(d.timeline, d.now_ns, d.now_ns);
	d.intake = intake_new(&intake);
	memset(&d.state, 0, sizeof(d.state));
	d.state.have_sequence = true;
}

static void end(void)
{
	intake_free(d.intake);
	timeline_free(d.timeline);
	correlate_free(d.correlate);
	report_free(d.report);
	paths_free(d.paths);
	loss_free(d.loss);
}

/* Counters never go back while the module is loaded; every bit of them is the fuzzer's otherwise. */
static void take_counters(const uint8_t *p)
{
	d.state.sequence += p[0];
	d.state.suppressed += p[1];
	d.state.failed += p[2];
	d.now_ns += (uint64_t)p[3] << (p[4] % 40);
	if (p[5] == 0xff) {
		d.state.have_epoch = true;
		d.state.epoch = 0x1122334455667788ULL + p[6];
	}
	intake_state(d.intake, &d.state, d.now_ns, d.now_ns);
	timeline_reach(d.timeline, d.now_ns);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned int inputs;

	if (inputs++ % INPUTS == 0) {
		if (inputs > 1)
			end();
		begin();
	}
	for (int i = 0; i < MESSAGES_MOST && size >= 2; i++) {
		size_t len = (size_t)data[0] << 8 | data[1];
		bool counters = len == 0;

		data += 2, size -= 2;
		len = counters ? 8 : len;
		if (len > size)
			break;
		if (counters)
			take_counters(data);
		else
			intake_packet(d.intake, data, len);
		data += len, size -= len;
	}
	timeline_finish(d.timeline);
	must(correlate_held(d.correlate) == 0);
	return 0;
}
