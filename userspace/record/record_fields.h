/* SPDX-License-Identifier: GPL-2.0 */
/*
 * record_fields.h - a record as names and values, for logs that take fields
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_RECORD_FIELDS_H
#define RSTWHY_RECORD_FIELDS_H

#include "record.h"

/*
 * One field. name: [a-z_]; a list (evidence, also, related, candidates) comes as one call an item. value: printable ASCII, whatever
 * came from outside escaped as line_plain_escaped() does; valid during the call.
 */
typedef void record_field_fn(void *user, const char *name, const char *value, size_t len);

/* Hand out what is known of the record, in a fixed order: what finds it again first, sentences last. */
void record_fields(const struct record *record, record_field_fn *field, void *user);

/* One line for people, ASCII only, without a newline: what the fields' MESSAGE says. */
void record_brief(struct line *line, const struct record *record);

#endif
