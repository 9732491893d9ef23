/* SPDX-License-Identifier: GPL-2.0 */
/*
 * note.h - what a recording holds beside the packets: all else that the records of a run depend on
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * A note is an NFLOG message that no kernel sends (family 0, no packet header, no payload); its text is the prefix, so that any
 * reader of such captures skips or shows it:
 *
 *   rstwhy: recording epoch=HEX netns=N boottime=NS realtime=NS	the first packet of every recording
 *   rstwhy: epoch=HEX							the module was loaded anew
 *   rstwhy: interface index=N name=NAME				named so from now on
 *   rstwhy: counters sequence=N suppressed=N failed=N boottime=NS realtime=NS	what /proc/net/nf_rstwhy said
 *   rstwhy: clock boottime=NS						evidence time had come this far without evidence
 *   rstwhy: plain epoch=HEX group=N					messages of that group are of plain log rules
 *   rstwhy: arrival boottime=NS realtime=NS				of the message of that group that comes next
 *   rstwhy: end boottime=NS realtime=NS				the run ended
 */
#ifndef RSTWHY_NOTE_H
#define RSTWHY_NOTE_H

#include "nflog.h"

#define NOTE_TEXT_MAX 256

enum note_kind {
	NOTE_RECORDING,
	NOTE_EPOCH,
	NOTE_INTERFACE,
	NOTE_COUNTERS,
	NOTE_CLOCK,
	NOTE_END,
	NOTE_PLAIN,
	NOTE_ARRIVAL,
};

/* Only what the kind's line shows holds. */
struct note {
	enum note_kind kind;
	uint64_t epoch;
	uint32_t netns;
	uint32_t index;
	uint32_t group;
	char name[64];
	uint64_t sequence, suppressed, failed;
	uint64_t boottime_ns, realtime_ns;
};

/* The note as text. */
void note_format(const struct note *note, char text[NOTE_TEXT_MAX]);

/* False: the message is no note, or one that this version does not know. */
bool note_read(const struct nflog_message *message, struct note *note);

#endif
