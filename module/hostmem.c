// SPDX-License-Identifier: GPL-2.0
/*
 * hostmem.c - the host memory: what hosts' segments look like, and since when they have kept their state
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "hostmem.h"
#include "wide_product.h"

/**
 * hostmem_init() - make a memory of a zeroed array usable
 * @hm: array set by the caller
 * @places: records in the array, a multiple of HM_WAYS, at least HM_WAYS
 * @secret: random
 *
 * Context: before anybody else sees @hm.
 */
void hostmem_init(struct hostmem *hm, u32 places, u64 secret)
{
	int i;

	hm->sets = places / HM_WAYS;
	hm->secret = secret;
	for (i = 0; i < HM_LOCKS; i++)
		fm_lock_init(&hm->locks[i]);
}

/* Keyed mixing of the key's three words: who does not know the secret cannot choose a set. */
static u32 set_of(const struct hostmem *hm, const struct hm_key *key)
{
	u64 word[3], hash = hm->secret;
	int i;

	_Static_assert(sizeof(*key) == sizeof(word), "hm_key is hashed and compared as three words");
	memcpy(word, key, sizeof(word));
	for (i = 0; i < 3; i++)
		hash = fm_fold(hash ^ word[i], 0x9fb21c651e98df25ULL);
	hash = (hash ^ hm->secret >> 7) * 0xd6e8feb86659fd93ULL;
	return (u32)(((hash >> 32) * hm->sets) >> 32);
}

static struct hm_host *find(struct hm_host *set, const struct hm_key *key)
{
	int way;

	for (way = 0; way < HM_WAYS; way++)
		if (!memcmp(&set[way].key, key, sizeof(*key)))
			return set + way;
	return NULL;
}

/* A free place has heard_us 0. */
static struct hm_host *longest_silent(struct hm_host *set)
{
	struct hm_host *pick = set;
	int way;

	for (way = 1; way < HM_WAYS; way++)
		if (set[way].heard_us < pick->heard_us)
			pick = set + way;
	return pick;
}

/* Did the connection begin while another was still seen to live? Then the host has kept its state since the earlier beginning. */
static u64 kept_since(const struct hm_host *host, const struct hm_lesson *lesson)
{
	return lesson->since_us <= host->heard_us && host->kept_us < lesson->since_us ? host->kept_us : lesson->since_us;
}

/* A connection teaches with every segment; its handshake counts once. */
static void learn_rtt(struct hm_host *host, const struct hm_lesson *lesson)
{
	if (!lesson->rtt_us)
		return;
	if (!host->rtt_us || lesson->rtt_us < host->rtt_us)
		host->rtt_us = lesson->rtt_us;
	if (lesson->since_us <= host->timed_us)
		return;
	host->timed_us = lesson->since_us;
	if (host->rtts < 255)
		host->rtts++;
}

static void learn(struct hm_host *host, const struct hm_lesson *lesson)
{
	host->kept_us = kept_since(host, lesson);
	host->heard_us = lesson->now_us;
	host->ttl = lesson->ttl;
	learn_rtt(host, lesson);
}

/**
 * hostmem_hear() - a host's segment proves one of its connections
 * @hm: the memory
 * @key: the host
 * @lesson: what the segment teaches
 *
 * Context: any; takes a spinlock with bottom halves off.
 */
void hostmem_hear(struct hostmem *hm, const struct hm_key *key, const struct hm_lesson *lesson)
{
	u32 at = set_of(hm, key);
	struct hm_host *set = hm->hosts + (size_t)at * HM_WAYS, *host;
	fm_lock_t *lock = &hm->locks[at & (HM_LOCKS - 1)];

	fm_lock(lock);
	host = find(set, key);
	if (!host) {
		host = longest_silent(set);
		fm_count_add(&hm->replaced, host->key.family ? 1 : 0);
		memset(host, 0, sizeof(*host));
		host->key = *key;
	}
	learn(host, lesson);
	fm_unlock(lock);
}

static u64 ms_since(u64 then_us, u64 now_us)
{
	return now_us > then_us ? div_u64(now_us - then_us, 1000) : 0;
}

/**
 * hostmem_tell() - what is known of a host
 * @hm: the memory
 * @key: the host
 * @now_us: boottime
 * @out: filled; zero when it is not known
 *
 * Context: any; as hostmem_hear().
 */
void hostmem_tell(struct hostmem *hm, const struct hm_key *key, u64 now_us, struct rstwhy_host *out)
{
	u32 at = set_of(hm, key);
	fm_lock_t *lock = &hm->locks[at & (HM_LOCKS - 1)];
	const struct hm_host *host;

	memset(out, 0, sizeof(*out));
	fm_lock(lock);
	host = find(hm->hosts + (size_t)at * HM_WAYS, key);
	if (host) {
		out->flags = RSTWHY_HOST_KNOWN;
		out->ttl = host->ttl;
		out->rtt_us = host->rtt_us;
		out->rtts = host->rtts;
		out->heard_ms = ms_since(host->heard_us, now_us);
		out->kept_ms = ms_since(host->kept_us, now_us);
	}
	fm_unlock(lock);
}
