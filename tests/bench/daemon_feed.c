// SPDX-License-Identifier: GPL-2.0
/*
 * daemon_feed.c - resets with real trailers, sent as packets: what nf_rstwhy would log, without the module
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 *   daemon_feed --epoch HEX [--count N] [--rate N] [--kind idle|rule|abort|mix] [--gap MS] [--servers N] [--first N] [--batch N]
 *   daemon_feed --epoch HEX --kind KIND --prefix		only print what the module would write as the first one's prefix
 *
 * Each packet is a TCP RST and, behind it, the evidence; an nft rule in the output chain (`log prefix "rstwhy ..." group 17`) makes an
 * NFLOG message of it that rstwhyd with the same nflog.epoch takes for the module's. For tests and benchmarks in a network namespace.
 */
#include "../../module/evidence.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEADERS 40U /* IPv4 and TCP without options */
#define BATCH 32U
#define NS_PER_SEC 1000000000ULL
#define CLIENT RSTWHY_DIR_ORIGINAL
#define SERVER RSTWHY_DIR_REPLY
#define DAYS_5_MS 432000000ULL

enum kind { KIND_IDLE, KIND_RULE, KIND_ABORT, KIND_MIX };

struct plan {
	uint64_t epoch, count, rate, first, gap_ms;
	uint32_t servers;
	unsigned int batch; /* sent at once, at most BATCH */
	enum kind kind;
	bool prefix;
};

struct packet {
	uint8_t header[HEADERS];
	struct rstwhy_evidence evidence;
} __attribute__((packed));

static uint64_t now_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_SEC + (uint64_t)ts.tv_nsec;
}

static void put_host(uint8_t *to, uint32_t address)
{
	address = htonl(address);
	memcpy(to, &address, 4);
}

/* Flow number i: its client 10.1.0.0/16 and port, its server 10.2.0.x:443. */
static void fill_flow(struct rstwhy_evidence *ev, const struct plan *plan, uint64_t i)
{
	struct rstwhy_tuple *orig = &ev->mem.orig, *reply = &ev->mem.reply;

	put_host(orig->src, 0x0a010000U + (uint32_t)(i / 50000 % 65000) + 1);
	put_host(orig->dst, 0x0a020000U + (uint32_t)(i % plan->servers) + 1);
	orig->sport = htons((uint16_t)(10000 + i % 50000));
	orig->dport = htons(443);
	memcpy(reply->src, orig->dst, 16);
	memcpy(reply->dst, orig->src, 16);
	reply->sport = orig->dport;
	reply->dport = orig->sport;
	ev->ct.orig = *orig;
	ev->ct.reply = *reply;
}

static void fill_base(struct rstwhy_baseline *base, uint8_t ttl)
{
	*base = (struct rstwhy_baseline){ .ttl = ttl, .flags = RSTWHY_BASE_SEEN | RSTWHY_BASE_DF | RSTWHY_BASE_IPID, .ipid = 700, .win = 500, .age_ms = 1000 };
}

/* An established connection with data both ways a second ago, reset by its server. */
static void fill_established(struct rstwhy_evidence *ev)
{
	struct rstwhy_memory *mem = &ev->mem;

	ev->by = RSTWHY_BY_TRANSIT;
	ev->direction = mem->direction = SERVER;
	ev->ct.flags = RSTWHY_CT_FOUND | RSTWHY_CT_ATTACHED;
	ev->ct.state_before = 3;
	ev->ct.remaining_before_ms = DAYS_5_MS - 1000;
	mem->flags = RSTWHY_MEM_KNOWN | RSTWHY_MEM_HANDSHAKE | RSTWHY_MEM_COMPLETED | RSTWHY_MEM_ASSURED | RSTWHY_MEM_DATA_ORIG | RSTWHY_MEM_DATA_REPLY;
	mem->isn[CLIENT] = 1000;
	mem->isn[SERVER] = 5000;
	mem->end[CLIENT] = mem->ack[SERVER] = 2001;
	mem->end[SERVER] = mem->ack[CLIENT] = 9001;
	mem->timeout_before_gap_ms = mem->timeout_now_ms = DAYS_5_MS;
	mem->age_ms = 3600000;
	mem->last_ms[CLIENT] = mem->last_ms[SERVER] = mem->last_data_ms[CLIENT] = mem->last_data_ms[SERVER] = 1000;
	mem->rtt_us[CLIENT] = 400;
	mem->rtt_us[SERVER] = 11000;
	fill_base(&mem->base[CLIENT], 64);
	fill_base(&mem->base[SERVER], 63);
}

