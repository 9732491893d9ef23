/* SPDX-License-Identifier: GPL-2.0 */
/*
 * recording.h - all that came in, kept as a DLT_NFLOG capture
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * A savefile of link type 239 with nanoseconds, as tcpdump and Wireshark read: the messages as they came, and between them notes
 * (note.h) with all else that the records depend on. Each is written at once. What cannot be written whole is taken back and ends
 * the recording: one with a hole would replay into other records.
 */
#ifndef RSTWHY_RECORDING_H
#define RSTWHY_RECORDING_H

#include "note.h"

struct recording; /* opaque, by recording_open() and recording_close() */

/* Told once, when the recording ends before its time. */
typedef void recording_failed_fn(const char *path, const char *why);

/* A new file, in the place of an old one. NULL: errno tells. */
struct recording *recording_open(const char *path, recording_failed_fn *failed);
void recording_close(struct recording *recording);

/*
 * A message as it came. Its evidence, where it is ours, is of boottime_ns and realtime_ns; else boottime_ns is 0 and realtime_ns
 * when it came. position_ns: how far evidence time had come before it.
 */
void recording_message(struct recording *recording, const uint8_t *bytes, size_t len, uint64_t boottime_ns, uint64_t realtime_ns,
		       uint64_t position_ns);

/* A note; position_ns as above. */
void recording_note(struct recording *recording, const struct note *note, uint64_t position_ns);

#endif
