/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cause.h - the vocabulary: classes and causes, their names, what they mean and what to do
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_CAUSE_H
#define RSTWHY_CAUSE_H

#include <stdbool.h>
#include <stddef.h>

enum cause_class {
	CLASS_IDLE_TIMEOUT,
	CLASS_FIREWALL_REJECT,
	CLASS_APPLICATION,
	CLASS_STALE_STATE,
	CLASS_NOISE,
	CLASS_UNKNOWN,
};

enum cause {
	CAUSE_GATEWAY_EXPIRED_REJECT,
	CAUSE_GATEWAY_EXPIRED_REMAP,
	CAUSE_GATEWAY_EXPIRED_STACK,
	CAUSE_REMOTE_ON_NEXT_PACKET,
	CAUSE_REMOTE_AT_EXPIRY,
	CAUSE_KEEPALIVE_EXPIRED,
	CAUSE_SILENT_DROP,
	CAUSE_ENDPOINT_TIMER,
	CAUSE_GATEWAY_RULE,
	CAUSE_GATEWAY_INVALID,
	CAUSE_GATEWAY_IPS,
	CAUSE_REMOTE_CONNECT,
	CAUSE_REMOTE_POLICY,
	CAUSE_INJECTED,
	CAUSE_REFUSED,
	CAUSE_BACKLOG_OVERFLOW,
	CAUSE_ABORT,
	CAUSE_REQUEST_REJECTED,
	CAUSE_CRASH,
	CAUSE_LATE_DATA,
	CAUSE_CANCEL,
	CAUSE_CONNECT_ABANDONED,
	CAUSE_HALF_OPEN,
	CAUSE_HOST_LOST,
	CAUSE_GATEWAY_FLUSHED,
	CAUSE_GATEWAY_FAILOVER,
	CAUSE_NAT_BYPASS,
	CAUSE_AFTER_CLOSE,
	CAUSE_DUPLICATE,
	CAUSE_OUT_OF_WINDOW,
	CAUSE_IGNORED,
	CAUSE_PROBE,
	CAUSE_BACKSCATTER,
	CAUSE_NO_HISTORY,
	CAUSE_OFFLOADED,
	CAUSE_AMBIGUOUS,
	CAUSE_COUNT,
};

/* One row of the vocabulary. Strings are static. */
struct cause_text {
	enum cause_class class;
	const char *name;	/* "remote-on-next-packet" */
	const char *meaning;	/* one or two sentences: what happened */
	const char *recognised; /* what proves it */
	const char *advice;	/* what to change: printable ASCII without quotes and backslashes */
	size_t advice_len;
};

/* The row of a cause; never NULL for a cause below CAUSE_COUNT. */
const struct cause_text *cause_text(enum cause cause);
/* These three are texts of names (name.h). */
const char *cause_name(enum cause cause);
const char *class_name(enum cause_class class);
/* "class/cause", static storage. */
const char *cause_path(enum cause cause);
/* Find by "cause" or "class/cause". Returns false when there is none. */
bool cause_by_name(const char *name, enum cause *cause);

#endif
