// SPDX-License-Identifier: GPL-2.0
/*
 * observer.c - captured packets through the module's flow memory
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "observer.h"

#include "duplicates.h"
#include "tcp_state.h"

#include "../../module/flowmem_arrays.h"
#include "../../module/flowmem_table.h"
#include "../../module/hostmem.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define RESUME_MS 1000 /* nf_rstwhy_resume_ms */
#define HOSTS	  4096
#define NETNS	  1 /* a capture is one place */
/* The same capture gives the same records: the secret, which decides who is evicted, is no secret here. */
#define SECRET0 0x7273747768792d30ULL
#define SECRET1 0x6f66666c696e652dULL

struct observer {
	struct flowmem memory;
	struct hostmem hosts;
	uint64_t began_ns; /* the first packet */
	struct duplicates *duplicates;
	observer_event_fn *event;
	void *user;
	uint64_t now_ns;
	uint64_t seq;
	struct observer_counts counts;
	struct event told; /* the one being made: large, so not on the stack */
};

/* One segment on its way in. */
struct arrival {
	const struct link_packet *packet;
	struct segment seg;
	struct fm_key key;
	uint64_t hash;
	uint64_t realtime_ns;
	uint8_t side;
};

static void *table(uint32_t records, size_t size)
{
	return calloc(records, size);
}

struct observer *observer_new(uint32_t flows, observer_event_fn *event, void *user)
{
	struct observer *observer = calloc(1, sizeof(*observer));

	if (!observer)
		return NULL;
	observer->event = event;
	observer->user = user;
	observer->hosts.hosts = calloc(HOSTS, sizeof(struct hm_host));
	observer->duplicates = duplicates_new();
	if (flowmem_arrays(&observer->memory, flows, table) && observer->hosts.hosts && observer->duplicates) {
		flowmem_init(&observer->memory, SECRET0, SECRET1);
		hostmem_init(&observer->hosts, HOSTS, SECRET0);
		return observer;
	}
	observer_free(observer);
	return NULL;
}

void observer_free(struct observer *observer)
{
	if (!observer)
		return;
	flowmem_release(&observer->memory, free);
	free(observer->hosts.hosts);
	duplicates_free(observer->duplicates);
	free(observer);
}

static void query_of(const struct observer *observer, const struct arrival *a, struct fm_query *query)
{
	*query = (struct fm_query){
		.key = a->key,
		.hash = a->hash,
		.side = a->side,
		.tick = fm_tick(observer->now_ns),
		.now_us = observer->now_ns / 1000,
	};
}

static void copy_payload(const struct arrival *a, struct event *event)
{
	size_t held = a->seg.payload < a->packet->len ? a->packet->len - a->seg.payload : 0;

	if (held > a->seg.len)
		held = a->seg.len;
	if (held > sizeof(event->payload))
		held = sizeof(event->payload);
	memcpy(event->payload, a->packet->bytes + (held ? a->seg.payload : 0), held);
	event->payload_len = (uint16_t)held;
}

static void fill_hosts(struct observer *observer, const struct arrival *a, struct rstwhy_evidence *ev)
{
	const uint8_t *addr[2] = {a->seg.tuple.src, a->seg.tuple.dst};
	struct hm_key key;

	for (unsigned int i = 0; i < 2; i++) {
		hostmem_key(&key, addr[i], a->seg.family, 0, NETNS);
		hostmem_tell(&observer->hosts, &key, observer->now_ns / 1000, &ev->host[i]);
	}
	ev->watched_ms = (observer->now_ns - observer->began_ns) / 1000000;
}

static void hear_host(struct observer *observer, const struct arrival *a, const struct fm_tell *tell)
{
	struct hm_lesson lesson = {
		.now_us = observer->now_ns / 1000, .since_us = tell->since_us, .rtt_us = tell->rtt_us, .ttl = a->seg.ttl};
	struct hm_key key;

	hostmem_key(&key, a->seg.tuple.src, a->seg.family, 0, NETNS);
	hostmem_hear(&observer->hosts, &key, &lesson);
}

/* The event of a segment, but for what the kinds differ in. */
static struct event *begin_event(struct observer *observer, const struct arrival *a, const struct fm_query *query, uint8_t kind)
{
	struct event *event = &observer->told;
	struct rstwhy_evidence *ev = &event->ev;
	uint8_t state;

	memset(event, 0, sizeof(*event));
	event->seg = a->seg;
	copy_payload(a, event);
	ev->kind = kind;
	ev->hook = RSTWHY_HOOK_PRE_ROUTING;
	ev->by = a->packet->outgoing ? RSTWHY_BY_UNSEEN : RSTWHY_BY_TRANSIT;
	ev->family = a->seg.family;
	ev->seq = ++observer->seq;
	ev->boottime_ns = observer->now_ns;
	ev->realtime_ns = a->realtime_ns;
	ev->wire_len = (uint32_t)a->packet->wire_len;
	ev->captured = (uint32_t)a->packet->len;
	ev->uid = RSTWHY_NO_UID;
	ev->ct.flags = RSTWHY_CT_OFF;
	ev->ct.state_before = RSTWHY_STATE_UNKNOWN;
	ev->ct.state_after = RSTWHY_STATE_UNKNOWN;
	ev->direction = flowmem_export(&observer->memory, query, &ev->mem, &state) ? ev->mem.direction : RSTWHY_DIR_NONE;
	fill_hosts(observer, a, ev);
	return event;
}