/* The client woke after the gap, and its segment was answered by RST at once. */
static void fill_idle(struct rstwhy_evidence *ev, uint64_t gap_ms)
{
	struct rstwhy_memory *mem = &ev->mem;

	fill_established(ev);
	mem->flags |= RSTWHY_MEM_BURST;
	mem->burst_dir = CLIENT;
	mem->burst_kind = RSTWHY_BURST_DATA;
	mem->burst_seq = mem->end[CLIENT];
	mem->burst_ack = mem->ack[CLIENT];
	mem->end[CLIENT] += 100;
	mem->burst_end = mem->end[CLIENT];
	mem->burst_gap_ms = mem->gap_min_ms = mem->gap_max_ms = mem->burst_peer_gap_ms = gap_ms;
	mem->last_ms[SERVER] = mem->last_data_ms[SERVER] = gap_ms;
	mem->last_ms[CLIENT] = 0;
	mem->burst_first_us = mem->burst_last_us = 300;
	mem->burst_copies = 1;
}

/* A SYN that this gateway's own rule rejected. */
static void fill_rule(struct rstwhy_evidence *ev)
{
	struct rstwhy_memory *mem = &ev->mem;

	ev->by = RSTWHY_BY_GATEWAY_REJECT;
	ev->hook = RSTWHY_HOOK_LOCAL_OUT;
	ev->direction = mem->direction = SERVER;
	ev->ct.flags = RSTWHY_CT_ATTACHED | RSTWHY_CT_RELATED | RSTWHY_CT_NEW;
	ev->ct.state_before = RSTWHY_STATE_UNKNOWN;
	mem->flags = RSTWHY_MEM_KNOWN | RSTWHY_MEM_SYN_PENDING;
	mem->syn_seq = 1000;
	mem->syn_copies = 1;
	mem->end[CLIENT] = 1001;
	mem->last_ms[SERVER] = mem->last_data_ms[SERVER] = mem->last_data_ms[CLIENT] = RSTWHY_NEVER;
}

static uint16_t ip_checksum(const uint8_t *header)
{
	uint32_t sum = 0;

	for (int i = 0; i < 20; i += 2)
		sum += (uint32_t)header[i] << 8 | header[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

static void put_tcp(uint8_t *tcp, const struct rstwhy_evidence *ev, enum kind kind)
{
	uint32_t seq = htonl(kind == KIND_RULE ? 0 : kind == KIND_IDLE ? ev->mem.burst_ack : 9001), ack = htonl(kind == KIND_RULE ? 1001 : 2001);

	memcpy(tcp, &ev->mem.reply.sport, 2);
	memcpy(tcp + 2, &ev->mem.reply.dport, 2);
	memcpy(tcp + 4, &seq, 4);
	if (kind != KIND_IDLE)
		memcpy(tcp + 8, &ack, 4);
	tcp[12] = 0x50;
	tcp[13] = kind == KIND_IDLE ? 0x04 : 0x14;
}

static void put_header(struct packet *packet, const struct rstwhy_evidence *ev, enum kind kind)
{
	uint8_t *ip = packet->header;
	uint16_t total = htons(sizeof(*packet)), sum;

	memset(ip, 0, HEADERS);
	ip[0] = 0x45;
	memcpy(ip + 2, &total, 2);
	if (kind == KIND_ABORT) { /* the live socket goes on numbering, from fill_base() */
		ip[4] = 701 >> 8;
		ip[5] = 701 & 0xff;
	}
	ip[6] = 0x40;
	ip[8] = 63;
	ip[9] = IPPROTO_TCP;
	memcpy(ip + 12, ev->mem.reply.src, 4);
	memcpy(ip + 16, ev->mem.reply.dst, 4);
	sum = ip_checksum(ip);
	memcpy(ip + 10, &sum, 2);
	put_tcp(ip + 20, ev, kind);
}

static void make(struct packet *packet, const struct plan *plan, uint64_t i)
{
	enum kind kind = plan->kind == KIND_MIX ? (enum kind)(i % 3) : plan->kind;
	struct rstwhy_evidence ev = { .kind = RSTWHY_KIND_RST, .family = 4, .csum = RSTWHY_CSUM_GOOD, .uid = RSTWHY_NO_UID };

	if (kind == KIND_IDLE)
		fill_idle(&ev, plan->gap_ms);
	else if (kind == KIND_RULE)
		fill_rule(&ev);
	else
		fill_established(&ev);
	fill_flow(&ev, plan, plan->first - 1 + i);
	ev.seq = plan->first + i;
	ev.epoch = plan->epoch;
	ev.netns_inum = 4026531840U;
	ev.boottime_ns = now_ns(CLOCK_BOOTTIME);
	ev.realtime_ns = now_ns(CLOCK_REALTIME);
	ev.captured = HEADERS;
	ev.wire_len = sizeof(*packet); /* as its IP header says: raw sockets fill in what they send */
	put_header(packet, &ev, kind);
	evidence_seal(&ev);
	packet->evidence = ev;
}

/* Not ahead of the rate: what is late is made up for. */
static void pace(const struct plan *plan, uint64_t begun_ns, uint64_t sent)
{
	uint64_t due = plan->rate ? begun_ns + sent * NS_PER_SEC / plan->rate : 0;
	struct timespec ts = { .tv_sec = (time_t)(due / NS_PER_SEC), .tv_nsec = (long)(due % NS_PER_SEC) };

	if (due > now_ns(CLOCK_MONOTONIC))
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
}

static bool send_batch(int fd, const struct plan *plan, uint64_t from, unsigned int count)
{
	static struct packet packets[BATCH];
	static struct sockaddr_in to[BATCH];
	struct iovec vectors[BATCH];
	struct mmsghdr messages[BATCH] = { 0 };
	unsigned int sent = 0;

	for (unsigned int i = 0; i < count; i++) {
		make(&packets[i], plan, from + i);
		to[i] = (struct sockaddr_in){ .sin_family = AF_INET };
		memcpy(&to[i].sin_addr, packets[i].header + 16, 4);
		vectors[i] = (struct iovec){ .iov_base = &packets[i], .iov_len = sizeof(packets[i]) };
		messages[i].msg_hdr = (struct msghdr){ .msg_name = &to[i], .msg_namelen = sizeof(to[i]), .msg_iov = &vectors[i], .msg_iovlen = 1 };
	}
	while (sent < count) {
		int done = sendmmsg(fd, messages + sent, count - sent, 0);

		/* EPERM: the rule drops what it has logged */
		if (done > 0)
			sent += (unsigned int)done;
		else if (done < 0 && errno == EPERM)
			sent++;
		else if (errno != EINTR)
			return false;
	}
	return true;
}

static int print_prefix(const struct plan *plan)
{
	struct packet packet;
	struct rstwhy_evidence ev;
	char text[RSTWHY_PREFIX_MAX + 1];

	make(&packet, plan, 0);
	ev = packet.evidence;
	evidence_swap(&ev);
	evidence_prefix(text, sizeof(text), &ev);
	puts(text);
	return 0;
}

static bool number(const char *text, uint64_t *value, int base)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, base);
	return errno == 0 && end != text && *end == '\0';
}

