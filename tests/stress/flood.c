// SPDX-License-Identifier: GPL-2.0
/*
 * flood.c - millions of packets through the gateway, the same ones for the same seed
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 *   flood SHAPE COUNT CLIENT SERVER [-6] [-s SEED] [-f FIRST] [-r RATE] [-l FILE]
 *
 * SHAPE: see shape_of(); or handshakes (three segments a flow, both ends taking part), flows (six: with data), resets (the server's RST
 * for each of the flows), living (prints the flows as -l wants them). CLIENT, SERVER: see wire_open(). -f: the first flow's number.
 * -r: packets a second. -l: the flows that live, a line each: source, port, destination, port, next sequence number of both.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "shapes.h"

static void wrong(const char *why)
{
	fprintf(stderr, "flood: %s\n", why);
	exit(2);
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void flush(struct flood *f)
{
	wire_flush(&f->client);
	wire_flush(&f->server);
}

/* Not before its turn: number i of so many a second. */
static void pace(struct flood *f, uint64_t started, uint64_t i, uint64_t rate)
{
	uint64_t due = started + (rate ? i * 1000000000 / rate : 0), now;

	if (!rate || i % 16)
		return;
	now = now_ns();
	if (due <= now)
		return;
	flush(f);
	usleep((useconds_t)((due - now) / 1000));
}

static void send_shape(struct flood *f, shape_fn *shape, uint64_t count, uint64_t rate)
{
	uint64_t i, started = now_ns();

	for (i = 0; i < count; i++) {
		pace(f, started, i, rate);
		shape(f, i);
	}
	flush(f);
}

/* A batch of flows at a time, step by step: what one end answers must have passed the gateway before. */
static void send_steps(struct flood *f, int from, int to, uint64_t first, uint64_t count, uint64_t rate)
{
	uint64_t i, j, started = now_ns();
	int step;

	for (i = 0; i < count; i += 16) {
		pace(f, started, i * (uint64_t)(to - from), rate);
		for (step = from; step < to; step++) {
			for (j = i; j < count && j < i + 16; j++)
				flow_step(f, first + j, step);
			flush(f);
		}
	}
}

static void print_living(const struct flood *f, uint64_t first, uint64_t count)
{
	char src[INET6_ADDRSTRLEN], dst[INET6_ADDRSTRLEN];
	int family = f->family == 4 ? AF_INET : AF_INET6;
	struct living flow;
	uint64_t i;

	for (i = first; i < first + count; i++) {
		flow_living(f, i, &flow);
		inet_ntop(family, flow.ends.src, src, sizeof(src));
		inet_ntop(family, flow.ends.dst, dst, sizeof(dst));
		printf("%s %u %s %u %u %u\n", src, flow.ends.sport, dst, flow.ends.dport, flow.seq, flow.ack);
	}
}

static void read_living(struct flood *f, const char *path)
{
	char src[64], dst[64];
	FILE *in = fopen(path, "r");
	struct living flow = { 0 };
	int family = f->family == 4 ? AF_INET : AF_INET6;

	if (!in)
		wrong("cannot open the file of flows");
	flow.ends.family = f->family;
	while (fscanf(in, "%63s %hu %63s %hu %u %u", src, &flow.ends.sport, dst, &flow.ends.dport, &flow.seq, &flow.ack) == 6) {
		if (inet_pton(family, src, flow.ends.src) != 1 || inet_pton(family, dst, flow.ends.dst) != 1)
			wrong("not an address in the file of flows");
		f->living = reallocarray(f->living, f->livings + 1, sizeof(flow));
		if (!f->living)
			wrong("out of memory");
		f->living[f->livings++] = flow;
	}
	fclose(in);
	if (!f->livings)
		wrong("no flow in the file of flows");
}

int main(int argc, char **argv)
{
	static struct flood f = { .family = 4, .seed = 1 };
	uint64_t first = 0, rate = 0, count, started;
	const char *name, *living = NULL;
	int option;

	while ((option = getopt(argc, argv, "6s:f:r:l:")) != -1) {
		if (option == '6')
			f.family = 6;
		else if (option == 's')
			f.seed = strtoull(optarg, NULL, 0);
		else if (option == 'f')
			first = strtoull(optarg, NULL, 0);
		else if (option == 'r')
			rate = strtoull(optarg, NULL, 0);
		else if (option == 'l')
			living = optarg;
		else
			return 2;
	}
	if (argc - optind != 4)
		wrong("SHAPE COUNT CLIENT SERVER [-6] [-s SEED] [-f FIRST] [-r RATE] [-l FILE]");
	name = argv[optind];
	count = strtoull(argv[optind + 1], NULL, 0);
	f.random = f.seed;
	wire_open(&f.client, argv[optind + 2]);
	wire_open(&f.server, argv[optind + 3]);
	if (living)
		read_living(&f, living);
	started = now_ns();
	if (!strcmp(name, "handshakes"))
		send_steps(&f, 0, 3, first, count, rate);
	else if (!strcmp(name, "flows"))
		send_steps(&f, 0, 6, first, count, rate);
	else if (!strcmp(name, "resets"))
		send_steps(&f, 6, 7, first, count, rate);
	else if (!strcmp(name, "living"))
		print_living(&f, first, count);
	else if (!shape_of(name) || (!strncmp(name, "blind-", 6) && !living))
		wrong("no such shape, or a blind one without -l");
	else
		send_shape(&f, shape_of(name), count, rate);
	fprintf(stderr, "%llu packets, %llu ms\n", (unsigned long long)(f.client.sent + f.server.sent),
		(unsigned long long)((now_ns() - started) / 1000000));
	return 0;
}
