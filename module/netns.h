/* SPDX-License-Identifier: GPL-2.0 */
/*
 * netns.h - what each network namespace has: settings, hooks, counters
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_NETNS_H
#define RSTWHY_NETNS_H

#include <linux/atomic.h>
#include <linux/netfilter.h>
#include <linux/percpu.h>
#include <net/net_namespace.h>

#include "flowmem.h"
#include "hostmem.h"
#include "ratelimit.h"
#include "zones.h"

struct ctl_table;
struct nf_hook_state;
struct seq_file;
struct sk_buff;
struct ctl_table_header;

/* Counted per namespace, most of them per CPU; each a line of /proc/net/nf_rstwhy. */
enum rstwhy_count {
	COUNT_RST_SEEN,		  /* RSTs that reached the hook behind conntrack */
	COUNT_RST_TOLD,		  /* of these, sent to the log group */
	COUNT_AFTER_TOLD,	  /* segments after a RST, sent */
	COUNT_SILENCE_TOLD,	  /* bursts that nobody answers, sent */
	COUNT_SURVIVED_TOLD,	  /* silences that were survived, sent (a sample) */
	COUNT_SUPPRESSED_KNOWN,	  /* not sent by the rate limit, flow known; first of the untold */
	COUNT_SUPPRESSED_UNKNOWN, /* and flow not known */
	COUNT_FAILED,		  /* not sent for lack of memory; last of the untold */
	COUNT_MALFORMED,	  /* no TCP segment could be read; accepted all the same */
	COUNT_NO_SNAPSHOT,	  /* RST whose look before conntrack was lost to another's */
	COUNT_ZONES_FORGOTTEN,	  /* conntrack zones beyond those that are kept */
	COUNTS,
};

struct rstwhy_counts {
	u64 v[COUNTS];
};

/*
 * What was not told is in every message: summed over all CPUs, each would read a cache line of each of them. It is counted where the rate
 * limit's lock was taken already, or memory has run out.
 */
#define UNTOLD_COUNTS (COUNT_FAILED - COUNT_SUPPRESSED_KNOWN + 1)

static inline bool is_untold(enum rstwhy_count what)
{
	return what >= COUNT_SUPPRESSED_KNOWN && what <= COUNT_FAILED;
}

/* sysctl values; ints because that is what sysctl writes */
struct rstwhy_settings {
	int enable;
	int conntrack;
	int group;
	int resume_ms;
	int rate;
	int burst;
	int copy;
	int report_init;
};

#define RSTWHY_HOOKS 8 /* two places, before and after conntrack, two families */

struct rstwhy_net {
	struct rstwhy_settings set;
	u32 resume; /* set.resume_ms in ticks */
	u32 id; /* of the flow memory's keys: new whenever the namespace is enabled, so that nothing stale is found */
	u64 epoch; /* what genuine evidence for the namespace's reader bears */
	u64 watched_ns; /* boottime since when the hooks are on */
	bool guest;
	bool hooked;
	bool holds_conntrack;
	bool remembered; /* the flow memory may hold flows under id */
	struct nf_hook_ops ops[RSTWHY_HOOKS]; /* the namespace's own: they carry it */
	struct rstwhy_counts __percpu *counts;
	atomic64_t sequence; /* of evidence */
	struct ratelimit limit;
	atomic64_t untold[UNTOLD_COUNTS];
	struct rstwhy_zones zones;
	struct ctl_table *sysctl_table;
	struct ctl_table_header *sysctl;
};

static inline void rstwhy_count(struct rstwhy_net *rn, enum rstwhy_count what)
{
	if (is_untold(what))
		atomic64_inc(&rn->untold[what - COUNT_SUPPRESSED_KNOWN]);
	else
		this_cpu_inc(rn->counts->v[what]);
}

u64 rstwhy_count_sum(const struct rstwhy_net *rn, enum rstwhy_count what);
struct rstwhy_net *rstwhy_pernet(struct net *net);
int rstwhy_apply(struct net *net);
bool rstwhy_tracking(struct net *net, u8 pf);
int rstwhy_ingress_write(struct net *net, const char *name, bool add);

int rstwhy_netns_init(void);
void rstwhy_netns_exit(void);

/* One memory of flows and one of hosts for all namespaces; set at load, before the first hook. */
extern struct flowmem rstwhy_flows;
extern struct hostmem rstwhy_hosts;

/* sysctl.c */
int rstwhy_sysctl_init(struct net *net);
void rstwhy_sysctl_exit(struct net *net);

/* procfile.c */
int rstwhy_procfile_init(struct net *net);
void rstwhy_procfile_exit(struct net *net);

/* ingress_devices.c */
int rstwhy_ingress_init(void);
void rstwhy_ingress_exit(void);
int rstwhy_ingress_add(struct net *net, const char *name);
int rstwhy_ingress_remove(struct net *net, const char *name);
void rstwhy_ingress_remove_all(struct net *net);
void rstwhy_ingress_show(struct seq_file *m, struct net *net);

/* ingress.c */
struct segment;
extern bool rstwhy_ingress_used;
bool rstwhy_ingress_told(const struct rstwhy_net *rn, const struct segment *seg);
unsigned int rstwhy_ingress_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state);

/* hooks.c */
int rstwhy_hooks_on(struct net *net);
void rstwhy_hooks_off(struct net *net);

#endif
