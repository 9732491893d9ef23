/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sink_journal.h - a record as an entry of systemd's journal
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_SINK_JOURNAL_H
#define RSTWHY_SINK_JOURNAL_H

#include "../record/record_fields.h"

#define SINK_JOURNAL_MAX 16384

/* Names all entries of ours: journalctl MESSAGE_ID=... */
#define SINK_JOURNAL_MESSAGE_ID "9d7b1f2c6a3e4f58b0c4e2a17d95f3c6"

/*
 * One datagram of the native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): MESSAGE is record_brief(), the record's fields are
 * RSTWHY_ and their name in capitals; lists repeat their name. A field that does not fit any more is left out whole. Pure.
 */
void sink_journal_render(struct line *line, const struct record *record);

#endif
