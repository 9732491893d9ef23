// SPDX-License-Identifier: GPL-2.0
/*
 * selection.c - the options that say which records are wanted, the same in tail, top and report
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "selection.h"

#include "since.h"

#include <stdio.h>

bool selection_is_option(int option)
{
	return option >= SELECTION_CLASS && option < SELECTION_END;
}

static bool take_time(uint64_t *ns, const char *option, const char *text, uint64_t now_ns, char error[FILTER_ERROR_MAX])
{
	if (since_parse(text, now_ns, ns))
		return true;
	snprintf(error, FILTER_ERROR_MAX, "%s: \"%.40s\" is no time; allowed: " SINCE_ALLOWED, option, text);
	return false;
}

bool selection_take(struct selection *selection, int option, const char *argument, uint64_t now_ns, char error[FILTER_ERROR_MAX])
{
	switch (option) {
	case SELECTION_CLASS:
		return filter_add_classes(&selection->filter, argument, error);
	case SELECTION_CAUSE:
		return filter_add_causes(&selection->filter, argument, error);
	case SELECTION_ADDR:
		return filter_add_addresses(&selection->filter, argument, error);
	case SELECTION_PORT:
		return filter_add_ports(&selection->filter, argument, error);
	case SELECTION_MIN_CONFIDENCE:
		return filter_set_confidence(&selection->filter, argument, error);
	case SELECTION_SINCE:
		return take_time(&selection->since_ns, "--since", argument, now_ns, error);
	case SELECTION_UNTIL:
		return take_time(&selection->until_ns, "--until", argument, now_ns, error);
	default:
		return selection->filter.all = true;
	}
}

bool selection_match(const struct selection *selection, const struct record *record)
{
	if (record->ts_ns < selection->since_ns || (selection->until_ns && record->ts_ns >= selection->until_ns))
		return false;
	return filter_match(&selection->filter, record);
}
