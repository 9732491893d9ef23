/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rules.h - the rules: an ordered table, the first that fits decides
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Adding a cause is one row in rules.c, its predicate and sentence in the file of its class, and one test. `only` saves a call, and may be
 * left out.
 */
#ifndef RSTWHY_RULES_H
#define RSTWHY_RULES_H

#include "facts.h"
#include "sentence.h"

struct rule {
	enum cause cause;
	bool (*when)(const struct facts *f);
	double confidence; /* when weigh is NULL */
	double (*weigh)(const struct facts *f);
	bool certain;	    /* nothing that may still come changes it */
	bool needs_history; /* gap or earlier history is part of the proof: capped when hidden */
	unsigned int only;  /* traits of the facts without which it never fits: where one is missing, `when` is not asked */
	void (*tell)(const struct facts *f, struct verdict *v); /* its sentences, its `also`, its candidates */
};

/* The rows about silences, or about RSTs; the last of them always fits (when_always). */
const struct rule *rules_table(bool silence);

/* The traits of these facts that `only` may name. */
unsigned int rules_traits(const struct facts *f);

/*
 * The two halves of verdict_judge(), for whoever wants to know only whether to wait, or keeps the rule while the incident waits: which
 * rule fits these facts, and its verdict in words.
 */
const struct rule *verdict_rule(const struct facts *f);
void verdict_tell(const struct facts *f, const struct rule *rule, struct verdict *out);

/* Add a cause to v->also: once, never the verdict's own. */
void verdict_also(struct verdict *v, enum cause cause);

/* rules_gateway.c: what this gateway did itself; exact */
bool when_gateway_ips(const struct facts *f);
bool when_expired_reject(const struct facts *f);
bool when_expired_remap(const struct facts *f);
bool when_expired_stack(const struct facts *f);
bool when_lost_early(const struct facts *f);
bool when_nat_bypass(const struct facts *f);
bool when_gateway_flushed(const struct facts *f);
bool when_gateway_failover(const struct facts *f);
bool when_gateway_invalid(const struct facts *f);
bool when_gateway_rule(const struct facts *f);
double weigh_gateway_invalid(const struct facts *f);
double weigh_gateway_rule(const struct facts *f);
double weigh_gateway_failover(const struct facts *f);
void tell_gateway_ips(const struct facts *f, struct verdict *v);
void tell_expired(const struct facts *f, struct verdict *v);
void tell_nat_bypass(const struct facts *f, struct verdict *v);
void tell_gateway_flushed(const struct facts *f, struct verdict *v);
void tell_gateway_failover(const struct facts *f, struct verdict *v);
void tell_lost_early(const struct facts *f, struct verdict *v);
void tell_gateway_invalid(const struct facts *f, struct verdict *v);
void tell_gateway_rule(const struct facts *f, struct verdict *v);

/* rules_noise.c: RSTs that killed nothing */
bool when_ignored(const struct facts *f);
bool when_bad_checksum(const struct facts *f);
bool when_duplicate(const struct facts *f);
bool when_after_reset(const struct facts *f);
bool when_after_close(const struct facts *f);
bool when_out_of_window(const struct facts *f);
bool when_ttl_ends(const struct facts *f);
void tell_ttl_ends(const struct facts *f, struct verdict *v);
bool when_no_refusal(const struct facts *f);
void tell_no_refusal(const struct facts *f, struct verdict *v);
bool when_backscatter(const struct facts *f);
bool when_answered_after_all(const struct facts *f);
double weigh_backscatter(const struct facts *f);
void tell_backscatter(const struct facts *f, struct verdict *v);
void tell_answered_after_all(const struct facts *f, struct verdict *v);
void tell_ignored(const struct facts *f, struct verdict *v);
void tell_bad_checksum(const struct facts *f, struct verdict *v);
void tell_duplicate(const struct facts *f, struct verdict *v);
void tell_after_reset(const struct facts *f, struct verdict *v);
void tell_after_close(const struct facts *f, struct verdict *v);
void tell_out_of_window(const struct facts *f, struct verdict *v);

