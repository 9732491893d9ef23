// SPDX-License-Identifier: GPL-2.0
/*
 * blast.c - in the guest: TCP segments of many flows, made by hand, and what the machine spent on each
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * blast DEVICE ROUTER-MAC FAMILY FLOWS KIND FIRST COUNT [TRAIN [GUISE]]
 *
 * Sends COUNT frames, the FIRST one onwards, to the router at the other end of DEVICE, and prints nanoseconds of the monotonic clock
 * a frame. Frame i is of flow i / TRAIN % FLOWS; the segments of a train follow each other. KIND: syn, ack, data or rst of the
 * client, synack, reply of the server. Flows have 50,000 ports a client address. GUISE: the client's address as the server sees it
 * (NAT; the port stays). Frames are sent by a packet socket, so that no stack of the sender's has a part in it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define PORTS 50000
#define DATA 64

struct kind {
	const char *name;
	uint8_t flags;
	int from_server;
	uint32_t seq, ack;
	uint16_t data;
};

static const struct kind kinds[] = {
	{ "syn", TH_SYN, 0, 1000, 0, 0 },
	{ "synack", TH_SYN | TH_ACK, 1, 5000, 1001, 0 },
	{ "ack", TH_ACK, 0, 1001, 5001, 0 },
	{ "data", TH_ACK | TH_PUSH, 0, 1001, 5001, DATA },
	{ "reply", TH_ACK | TH_PUSH, 1, 5001, 1001, DATA },
	{ "rst", TH_RST | TH_ACK, 0, 1001, 5001, 0 },
};

struct frame {
	uint16_t pad; /* so that what follows the Ethernet header is aligned */
	struct ether_header eth;
	union {
		struct {
			struct ip ip;
			struct tcphdr th;
			uint8_t data[DATA];
		} four;
		struct {
			struct ip6_hdr ip;
			struct tcphdr th;
			uint8_t data[DATA];
		} six;
	} u;
};

_Static_assert(offsetof(struct frame, u) == 16, "the packet follows its Ethernet header");

struct job {
	int family;
	uint64_t flows, first, count, train;
	const struct kind *kind;
	const char *guise;
	int sock;
	struct frame frame;
	size_t len;
};

