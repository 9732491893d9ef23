/* SPDX-License-Identifier: GPL-2.0 */
/*
 * actor.h - who put a packet there
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_ACTOR_H
#define RSTWHY_ACTOR_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>

u8 actor_of(const struct sk_buff *skb, const struct nf_hook_state *state, bool passive, u32 *uid);

#endif
