// SPDX-License-Identifier: GPL-2.0
/*
 * group.c - one NFLOG group, bound and read
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Never PF_BIND or PF_UNBIND: they would rebind the whole namespace's log backend. The group alone is ours.
 */
#include "group.h"

#include "announce.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <libnetfilter_log/libnetfilter_log.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* A batch of the kernel's is at most NLBUFSIZ long, but one packet may be longer than the room left in it. */
#define NLBUFSIZ 65536U
#define RECEIVE_SIZE (2 * NLBUFSIZ + 4096)
#define QTHRESH 128U /* the room of NLBUFSIZ is rounded up to twice as much (__alloc_skb() in net/core/skbuff.c): it may be used */
#define TIMEOUT_HUNDREDTHS 2U
#define BATCHES_A_TURN 64
#define ANSWER_MS 5000

struct group {
	struct mnl_socket *socket;
	struct group_settings settings;
	_Alignas(struct nlmsghdr) char receive[RECEIVE_SIZE];
};

static int take_packet(const struct nlmsghdr *header, void *user)
{
	struct group *group = user;

	if (header->nlmsg_type != ((NFNL_SUBSYS_ULOG << 8) | NFULNL_MSG_PACKET))
		return MNL_CB_OK;
	group->settings.packet(group->settings.user, mnl_nlmsg_get_payload(header), mnl_nlmsg_get_payload_len(header));
	return MNL_CB_OK;
}

static int take_batch(struct group *group, size_t len)
{
	int status = mnl_cb_run(group->receive, len, 0, 0, take_packet, group);

	if (group->settings.batch)
		group->settings.batch(group->settings.batch_user);
	return status;
}

static void set_buffer(struct group *group, uint32_t size)
{
	int fd = mnl_socket_get_fd(group->socket);
	int value = (int)size;

	group->settings.buffer = size;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &value, sizeof(value)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &value, sizeof(value));
}

/* Messages were dropped before us: take more at a time from now on. Their number comes to light by the sequence. */
static void overrun(struct group *group)
{
	uint32_t size = group->settings.buffer, max = group->settings.buffer_max;
	uint32_t next = size > max / 2 ? max : size * 2;

	if (next <= size)
		return;
	set_buffer(group, next);
	announce("the receive buffer overflowed; it is %u KiB now", next / 1024);
}

/* One batch. False: nothing more for now (errno EAGAIN), or failed. */
static bool read_batch(struct group *group)
{
	ssize_t len = mnl_socket_recvfrom(group->socket, group->receive, sizeof(group->receive));

	if (len < 0 && errno == ENOBUFS) {
		overrun(group);
		return true;
	}
	if (len < 0)
		return errno == EINTR;
	take_batch(group, (size_t)len);
	return true;
}

bool group_read(struct group *group)
{
	for (int i = 0; i < BATCHES_A_TURN; i++)
		if (!read_batch(group))
			return errno == EAGAIN;
	return true;
}

static bool is_answer(const struct group *group, ssize_t len)
{
	const struct nlmsghdr *header = (const struct nlmsghdr *)group->receive;

	return len >= (ssize_t)sizeof(*header) && header->nlmsg_type == NLMSG_ERROR;
}

/* The kernel's answer to our one request: an acknowledgement or an error. Packets may come before it. */
static bool await_answer(struct group *group)
{
	struct pollfd wait = { .fd = mnl_socket_get_fd(group->socket), .events = POLLIN };

	while (poll(&wait, 1, ANSWER_MS) == 1) {
		ssize_t len = mnl_socket_recvfrom(group->socket, group->receive, sizeof(group->receive));
		int status;

		if (len < 0)
			return false;
		status = take_batch(group, (size_t)len);
		if (is_answer(group, len))
			return status == MNL_CB_STOP;
	}
	errno = ETIMEDOUT;
	return false;
}

/* One message: the kernel binds first and then sets the rest on what it has bound, so that no packet comes in between. */
static bool bind_group(struct group *group)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *header;

	header = nflog_nlmsg_put_header(buf, NFULNL_MSG_CONFIG, AF_UNSPEC, group->settings.number);
	header->nlmsg_flags |= NLM_F_ACK;
	nflog_attr_put_cfg_cmd(header, NFULNL_CFG_CMD_BIND);
	nflog_attr_put_cfg_mode(header, NFULNL_COPY_PACKET, 0xffff);
	mnl_attr_put_u32(header, NFULA_CFG_NLBUFSIZ, htonl(NLBUFSIZ));
	mnl_attr_put_u32(header, NFULA_CFG_QTHRESH, htonl(QTHRESH));
	mnl_attr_put_u32(header, NFULA_CFG_TIMEOUT, htonl(TIMEOUT_HUNDREDTHS));
	mnl_attr_put_u16(header, NFULA_CFG_FLAGS, htons(NFULNL_CFG_F_SEQ));
	return mnl_socket_sendto(group->socket, header, header->nlmsg_len) >= 0 && await_answer(group);
}

void group_drain(struct group *group)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *header;

	header = nflog_nlmsg_put_header(buf, NFULNL_MSG_CONFIG, AF_UNSPEC, group->settings.number);
	header->nlmsg_flags |= NLM_F_ACK;
	nflog_attr_put_cfg_cmd(header, NFULNL_CFG_CMD_UNBIND);
	if (mnl_socket_sendto(group->socket, header, header->nlmsg_len) >= 0)
		await_answer(group);
	while (read_batch(group)) /* nothing more comes: what the buffer holds is the bound */
		;
}

struct group *group_open(const struct group_settings *settings)
{
	struct group *group = calloc(1, sizeof(*group));
	int saved;

	if (!group)
		return NULL;
	group->settings = *settings;
	group->socket = mnl_socket_open2(NETLINK_NETFILTER, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (group->socket && mnl_socket_bind(group->socket, 0, MNL_SOCKET_AUTOPID) == 0) {
		set_buffer(group, settings->buffer);
		if (bind_group(group))
			return group;
	}
	saved = errno;
	group_close(group);
	errno = saved;
	return NULL;
}

void group_close(struct group *group)
{
	if (!group)
		return;
	if (group->socket)
		mnl_socket_close(group->socket);
	free(group);
}

int group_fd(const struct group *group)
{
	return mnl_socket_get_fd(group->socket);
}

void group_set_buffer_max(struct group *group, uint32_t buffer_max)
{
	group->settings.buffer_max = buffer_max;
}