/* rules_connect.c: before the connection carried anything */
bool when_refused(const struct facts *f);
bool when_connect_abandoned(const struct facts *f);
bool when_backlog_overflow(const struct facts *f);
bool when_scan(const struct facts *f);
bool when_probe(const struct facts *f);
bool when_half_open(const struct facts *f);
bool when_remote_connect(const struct facts *f);
double weigh_probe(const struct facts *f);
double weigh_half_open(const struct facts *f);
double weigh_remote_connect(const struct facts *f);
void tell_scan(const struct facts *f, struct verdict *v);
void tell_probe(const struct facts *f, struct verdict *v);
void tell_half_open(const struct facts *f, struct verdict *v);
void tell_remote_connect(const struct facts *f, struct verdict *v);
double weigh_refused(const struct facts *f);
void tell_refused(const struct facts *f, struct verdict *v);
void tell_connect_abandoned(const struct facts *f, struct verdict *v);
void tell_backlog_overflow(const struct facts *f, struct verdict *v);

/* rules_idle.c: silence, and somebody's timer */
bool when_keepalive_expired(const struct facts *f);
double weigh_keepalive_expired(const struct facts *f);
bool when_remote_on_next_packet(const struct facts *f);
bool when_remote_at_expiry(const struct facts *f);
bool when_silent_drop(const struct facts *f);
double weigh_silent_drop(const struct facts *f);
void tell_silent_drop(const struct facts *f, struct verdict *v);
double weigh_remote_on_next_packet(const struct facts *f);
double weigh_remote_at_expiry(const struct facts *f);
void tell_keepalive_expired(const struct facts *f, struct verdict *v);
void tell_remote_on_next_packet(const struct facts *f, struct verdict *v);
void tell_remote_at_expiry(const struct facts *f, struct verdict *v);

/* rules_endpoint.c: an endpoint meant it */
bool when_cancel(const struct facts *f);
bool when_late_data(const struct facts *f);
bool when_fin_held_back(const struct facts *f);
bool when_request_rejected(const struct facts *f);
bool when_crash(const struct facts *f);
bool when_endpoint_timer(const struct facts *f);
bool when_abort(const struct facts *f);
double weigh_crash(const struct facts *f);
double weigh_endpoint_timer(const struct facts *f);
void tell_crash(const struct facts *f, struct verdict *v);
void tell_endpoint_timer(const struct facts *f, struct verdict *v);
double weigh_cancel(const struct facts *f);
double weigh_abort(const struct facts *f);
void tell_cancel(const struct facts *f, struct verdict *v);
void tell_late_data(const struct facts *f, struct verdict *v);
void tell_fin_held_back(const struct facts *f, struct verdict *v);
void tell_request_rejected(const struct facts *f, struct verdict *v);
void tell_abort(const struct facts *f, struct verdict *v);

/* rules_path.c: somebody between the ends; and the host that is not the one it was */
bool when_injected(const struct facts *f);
bool when_remote_policy(const struct facts *f);
bool when_host_lost(const struct facts *f);
double weigh_injected(const struct facts *f);
double weigh_remote_policy(const struct facts *f);
double weigh_host_lost(const struct facts *f);
void tell_injected(const struct facts *f, struct verdict *v);
void tell_remote_policy(const struct facts *f, struct verdict *v);
void tell_host_lost(const struct facts *f, struct verdict *v);

/* rules_plain.c: from a plain log rule, the packet alone */
bool when_plain_pattern(const struct facts *f);
bool when_plain(const struct facts *f);
void tell_plain_pattern(const struct facts *f, struct verdict *v);
void tell_plain(const struct facts *f, struct verdict *v);
/* What cannot be known of it, in every such record; nothing where the module saw the RST. */
void say_plain(const struct facts *f, struct verdict *v);

/* rules_unknown.c: what is left, with its candidates */
bool when_no_history(const struct facts *f);
bool when_offloaded(const struct facts *f);
bool when_always(const struct facts *f);
void tell_no_history(const struct facts *f, struct verdict *v);
void tell_candidates(const struct facts *f, struct verdict *v);

#endif
