/* SPDX-License-Identifier: GPL-2.0 */
/*
 * shown.h - what a reader of logs and terminals may be shown
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * The fuzz targets' oracle: whatever came in, what goes out is this. Everything aborts where it is not, which the fuzzer reports.
 */
#ifndef RSTWHY_SHOWN_H
#define RSTWHY_SHOWN_H

#include "../../userspace/record/record.h"

/* Abort, and say where. */
#define must(condition) ((condition) ? (void)0 : shown_broken(__FILE__, __LINE__, #condition))
_Noreturn void shown_broken(const char *file, int line, const char *condition);

/* One line of printable ASCII with one newline, at its end. */
void shown_json(const char *text, size_t len);

/* Lines of printable ASCII and our own arrow, dot and times. */
void shown_text(const char *text, size_t len);

/* A record in both renderings, neither cut. */
void shown_record(const struct record *record);

/* One line of a message to whoever runs the daemon: bounded, and without a newline or any other control character. */
void shown_message(const char *text);

#endif
