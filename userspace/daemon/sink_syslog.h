/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sink_syslog.h - a record as a syslog message of RFC 5424
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_SINK_SYSLOG_H
#define RSTWHY_SINK_SYSLOG_H

#include "../record/record_fields.h"

#define SINK_SYSLOG_MAX 8192 /* what rsyslog takes by default */

/*
 * <PRI>1 TIME GATEWAY rstwhyd PID KIND [rstwhy@32473 name="value" ...] text: facility daemon; the record's fields as structured data
 * (record_fields.h; lists repeat their name), record_brief() as the text. 32473 is the number that RFC 5612 sets aside for whoever
 * has none. A field that does not fit any more is left out whole. Pure.
 */
void sink_syslog_render(struct line *line, const struct record *record, uint32_t pid);

#endif
