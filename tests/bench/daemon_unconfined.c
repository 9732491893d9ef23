// SPDX-License-Identifier: GPL-2.0
/*
 * daemon_unconfined.c - for valgrind, which knows no seccomp(2): the daemon goes without its filter
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Preloaded by the benchmark's callgrind run alone.
 */
#include <seccomp.h>

static int nothing;

scmp_filter_ctx seccomp_init(uint32_t action)
{
	(void)action;
	return &nothing;
}

void seccomp_release(scmp_filter_ctx filter)
{
	(void)filter;
}

int seccomp_attr_set(scmp_filter_ctx filter, enum scmp_filter_attr attribute, uint32_t value)
{
	(void)filter, (void)attribute, (void)value;
	return 0;
}

int seccomp_rule_add(scmp_filter_ctx filter, uint32_t action, int number, unsigned int count, ...)
{
	(void)filter, (void)action, (void)number, (void)count;
	return 0;
}

int seccomp_load(const scmp_filter_ctx filter)
{
	(void)filter;
	return 0;
}
