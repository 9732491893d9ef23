// SPDX-License-Identifier: GPL-2.0
/*
 * daemon_replay.c - a run is recorded, and its replay writes the same bytes
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "plain_message.h"

#include "../../module/evidence.h"
#include "../../userspace/capture/recording.h"
#include "../../userspace/daemon/replay.h"

#define EPOCH 0x1122334455667788ULL
#define NETNS 4026531840U
#define SECOND 1000000000ULL
#define MS 1000000ULL
#define BOOT (5000 * SECOND)
#define OFFSET (1764000000 * SECOND) /* from boottime to the wall's clock */

/* A live run: what the daemon has, and what the module does. */
struct run {
	struct serve serve;
	struct options options;
	struct config config;
	uint64_t now_ns, seq, suppressed, failed, epoch;
	uint32_t plain_seq;
	unsigned int random;
	char directory[32], recording[64];
};

static uint64_t module_epoch;
static unsigned int renamed;

void serve_tell_counts(const struct serve *serve)
{
	(void)serve;
}

static void complain(const char *path, const char *why)
{
	print_error("%s: %s\n", path, why);
}

static bool current_epoch(uint64_t *epoch)
{
	*epoch = module_epoch;
	return true;
}

static char *interface(unsigned int index, char *name)
{
	sprintf(name, "eth%u", index + renamed);
	return name;
}

static unsigned int chance(struct run *r, unsigned int of)
{
	r->random = r->random * 1103515245U + 12345U;
	return (r->random >> 16) % of;
}

static void assemble(struct run *r, const char *log)
{
	struct verdict_settings rules;
	const char *path;

	config_defaults(&r->config);
	snprintf(r->config.json, sizeof(r->config.json), "%s/%s.json", r->directory, log);
	snprintf(r->config.text, sizeof(r->config.text), "%s/%s.text", r->directory, log);
	strcpy(r->config.gateway, "gw1");
	rules = (struct verdict_settings){ .idle_min_ms = r->config.idle_min_ms, .hold_ms = r->config.hold_ms };
	r->serve = (struct serve){ .options = &r->options, .config = &r->config, .loss = loss_new() };
	r->serve.report = report_new(&r->config, r->serve.loss);
	r->serve.correlate = correlate_new(8, &rules, report_incident, r->serve.report);
	r->serve.timeline = timeline_new(r->serve.correlate, r->serve.loss, r->serve.report);
	assert_true(report_open(r->serve.report, &r->config, &path));
}

static void dismantle(struct run *r)
{
	recording_close(r->serve.recording);
	intake_free(r->serve.intake);
	plain_free(r->serve.plain);
	timeline_free(r->serve.timeline);
	correlate_free(r->serve.correlate);
	report_free(r->serve.report);
	loss_free(r->serve.loss);
}

static void begin(struct run *r, unsigned int random)
{
	const struct note note = { .kind = NOTE_RECORDING, .epoch = EPOCH, .netns = NETNS, .boottime_ns = BOOT, .realtime_ns = BOOT + OFFSET };
	struct intake_settings settings = { .epoch = EPOCH, .netns = NETNS, .current_epoch = current_epoch, .interface = interface };

	memset(r, 0, sizeof(*r));
	strcpy(r->directory, "/tmp/rstwhy-replay-XXXXXX");
	assert_non_null(mkdtemp(r->directory));
	snprintf(r->recording, sizeof(r->recording), "%s/recording.pcap", r->directory);
	assemble(r, "live");
	settings.recording = r->serve.recording = recording_open(r->recording, complain);
	assert_non_null(settings.recording);
	recording_note(settings.recording, &note, 0);
	timeline_evidence(r->serve.timeline, BOOT, BOOT + OFFSET);
	settings.correlate = r->serve.correlate;
	settings.loss = r->serve.loss;
	settings.timeline = r->serve.timeline;
	r->serve.intake = intake_new(&settings);
	settings.epoch = EPOCH ^ 1;
	r->serve.plain = plain_new(&settings, PLAIN_GROUP, intake_names(r->serve.intake));
	r->plain_seq = 0;
	r->now_ns = BOOT;
	r->random = random;
	r->epoch = module_epoch = EPOCH;
	renamed = 0;
}

