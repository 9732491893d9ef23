// SPDX-License-Identifier: GPL-2.0
/*
 * replay.c - a recording instead of the group
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "replay.h"

#include "announce.h"
#include "progress.h"

#include "../capture/savefile.h"

#include <pcap/dlt.h>
#include <stdlib.h>
#include <unistd.h>

struct replay {
	struct serve *serve;
	struct savefile *file;
	struct intake_settings settings; /* of this recording */
	uint32_t plain_group;
	struct note arrival; /* NOTE_ARRIVAL: of the message that comes next */
};

/* The recorded run goes on from where its evidence time had come. */
static void take_counters(struct replay *replay, const struct note *note)
{
	const struct module_state state = {
		.have_sequence = true,
		.sequence = note->sequence,
		.suppressed = note->suppressed,
		.failed = note->failed,
	};

	intake_state(replay->serve->intake, &state, note->boottime_ns, note->realtime_ns);
}

/* Messages of that group are of plain log rules. */
static void take_plain(struct replay *replay, const struct note *note)
{
	struct intake_settings settings = replay->settings;

	if (replay->serve->plain)
		return;
	settings.epoch = note->epoch;
	replay->plain_group = note->group;
	replay->serve->plain = plain_new(&settings, note->group, intake_names(replay->serve->intake));
}

static void take_note(struct replay *replay, const struct note *note)
{
	switch (note->kind) {
	case NOTE_EPOCH:
		intake_epoch(replay->serve->intake, note->epoch);
		break;
	case NOTE_INTERFACE:
		intake_interface(replay->serve->intake, note->index, note->name);
		break;
	case NOTE_PLAIN:
		take_plain(replay, note);
		break;
	case NOTE_ARRIVAL:
		replay->arrival = *note;
		break;
	case NOTE_COUNTERS:
		take_counters(replay, note);
		break;
	case NOTE_CLOCK:
	case NOTE_END:
		timeline_reach(replay->serve->timeline, note->boottime_ns);
		break;
	default:
		break;
	}
}

static void take_packet(struct replay *replay, const struct savefile_packet *packet)
{
	struct nflog_message message;
	struct note note;

	if (!nflog_parse(packet->bytes, packet->len, &message)) {
		intake_packet(replay->serve->intake, packet->bytes, packet->len);
		return;
	}
	if (note_read(&message, &note)) {
		take_note(replay, &note);
		return;
	}
	if (replay->serve->plain && message.group == replay->plain_group && replay->arrival.kind == NOTE_ARRIVAL)
		plain_arrived(replay->serve->plain, packet->bytes, packet->len, replay->arrival.boottime_ns, replay->arrival.realtime_ns);
	else
		intake_packet(replay->serve->intake, packet->bytes, packet->len);
	replay->arrival.kind = NOTE_END;
}

/* The first packet: whose numbers these are. */
static bool begin(struct replay *replay)
{
	const struct serve *serve = replay->serve;
	struct intake_settings settings = { .correlate = serve->correlate, .loss = serve->loss, .paths = serve->paths, .timeline = serve->timeline };
	struct nflog_message message;
	struct savefile_packet packet;
	struct note note;

	if (savefile_next(replay->file, &packet) != SAVEFILE_PACKET || !nflog_parse(packet.bytes, packet.len, &message) ||
	    !note_read(&message, &note) || note.kind != NOTE_RECORDING) {
		announce("%s: does not begin as a recording of rstwhyd --record does; `rstwhy analyze` reads other captures", serve->options->replay);
		return false;
	}
	settings.epoch = note.epoch;
	settings.netns = note.netns;
	replay->settings = settings;
	timeline_evidence(serve->timeline, note.boottime_ns, note.realtime_ns);
	replay->serve->intake = intake_new(&settings);
	return replay->serve->intake;
}

static bool open_file(struct replay *replay)
{
	const char *path = replay->serve->options->replay;
	char error[SAVEFILE_ERROR_MAX];

	replay->file = savefile_open(path, error);
	if (!replay->file) {
		announce("%s: %s", path, error);
		return false;
	}
	if (savefile_link(replay->file) == DLT_NFLOG)
		return true;
	announce("%s: is no recording but a capture of link type %s; `rstwhy analyze` reads those", path, savefile_link_name(replay->file));
	return false;
}

static int feed(struct replay *replay)
{
	struct savefile_packet packet;
	enum savefile_result result;
	struct progress progress;

	progress_begin(&progress, savefile_size(replay->file));
	progress.on = progress.on && !isatty(STDOUT_FILENO); /* where the records may go */
	while ((result = savefile_next(replay->file, &packet)) == SAVEFILE_PACKET) {
		take_packet(replay, &packet);
		progress_at(&progress, savefile_position(replay->file), report_counts(replay->serve->report)->written);
	}
	progress_clear(&progress);
	timeline_finish(replay->serve->timeline);
	report_flush(replay->serve->report);
	if (result == SAVEFILE_END)
		return EXIT_SUCCESS;
	announce("%s: %s; judged up to there", replay->serve->options->replay, savefile_error(replay->file));
	return REPLAY_DAMAGED;
}

int replay_run(struct serve *serve)
{
	struct replay replay = { .serve = serve };
	int status = REPLAY_UNUSABLE;

	if (open_file(&replay) && begin(&replay)) {
		status = feed(&replay);
		serve_tell_counts(serve);
	}
	savefile_close(replay.file);
	return status;
}