static bool kind_of(const char *text, enum kind *kind)
{
	static const char *const names[] = { [KIND_IDLE] = "idle", [KIND_RULE] = "rule", [KIND_ABORT] = "abort", [KIND_MIX] = "mix" };

	for (unsigned int i = 0; i < 4; i++) {
		if (strcmp(text, names[i]) != 0)
			continue;
		*kind = (enum kind)i;
		return true;
	}
	return false;
}

static bool parse(int argc, char **argv, struct plan *plan)
{
	static const struct option options[] = {
		{ "epoch", 1, NULL, 'e' }, { "count", 1, NULL, 'c' }, { "rate", 1, NULL, 'r' },	   { "kind", 1, NULL, 'k' },
		{ "gap", 1, NULL, 'g' },   { "first", 1, NULL, 'f' }, { "servers", 1, NULL, 's' }, { "batch", 1, NULL, 'b' },
		{ "prefix", 0, NULL, 'p' }, { NULL, 0, NULL, 0 },
	};
	static const char names[] = "ecrgfsb";
	uint64_t servers = 16, batch = BATCH;
	bool good = true;

	*plan = (struct plan){ .count = 1, .first = 1, .gap_ms = 350012, .kind = KIND_MIX };
	for (int c; good && (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		uint64_t *const fields[] = { &plan->epoch, &plan->count, &plan->rate, &plan->gap_ms, &plan->first, &servers, &batch };
		const char *which = c == '?' ? NULL : strchr(names, c);

		if (c == 'p') {
			plan->prefix = true;
			continue;
		}
		good = c == 'k' ? kind_of(optarg, &plan->kind) : which && number(optarg, fields[which - names], c == 'e' ? 16 : 10);
	}
	plan->batch = batch > 0 && batch <= BATCH ? (unsigned int)batch : 0;
	plan->servers = servers > 0 && servers < 65000 ? (uint32_t)servers : 0;
	return good && optind == argc && plan->epoch && plan->servers && plan->batch;
}

int main(int argc, char **argv)
{
	struct plan plan;
	uint64_t begun_ns, sent;
	int fd;

	if (!parse(argc, argv, &plan)) {
		fprintf(stderr, "daemon_feed --epoch HEX [--count N] [--rate N] [--kind idle|rule|abort|mix] [--gap MS] [--servers N] [--first N] [--batch N]\n");
		return 2;
	}
	if (plan.prefix)
		return print_prefix(&plan);
	fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	if (fd < 0) {
		perror("daemon_feed: socket");
		return 1;
	}
	begun_ns = now_ns(CLOCK_MONOTONIC);
	for (sent = 0; sent < plan.count;) {
		unsigned int count = plan.count - sent < plan.batch ? (unsigned int)(plan.count - sent) : plan.batch;

		if (!send_batch(fd, &plan, sent, count)) {
			perror("daemon_feed: sendmmsg");
			return 1;
		}
		sent += count;
		pace(&plan, begun_ns, sent);
	}
	printf("%llu %llu\n", (unsigned long long)sent, (unsigned long long)(now_ns(CLOCK_MONOTONIC) - begun_ns));
	return 0;
}
