// SPDX-License-Identifier: GPL-2.0
/*
 * doctor_host.c - reading what of this machine is not rstwhy's own
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "doctor_host.h"

#include "../daemon/nflog_peer.h"
#include "../learn/keepalive.h"
#include "../learn/state.h"

#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <time.h>
#include <unistd.h>

#define PATH_ROOM 512
#define PATHS_MOST 65536
#define READ_ALL 3 /* SYSLOG_ACTION_READ_ALL */
#define KERNEL_LOG_MAX (1U << 20)

FILE *host_open(const char *root, const char *path)
{
	char whole[PATH_ROOM];

	snprintf(whole, sizeof(whole), "%s%s", root, path);
	return fopen(whole, "re");
}

/* The beginning of a file as text; "" where it cannot be read. */
static void read_below(const char *root, const char *path, char *text, size_t size)
{
	FILE *file = host_open(root, path);
	size_t len = file ? fread(text, 1, size - 1, file) : 0;

	text[len] = '\0';
	if (file)
		fclose(file);
}

static uint64_t number_below(const char *root, const char *path)
{
	char text[64];

	read_below(root, path, text, sizeof(text));
	return strtoull(text, NULL, 10);
}

static bool is_below(const char *root, const char *path)
{
	char whole[PATH_ROOM];

	snprintf(whole, sizeof(whole), "%s%s", root, path);
	return access(whole, F_OK) == 0;
}

/* Whether this process could ever have the capability: the line CapBnd of its status. */
static bool may_load_modules(const char *status)
{
	const char *line = strstr(status, "\nCapBnd:");

	return !line || strtoull(line + strlen("\nCapBnd:"), NULL, 16) >> CAP_SYS_MODULE & 1;
}

static enum host_modules read_modules(const char *root)
{
	char status[4096];

	if (!is_below(root, "/proc/modules"))
		return HOST_MODULES_NONE;
	if (number_below(root, "/proc/sys/kernel/modules_disabled"))
		return HOST_MODULES_LOCKED;
	read_below(root, "/proc/self/status", status, sizeof(status));
	return may_load_modules(status) ? HOST_MODULES_WELCOME : HOST_MODULES_FOREIGN;
}

static void read_headers(struct host *host, const char *root, const char *kernel)
{
	char path[PATH_ROOM];

	snprintf(path, sizeof(path), "/lib/modules/%.100s/build/Makefile", kernel);
	host->headers = is_below(root, path);
}

/*
 * "nf_rstwhy: Loading of unsigned module is rejected"; kernels such as 6.1 do not name the module: "[ 624.522063] Loading of unsigned module
 * is rejected". The same of another module by its name is not ours.
 */
bool host_is_refusal(const char *line, size_t len)
{
	const char *loading = memmem(line, len, "Loading of ", 11);

	if (loading && memmem(line, len, "is rejected", 11)) {
		size_t before = (size_t)(loading - line);

		return memmem(line, len, "nf_rstwhy", 9) || before == 0 || (before >= 2 && !memcmp(loading - 2, "] ", 2)) ||
		       (before >= 8 && !memcmp(loading - 8, "module: ", 8));
	}
	return memmem(line, len, "Lockdown:", 9) && memmem(line, len, "unsigned module loading", 23);
}

/* The last such line of the kernel's log. */
static void read_refusal(struct host *host)
{
	char *text = malloc(KERNEL_LOG_MAX);
	int len = text ? klogctl(READ_ALL, text, KERNEL_LOG_MAX - 1) : -1;
	const char *at = text;

	while (len > 0 && at < text + len) {
		const char *end = memchr(at, '\n', (size_t)(text + len - at));
		size_t line = end ? (size_t)(end - at) : (size_t)(text + len - at);

		if (host_is_refusal(at, line))
			snprintf(host->refused, sizeof(host->refused), "%.*s", (int)(line < 250 ? line : 250), at);
		at += line + 1;
	}
	free(text);
}

static void read_signing(struct host *host, const char *root)
{
	char text[128];

	read_below(root, "/sys/module/module/parameters/sig_enforce", text, sizeof(text));
	host->signed_only = text[0] == 'Y';
	host->key = is_below(root, HOST_MOK);
	read_below(root, "/sys/kernel/security/lockdown", text, sizeof(text));
	host->signed_only = host->signed_only || strstr(text, "[integrity]") || strstr(text, "[confidentiality]");
}

