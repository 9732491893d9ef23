// SPDX-License-Identifier: GPL-2.0
/*
 * offload.c - traffic that passed unseen: what the RST of a flow in a flowtable shows of it
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "facts.h"

#define IPS_OFFLOADED (1U << 14 | 1U << 15) /* IPS_OFFLOAD, IPS_HW_OFFLOAD */

/**
 * offload_find() - was the flow offloaded when the RST came, and is the memory older than the RST
 * @f: known, shape, rd and pd hold; offloaded and overtaken are set
 */
void offload_find(struct facts *f)
{
	bool beyond_self = seq_after(f->seg->seq, f->mem->end[f->rd]);
	bool beyond_peer = (f->seg->flags & SEG_ACK) && seq_after(f->seg->ack, f->mem->end[f->pd]);

	f->offloaded = f->ct->status & IPS_OFFLOADED;
	f->overtaken = f->offloaded && f->known && f->shape != SHAPE_REFUSING && (beyond_self || beyond_peer);
}

/**
 * offload_find_hidden() - was part of the traffic not seen, for whatever reason
 * @f: offload_find() was called; hidden is set
 */
void offload_find_hidden(struct facts *f)
{
	const struct rstwhy_memory *mem = f->mem;
	bool heard_both = mem->last_ms[0] != RSTWHY_NEVER && mem->last_ms[1] != RSTWHY_NEVER;
	bool one_way = f->known && !(mem->flags & RSTWHY_MEM_SYN_PENDING) && !heard_both;

	f->hidden = !f->known || one_way || (mem->flags & RSTWHY_MEM_BLIND) || f->offloaded ||
		    (f->ct->flags & (RSTWHY_CT_UNTRACKED | RSTWHY_CT_OFF));
}

/**
 * offload_sent_unseen() - has a side sent data in the fast path, by the numbers of the RST alone
 * @f: offload_find() was called
 * @dir: the side
 *
 * Return: true when it has; false when it has not, or the RST does not tell.
 */
bool offload_sent_unseen(const struct facts *f, unsigned int dir)
{
	if (!f->overtaken || !(f->mem->flags & RSTWHY_MEM_HANDSHAKE))
		return false;
	if (dir == f->rd)
		return seq_after(f->seg->seq, f->mem->isn[dir] + 1);
	return (f->seg->flags & SEG_ACK) && seq_after(f->seg->ack, f->mem->isn[dir] + 1);
}
