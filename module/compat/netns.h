/* SPDX-License-Identifier: GPL-2.0 */
/*
 * netns.h - the namespace's cookie, wherever the kernel keeps it
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_COMPAT_NETNS_H
#define RSTWHY_COMPAT_NETNS_H

#include <net/net_namespace.h>

/*
 * Before commit 3d368ab87cf6 (5.12, "net: initialize net->net_cookie at netns setup") it was made when somebody first asked, by a
 * function that modules cannot call: there it is 0, unknown, until a BPF program has asked.
 */
static inline u64 compat_netns_cookie(struct net *net)
{
#ifdef RSTWHY_HAVE_COOKIE_ON_DEMAND
	return atomic64_read(&net->net_cookie);
#else
	return net->net_cookie;
#endif
}

#endif
