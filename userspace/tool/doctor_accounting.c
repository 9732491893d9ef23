// SPDX-License-Identifier: GPL-2.0
/*
 * doctor_accounting.c - rstwhy doctor --accounting: where every reset went
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "doctor_accounting.h"

#include "command.h"
#include "terminal.h"

#include "../daemon/module_state.h"
#include "../record/record_scan.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void row(FILE *to, const char *sign, int64_t value, const char *what)
{
	fprintf(to, "%s %12" PRId64 "  %s\n", sign, value, what);
}

/* What is nothing in most runs is told only where it is something. */
static void rare_row(FILE *to, const char *sign, uint64_t value, const char *what)
{
	if (value)
		row(to, sign, (int64_t)value, what);
}

static void show_left(FILE *to, const struct accounting *a)
{
	row(to, " ", (int64_t)a->seen, "resets seen by the module");
	rare_row(to, "+", a->elsewhere, "of other network namespaces");
	rare_row(to, "+", a->early, "from before, on their way when the counting began");
	rare_row(to, "+", a->held_before, "held when the counting began");
	rare_row(to, "+", a->pending_before, "waiting for a summary when the counting began");
	rare_row(to, "+", (uint64_t)accounting_plain(a), "from plain log rules");
}

static void show_right(FILE *to, const struct accounting *a)
{
	uint64_t lost = (uint64_t)accounting_lost(a), under_way = a->missing < lost ? a->missing : lost;

	row(to, "=", (int64_t)a->written, "sum of count over records");
	row(to, "+", (int64_t)a->summarized, "sum of count over summaries");
	row(to, "+", (int64_t)a->ignored, "ignored as configured");
	row(to, "+", accounting_unsent(a), "suppressed: not sent by the module (rate limit, or no memory)");
	row(to, "+", (int64_t)(lost - under_way), "lost on the way to the daemon");
	rare_row(to, "+", under_way, "sent and not here yet: on their way, or lost");
	rare_row(to, "+", a->malformed, "malformed: no TCP segment could be read");
	rare_row(to, "+", a->unlogged, "left out by log.noise=none");
	rare_row(to, "+", a->unwritten, "lost because the log could not be written");
	rare_row(to, "+", a->pending, "held back as noise, their summary is to come");
	row(to, "+", (int64_t)a->held, "still held");
}

static void show_head(FILE *to, const struct accounting *a)
{
	char buf[128];
	struct line line;

	line_init(&line, buf, sizeof(buf));
	line_timestamp(&line, a->since_ns);
	line_text(&line, " to ");
	line_timestamp(&line, a->until_ns);
	fprintf(to, "%s, rstwhyd (process %" PRIu64 ")%s\n", buf, a->pid, a->running ? "" : ", which has ended");
	if (a->blurred)
		fputs("  packets were under way when the counting began: its two sides may differ by a few\n", to);
}

static void show_rest(FILE *to, const struct accounting *a)
{
	fprintf(to, "messages of all kinds: %" PRIu64 " suppressed by the rate limit, %" PRIu64 " not made for lack of memory, %" PRIu64 " lost on the way\n",
		a->suppressed, a->failed, a->lost_netlink);
	fprintf(to, "verdicts: %" PRIu64 " could not wait as long as they should, %" PRIu64 " silences withdrawn, %" PRIu64 " records amended\n",
		a->evicted, a->withdrawn, a->amended);
}

static unsigned int show_gap(FILE *to, const char *where, int64_t gap, const char *says)
{
	if (gap)
		fprintf(to, "BREAKS %s by %" PRId64 ": %s\n", where, gap, says);
	return gap != 0;
}

static unsigned int show_log(FILE *to, const struct accounting *a, const struct log_sums *log)
{
	char says[ACCOUNTING_SAYS_MAX];

	if (!log->same_file || !log->whole) {
		fprintf(to, "the log: not compared, %s\n", log->same_file ? "it was cut from outside since the daemon opened it" :
								     "the file of that name is not the one the daemon writes to (SIGHUP opens it again)");
		return 0;
	}
	snprintf(says, sizeof(says),
		 "since it was opened %" PRIu64 " resets were written in records and %" PRIu64 " in summaries, it holds %" PRIu64 " and %" PRIu64,
		 a->log_written, a->log_summarized, log->records, log->summaries);
	fprintf(to, "the log: %s\n", says);
	return show_gap(to, "in the log", (int64_t)(a->log_written + a->log_summarized - log->records - log->summaries), says);
}

