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
#include "says.h"

static const struct rule table[] = {
	/* a silence, not a RST */
	{CAUSE_IGNORED, when_answered_after_all, 0.95, .silence = true, .tell = tell_answered_after_all},
	{CAUSE_SILENT_DROP, when_silent_drop, .weigh = weigh_silent_drop, .needs_history = true, .silence = true,
	 .tell = tell_silent_drop},
	/* what followed; and what was over already */
	{CAUSE_IGNORED, when_ignored, 0.98, .certain = true, .tell = tell_ignored},
	{CAUSE_OUT_OF_WINDOW, when_bad_checksum, 0.97, .certain = true, .tell = tell_bad_checksum},
	{CAUSE_IGNORED, when_ttl_ends, 0.85, .tell = tell_ttl_ends},
	{CAUSE_GATEWAY_IPS, when_gateway_ips, 0.95, .certain = true, .tell = tell_gateway_ips},
	{CAUSE_DUPLICATE, when_duplicate, 0.9, .tell = tell_duplicate},
	{CAUSE_HALF_OPEN, when_half_open, .weigh = weigh_half_open, .tell = tell_half_open},
	{CAUSE_AFTER_CLOSE, when_after_reset, 0.85, .tell = tell_after_reset},
	{CAUSE_AFTER_CLOSE, when_after_close, 0.95, .tell = tell_after_close},
	/* what this gateway did */
	{CAUSE_NAT_BYPASS, when_nat_bypass, 0.85, .tell = tell_nat_bypass},
	{CAUSE_GATEWAY_EXPIRED_STACK, when_expired_stack, 0.98, .certain = true, .tell = tell_expired},
	{CAUSE_GATEWAY_EXPIRED_REJECT, when_expired_reject, 0.98, .certain = true, .tell = tell_expired},
	{CAUSE_GATEWAY_EXPIRED_REMAP, when_expired_remap, 0.97, .certain = true, .tell = tell_expired},
	{CAUSE_GATEWAY_FLUSHED, when_gateway_flushed, 0.9, .tell = tell_gateway_flushed},
	{CAUSE_GATEWAY_FAILOVER, when_gateway_failover, .weigh = weigh_gateway_failover, .tell = tell_gateway_failover},
	{CAUSE_AMBIGUOUS, when_lost_early, 0.5, .tell = tell_lost_early},
	{CAUSE_GATEWAY_INVALID, when_gateway_invalid, .weigh = weigh_gateway_invalid, .tell = tell_gateway_invalid},
	{CAUSE_GATEWAY_RULE, when_gateway_rule, .weigh = weigh_gateway_rule, .certain = true, .tell = tell_gateway_rule},
	/* the handshake */
	{CAUSE_PROBE, when_scan, 0.8, .tell = tell_scan},
	{CAUSE_REMOTE_CONNECT, when_remote_connect, .weigh = weigh_remote_connect, .tell = tell_remote_connect},
	{CAUSE_REFUSED, when_refused, .weigh = weigh_refused, .tell = tell_refused},
	{CAUSE_OUT_OF_WINDOW, when_no_refusal, 0.85, .tell = tell_no_refusal},
	{CAUSE_KEEPALIVE_EXPIRED, when_keepalive_expired, .weigh = weigh_keepalive_expired, .needs_history = true, .tell = tell_keepalive_expired},
	{CAUSE_INJECTED, when_injected, .weigh = weigh_injected, .tell = tell_injected},
	{CAUSE_INJECTED, when_plain_pattern, 0.9, .tell = tell_plain_pattern},
	{CAUSE_CONNECT_ABANDONED, when_connect_abandoned, 0.85, .tell = tell_connect_abandoned},
	{CAUSE_PROBE, when_probe, .weigh = weigh_probe, .tell = tell_probe},
	{CAUSE_BACKLOG_OVERFLOW, when_backlog_overflow, 0.8, .tell = tell_backlog_overflow},
	/* shape and history */
	{CAUSE_CANCEL, when_cancel, .weigh = weigh_cancel, .needs_history = true, .tell = tell_cancel},
	{CAUSE_LATE_DATA, when_late_data, 0.9, .needs_history = true, .tell = tell_late_data},
	{CAUSE_OUT_OF_WINDOW, when_out_of_window, 0.9, .needs_history = true, .tell = tell_out_of_window},
	{CAUSE_REMOTE_POLICY, when_says_policy, 0.85, .tell = tell_says_policy},
	{CAUSE_REMOTE_AT_EXPIRY, when_says_idle, 0.9, .needs_history = true, .tell = tell_says_idle},
	{CAUSE_CRASH, when_crash, .weigh = weigh_crash, .tell = tell_crash},
	{CAUSE_REQUEST_REJECTED, when_request_rejected, 0.88, .needs_history = true, .tell = tell_request_rejected},
	{CAUSE_LATE_DATA, when_fin_held_back, 0.6, .needs_history = true, .tell = tell_fin_held_back},
	{CAUSE_HOST_LOST, when_host_lost, .weigh = weigh_host_lost, .needs_history = true, .tell = tell_host_lost},
	{CAUSE_REMOTE_ON_NEXT_PACKET, when_remote_on_next_packet, .weigh = weigh_remote_on_next_packet, .needs_history = true,
	 .tell = tell_remote_on_next_packet},
	{CAUSE_REMOTE_AT_EXPIRY, when_remote_at_expiry, .weigh = weigh_remote_at_expiry, .needs_history = true,
	 .tell = tell_remote_at_expiry},
	{CAUSE_ENDPOINT_TIMER, when_endpoint_timer, .weigh = weigh_endpoint_timer, .needs_history = true,
	 .tell = tell_endpoint_timer},
	{CAUSE_REMOTE_POLICY, when_remote_policy, .weigh = weigh_remote_policy, .tell = tell_remote_policy},
	{CAUSE_ABORT, when_abort, .weigh = weigh_abort, .tell = tell_abort},
	/* what is left */
	{CAUSE_BACKSCATTER, when_backscatter, .weigh = weigh_backscatter, .tell = tell_backscatter},
	{CAUSE_NO_HISTORY, when_plain, 0.9, .tell = tell_plain},
	{CAUSE_NO_HISTORY, when_no_history, 0.9, .tell = tell_no_history},
	{CAUSE_OFFLOADED, when_offloaded, 0.6, .tell = tell_candidates},
	{CAUSE_AMBIGUOUS, when_always, 0.5, .tell = tell_candidates},
};

const struct rule *rules_table(size_t *count)
{
	*count = sizeof(table) / sizeof(table[0]);
	return table;
}
