// SPDX-License-Identifier: GPL-2.0
/*
 * numbered.c - numbered segments of living connections through the gateway: what is lost, doubled or out of order
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 *   numbered RATE CLIENT SERVER [-6]       until SIGTERM or SIGINT
 *
 * Both ends are ours: segments of one connection, from the client, RATE a second, each with its number; the server's end listens with a
 * packet socket. CLIENT, SERVER: see wire_open(). At the end it prints
 *   sent N received N lost N reordered N missed N slowest_us N
 * missed: frames that the listener itself had no room for, so that nothing is known of them.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "shapes.h"

#define SEED 250 /* no flood's flows have it */
#define LINGER_MS 3000

struct message {
	uint64_t number, sent_ns;
};

struct tally {
	uint64_t received, reordered, slowest_ns, next;
};

static volatile sig_atomic_t ended;

static void on_signal(int number)
{
	(void)number;
	ended = 1;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* Only what is addressed to our server: its address's last four bytes. */
static void listen_for(struct wire *w, const struct living *flow)
{
	int ip6 = flow->ends.family == 6, room = 64 << 20;
	uint32_t last, at = ETHER_LEN + (ip6 ? 36 : 16);
	struct sock_filter code[4];
	struct sock_fprog program = { 4, code };
	struct sockaddr_ll to = { 0 };
	socklen_t len = sizeof(to);

	memcpy(&last, flow->ends.dst + (ip6 ? 12 : 0), 4);
	code[0] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at);
	code[1] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ntohl(last), 0, 1);
	code[2] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, FRAME_MAX);
	code[3] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0);
	if (setsockopt(w->fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) ||
	    setsockopt(w->fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) || getsockname(w->fd, (struct sockaddr *)&to, &len)) {
		perror("listening");
		exit(1);
	}
	to.sll_protocol = htons(ip6 ? ETH_P_IPV6 : ETH_P_IP);
	if (bind(w->fd, (struct sockaddr *)&to, sizeof(to))) {
		perror("listening");
		exit(1);
	}
}

static void receive_all(struct flood *f, struct tally *t)
{
	size_t head = ETHER_LEN + (f->family == 4 ? 20 : 40) + 20;
	uint8_t frame[FRAME_MAX];
	struct message m;
	ssize_t n;

	while ((n = recv(f->server.fd, frame, sizeof(frame), MSG_DONTWAIT)) > 0) {
		if ((size_t)n != head + sizeof(m)) /* the handshake */
			continue;
		memcpy(&m, frame + head, sizeof(m));
		t->received++;
		t->reordered += m.number < t->next;
		t->next = m.number + 1 > t->next ? m.number + 1 : t->next;
		if (now_ns() - m.sent_ns > t->slowest_ns)
			t->slowest_ns = now_ns() - m.sent_ns;
	}
}

static void send_one(struct flood *f, struct living *flow, uint64_t number)
{
	struct message m = { number, now_ns() };
	struct tcp t = { .ends = flow->ends, .flags = F_PSH | F_ACK, .seq = flow->seq, .ack = flow->ack };

	t.payload = (const uint8_t *)&m;
	t.payload_len = sizeof(m);
	flow->seq += sizeof(m);
	wire_add(&f->client, packet_tcp(wire_frame(&f->client), &t));
	wire_flush(&f->client);
	if (number % 64)
		return;
	t.flags = F_ACK; /* the server's end acknowledges, or conntrack's window would be full */
	packet_swap(&t.ends);
	t.seq = flow->ack;
	t.ack = flow->seq;
	t.payload_len = 0;
	wire_add(&f->server, packet_tcp(wire_frame(&f->server), &t));
	wire_flush(&f->server);
}

static uint64_t run(struct flood *f, struct living *flow, uint64_t rate, struct tally *t)
{
	uint64_t number = 0, started = now_ns(), due, now;

	while (!ended) {
		due = started + number * 1000000000 / rate;
		receive_all(f, t);
		now = now_ns(); /* once: due may pass between two readings */
		if (now < due)
			usleep((useconds_t)((due - now) / 1000 + 1));
		else
			send_one(f, flow, number++);
	}
	started = now_ns();
	while (t->received < number && now_ns() - started < LINGER_MS * 1000000ULL) {
		usleep(1000);
		receive_all(f, t);
	}
	return number;
}

int main(int argc, char **argv)
{
	static struct flood f = { .family = 4, .seed = SEED };
	struct tpacket_stats stats = { 0 };
	socklen_t len = sizeof(stats);
	struct tally t = { 0 };
	struct living flow;
	uint64_t sent, rate;
	int step;

	if (argc > 4 && !strcmp(argv[4], "-6"))
		f.family = 6;
	if (argc < 4 || !(rate = strtoull(argv[1], NULL, 0)))
		return 2;
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	wire_open(&f.client, argv[2]);
	wire_open(&f.server, argv[3]);
	flow_living(&f, 0, &flow);
	listen_for(&f.server, &flow);
	for (step = 0; step < 6; step++) {
		flow_step(&f, 0, step);
		wire_flush(&f.client);
		wire_flush(&f.server);
	}
	printf("begun\n");
	fflush(stdout);
	sent = run(&f, &flow, rate, &t);
	getsockopt(f.server.fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len);
	printf("sent %llu received %llu lost %llu reordered %llu missed %u slowest_us %llu\n", (unsigned long long)sent,
	       (unsigned long long)t.received, (unsigned long long)(sent - t.received), (unsigned long long)t.reordered, stats.tp_drops,
	       (unsigned long long)(t.slowest_ns / 1000));
	return 0;
}