unsigned int accounting_show(FILE *to, const struct accounting *a, const struct log_sums *log)
{
	static const char *const where[ACCOUNTING_LINKS] = {
		[ACCOUNTING_MODULE] = "within the module",
		[ACCOUNTING_GROUP] = "between module and daemon",
		[ACCOUNTING_DAEMON] = "within the daemon",
		[ACCOUNTING_WHOLE] = "somewhere",
	};
	char says[ACCOUNTING_SAYS_MAX];
	unsigned int broken = 0;

	show_head(to, a);
	show_left(to, a);
	show_right(to, a);
	show_rest(to, a);
	for (enum accounting_link link = 0; link < ACCOUNTING_LINKS; link++) {
		int64_t gap = accounting_gap(a, link, says);

		if (link != ACCOUNTING_WHOLE || !broken)
			broken += show_gap(to, where[link], gap, says);
	}
	if (log)
		broken += show_log(to, a, log);
	fprintf(to, "%s\n", broken ? "the sum does not hold" : "the sum holds, exactly");
	return broken;
}

static void take_line(char *text, size_t len, struct log_sums *sums)
{
	struct record record;

	if (!record_scan(text, len, &record))
		return;
	if (record.kind == RECORD_RESET)
		sums->records += record.count;
	else if (record.kind == RECORD_SUMMARY)
		sums->summaries += record.count;
}

void log_sums_read(FILE *log, uint64_t offset, uint64_t bytes, struct log_sums *sums)
{
	char *text = NULL;
	uint64_t taken = 0;
	size_t room = 0;
	ssize_t len;

	if (fseeko(log, (off_t)offset, SEEK_SET) < 0)
		return;
	for (; taken < bytes && (len = getline(&text, &room, log)) > 0; taken += (uint64_t)len)
		take_line(text, (size_t)len, sums);
	free(text);
}

/* False: there is no such file. */
static bool read_log(const char *path, const struct accounting *a, struct log_sums *sums)
{
	FILE *log = path[0] == '/' ? fopen(path, "re") : NULL;
	struct stat st;

	*sums = (struct log_sums){ 0 };
	if (!log)
		return false;
	sums->same_file = fstat(fileno(log), &st) == 0 && a->log_inode == (uint64_t)st.st_ino;
	sums->whole = sums->same_file && (uint64_t)st.st_size >= a->log_offset + a->log_bytes;
	if (sums->whole)
		log_sums_read(log, a->log_offset, a->log_bytes, sums);
	fclose(log);
	return true;
}

static bool read_status(const char *path, struct accounting *a)
{
	char text[ACCOUNTING_TEXT_MAX];
	FILE *file = fopen(path, "re");
	size_t len;

	if (!file) {
		complain("%s: %s; rstwhyd writes it (status.file) once the module is loaded, and who may read the log may read it", path, strerror(errno));
		return false;
	}
	len = fread(text, 1, sizeof(text) - 1, file);
	text[len] = '\0';
	fclose(file);
	if (accounting_parse(text, a))
		return true;
	complain("%s: this is not what this version of rstwhyd writes there", path);
	return false;
}

/* The daemon may have died, or the module been replaced. */
static void tell_age(const struct accounting *a)
{
	struct module_state state;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%" PRIu64, a->pid);
	if (a->running && access(path, F_OK) < 0)
		puts("process is gone and did not say goodbye: this is how it was last, what it held is not written");
	if (module_state_read(MODULE_STATE_FILE, &state) == MODULE_PRESENT && state.have_epoch && state.epoch != a->epoch)
		puts("the module was loaded again since");
}

int accounting_examine(const struct config *config)
{
	struct accounting a;
	struct log_sums log;
	bool have_log;

	if (!config->status[0]) {
		complain("status.file is empty: nobody keeps account");
		return STATUS_FAILED;
	}
	if (!read_status(config->status, &a))
		return STATUS_FAILED;
	have_log = read_log(config->json, &a, &log);
	tell_age(&a);
	return accounting_show(stdout, &a, have_log ? &log : NULL) ? STATUS_FAILED : STATUS_OK;
}
