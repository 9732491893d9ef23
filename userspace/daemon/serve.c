// SPDX-License-Identifier: GPL-2.0
/*
 * serve.c - the daemon's loop
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "serve.h"

#include "clock.h"
#include "notify.h"
#include "reload.h"
#include "announce.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define NS_PER_SEC 1000000000ULL
#define TICK_NS NS_PER_SEC    /* how often the module's counters are looked at */
#define TOGETHER_NS 10000000ULL /* what is due within it is handed out at one waking */

struct loop {
	struct serve *serve;
	int epoll_fd;
	int timer_fd;
	uint64_t next_tick_ns;
	uint64_t armed_ns; /* the timer goes off then; UINT64_MAX: not armed yet */
	bool stop;
	int status;
};

/* What the module sends to another group is not lost on the way to us. */
static bool sends_to_us(const struct serve *serve, const struct module_state *state)
{
	return !state->have_group || state->group == serve->config->group;
}

static void poll_module(struct serve *serve, uint64_t now_ns)
{
	struct module_state state;

	if (serve->config->epoch != 0 || module_state_read(MODULE_STATE_FILE, &state) != MODULE_PRESENT)
		return;
	serve->flowtable_built_in = state.flowtable_built_in;
	if (!sends_to_us(serve, &state))
		return;
	intake_state(serve->intake, &state, now_ns - SERVE_SLACK_NS, clock_realtime_ns() - SERVE_SLACK_NS);
	report_flush(serve->report);
	status_look(serve, &state);
}

static void read_group(struct loop *loop, struct group *group)
{
	if (!group || group_read(group))
		return;
	announce("reading the NFLOG group failed: %s", strerror(errno));
	loop->stop = true;
	loop->status = 1;
}

static void tick(struct loop *loop, uint64_t now_ns)
{
	struct serve *serve = loop->serve;

	if (now_ns < loop->next_tick_ns)
		return;
	loop->next_tick_ns = now_ns + TICK_NS;
	poll_module(serve, now_ns);
	flowtable_tick(serve->flowtable, serve->flowtable_built_in);
	paths_tick(serve->paths, now_ns);
	meter_tick(serve, now_ns);
}

/* What waits in the socket first: it may belong to what is due, and is not lost because we slept. */
static void on_timer(struct loop *loop)
{
	uint64_t expirations, now_ns;

	if (read(loop->timer_fd, &expirations, sizeof(expirations)) < 0)
		return;
	read_group(loop, loop->serve->group);
	read_group(loop, loop->serve->plain_group);
	now_ns = clock_boottime_ns();
	timeline_reach(loop->serve->timeline, now_ns - SERVE_SLACK_NS);
	report_flush(loop->serve->report);
	tick(loop, now_ns);
}

