// SPDX-License-Identifier: GPL-2.0
/*
 * main.c - rstwhyd: the order of starting, and of ending
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "await.h"
#include "confine.h"
#include "notify.h"
#include "privileges.h"
#include "replay.h"
#include "announce.h"
#include "clock.h"
#include "reload.h"
#include "serve.h"
#include "start.h"

#include "../learn/known_timeouts.h"

#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define EXIT_CONFIG 2
#define INCIDENTS 8192 /* held at once; beyond them verdicts do not wait */

/* Signals come by a descriptor; a closed standard output is a write error like any other. */
static int take_signals(void)
{
	sigset_t signals;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* As the user who will have to open them again later. */
static bool open_files(struct serve *serve, const struct identity *identity)
{
	const struct config *config = serve->config;
	const char *path = config->json;
	bool opened;
	int error;

	if (!identity_borrow(identity)) {
		announce("user: cannot act as %s: %s", config->user, strerror(errno));
		return false;
	}
	opened = report_open(serve->report, config, &path);
	error = errno;
	if (opened)
		paths_load(serve->paths);
	if (!opened)
		announce("the log %s cannot be written%s%s: %s; its directory must exist and be writable", path, identity->stay ? "" : " as user ",
		    identity->stay ? "" : config->user, strerror(error));
	if (!identity_return(identity))
		return false;
	return opened;
}

static bool read_epoch(uint64_t *epoch)
{
	struct module_state state;

	if (module_state_read(MODULE_STATE_FILE, &state) != MODULE_PRESENT || !state.have_epoch)
		return false;
	*epoch = state.epoch;
	return true;
}

/* Of this run; nobody can have it in a message yet. Never 0, which would mean any. */
static uint64_t random_epoch(void)
{
	uint64_t epoch = 0;

	if (getrandom(&epoch, sizeof(epoch), 0) != (ssize_t)sizeof(epoch) || epoch == 0)
		epoch = clock_realtime_ns();
	return epoch;
}

/* With a plain group there is something to do without the module. When it is loaded later, its first message tells. */
static bool goes_without(const struct config *config)
{
	struct module_state state;

	if (config->plain_group == CONFIG_NO_GROUP || module_state_read(MODULE_STATE_FILE, &state) != MODULE_ABSENT)
		return false;
	announce("the module nf_rstwhy is not loaded: resets are judged by plain log rules alone (NFLOG group %u), without silence, history "
		 "and sender; `rstwhy doctor` tells more", config->plain_group);
	return true;
}

/* Who waits for the module. */
struct waiting {
	struct serve *serve;
	const struct identity *identity;
};

/* As the user of the logs: we may be root still. */
static void reload_waiting(void *user)
{
	const struct waiting *waiting = user;

	if (identity_borrow(waiting->identity))
		reload(waiting->serve);
	else
		announce("user: cannot act as %s: %s", waiting->serve->config->user, strerror(errno));
	if (!identity_return(waiting->identity))
		announce("user: cannot be root again: %s", strerror(errno));
}

/* nflog.epoch stands in for the module, in tests. */
static bool find_epoch(struct serve *serve, const struct identity *identity, struct intake_settings *settings, int *status)
{
	struct waiting waiting = { serve, identity };
	struct module_state state;

	settings->epoch = serve->config->epoch;
	if (settings->epoch != 0)
		return true;
	settings->current_epoch = read_epoch;
	if (goes_without(serve->config)) {
		settings->epoch = random_epoch();
		return true;
	}
	if (!await_module(serve->signal_fd, reload_waiting, &waiting, &state, status))
		return false;
	settings->epoch = state.epoch;
	start_tell_limits(serve->config, &state);
	return true;
}

static void batch_done(void *report)
{
	report_flush(report);
}

/* NULL: that was told. */
static struct group *bind_group(const struct serve *serve, uint32_t number, group_packet_fn *packet, void *user)
{
	const struct config *config = serve->config;
	struct group_settings settings = {
		.number = (uint16_t)number,
		.buffer = config->buffer,
		.buffer_max = config->buffer_max,
		.packet = packet,
		.user = user,
		.batch = batch_done,
		.batch_user = serve->report,
	};
	struct group *group = group_open(&settings);

	if (!group)
		start_tell_bind_error(number, errno);
	return group;
}

/* False: that was told. */
static bool bind_groups(struct serve *serve, const struct intake_settings *settings)
{
	const struct config *config = serve->config;
	struct intake_settings plain = *settings;

	serve->group = bind_group(serve, config->group, intake_packet, serve->intake);
	if (!serve->group || config->plain_group == CONFIG_NO_GROUP)
		return serve->group;
	plain.epoch = random_epoch();
	serve->plain = plain_new(&plain, config->plain_group, intake_names(serve->intake));
	if (!serve->plain)
		return false;
	serve->plain_group = bind_group(serve, config->plain_group, plain_packet, serve->plain);
	return serve->plain_group;
}

/* nflog.epoch stands in for the module: then there is none to be told. */
static void open_flowtable(struct serve *serve)
{
	if (serve->config->epoch != 0)
		return;
	serve->flowtable = flowtable_open();
	if (!serve->flowtable)
		announce("nftables cannot be asked for its flowtables: %s; resets of flows that one takes may be missed", strerror(errno));
}

static int no_memory(void)
{
	announce("no memory");
	return EXIT_FAILURE;
}

static void recording_failed(const char *path, const char *why)
{
	announce("the recording %s ends here: %s", path, why);
}

/* As the same user as the logs. */
static bool open_recording(struct serve *serve, const struct identity *identity)
{
	const char *path = serve->options->record;
	int error;

	if (!path)
		return true;
	if (!identity_borrow(identity)) {
		announce("user: cannot act as %s: %s", serve->config->user, strerror(errno));
		return false;
	}
	serve->recording = recording_open(path, recording_failed);
	error = errno;
	if (!serve->recording)
		announce("the recording %s cannot be written%s%s: %s", path, identity->stay ? "" : " as user ",
		    identity->stay ? "" : serve->config->user, strerror(error));
	return identity_return(identity) && serve->recording;
}

/* Where evidence time begins, and the recording. */
static void begin_time(const struct serve *serve, const struct intake_settings *settings)
{
	const struct note note = {
		.kind = NOTE_RECORDING,
		.epoch = settings->epoch,
		.netns = settings->netns,
		.boottime_ns = clock_boottime_ns() - SERVE_SLACK_NS,
		.realtime_ns = clock_realtime_ns() - SERVE_SLACK_NS,
	};

	recording_note(serve->recording, &note, 0);
	timeline_evidence(serve->timeline, note.boottime_ns, note.realtime_ns);
}

static bool confined(void)
{
	if (confine())
		return true;
	announce("the seccomp filter cannot be set: %s; the kernel needs CONFIG_SECCOMP_FILTER", strerror(errno));
	return false;
}

/* With the logs open: module, group, privileges, loop. */
static int start(struct serve *serve, const struct identity *identity)
{
	struct intake_settings settings = {
		.netns = start_netns(),
		.correlate = serve->correlate,
		.loss = serve->loss,
		.paths = serve->paths,
		.timeline = serve->timeline,
		.interface = if_indextoname,
		.recording = serve->recording,
	};
	int status = EXIT_FAILURE;

	if (!find_epoch(serve, identity, &settings, &status))
		return status;
	begin_time(serve, &settings);
	serve->intake = intake_new(&settings);
	if (!serve->intake)
		return no_memory();
	if (!bind_groups(serve, &settings))
		return EXIT_FAILURE;
	open_flowtable(serve);
	status_prepare(serve->config->status, identity);
	if (!privileges_drop(identity)) {
		announce("user: cannot become %s: %s", serve->config->user, strerror(errno));
		return EXIT_FAILURE;
	}
	if (!confined())
		return EXIT_FAILURE;
	serve_begin(serve);
	announce("ready, NFLOG group %u", serve->config->group);
	notify("READY=1\nSTATUS=reading");
	return serve_run(serve);
}

static int run(const struct options *options, struct config *config, const struct hints *hints, const struct identity *identity)
{
	struct serve serve = { .options = options, .config = config, .hints = *hints, .signal_fd = take_signals() };
	struct verdict_settings rules = serve_verdict_settings(&serve);
	int status;

	serve.loss = loss_new();
	serve.report = serve.loss ? report_new(config, serve.loss) : NULL;
	serve.paths = paths_new(config->state, !options->replay);
	serve.correlate = serve.report && serve.paths ? correlate_new(INCIDENTS, &rules, serve_incident, &serve) : NULL;
	if (serve.correlate)
		correlate_set_bracket(serve.correlate, paths_bracket, serve.paths);
	serve.timeline = serve.correlate ? timeline_new(serve.correlate, serve.loss, serve.report) : NULL;
	if (!serve.timeline)
		status = no_memory();
	else if (!open_files(&serve, identity))
		status = EXIT_FAILURE;
	else if (options->replay)
		status = confined() ? replay_run(&serve) : EXIT_FAILURE;
	else
		status = open_recording(&serve, identity) ? start(&serve, identity) : EXIT_FAILURE;
	group_close(serve.group);
	flowtable_close(serve.flowtable);
	group_close(serve.plain_group);
	plain_free(serve.plain);
	intake_free(serve.intake);
	recording_close(serve.recording);
	timeline_free(serve.timeline);
	correlate_free(serve.correlate);
	report_free(serve.report);
	paths_free(serve.paths);
	loss_free(serve.loss);
	close(serve.signal_fd);
	return status;
}

static bool settle(const struct options *options, struct config *config, struct hints *hints, struct identity *identity)
{
	struct known_timeouts_error wrong;
	struct config_error error;

	if (!options_config(options, config, &error)) {
		announce("%s", error.text);
		return false;
	}
	if (!known_timeouts_load(config->hints, hints, &wrong)) {
		announce("%s", wrong.text);
		return false;
	}
	if (options->replay) {
		/* old records are no news to the system's logs, and its counters are the live run's */
		config->syslog[0] = config->journal[0] = config->metrics[0] = '\0';
		*identity = (struct identity){ .stay = true };
		return true;
	}
	if (!identity_find(config->user, identity)) {
		announce("user: there is no user \"%s\" on this machine; allowed: a user that exists (`useradd --system %s`), or root", config->user,
		    config->user);
		return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	struct identity identity;
	struct options options;
	struct config config;
	struct hints hints;
	int status;

	if (!options_parse(argc, argv, &options, &status))
		return status;
	if (!settle(&options, &config, &hints, &identity))
		return EXIT_CONFIG;
	if (options.check) {
		puts("rstwhyd: the settings are right");
		return EXIT_SUCCESS;
	}
	return run(&options, &config, &hints, &identity);
}
