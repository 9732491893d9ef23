// SPDX-License-Identifier: GPL-2.0
/*
 * metrics_write.c - the counts as a Prometheus text file
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * The format: prometheus.io/docs/instrumenting/exposition_formats. A series that may come is there from the start, with 0: a rate
 * over a counter that appears with its first event would miss that event.
 */
#include "metrics.h"

#include "../version.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_ROOM 1100 /* CONFIG_PATH_MAX and a suffix */

static void head(FILE *file, const char *name, const char *type, const char *help)
{
	fprintf(file, "# HELP rstwhy_%s %s\n# TYPE rstwhy_%s %s\n", name, help, name, type);
}

static void counter(FILE *file, const char *name, uint64_t value, const char *help)
{
	head(file, name, "counter", help);
	fprintf(file, "rstwhy_%s %" PRIu64 "\n", name, value);
}

static void gauge(FILE *file, const char *name, double value, const char *help)
{
	head(file, name, "gauge", help);
	fprintf(file, "rstwhy_%s %.15g\n", name, value);
}

/* A counter with one label; the label's values are ours, and need no escaping. */
static void labelled(FILE *file, const char *name, const char *label, const char *const *values, const uint64_t *counts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		fprintf(file, "rstwhy_%s{%s=\"%s\"} %" PRIu64 "\n", name, label, values[i], counts[i]);
}

static void write_causes(FILE *file, const struct metrics *metrics)
{
	head(file, "resets_total", "counter", "Connections reset, and silently killed, by class and cause.");
	for (unsigned int i = 0; i < CAUSE_COUNT; i++)
		fprintf(file, "rstwhy_resets_total{class=\"%s\",cause=\"%s\"} %" PRIu64 "\n", class_name(cause_text((enum cause)i)->class),
			cause_name((enum cause)i), metrics->causes[i]);
}

static void write_who(FILE *file, const struct metrics *metrics)
{
	head(file, "resets_by_total", "counter", "The same resets by who put them on the wire.");
	labelled(file, "resets_by_total", "by", metrics_actors, metrics->actors, METRICS_ACTORS);
	head(file, "resets_from_total", "counter", "The same resets by the side they came from.");
	labelled(file, "resets_from_total", "sender", metrics_senders, metrics->senders, METRICS_SENDERS);
}

static void write_gaps(FILE *file, const struct metrics *metrics)
{
	uint64_t below = 0;

	head(file, "idle_gap_seconds", "histogram", "Silence before the reset, of idle timeouts.");
	for (size_t i = 0; i < METRICS_BUCKETS; i++) {
		below += metrics->gaps[i];
		fprintf(file, "rstwhy_idle_gap_seconds_bucket{le=\"%.15g\"} %" PRIu64 "\n", metrics_bounds[i], below);
	}
	fprintf(file, "rstwhy_idle_gap_seconds_bucket{le=\"+Inf\"} %" PRIu64 "\n", metrics->gap_count);
	fprintf(file, "rstwhy_idle_gap_seconds_sum %.15g\nrstwhy_idle_gap_seconds_count %" PRIu64 "\n", metrics->gap_seconds, metrics->gap_count);
}

static void write_servers(FILE *file, const struct metrics *metrics)
{
	head(file, "server_idle_timeouts_total", "counter", "Idle timeouts by server; those of servers beyond the first 64 are \"other\".");
	for (size_t i = 0; i < metrics->servers_count; i++) {
		const struct metrics_server *server = &metrics->servers[i];
		bool v6 = strchr(server->ip, ':');

		fprintf(file, "rstwhy_server_idle_timeouts_total{server=\"%s%s%s:%u\"} %" PRIu64 "\n", v6 ? "[" : "", server->ip,
			v6 ? "]" : "", server->port, server->idle_timeouts);
	}
	fprintf(file, "rstwhy_server_idle_timeouts_total{server=\"other\"} %" PRIu64 "\n", metrics->other_servers);
}

/* What the log has not got is no record that could be counted. */
static double lost(const struct metrics *metrics, const struct metrics_sample *sample, size_t where)
{
	return metrics->lost[where] + (!strcmp(metrics_wheres[where], "log") ? (double)sample->unwritten : 0);
}

static void write_records(FILE *file, const struct metrics *metrics, const struct metrics_sample *sample)
{
	head(file, "records_total", "counter", "Records written, by kind.");
	for (unsigned int i = 0; i < METRICS_KINDS; i++)
		fprintf(file, "rstwhy_records_total{kind=\"%s\"} %" PRIu64 "\n", record_kind_name((enum record_kind)i), metrics->kinds[i]);
	head(file, "lost_total", "counter", "Records known to be lost, by where.");
	for (size_t i = 0; i < METRICS_WHERES; i++)
		fprintf(file, "rstwhy_lost_total{where=\"%s\"} %.15g\n", metrics_wheres[i], lost(metrics, sample, i));
}

static void write_sample(FILE *file, const struct metrics_sample *sample)
{
	counter(file, "ignored_total", sample->ignored, "Resets left out by the setting ignore.");
	counter(file, "noise_held_back_total", sample->held_back, "Resets that were noise and are in summaries only.");
	counter(file, "messages_foreign_total", sample->foreign, "Messages on the groups that were no evidence.");
	counter(file, "messages_malformed_total", sample->malformed, "Messages of the module whose packet could not be read.");
	counter(file, "verdicts_early_total", sample->evicted, "Verdicts that could not wait, for want of room.");
	gauge(file, "verdicts_held", (double)sample->held, "Verdicts that wait for what follows.");
	gauge(file, "module_up", sample->module, "1: the module nf_rstwhy is loaded.");
	counter(file, "module_suppressed_total", sample->suppressed, "Messages that the module's rate limit suppressed.");
	counter(file, "module_failed_total", sample->failed, "Messages that the module could not make for want of memory.");
	counter(file, "module_flows_refused_total", sample->refused, "Connections that found no room in the flow memory.");
	gauge(file, "start_time_seconds", sample->started, "When the daemon was started, in seconds since 1970.");
	head(file, "build_info", "gauge", "Always 1; the daemon's version.");
	fprintf(file, "rstwhy_build_info{version=\"%s\"} 1\n", RSTWHY_VERSION);
}

static bool write_all(FILE *file, const struct metrics *metrics, const struct metrics_sample *sample)
{
	write_causes(file, metrics);
	write_who(file, metrics);
	write_gaps(file, metrics);
	write_servers(file, metrics);
	write_records(file, metrics, sample);
	write_sample(file, sample);
	return fflush(file) == 0 && !ferror(file);
}

/* Its reader is another user, whatever the daemon's umask. */
static bool write_file(const struct metrics *metrics, const struct metrics_sample *sample, const char *path)
{
	FILE *file = fopen(path, "we");
	bool whole;
	int saved;

	if (!file)
		return false;
	whole = fchmod(fileno(file), 0644) == 0 && write_all(file, metrics, sample);
	saved = errno;
	whole = fclose(file) == 0 && whole;
	errno = saved;
	return whole;
}

bool metrics_write(const struct metrics *metrics, const struct metrics_sample *sample, const char *path)
{
	char beside[PATH_ROOM];
	int saved;

	/* no name ending in .prom: the collector would take it for a second file */
	snprintf(beside, sizeof(beside), "%s.new", path);
	if (write_file(metrics, sample, beside) && rename(beside, path) == 0)
		return true;
	saved = errno;
	unlink(beside);
	errno = saved;
	return false;
}