static void on_reset(struct observer *observer, const struct arrival *a)
{
	struct fm_query query;
	struct event *event;

	query_of(observer, a, &query);
	event = begin_event(observer, a, &query, RSTWHY_KIND_RST);
	flowmem_note_reset(&observer->memory, &query, &a->seg, event->ev.seq);
	observer->counts.resets++;
	observer->counts.by_host += a->packet->outgoing;
	observer->event(observer->user, event);
}

/* What follows a RST, a silence that nobody ends, or one that was survived. */
static void on_tell(struct observer *observer, const struct arrival *a, const struct fm_tell *tell)
{
	struct fm_query query;
	struct event *event;

	query_of(observer, a, &query);
	event = begin_event(observer, a, &query, tell->kind);
	event->ev.after = tell->after;
	event->ev.ref_seq = tell->ref_seq;
	observer->event(observer->user, event);
}

/* Whether side 1 is the client: the SYN's sender, else whoever has the higher port. */
static bool client_is_1(const struct arrival *a)
{
	uint16_t source = ntohs(a->seg.tuple.sport), destination = ntohs(a->seg.tuple.dport);
	bool sender = source >= destination;

	if (a->seg.flags & SEG_SYN)
		sender = !(a->seg.flags & SEG_ACK);
	return sender == (a->side == 1);
}

static bool closed(const struct fm_cold *cold, unsigned int side)
{
	return cold && (cold->flags & FMC_SIDE(FMC_FIN, side));
}

static bool spoke(const struct fm_cold *cold, unsigned int side)
{
	return cold && (cold->looks[side].flags & RSTWHY_BASE_SEEN);
}

static void fill_quick(const struct observer *observer, const struct arrival *a, uint8_t state, struct fm_quick *quick)
{
	*quick = (struct fm_quick){
		.seq = a->seg.seq,
		.end = a->seg.end,
		.ack = a->seg.ack,
		.len = a->seg.len,
		.tick = fm_tick(observer->now_ns),
		.resume = fm_ms_ticks(RESUME_MS),
		.flags = a->seg.flags,
		.state = state,
		.side = a->side,
	};
}

static void on_segment(struct observer *observer, const struct arrival *a)
{
	struct fm_hot *hot;
	bool found = flowmem_find(&observer->memory, a->hash, &hot);
	const struct fm_cold *cold = found ? fm_cold_at(&observer->memory, (uint32_t)(hot - observer->memory.hot)) : NULL;
	uint8_t before = found ? (uint8_t)(hot->flags & FM_STATE) : TCP_STATE_NONE;
	struct fm_tell tell = { .kind = 0 };
	struct fm_input in = { .seg = &a->seg, .key = &a->key, .hash = a->hash, .now_us = observer->now_ns / 1000 };

	in.orig1 = client_is_1(a);
	in.assured = before >= TCP_STATE_ESTABLISHED && spoke(cold, !a->side);
	fill_quick(observer, a, tcp_state_next(before, a->seg.flags, closed(cold, !a->side)), &in.quick);
	if (found && flowmem_touch(hot, &in.quick))
		return;
	flowmem_segment(&observer->memory, &in, &tell);
	if (tell.proves && !a->packet->outgoing)
		hear_host(observer, a, &tell);
	if (tell.kind)
		on_tell(observer, a, &tell);
}

static bool parse(struct observer *observer, struct arrival *a)
{
	size_t view = a->packet->len < SEGMENT_VIEW_MAX ? a->packet->len : SEGMENT_VIEW_MAX;

	switch (segment_parse(a->packet->bytes, view, (uint32_t)a->packet->wire_len, &a->seg)) {
	case SEGMENT_OK:
		return true;
	case SEGMENT_NOT_TCP:
	case SEGMENT_FRAGMENT:
		observer->counts.other++;
		return false;
	default:
		observer->counts.malformed++;
		return false;
	}
}

void observer_packet(struct observer *observer, const struct link_packet *packet, uint64_t realtime_ns)
{
	struct arrival a = { .packet = packet, .realtime_ns = realtime_ns };

	if (!observer->began_ns)
		observer->began_ns = realtime_ns;
	if (realtime_ns > observer->now_ns)
		observer->now_ns = realtime_ns;
	if (!parse(observer, &a))
		return;
	if (duplicates_saw(observer->duplicates, &a.seg, packet->place, observer->now_ns)) {
		observer->counts.copies++;
		return;
	}
	observer->counts.segments++;
	a.side = flowmem_key(&a.key, &a.seg.tuple, a.seg.family, 0, NETNS);
	a.hash = flowmem_hash(&observer->memory, &a.key);
	if (a.seg.flags & SEG_RST)
		on_reset(observer, &a);
	else
		on_segment(observer, &a);
}

struct observer_counts observer_counts(const struct observer *observer)
{
	struct observer_counts counts = observer->counts;

	counts.refused = fm_count_read(&observer->memory.counts[FM_REFUSED]);
	return counts;
}