static void emit(struct run *r, const struct rstwhy_evidence *evidence, unsigned int host, unsigned int port)
{
	struct rstwhy_evidence ev = *evidence;
	uint8_t payload[1024], bytes[2048];
	struct nflog_message message = { .family = 2, .group = 17, .has_packet_header = true, .prefix = "rstwhy dir=none", .payload = payload };
	size_t len = put_packet(payload, host, port, ev.kind == RSTWHY_KIND_RST);

	ev.family = 4;
	ev.by = RSTWHY_BY_TRANSIT;
	ev.direction = RSTWHY_DIR_NONE;
	ev.epoch = r->epoch;
	ev.realtime_ns = ev.boottime_ns + OFFSET;
	ev.netns_inum = NETNS;
	ev.ifin = 2 + host % 3;
	ev.captured = ev.wire_len = (uint32_t)len;
	ev.suppressed_known = r->suppressed;
	ev.failed = r->failed;
	evidence_seal(&ev);
	memcpy(payload + len, &ev, sizeof(ev));
	message.payload_len = len + sizeof(ev);
	len = nflog_build(bytes, sizeof(bytes), &message);
	assert_true(len > 0);
	intake_packet(r->serve.intake, bytes, len);
}

static void foreign(struct run *r)
{
	const uint8_t payload[] = "something else";
	struct nflog_message message = { .family = 2, .group = 17, .has_packet_header = true, .prefix = "DROP ", .payload = payload, .payload_len = sizeof(payload) };
	uint8_t bytes[256];

	intake_packet(r->serve.intake, bytes, nflog_build(bytes, sizeof(bytes), &message));
}

/* A plain log rule's message, with a number and an interface, as the kernel makes it. */
static void plain(struct run *r, bool reset)
{
	uint8_t payload[64], bytes[256];
	size_t len = put_packet(payload, chance(r, 6), chance(r, 40), reset);

	r->plain_seq += chance(r, 10) ? 1 : 1 + chance(r, 90);
	len = plain_message(bytes, sizeof(bytes), payload, len, r->plain_seq, 2 + chance(r, 3));
	plain_arrived(r->serve.plain, bytes, len, r->now_ns, r->now_ns + OFFSET);
}

/* The daemon's timer: evidence time has come as far as the clock, less the slack; now and then it asks the module. */
static void look(struct run *r, bool ask)
{
	const struct module_state state = {
		.have_epoch = true, .epoch = module_epoch, .have_sequence = true, .sequence = r->seq, .suppressed = r->suppressed, .failed = r->failed,
	};
	uint64_t now_ns = r->now_ns - 200 * MS;

	timeline_reach(r->serve.timeline, now_ns);
	if (ask)
		intake_state(r->serve.intake, &state, now_ns, now_ns + OFFSET + 7);
}

static void one_event(struct run *r)
{
	struct rstwhy_evidence ev = { .kind = RSTWHY_KIND_RST };

	r->now_ns += (chance(r, 10) ? chance(r, 300) : 1000 * chance(r, 100)) * MS + chance(r, 1000);
	if (chance(r, 3) == 0)
		look(r, chance(r, 4) == 0);
	r->suppressed += chance(r, 20) ? 0 : chance(r, 9);
	r->failed += chance(r, 30) ? 0 : 1;
	r->seq += chance(r, 10) ? 1 : 1 + chance(r, 90);
	ev.seq = r->seq;
	/* as a rule a moment old, now and then so late that the clock has gone on */
	ev.boottime_ns = r->now_ns - (chance(r, 12) ? chance(r, 40) : chance(r, 3000)) * MS;
	if (chance(r, 5) == 0) {
		ev.kind = RSTWHY_KIND_AFTER;
		ev.after = (uint8_t)(1 + chance(r, 7));
		ev.ref_seq = r->seq - 1 - chance(r, 2);
	}
	emit(r, &ev, chance(r, 6), chance(r, 40));
	if (chance(r, 25) == 0)
		foreign(r);
	if (chance(r, 3) == 0)
		plain(r, chance(r, 8));
}

static void end(struct run *r)
{
	look(r, true);
	intake_end(r->serve.intake);
	timeline_finish(r->serve.timeline);
	report_flush(r->serve.report);
	dismantle(r);
}

static char *content(const struct run *r, const char *name, size_t *len)
{
	char path[96], *text = malloc(1 << 24);
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", r->directory, name);
	file = fopen(path, "rb");
	assert_non_null(file);
	*len = fread(text, 1, 1 << 24, file);
	fclose(file);
	return text;
}

static void assert_same(const struct run *r, const char *a, const char *b)
{
	size_t alen, blen;
	char *atext = content(r, a, &alen), *btext = content(r, b, &blen);

	assert_true(alen > 0);
	assert_int_equal(alen, blen);
	assert_memory_equal(atext, btext, alen);
	free(atext);
	free(btext);
}

