// SPDX-License-Identifier: GPL-2.0
/*
 * flowmem_alias.c - a translated flow is also found by the tuple that its far side sees
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "flowmem_table.h"

static bool is_inverse(const struct rstwhy_tuple *reply, const struct fm_key *key, u8 *side)
{
	struct fm_key other;

	*side = flowmem_key(&other, reply, key->family, key->zone, key->netns);
	return fm_same_key(&other, key);
}

static struct fm_alias *alias_set(const struct flowmem *fm, u64 hash)
{
	return fm->alias + (size_t)(((hash >> 32) * fm->alias_sets) >> 32) * FM_WAYS;
}

static void alias_insert(struct flowmem *fm, u64 hash, u32 index)
{
	struct fm_alias *alias = alias_set(fm, hash);
	u32 tag = fm_tag(hash), way, pick = (u32)(hash >> 40) % FM_WAYS;

	for (way = 0; way < FM_WAYS; way++) {
		u32 held = READ_ONCE(alias[way].tag);

		if (held == tag || !held || READ_ONCE(fm_cold_at(fm, READ_ONCE(alias[way].index))->alias_tag) != held)
			break;
	}
	if (way == FM_WAYS) {
		way = pick;
		fm_count_add(&fm->counts[FM_ALIAS_REPLACED], 1);
	}
	WRITE_ONCE(alias[way].tag, 0);
	WRITE_ONCE(alias[way].index, index);
	WRITE_ONCE(alias[way].tag, tag);
}

/**
 * flowmem_set_reply() - remember a flow's REPLY tuple, and find the flow by it when it is translated
 * @fm: the memory
 * @index: the flow, locked
 * @reply: as conntrack has it
 *
 * An alias whose flow has gone, or has another REPLY tuple by now, is known by that flow's alias_tag and gives way.
 *
 * Context: any, under flowmem_lock().
 */
void flowmem_set_reply(struct flowmem *fm, u32 index, const struct rstwhy_tuple *reply)
{
	struct fm_cold *cold = fm_cold_at(fm, index);
	struct fm_key wire;
	u64 hash;
	u8 side;

	if (!memcmp(&cold->reply, reply, sizeof(*reply)))
		return;
	cold->reply = *reply;
	WRITE_ONCE(cold->alias_tag, 0);
	if (is_inverse(reply, &cold->key, &side))
		return;
	flowmem_key(&wire, reply, cold->key.family, cold->key.zone, cold->key.netns);
	hash = flowmem_hash(fm, &wire);
	WRITE_ONCE(cold->alias_tag, fm_tag(hash));
	alias_insert(fm, hash, index);
}

/* Hold the flow at index if its REPLY tuple is still this one. */
static bool lock_if_alias(struct flowmem *fm, u32 index, const struct fm_key *wire, u32 tag, u8 wire_side, u8 *side)
{
	const struct fm_cold *cold;
	struct fm_key held;
	u8 reply_src;

	fm_lock(fm_lock_of(fm, index / FM_WAYS));
	cold = fm_cold_at(fm, index);
	if (fm->hot[index].tag && cold->alias_tag == tag) {
		reply_src = flowmem_key(&held, &cold->reply, cold->key.family, cold->key.zone, cold->key.netns);
		if (fm_same_key(&held, wire)) {
			u8 reply_side = cold->flags & FMC_ORIG1 ? 0 : 1;

			*side = wire_side == reply_src ? reply_side : !reply_side;
			return true;
		}
	}
	fm_unlock(fm_lock_of(fm, index / FM_WAYS));
	return false;
}

/**
 * flowmem_lock_alias() - find a translated flow by the tuple its far side sees
 * @fm: the memory
 * @wire: canonical form of the tuple on the wire
 * @hash: of @wire
 * @wire_side: the packet's sender in @wire
 * @side: on success the packet's sender as a side of the flow
 *
 * Context: any; as flowmem_lock().
 * Return: the index, locked, or FM_NONE with nothing held.
 */
u32 flowmem_lock_alias(struct flowmem *fm, const struct fm_key *wire, u64 hash, u8 wire_side, u8 *side)
{
	const struct fm_alias *alias = alias_set(fm, hash);
	u32 tag = fm_tag(hash), way;

	for (way = 0; way < FM_WAYS; way++) {
		u32 index = READ_ONCE(alias[way].index);

		if (READ_ONCE(alias[way].tag) == tag && lock_if_alias(fm, index, wire, tag, wire_side, side))
			return index;
	}
	return FM_NONE;
}
