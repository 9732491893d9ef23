/* SPDX-License-Identifier: GPL-2.0 */
/*
 * filter.h - which records are wanted
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Pure. A filter is built from the command line's words; a record passes when every criterion given holds.
 */
#ifndef RSTWHY_FILTER_H
#define RSTWHY_FILTER_H

#include "../daemon/ignore.h"
#include "../record/record.h"

#define FILTER_ERROR_MAX 512

struct filter {
	uint64_t classes; /* bit (1 << enum cause_class); 0: any */
	uint64_t causes;  /* bit (1 << enum cause); 0: any */
	struct ignore_list hosts; /* none: any */
	struct ignore_list ports;
	double min_confidence;
	bool all; /* noise too; asking for a noisy class or cause includes it */
};

/* Comma lists. False: error says what is wrong and what is allowed. */
bool filter_add_classes(struct filter *filter, const char *names, char error[FILTER_ERROR_MAX]);
bool filter_add_causes(struct filter *filter, const char *names, char error[FILTER_ERROR_MAX]);
bool filter_add_addresses(struct filter *filter, const char *prefixes, char error[FILTER_ERROR_MAX]);
bool filter_add_ports(struct filter *filter, const char *ports, char error[FILTER_ERROR_MAX]);
bool filter_set_confidence(struct filter *filter, const char *text, char error[FILTER_ERROR_MAX]);

/* Loss records always pass: they say what a filter cannot know. */
bool filter_match(const struct filter *filter, const struct record *record);

#endif
