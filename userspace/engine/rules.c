// SPDX-License-Identifier: GPL-2.0
/*
 * rules.c - the one table, in order: the first row that fits decides
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * The order of certainty (causes.md): what followed the RST, then whether the connection was over, then what this gateway did
 * itself (exact), then the handshake, then shape and history. A cause may have more than one row.
 */
#include "rules.h"

static const struct rule table[] = {
	{CAUSE_IGNORED, when_ignored, 0.98, .certain = true, .tell = tell_ignored},
	{CAUSE_OUT_OF_WINDOW, when_bad_checksum, 0.97, .certain = true, .tell = tell_bad_checksum},
	{CAUSE_GATEWAY_IPS, when_gateway_ips, 0.95, .certain = true, .tell = tell_gateway_ips},
	{CAUSE_DUPLICATE, when_duplicate, 0.9, .tell = tell_duplicate},
	{CAUSE_AFTER_CLOSE, when_after_reset, 0.85, .tell = tell_after_reset},
	{CAUSE_AFTER_CLOSE, when_after_close, 0.95, .tell = tell_after_close},
	{CAUSE_GATEWAY_EXPIRED_STACK, when_expired_stack, 0.98, .certain = true, .tell = tell_expired},
	{CAUSE_GATEWAY_EXPIRED_REJECT, when_expired_reject, 0.98, .certain = true, .tell = tell_expired},
	{CAUSE_GATEWAY_EXPIRED_REMAP, when_expired_remap, 0.97, .certain = true, .tell = tell_expired},
	{CAUSE_AMBIGUOUS, when_lost_early, 0.5, .tell = tell_lost_early},
	{CAUSE_GATEWAY_INVALID, when_gateway_invalid, .weigh = weigh_gateway_invalid, .tell = tell_gateway_invalid},
	{CAUSE_GATEWAY_RULE, when_gateway_rule, .weigh = weigh_gateway_rule, .certain = true, .tell = tell_gateway_rule},
	{CAUSE_REFUSED, when_refused, .weigh = weigh_refused, .tell = tell_refused},
	{CAUSE_KEEPALIVE_EXPIRED, when_keepalive_expired, 0.95, .needs_history = true, .tell = tell_keepalive_expired},
	{CAUSE_CONNECT_ABANDONED, when_connect_abandoned, 0.85, .tell = tell_connect_abandoned},
	{CAUSE_BACKLOG_OVERFLOW, when_backlog_overflow, 0.8, .tell = tell_backlog_overflow},
	{CAUSE_CANCEL, when_cancel, .weigh = weigh_cancel, .needs_history = true, .tell = tell_cancel},
	{CAUSE_LATE_DATA, when_late_data, 0.9, .needs_history = true, .tell = tell_late_data},
	{CAUSE_OUT_OF_WINDOW, when_out_of_window, 0.9, .needs_history = true, .tell = tell_out_of_window},
	{CAUSE_REQUEST_REJECTED, when_request_rejected, 0.88, .needs_history = true, .tell = tell_request_rejected},
	{CAUSE_REMOTE_ON_NEXT_PACKET, when_remote_on_next_packet, .weigh = weigh_remote_on_next_packet, .needs_history = true,
	 .tell = tell_remote_on_next_packet},
	{CAUSE_REMOTE_AT_EXPIRY, when_remote_at_expiry, .weigh = weigh_remote_at_expiry, .needs_history = true,
	 .tell = tell_remote_at_expiry},
	{CAUSE_ABORT, when_abort, .weigh = weigh_abort, .tell = tell_abort},
	{CAUSE_NO_HISTORY, when_no_history, 0.9, .tell = tell_no_history},
	{CAUSE_OFFLOADED, when_offloaded, 0.6, .tell = tell_candidates},
	{CAUSE_AMBIGUOUS, when_always, 0.5, .tell = tell_candidates},
};

const struct rule *rules_table(size_t *count)
{
	*count = sizeof(table) / sizeof(table[0]);
	return table;
}
