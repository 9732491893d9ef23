/* SPDX-License-Identifier: GPL-2.0 */
/*
 * record_scan.h - a record from its JSON line, in place
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * For those who read millions of lines: nothing is allocated, and the line's own bytes become the record's strings. record_parse()
 * gives the same of a line that is worth keeping.
 */
#ifndef RSTWHY_RECORD_SCAN_H
#define RSTWHY_RECORD_SCAN_H

#include "record.h"

/*
 * text[0] to text[len - 1] is the line; text[len] must be writable, too. All of it is changed, and *record borrows from it. What is left
 * out: the payload, related, and the packet's fields. False: no record of a version this reader knows.
 */
bool record_scan(char *text, size_t len, struct record *record);

#endif