static void on_signal(struct loop *loop)
{
	struct signalfd_siginfo info;

	if (read(loop->serve->signal_fd, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return;
	if (info.ssi_signo == SIGHUP)
		reload(loop->serve);
	else
		loop->stop = true;
}

/* When something is due, and every second. What is due soon after is waited for: a busy gateway has thousands a second. */
static uint64_t wake_at(const struct loop *loop)
{
	uint64_t due = timeline_next(loop->serve->timeline), tick = loop->next_tick_ns;

	if (due >= tick) /* also where nothing is due: UINT64_MAX */
		return tick;
	due = (due + SERVE_SLACK_NS) / TOGETHER_NS * TOGETHER_NS + TOGETHER_NS;
	return due < tick ? due : tick;
}

static void arm(struct loop *loop)
{
	uint64_t at = wake_at(loop);
	struct itimerspec when = {
		.it_value = { .tv_sec = (time_t)(at / NS_PER_SEC), .tv_nsec = (long)(at % NS_PER_SEC) },
	};

	if (at == loop->armed_ns)
		return;
	loop->armed_ns = at;
	if (at == 0)
		when.it_value.tv_nsec = 1;
	timerfd_settime(loop->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

static void turn(struct loop *loop)
{
	struct epoll_event events[4];
	int ready = epoll_wait(loop->epoll_fd, events, 4, -1);

	for (int i = 0; i < ready; i++) {
		if (events[i].data.fd == loop->timer_fd)
			on_timer(loop);
		else if (events[i].data.fd == loop->serve->signal_fd)
			on_signal(loop);
		else if (loop->serve->plain_group && events[i].data.fd == group_fd(loop->serve->plain_group))
			read_group(loop, loop->serve->plain_group);
		else
			read_group(loop, loop->serve->group);
	}
	report_flush(loop->serve->report);
}

static bool watch(int epoll_fd, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool set_up(struct loop *loop)
{
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	loop->timer_fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	return loop->epoll_fd >= 0 && loop->timer_fd >= 0 && watch(loop->epoll_fd, loop->timer_fd) &&
	       watch(loop->epoll_fd, loop->serve->signal_fd) && watch(loop->epoll_fd, group_fd(loop->serve->group)) &&
	       (!loop->serve->plain_group || watch(loop->epoll_fd, group_fd(loop->serve->plain_group)));
}

/* The end: what is queued, what is held, what is missing. */
static void finish(struct serve *serve)
{
	uint64_t now_ns;

	notify("STOPPING=1");
	group_drain(serve->group);
	if (serve->plain_group)
		group_drain(serve->plain_group);
	now_ns = clock_boottime_ns();
	timeline_reach(serve->timeline, now_ns - SERVE_SLACK_NS);
	poll_module(serve, now_ns);
	intake_end(serve->intake);
	timeline_finish(serve->timeline);
	report_flush(serve->report);
	status_end(serve);
	paths_save(serve->paths);
	meter_write(serve);
}

void serve_tell_counts(const struct serve *serve)
{
	const struct report_counts *report = report_counts(serve->report);
	const struct intake_counts *intake = intake_counts(serve->intake);

	const struct correlate_counts *correlate = correlate_counts(serve->correlate);

	announce("ended: %llu records, %llu ignored as configured, %llu held back as noise; %llu foreign and %llu malformed messages",
	    (unsigned long long)report->written, (unsigned long long)report->ignored, (unsigned long long)report->noise,
	    (unsigned long long)(intake->foreign + plain_foreign(serve->plain)), (unsigned long long)intake->malformed);
	announce("verdicts: %llu could not wait as long as they should for want of room, %llu silences withdrawn, %llu records amended",
	    (unsigned long long)correlate->evicted, (unsigned long long)correlate->withdrawn, (unsigned long long)correlate->amended);
}

void serve_begin(struct serve *serve)
{
	poll_module(serve, clock_boottime_ns());
	flowtable_tick(serve->flowtable, serve->flowtable_built_in);
}

int serve_run(struct serve *serve)
{
	struct loop loop = { .serve = serve, .armed_ns = UINT64_MAX };

	if (!set_up(&loop)) {
		announce("cannot set up the event loop: %s", strerror(errno));
		return 1;
	}
	while (!loop.stop) {
		arm(&loop);
		turn(&loop);
	}
	finish(serve);
	serve_tell_counts(serve);
	close(loop.timer_fd);
	close(loop.epoll_fd);
	return loop.status;
}

struct verdict_settings serve_verdict_settings(const struct serve *serve)
{
	return (struct verdict_settings){
		.idle_min_ms = serve->config->idle_min_ms,
		.hold_ms = serve->config->hold_ms,
		.hints = &serve->hints,
	};
}

void serve_incident(void *user, const struct incident *incident, const struct verdict *verdict, bool held)
{
	struct serve *serve = user;
	struct verdict_settings settings = serve_verdict_settings(serve);

	paths_judged(serve->paths, incident, verdict, &settings);
	report_incident(serve->report, incident, verdict, held);
}