static int replay(struct run *r, const char *recording)
{
	int status;

	assemble(r, "replay");
	r->options.replay = recording;
	status = replay_run(&r->serve);
	dismantle(r);
	return status;
}

static void clean(struct run *r)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", r->directory);
	assert_int_equal(system(command), 0);
}

static void replay__random_run__same_bytes(void **state)
{
	struct run *r = malloc(sizeof(*r));

	(void)state;
	for (unsigned int seed = 1; seed <= 20; seed++) {
		begin(r, seed);
		look(r, true);
		for (int i = 0; i < 400; i++) {
			renamed = (unsigned int)i / 150;
			one_event(r);
		}
		end(r);
		assert_int_equal(replay(r, r->recording), 0);
		assert_same(r, "live.json", "replay.json");
		assert_same(r, "live.text", "replay.text");
		clean(r);
	}
	free(r);
}

static void replay__module_reloaded__same_bytes(void **state)
{
	struct run *r = malloc(sizeof(*r));

	(void)state;
	begin(r, 7);
	for (int i = 0; i < 100; i++)
		one_event(r);
	r->epoch = module_epoch = EPOCH + 1;
	r->seq = r->suppressed = r->failed = 0;
	for (int i = 0; i < 100; i++)
		one_event(r);
	end(r);
	assert_int_equal(replay(r, r->recording), 0);
	assert_same(r, "live.json", "replay.json");
	clean(r);
	free(r);
}

static void replay__killed_run__judged_to_its_end(void **state)
{
	struct run *r = malloc(sizeof(*r));
	size_t live, replayed;
	char *a, *b;

	(void)state;
	begin(r, 3);
	for (int i = 0; i < 100; i++)
		one_event(r);
	dismantle(r);
	assert_int_equal(truncate(r->recording, 20000), 0); /* somewhere within a record */
	assert_int_equal(replay(r, r->recording), REPLAY_DAMAGED);
	a = content(r, "live.json", &live);
	b = content(r, "replay.json", &replayed);
	assert_true(replayed > 0);
	assert_memory_equal(a, b, replayed < 2000 ? replayed / 2 : 1000);
	free(a);
	free(b);
	clean(r);
	free(r);
}

static void replay__impossible_times__ends(void **state)
{
	struct note note = { .kind = NOTE_CLOCK, .boottime_ns = UINT64_MAX };
	struct run *r = malloc(sizeof(*r));

	(void)state;
	begin(r, 2);
	for (int i = 0; i < 10; i++)
		one_event(r);
	recording_note(r->serve.recording, &note, 0);
	note.kind = NOTE_COUNTERS;
	note.sequence = UINT64_MAX;
	recording_note(r->serve.recording, &note, 0);
	r->now_ns = UINT64_MAX / 1000;
	one_event(r);
	end(r);
	assert_int_equal(replay(r, r->recording), 0);
	clean(r);
	free(r);
}

static void replay__garbage__unusable(void **state)
{
	struct run *r = malloc(sizeof(*r));

	(void)state;
	begin(r, 1);
	dismantle(r);
	assert_int_equal(replay(r, "/etc/passwd"), REPLAY_UNUSABLE);
	assert_int_equal(replay(r, "/nonexistent"), REPLAY_UNUSABLE);
	assert_int_equal(replay(r, "/tmp"), REPLAY_UNUSABLE);
	assert_int_equal(truncate(r->recording, 24), 0); /* a savefile's header alone */
	assert_int_equal(replay(r, r->recording), REPLAY_UNUSABLE);
	clean(r);
	free(r);
}

static void recording__tcpdump__reads_it(void **state)
{
	struct run *r = malloc(sizeof(*r));
	char command[256];

	(void)state;
	if (system("command -v tcpdump >/dev/null 2>&1") != 0) {
		print_message("skipped: no tcpdump on this machine\n");
		free(r);
		skip();
	}
	begin(r, 11);
	for (int i = 0; i < 50; i++)
		one_event(r);
	end(r);
	snprintf(command, sizeof(command), "tcpdump -nn -r %s 2>/dev/null | grep -q '10.2.0.*443 > 10.1.0.2.*Flags \\[R'", r->recording);
	assert_int_equal(system(command), 0);
	clean(r);
	free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replay__random_run__same_bytes),
		cmocka_unit_test(replay__module_reloaded__same_bytes),
		cmocka_unit_test(replay__killed_run__judged_to_its_end),
		cmocka_unit_test(replay__impossible_times__ends),
		cmocka_unit_test(replay__garbage__unusable),
		cmocka_unit_test(recording__tcpdump__reads_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
