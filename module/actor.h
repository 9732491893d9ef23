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

/*
 * TEE and nftables' dup send a copy of what came in out through LOCAL_OUT, without a socket, too. What is made here has come in by no
 * interface. (A copy of what is made here cannot be told from the original.)
 */
static inline bool actor_is_copier(const struct sk_buff *skb, const struct nf_hook_state *state)
{
	return state->hook == NF_INET_LOCAL_OUT && skb->skb_iif && !actor_is_balancer(skb, state);
}

u8 actor_of(const struct sk_buff *skb, const struct nf_hook_state *state, bool passive, u32 *uid);

#endif
