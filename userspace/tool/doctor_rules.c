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

/* "table inet filter {" and "chain forward {" say where the rules that follow are. */
static void take_place(const char *rule, char table[96], char chain[64])
{
	char family[32], name[64];

	if (sscanf(rule, " table %31s %63s {", family, name) == 2)
		snprintf(table, 96, "%s %s", family, name);
	else if (sscanf(rule, " chain %63s {", name) == 1)
		snprintf(chain, 64, "%s", name);
}

bool host_rules_parse(struct host *host, const char *text)
{
	char rule[RULE_MAX], table[96] = "", chain[64] = "";

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		without_quotes(rule, text, strcspn(text, "\n"));
		take_place(rule, table, chain);
		if (!rejects_invalid(rule))
			continue;
		host->rejects_invalid = true;
		snprintf(host->rule, sizeof(host->rule), "%.250s", rule + strspn(rule, " \t"));
		host->rule_place[0] = '\0';
		if (table[0] && chain[0])
			snprintf(host->rule_place, sizeof(host->rule_place), "%s %s", table, chain);
		return true;
	}
	return false;
}

/* What a program prints, as much as has room. False: it could not be run, or failed. */
static bool output_of(const char *program, const char *argument, char *text, size_t size)
{
	char *arguments[] = { (char *)program, (char *)argument, argument ? "ruleset" : NULL, NULL };
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
	if (posix_spawnp(&child, program, &actions, NULL, arguments, environ))
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

void host_rules_read(struct host *host)
{
	static const char *const programs[][2] = { { "nft", "list" }, { "iptables-save", NULL }, { "ip6tables-save", NULL } };
	char *text = malloc(RULES_MAX);

	for (size_t i = 0; text && !host->rejects_invalid && i < sizeof(programs) / sizeof(programs[0]); i++)
		if (output_of(programs[i][0], programs[i][1], text, RULES_MAX))
			host_rules_parse(host, text);
	free(text);
}
