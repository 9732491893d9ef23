// SPDX-License-Identifier: GPL-2.0
/*
 * sink_datagram.c - a local socket that takes one datagram a record
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "sink_datagram.h"

#include "announce.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct sink_datagram {
	int fd;
	bool connected;
	bool stuck; /* the reader's queue stayed full: no more waiting for it */
	uint64_t missed, trouble; /* not confessed; since it was announced */
	struct sockaddr_un to;
};

static bool reach(struct sink_datagram *sink)
{
	if (!sink->connected)
		sink->connected = connect(sink->fd, (const struct sockaddr *)&sink->to, sizeof(sink->to)) == 0;
	return sink->connected;
}

struct sink_datagram *sink_datagram_open(const char *path)
{
	struct sink_datagram *sink;
	size_t size = strlen(path) + 1;

	if (size > SINK_DATAGRAM_PATH_MAX) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	sink = calloc(1, sizeof(*sink));
	if (!sink)
		return NULL;
	sink->to.sun_family = AF_UNIX;
	memcpy(sink->to.sun_path, path, size);
	sink->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (sink->fd < 0) {
		free(sink);
		return NULL;
	}
	if (!reach(sink))
		announce("%s: %s; it is tried again with each record", path, strerror(errno));
	return sink;
}

void sink_datagram_close(struct sink_datagram *sink)
{
	if (!sink)
		return;
	close(sink->fd);
	free(sink);
}

static bool send_now(const struct sink_datagram *sink, const char *bytes, size_t len)
{
	return send(sink->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)len;
}

/* The reader's queue is full: a moment for it. */
static bool send_later(struct sink_datagram *sink, const char *bytes, size_t len)
{
	struct pollfd wait = { .fd = sink->fd, .events = POLLOUT };

	if (sink->stuck)
		return false;
	sink->stuck = poll(&wait, 1, SINK_DATAGRAM_WAIT_MS) != 1;
	if (!sink->stuck && send_now(sink, bytes, len))
		return true;
	errno = EAGAIN;
	return false;
}

/* The reader was restarted, and its socket is another one of the same name. A socket that has lost its peer may be connected again. */
static bool is_gone(int error)
{
	return error == ECONNREFUSED || error == ENOTCONN || error == ECONNRESET || error == EPIPE;
}

static bool deliver(struct sink_datagram *sink, const char *bytes, size_t len)
{
	if (!reach(sink))
		return false;
	if (send_now(sink, bytes, len))
		return true;
	if (errno == EAGAIN)
		return send_later(sink, bytes, len);
	if (!is_gone(errno))
		return false;
	sink->connected = false;
	return reach(sink) && send_now(sink, bytes, len);
}

static void recover(struct sink_datagram *sink)
{
	sink->stuck = false;
	if (sink->trouble == 0 || sink->missed > 0)
		return;
	announce("%s: takes records again; %llu were lost", sink->to.sun_path, (unsigned long long)sink->trouble);
	sink->trouble = 0;
}

bool sink_datagram_send(struct sink_datagram *sink, const char *bytes, size_t len)
{
	if (deliver(sink, bytes, len)) {
		recover(sink);
		return true;
	}
	sink->missed++;
	if (sink->trouble++ == 0)
		announce("%s: %s; records for it are lost until it takes them again", sink->to.sun_path,
			 errno == EAGAIN ? "its reader is too slow" : strerror(errno));
	return false;
}

uint64_t sink_datagram_missed(const struct sink_datagram *sink)
{
	return sink->missed;
}

void sink_datagram_confess(struct sink_datagram *sink)
{
	sink->missed = 0;
}

void sink_datagram_inherit(struct sink_datagram *sink, const struct sink_datagram *from)
{
	if (!sink || !from)
		return;
	sink->missed += from->missed;
	sink->trouble += from->trouble;
}
