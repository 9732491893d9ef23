/* SPDX-License-Identifier: GPL-2.0 */
/*
 * meter.h - the file for Prometheus, rewritten from time to time
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_METER_H
#define RSTWHY_METER_H

#include <stdbool.h>
#include <stdint.h>

#define METER_INTERVAL_NS 5000000000ULL

struct serve;

/* Begins as all zero. */
struct meter {
	uint64_t next_ns;
	double started; /* seconds since 1970 */
	bool failed;	/* the last one could not be written, and that was announced */
};

/* Write metrics.file, if there is to be one and METER_INTERVAL_NS are over, or now. */
void meter_tick(struct serve *serve, uint64_t now_ns);
void meter_write(struct serve *serve);

#endif
