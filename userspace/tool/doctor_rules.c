// SPDX-License-Identifier: GPL-2.0
/*
 * doctor_rules.c - whether a rule of this machine rejects INVALID packets
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * conntrack calls a packet INVALID also where a healthy connection's segment merely is late, or out of its window; a reject resets that
 * connection.
 */
#include "doctor_host.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define RULES_MAX (4U << 20)
#define RULE_MAX 1024

/* A line without what stands in quotes: comments may hold any word. */
static void without_quotes(char rule[RULE_MAX], const char *line, size_t len)
{
	bool quoted = false;
	size_t made = 0;

	for (size_t i = 0; i < len && made + 1 < RULE_MAX; i++) {
		if (line[i] == '"')
			quoted = !quoted;
		else if (!quoted)
			rule[made++] = line[i];
	}
	rule[made] = '\0';
}

/* The word after a text, up to what ends it, names INVALID among others. */
static bool names_invalid(const char *rule, const char *before, const char *invalid)
{
	const char *at = strstr(rule, before);
	char list[128];

	if (!at)
		return false;
	at += strlen(before);
	snprintf(list, sizeof(list), "%.*s", *at == '{' ? (int)strcspn(at, "}") : (int)strcspn(at, " "), at);
	return strstr(list, invalid);
}

static bool rejects_invalid(const char *rule)
{
	if (strstr(rule, " reject") && names_invalid(rule, "ct state ", "invalid"))
		return true;
	if (!strstr(rule, "-j REJECT") || strstr(rule, "! --ctstate") || strstr(rule, "! --state"))
		return false;
	return names_invalid(rule, "--ctstate ", "INVALID") || names_invalid(rule, "--state ", "INVALID");
}

/* Where the reader of a list of rules is: "table inet filter {" and "chain forward {", or the chain of "-A FORWARD ..." and its how manieth rule. */
struct place {
	char table[96], chain[64];
	unsigned int number;
};

static void take_place(const char *rule, struct place *place)
{
	char family[32], name[64];

	if (sscanf(rule, " table %31s %63s {", family, name) == 2) {
		snprintf(place->table, sizeof(place->table), "%s %s", family, name);
	} else if (sscanf(rule, " chain %63s {", name) == 1) {
		snprintf(place->chain, sizeof(place->chain), "%s", name);
	} else if (sscanf(rule, "-A %63s", name) == 1) {
		place->number = strcmp(name, place->chain) ? 1 : place->number + 1;
		snprintf(place->chain, sizeof(place->chain), "%s", name);
	}
}

/* Where a word of the rule begins, outside of quotes. NULL: it has none. */
static const char *find_word(const char *line, size_t len, const char *word)
{
	bool quoted = false;

	for (size_t i = 0; i + strlen(word) <= len; i++) {
		quoted = quoted != (line[i] == '"');
		if (!quoted && !strncmp(line + i, word, strlen(word)))
			return line + i;
	}
	return NULL;
}

/* The same rule with DROP for REJECT, put in its place. For nft its handle must be known, and it must be one word for a shell. */
static void write_fix(struct host *host, const char *program, const struct place *place, const char *line, size_t len)
{
	bool nft = !strcmp(program, "nft");
	const char *end = find_word(line, len, nft ? " reject" : " -j REJECT"), *handle = find_word(line, len, " # handle ");
	const char *begin = nft ? line + strspn(line, " \t") : line + strlen("-A ") + strlen(place->chain);

	host->rule_fix[0] = '\0';
	if (!end || end < begin || end - begin > 300 || (nft && (!place->table[0] || !handle || memchr(line, '\'', len))))
		return;
	if (nft)
		snprintf(host->rule_fix, sizeof(host->rule_fix), "nft replace rule %s %s handle %lu '%.*s drop'", place->table, place->chain,
			 strtoul(handle + strlen(" # handle "), NULL, 10), (int)(end - begin), begin);
	else
		snprintf(host->rule_fix, sizeof(host->rule_fix), "%s -R %s %u%.*s -j DROP", program, place->chain, place->number, (int)(end - begin), begin);
}

bool host_rules_parse(struct host *host, const char *text, const char *program)
{
	struct place place = { .number = 0 };
	char rule[RULE_MAX];
	size_t len;

	for (; *text; text += len, text += *text == '\n') {
		const char *begin = text + strspn(text, " \t"), *handle;

		len = strcspn(text, "\n");
		without_quotes(rule, text, len);
		take_place(rule, &place);
		if (!rejects_invalid(rule))
			continue;
		handle = find_word(text, len, " # handle ");
		host->rejects_invalid = true;
		snprintf(host->rule, sizeof(host->rule), "%.*s", (int)((handle ? handle : text + len) - begin), begin);
		write_fix(host, program, &place, text, len);
		return true;
	}
	return false;
}

/* What a program prints, as much as has room. False: it could not be run, or failed. */
static bool output_of(const char *const command[], char *text, size_t size)
{
	posix_spawn_file_actions_t actions;
	int ends[2], status = -1;
	size_t len = 0;
	ssize_t got;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return false;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&child, command[0], &actions, NULL, (char *const *)command, environ))
		child = 0;
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	while (child && len + 1 < size && (got = read(ends[0], text + len, size - 1 - len)) > 0)
		len += (size_t)got;
	text[len] = '\0';
	close(ends[0]);
	while (child && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return child && (status == 0 || len + 1 == size);
}

/* nft comes last: it shows the tables of iptables-nft, too, and those are better mended by iptables. */
void host_rules_read(struct host *host)
{
	static const struct {
		const char *program, *command[5];
	} lists[] = {
		{ "iptables", { "iptables-save", "-t", "filter" } },
		{ "ip6tables", { "ip6tables-save", "-t", "filter" } },
		{ "nft", { "nft", "-a", "list", "ruleset" } },
	};
	char *text = malloc(RULES_MAX);

	for (size_t i = 0; text && !host->rejects_invalid && i < sizeof(lists) / sizeof(lists[0]); i++)
		if (output_of(lists[i].command, text, RULES_MAX))
			host_rules_parse(host, text, lists[i].program);
	free(text);
}
