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

/*
 * IPVS sends what it has balanced out through LOCAL_OUT, without a socket: met in PRE_ROUTING already, and nothing of this machine's
 * making. (What it translates on the way back it marks only after our hooks.)
 */
static inline bool actor_is_balancer(const struct sk_buff *skb, const struct nf_hook_state *state)
{
#if IS_ENABLED(CONFIG_IP_VS)
	return state->hook == NF_INET_LOCAL_OUT && skb->ipvs_property;
#else
	return false;
#endif
}

u8 actor_of(const struct sk_buff *skb, const struct nf_hook_state *state, bool passive, u32 *uid);

#endif