static void die(const char *what)
{
	fprintf(stderr, "blast: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t number(const char *text, uint64_t least)
{
	char *end;
	uint64_t n = strtoull(text, &end, 10);

	if (*end || n < least) {
		fprintf(stderr, "blast: %s: a number of at least %llu is wanted\n", text, (unsigned long long)least);
		exit(2);
	}
	return n;
}

static uint32_t sum(const void *bytes, size_t len, uint32_t start)
{
	const uint8_t *p = bytes;
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		start += (uint32_t)p[i] << 8 | p[i + 1];
	return start;
}

static uint16_t fold(uint32_t s)
{
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return htons((uint16_t)~s);
}

static void put_four(struct job *j, uint32_t client, struct tcphdr **th)
{
	struct ip *ip = &j->frame.u.four.ip;
	in_addr_t ends[2] = { htonl(client), inet_addr("10.2.0.77") };

	if (j->guise)
		ends[0] = inet_addr(j->guise);
	memset(ip, 0, sizeof(*ip));
	ip->ip_v = 4;
	ip->ip_hl = 5;
	ip->ip_len = htons((uint16_t)(sizeof(*ip) + sizeof(**th) + j->kind->data));
	ip->ip_off = htons(IP_DF);
	ip->ip_ttl = 64;
	ip->ip_p = IPPROTO_TCP;
	ip->ip_src.s_addr = ends[j->kind->from_server];
	ip->ip_dst.s_addr = ends[!j->kind->from_server];
	ip->ip_sum = fold(sum(ip, sizeof(*ip), 0));
	*th = &j->frame.u.four.th;
	(*th)->th_sum = 0;
}

static void put_six(struct job *j, uint32_t client, struct tcphdr **th)
{
	struct ip6_hdr *ip = &j->frame.u.six.ip;
	struct in6_addr ends[2];
	char text[INET6_ADDRSTRLEN];

	snprintf(text, sizeof(text), "fd00:1::%x", client & 0xff);
	inet_pton(AF_INET6, text, &ends[0]);
	inet_pton(AF_INET6, "fd00:2::4d", &ends[1]);
	memset(ip, 0, sizeof(*ip));
	ip->ip6_flow = htonl(6U << 28);
	ip->ip6_plen = htons((uint16_t)(sizeof(**th) + j->kind->data));
	ip->ip6_nxt = IPPROTO_TCP;
	ip->ip6_hlim = 64;
	ip->ip6_src = ends[j->kind->from_server];
	ip->ip6_dst = ends[!j->kind->from_server];
	*th = &j->frame.u.six.th;
	(*th)->th_sum = 0;
}

static void seal(struct job *j, struct tcphdr *th)
{
	size_t len = sizeof(*th) + j->kind->data;
	uint32_t s = IPPROTO_TCP + (uint32_t)len;

	if (j->family == 4)
		s = sum(&j->frame.u.four.ip.ip_src, 8, s);
	else
		s = sum(&j->frame.u.six.ip.ip6_src, 32, s);
	th->th_sum = fold(sum(th, len, s));
}

static void make(struct job *j, uint64_t i)
{
	uint64_t flow = i / j->train % j->flows, step = i % j->train;
	uint32_t client = ntohl(inet_addr("10.1.0.77")) + (uint32_t)(flow / PORTS);
	uint16_t ports[2] = { (uint16_t)(1024 + flow % PORTS), 443 };
	struct tcphdr *th;

	if (j->family == 4)
		put_four(j, client, &th);
	else
		put_six(j, client, &th);
	th->th_sport = htons(ports[j->kind->from_server]);
	th->th_dport = htons(ports[!j->kind->from_server]);
	th->th_seq = htonl(j->kind->seq + (uint32_t)step * DATA);
	th->th_ack = htonl(j->kind->ack);
	th->th_off = 5;
	th->th_flags = j->kind->flags;
	th->th_win = htons(60000);
	seal(j, th);
}

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

static void blast(struct job *j)
{
	uint64_t i, start = now();

	for (i = j->first; i < j->first + j->count; i++) {
		make(j, i);
		while (send(j->sock, &j->frame.eth, j->len, 0) < 0)
			if (errno != ENOBUFS && errno != EINTR)
				die("send");
	}
	printf("%.2f\n", (double)(now() - start) / (double)j->count);
}

static void open_device(struct job *j, const char *device, const char *mac)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(device) };
	const struct ether_addr *router = ether_aton(mac);
	uint16_t type = j->family == 4 ? ETHERTYPE_IP : ETHERTYPE_IPV6;

	if (!to.sll_ifindex || !router) {
		fprintf(stderr, "blast: no device %s, or %s is no Ethernet address\n", device, mac);
		exit(2);
	}
	to.sll_protocol = htons(type);
	j->sock = socket(AF_PACKET, SOCK_RAW, 0);
	if (j->sock < 0 || bind(j->sock, (struct sockaddr *)&to, sizeof(to)) < 0)
		die(device);
	memcpy(j->frame.eth.ether_dhost, router, ETH_ALEN);
	j->frame.eth.ether_type = htons(type);
	j->len = sizeof(j->frame.eth) + (j->family == 4 ? sizeof(struct ip) : sizeof(struct ip6_hdr)) + sizeof(struct tcphdr) + j->kind->data;
}

int main(int argc, char **argv)
{
	struct job j = { .train = 1 };
	size_t k;

	if (argc < 8 || argc > 10) {
		fprintf(stderr, "usage: blast DEVICE ROUTER-MAC FAMILY FLOWS KIND FIRST COUNT [TRAIN [GUISE]]\n");
		return 2;
	}
	for (k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		if (!strcmp(argv[5], kinds[k].name))
			j.kind = &kinds[k];
	if (!j.kind) {
		fprintf(stderr, "blast: no segment of kind %s\n", argv[5]);
		return 2;
	}
	j.family = (int)number(argv[3], 4);
	j.flows = number(argv[4], 1);
	j.first = number(argv[6], 0);
	j.count = number(argv[7], 1);
	j.train = argc > 8 ? number(argv[8], 1) : 1;
	j.guise = argc > 9 ? argv[9] : NULL;
	open_device(&j, argv[1], argv[2]);
	blast(&j);
	return 0;
}
