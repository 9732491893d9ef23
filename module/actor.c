// SPDX-License-Identifier: GPL-2.0
/*
 * actor.c - who put a packet there
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Asked of state->sk, the socket that ip_local_out() was called for. skb->sk misleads: it is NULL on IPv6 for the kernel's own RST,
 * and the original socket on newer kernels.
 */
#include "actor.h"

#include <linux/cred.h>
#include <linux/uidgid.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/sock.h>

#include "uapi/rstwhy.h"

/*
 * The kernel's control socket is SOCK_RAW with protocol TCP (inet_ctl_sock_create() in net/ipv4/tcp_ipv4.c and net/ipv6/tcp_ipv6.c)
 * and made by the kernel; a program's raw socket is not.
 */
static bool is_control_socket(const struct sock *sk)
{
	return sk->sk_protocol == IPPROTO_TCP && sk->sk_kern_sock;
}

static u8 actor_by_socket(const struct sock *sk, bool passive)
{
	if (!sk_fullsock(sk)) /* TIME_WAIT, or a request that is not a connection yet */
		return RSTWHY_BY_GATEWAY_STACK;
	if (sk->sk_type == SOCK_RAW)
		return is_control_socket(sk) ? RSTWHY_BY_GATEWAY_STACK : RSTWHY_BY_GATEWAY_RAW;
	if (sk->sk_type == SOCK_PACKET)
		return RSTWHY_BY_GATEWAY_RAW;
	if (READ_ONCE(sk->sk_state) == TCP_LISTEN || passive)
		return RSTWHY_BY_GATEWAY_STACK;
	return RSTWHY_BY_GATEWAY_SOCKET;
}

/**
 * actor_of() - who put a packet there
 * @skb: the packet
 * @state: of the hook, PRE_ROUTING or LOCAL_OUT
 * @passive: it has the shape of a RST made without a connection (no ACK flag, or sequence 0)
 * @uid: set to the owner of the socket of a program here, else RSTWHY_NO_UID
 *
 * Context: netfilter hook behind conntrack's.
 * Return: enum rstwhy_actor.
 */
u8 actor_of(const struct sk_buff *skb, const struct nf_hook_state *state, bool passive, u32 *uid)
{
	enum ip_conntrack_info ctinfo;
	const struct nf_conn *ct = nf_ct_get(skb, &ctinfo);
	const struct sock *sk = state->sk;
	u8 by;

	*uid = RSTWHY_NO_UID;
	if (state->hook == NF_INET_PRE_ROUTING || actor_is_balancer(skb, state))
		return RSTWHY_BY_TRANSIT;
	if (ct && (ctinfo == IP_CT_RELATED || ctinfo == IP_CT_RELATED_REPLY))
		return RSTWHY_BY_GATEWAY_REJECT;
	if (!sk && !skb->sk)
		return RSTWHY_BY_GATEWAY_REJECT;
	if (!sk)
		sk = skb->sk;
	by = actor_by_socket(sk, passive);
	if (by == RSTWHY_BY_GATEWAY_SOCKET || by == RSTWHY_BY_GATEWAY_RAW)
		*uid = from_kuid(&init_user_ns, sk->sk_uid);
	return by;
}
