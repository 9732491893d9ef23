/* SPDX-License-Identifier: GPL-2.0 */
/*
 * report.h - a RST, and what else tells of resets, becomes evidence on the log group
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_REPORT_H
#define RSTWHY_REPORT_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>

#include "flowmem.h"
#include "netns.h"
#include "segment.h"
#include "snapshot.h"

void report_rst(struct rstwhy_net *rn, struct sk_buff *skb, const struct nf_hook_state *state, const struct segment *seg);
void report_segment(struct rstwhy_net *rn, struct sk_buff *skb, const struct nf_hook_state *state, const struct segment *seg,
		    const struct fm_tell *tell);
void report_early(struct rstwhy_net *rn, struct sk_buff *skb, const struct nf_hook_state *state, const struct segment *seg,
		  struct snapshot *snap, const struct fm_tell *tell);

#endif
