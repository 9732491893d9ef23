// SPDX-License-Identifier: GPL-2.0
/*
 * progress.c - a line that tells how far a long reading is
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define EVERY_CALLS 4096U
#define EVERY_NS 500000000ULL

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

void progress_begin(struct progress *progress, uint64_t size)
{
	*progress = (struct progress){ .on = isatty(STDERR_FILENO) && (size == 0 || size >= PROGRESS_LEAST), .size = size };
	progress->next_ns = progress->on ? now_ns() + EVERY_NS : 0;
}

void progress_at(struct progress *progress, uint64_t position, uint64_t records)
{
	double gigabytes = (double)position / 1e9;

	if (!progress->on || ++progress->calls % EVERY_CALLS != 0 || now_ns() < progress->next_ns)
		return;
	progress->next_ns = now_ns() + EVERY_NS;
	progress->shown = true;
	if (progress->size)
		fprintf(stderr, "\r%.2f of %.2f GB, %.0f %%, %llu records\033[K", gigabytes, (double)progress->size / 1e9,
			100.0 * (double)position / (double)progress->size, (unsigned long long)records);
	else
		fprintf(stderr, "\r%.2f GB, %llu records\033[K", gigabytes, (unsigned long long)records);
}

void progress_clear(struct progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
	progress->shown = false;
}