/* Paths that kill a connection sooner than this machine's kind of keepalive would speak. */
static void count_paths(struct host *host, const struct learn *learned, uint64_t now_s)
{
	for (size_t i = 0; i < learn_count(learned); i++) {
		const struct learn_entry *entry = learn_at(learned, i);
		struct path_bracket bracket;
		char prefix[PATH_PREFIX_TEXT];

		learn_entry_bracket(learned, entry, now_s, &bracket);
		if (!bracket.have_killed || bracket_contradicts(&bracket) || bracket.killed_ms >= (double)host->keepalive_s * 1000)
			continue;
		if (host->killing_paths++ > 0 && bracket.killed_ms >= host->worst_killed_ms)
			continue;
		path_prefix_text(&entry->path, prefix);
		snprintf(host->worst_path, sizeof(host->worst_path), "%s port %u", prefix, entry->path.port);
		host->worst_killed_ms = bracket.killed_ms;
		host->worst_keepalive_s = keepalive_for(&bracket).seconds;
	}
}

/* Paths that hold silent connections longer than our own conntrack does. */
static void count_outliving(struct host *host, const struct learn *learned, uint64_t now_s)
{
	double ours = (double)host->established_s * 1000, longest = 0;

	for (size_t i = 0; ours > 0 && i < learn_count(learned); i++) {
		const struct learn_entry *entry = learn_at(learned, i);
		struct path_bracket bracket;
		char prefix[PATH_PREFIX_TEXT];

		learn_entry_bracket(learned, entry, now_s, &bracket);
		if (!bracket.have_survived || bracket_contradicts(&bracket) || bracket.survived_ms <= ours)
			continue;
		host->outliving_paths++;
		if (bracket.survived_ms <= longest)
			continue;
		path_prefix_text(&entry->path, prefix);
		snprintf(host->outliving_path, sizeof(host->outliving_path), "%s port %u", prefix, entry->path.port);
		host->outliving_ms = longest = bracket.survived_ms;
	}
}

static void read_learned(struct host *host, const char *root, const char *state)
{
	struct learn *learned = learn_new(PATHS_MOST, LEARN_HALF_LIFE_DAYS);
	char path[PATH_ROOM + 1024], why[STATE_WHY_MAX];

	snprintf(path, sizeof(path), "%s%s", root, state);
	if (learned && host->keepalive_s && state[0] && state_load(path, learned, why) == STATE_READ) {
		count_paths(host, learned, (uint64_t)time(NULL));
		count_outliving(host, learned, (uint64_t)time(NULL));
	}
	learn_free(learned);
}

/* Column 6 of our group's line. */
static void read_flush(struct host *host, const char *root, uint32_t group)
{
	FILE *file = host_open(root, NFLOG_PEER_FILE);
	unsigned int number, flush;
	char line[256];

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%u %*u %*u %*u %*u %u", &number, &flush) != 2 || number != group)
			continue;
		host->have_flush = true;
		host->flush_hundredths = flush;
	}
	if (file)
		fclose(file);
}

void host_read(struct host *host, const char *root, const char *kernel, const char *state, uint32_t group)
{
	*host = (struct host){ 0 };
	host->systemd = is_below(root, "/run/systemd/system");
	host->modules = read_modules(root);
	read_headers(host, root, kernel);
	host_dkms_read(host, root, kernel);
	read_signing(host, root);
	host->flows = number_below(root, "/sys/module/nf_rstwhy/parameters/flows");
	host->rate = number_below(root, "/proc/sys/net/netfilter/nf_rstwhy_rate");
	host->min_free_kb = number_below(root, "/proc/sys/vm/min_free_kbytes");
	host->keepalive_s = number_below(root, "/proc/sys/net/ipv4/tcp_keepalive_time");
	host->established_s = number_below(root, "/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established");
	read_learned(host, root, state);
	read_flush(host, root, group);
	if (root[0])
		return;
	read_refusal(host);
	host_rules_read(host);
}
