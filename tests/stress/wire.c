// SPDX-License-Identifier: GPL-2.0
/*
 * wire.c - a packet socket at one end of the network, and sending frames by the batch
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void enter(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(path);
	close(fd);
}

static void read_own_address(struct wire *w, const char *device)
{
	struct ifreq request = { 0 };

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", device);
	if (ioctl(w->fd, SIOCGIFHWADDR, &request))
		die(device);
	memcpy(w->own, request.ifr_hwaddr.sa_data, 6);
}

static void bind_to(struct wire *w, const char *device)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = 0 };
	int one = 1;

	at.sll_ifindex = (int)if_nametoindex(device);
	if (!at.sll_ifindex)
		die(device);
	w->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0); /* protocol 0: it receives nothing */
	if (w->fd < 0 || bind(w->fd, (struct sockaddr *)&at, sizeof(at)))
		die("packet socket");
	if (setsockopt(w->fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one)))
		die("PACKET_QDISC_BYPASS");
	read_own_address(w, device);
}

void wire_open(struct wire *w, const char *what)
{
	char netns[128], device[IFNAMSIZ];
	unsigned int mac[6], i;

	memset(w, 0, sizeof(*w));
	if (sscanf(what, "%127[^,],%15[^,],%x:%x:%x:%x:%x:%x", netns, device, mac, mac + 1, mac + 2, mac + 3, mac + 4, mac + 5) != 8) {
		fprintf(stderr, "not NETNS,DEVICE,GATEWAY-MAC: %s\n", what);
		exit(2);
	}
	for (i = 0; i < 6; i++)
		w->gateway[i] = (uint8_t)mac[i];
	enter(netns);
	bind_to(w, device);
	enter("/proc/1/ns/net");
	for (i = 0; i < BATCH; i++) {
		w->vectors[i].iov_base = w->frames[i];
		w->messages[i].msg_hdr.msg_iov = &w->vectors[i];
		w->messages[i].msg_hdr.msg_iovlen = 1;
	}
}

uint8_t *wire_frame(struct wire *w)
{
	uint8_t *frame = w->frames[w->waiting];

	memcpy(frame, w->gateway, 6);
	memcpy(frame + 6, w->own, 6);
	return frame;
}

void wire_add(struct wire *w, size_t len)
{
	w->vectors[w->waiting].iov_len = len;
	if (++w->waiting == BATCH)
		wire_flush(w);
}

void wire_flush(struct wire *w)
{
	unsigned int done = 0;

	while (done < w->waiting) {
		int n = sendmmsg(w->fd, w->messages + done, w->waiting - done, 0);

		if (n > 0)
			done += (unsigned int)n;
		else if (errno != ENOBUFS && errno != EAGAIN && errno != EINTR)
			die("sendmmsg");
		else
			usleep(1000);
	}
	w->sent += done;
	w->waiting = 0;
}
