// SPDX-License-Identifier: GPL-2.0
/*
 * flowtable.c - which devices have a flowtable of nftables, told to the module
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "flowtable.h"

#include "announce.h"
#include "flowtable_devices.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define INGRESS_FILE "/proc/net/nf_rstwhy_ingress"
#define DEVICES_FILE "/proc/net/dev" /* two lines of headings, then a name and a colon a line */
/* To ask nftables would load it where it is not in use: so look first. */
#define IN_USE "/sys/module/nf_flow_table"
#define QUESTION 64 /* bytes: two small headers */
#define ANSWER_S 1 /* the kernel answers at once, or something is wrong */

struct flowtable {
	struct mnl_socket *nl;
	unsigned int seq;
	bool told_ask, told_write, told_many;
	struct flowtable_devices wanted, have;
};

struct flowtable *flowtable_open(void)
{
	const struct timeval limit = { .tv_sec = ANSWER_S };
	struct flowtable *flowtable = calloc(1, sizeof(*flowtable));

	if (!flowtable)
		return NULL;
	flowtable->nl = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	if (flowtable->nl && mnl_socket_bind(flowtable->nl, 0, MNL_SOCKET_AUTOPID) == 0 &&
	    setsockopt(mnl_socket_get_fd(flowtable->nl), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) == 0)
		return flowtable;
	flowtable_close(flowtable);
	return NULL;
}

void flowtable_close(struct flowtable *flowtable)
{
	int error = errno;

	if (!flowtable)
		return;
	if (flowtable->nl)
		mnl_socket_close(flowtable->nl);
	free(flowtable);
	errno = error;
}

static bool ask(struct flowtable *flowtable)
{
	_Alignas(struct nlmsghdr) char buffer[QUESTION];
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct nfgenmsg *family;

	message->nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETFLOWTABLE;
	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	message->nlmsg_seq = ++flowtable->seq;
	family = mnl_nlmsg_put_extra_header(message, sizeof(*family));
	family->nfgen_family = AF_UNSPEC;
	family->version = NFNETLINK_V0;
	return mnl_socket_sendto(flowtable->nl, message, message->nlmsg_len) >= 0;
}

/* All devices that there are whose name begins so. Not by if_nameindex(): the daemon may open no netlink socket any more. */
static void add_beginning(struct flowtable_devices *devices, const char *beginning)
{
	char line[512], name[IF_NAMESIZE];
	FILE *file = fopen(DEVICES_FILE, "re");

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, " %15[^: \t\n]:", name) == 1 && !strncmp(name, beginning, strlen(beginning)))
			flowtable_devices_add(devices, name);
	if (file)
		fclose(file);
}

static int on_message(const struct nlmsghdr *message, void *devices)
{
	return flowtable_devices_parse(devices, message, add_beginning) ? MNL_CB_OK : MNL_CB_ERROR;
}

/* False: errno tells; EINTR when the rules changed meanwhile. */
static bool listen_to(struct flowtable *flowtable)
{
	unsigned int port = mnl_socket_get_portid(flowtable->nl);
	_Alignas(struct nlmsghdr) char buffer[16384];
	int more = MNL_CB_OK;

	flowtable->wanted.count = flowtable->wanted.dropped = 0;
	while (more == MNL_CB_OK) {
		ssize_t len = mnl_socket_recvfrom(flowtable->nl, buffer, sizeof(buffer));

		if (len < 0)
			return false;
		errno = EPROTO;
		more = mnl_cb_run(buffer, (size_t)len, flowtable->seq, port, on_message, &flowtable->wanted);
		if (more == MNL_CB_ERROR && errno == ESRCH) /* of an earlier question that was given up */
			more = MNL_CB_OK;
	}
	return more == MNL_CB_STOP;
}

/* What the module has; false where it cannot be told. */
static bool read_have(struct flowtable_devices *have)
{
	char text[FLOWTABLE_DEVICES_MOST * IF_NAMESIZE + 1];
	FILE *file = fopen(INGRESS_FILE, "re");
	size_t len;

	have->count = have->dropped = 0;
	if (!file)
		return false;
	len = fread(text, 1, sizeof(text) - 1, file);
	text[len] = '\0';
	fclose(file);
	flowtable_devices_lines(have, text);
	return true;
}

/* A device that went meanwhile is none of our business, nor is a module that is switched off. */
static bool harmless(int error)
{
	return error == ENODEV || error == EEXIST || error == ENOENT || error == ENETDOWN;
}

static void tell_module(struct flowtable *flowtable, char sign, const char *name)
{
	char text[IF_NAMESIZE + 2];
	int len = snprintf(text, sizeof(text), "%c%s\n", sign, name);
	int fd = open(INGRESS_FILE, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, (size_t)len) != len) {
		if (!harmless(errno) && !flowtable->told_write)
			announce(INGRESS_FILE ": %c%s: %s; resets of flows that its flowtable takes may be missed", sign, name,
				 strerror(errno));
		flowtable->told_write = flowtable->told_write || !harmless(errno);
	}
	if (fd >= 0)
		close(fd);
}

static void bring_into_line(struct flowtable *flowtable)
{
	const struct flowtable_devices *wanted = &flowtable->wanted, *have = &flowtable->have;

	for (size_t i = 0; i < have->count; i++)
		if (!flowtable_devices_have(wanted, have->name[i]))
			tell_module(flowtable, '-', have->name[i]);
	for (size_t i = 0; i < wanted->count; i++)
		if (!flowtable_devices_have(have, wanted->name[i]))
			tell_module(flowtable, '+', wanted->name[i]);
	if (wanted->dropped && !flowtable->told_many) {
		flowtable->told_many = true;
		announce("more than %d devices have a flowtable: resets of flows that the others' take may be missed",
			 FLOWTABLE_DEVICES_MOST);
	}
}

void flowtable_tick(struct flowtable *flowtable, bool built_in)
{
	if (!flowtable || (!built_in && access(IN_USE, F_OK) != 0))
		return;
	if (!ask(flowtable) || !listen_to(flowtable)) {
		if (errno != EINTR && !flowtable->told_ask) {
			flowtable->told_ask = true;
			announce("nftables does not tell its flowtables (%s): resets of flows that one takes may be missed", strerror(errno));
		}
		return;
	}
	if (read_have(&flowtable->have))
		bring_into_line(flowtable);
}
