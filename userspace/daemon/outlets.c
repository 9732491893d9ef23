// SPDX-License-Identifier: GPL-2.0
/*
 * outlets.c - where records go beside the log files
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "outlets.h"

#include "sink_datagram.h"
#include "sink_journal.h"
#include "sink_syslog.h"

#include <stdlib.h>
#include <unistd.h>

#define BUFFER (SINK_JOURNAL_MAX > SINK_SYSLOG_MAX ? SINK_JOURNAL_MAX : SINK_SYSLOG_MAX)

enum outlet_kind { OUTLET_SYSLOG, OUTLET_JOURNAL, OUTLETS };

struct outlets {
	struct sink_datagram *sink[OUTLETS]; /* NULL: off */
	struct metrics metrics;
	char buf[BUFFER];
};

struct outlets *outlets_new(void)
{
	return calloc(1, sizeof(struct outlets));
}

void outlets_free(struct outlets *outlets)
{
	if (!outlets)
		return;
	for (size_t i = 0; i < OUTLETS; i++)
		sink_datagram_close(outlets->sink[i]);
	free(outlets);
}

bool outlets_open(struct outlets *outlets, const struct config *config, const char **path)
{
	const char *const paths[OUTLETS] = { [OUTLET_SYSLOG] = config->syslog, [OUTLET_JOURNAL] = config->journal };
	struct sink_datagram *opened[OUTLETS] = { NULL };

	for (size_t i = 0; i < OUTLETS; i++) {
		opened[i] = paths[i][0] ? sink_datagram_open(paths[i]) : NULL;
		if (opened[i] || !paths[i][0])
			continue;
		*path = paths[i];
		while (i > 0)
			sink_datagram_close(opened[--i]);
		return false;
	}
	for (size_t i = 0; i < OUTLETS; i++) {
		sink_datagram_inherit(opened[i], outlets->sink[i]);
		sink_datagram_close(outlets->sink[i]);
		outlets->sink[i] = opened[i];
	}
	return true;
}

static bool send_record(struct outlets *outlets, enum outlet_kind kind, const struct record *record)
{
	struct line line;

	if (kind == OUTLET_SYSLOG) {
		line_init(&line, outlets->buf, SINK_SYSLOG_MAX);
		sink_syslog_render(&line, record, (uint32_t)getpid());
	} else {
		line_init(&line, outlets->buf, SINK_JOURNAL_MAX);
		sink_journal_render(&line, record);
	}
	return sink_datagram_send(outlets->sink[kind], line.data, line.len);
}

/* Where records were missed, the reader is told so before it gets more. */
static bool send_missed(struct outlets *outlets, enum outlet_kind kind, const struct record *next)
{
	struct sink_datagram *sink = outlets->sink[kind];
	uint64_t missed = sink_datagram_missed(sink);
	struct record loss;

	if (missed == 0)
		return true;
	record_init(&loss, RECORD_LOSS);
	loss.ts_ns = next->ts_ns;
	loss.gateway = next->gateway;
	loss.lost = (double)missed;
	loss.where = kind == OUTLET_SYSLOG ? "syslog" : "journal";
	if (!send_record(outlets, kind, &loss))
		return false;
	sink_datagram_confess(sink);
	return true;
}

void outlets_write(struct outlets *outlets, const struct record *record)
{
	metrics_count(&outlets->metrics, record);
	for (enum outlet_kind i = 0; i < OUTLETS; i++)
		if (outlets->sink[i] && send_missed(outlets, i, record))
			send_record(outlets, i, record);
}

const struct metrics *outlets_metrics(const struct outlets *outlets)
{
	return &outlets->metrics;
}
