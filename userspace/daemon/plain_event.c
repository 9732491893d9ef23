// SPDX-License-Identifier: GPL-2.0
/*
 * plain_event.c - a packet of a plain log rule as an event
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "plain.h"

#include <linux/netfilter.h>
#include <string.h>

#define IPV6_HEADER 40U

/* By the IP header; a packet cut by the rule's snaplen had more than we hold. */
static uint32_t wire_length(const uint8_t *packet, size_t len)
{
	uint32_t told = 0;

	if (len >= 4 && packet[0] >> 4 == 4)
		told = (uint32_t)packet[2] << 8 | packet[3];
	else if (len >= 6 && packet[0] >> 4 == 6)
		told = IPV6_HEADER + ((uint32_t)packet[4] << 8 | packet[5]);
	return told > len ? told : (uint32_t)len;
}

static void copy_payload(const struct nflog_message *message, struct event *event)
{
	size_t held = event->seg.payload < message->payload_len ? message->payload_len - event->seg.payload : 0;

	if (held > event->seg.len)
		held = event->seg.len;
	if (held > sizeof(event->payload))
		held = sizeof(event->payload);
	if (held)
		memcpy(event->payload, message->payload + event->seg.payload, held);
	event->payload_len = (uint16_t)held;
}

/* What we do not know is what a gateway without conntrack and memory would not know. */
static void fill_evidence(const struct nflog_message *message, struct event *event)
{
	bool leaves = message->hook == NF_INET_LOCAL_OUT || (message->hook == NF_INET_POST_ROUTING && message->ifin == 0);

	event->ev = (struct rstwhy_evidence){
		.kind = RSTWHY_KIND_RST,
		.hook = leaves ? RSTWHY_HOOK_LOCAL_OUT : RSTWHY_HOOK_PRE_ROUTING,
		.by = RSTWHY_BY_UNSEEN,
		.direction = RSTWHY_DIR_NONE,
		.family = event->seg.family,
		.ifin = message->ifin,
		.ifout = message->ifout,
		.wire_len = wire_length(message->payload, message->payload_len),
		.captured = (uint32_t)message->payload_len,
		.uid = RSTWHY_NO_UID,
		.ct = { .flags = RSTWHY_CT_OFF, .state_before = RSTWHY_STATE_UNKNOWN, .state_after = RSTWHY_STATE_UNKNOWN },
	};
}

bool plain_event(const struct nflog_message *message, struct event *event)
{
	size_t view = message->payload_len < SEGMENT_VIEW_MAX ? message->payload_len : SEGMENT_VIEW_MAX;

	memset(event, 0, sizeof(*event));
	if (!message->payload || segment_parse(message->payload, view, wire_length(message->payload, message->payload_len), &event->seg) != SEGMENT_OK)
		return false;
	if (!(event->seg.flags & SEG_RST))
		return false;
	event->plain = true;
	fill_evidence(message, event);
	copy_payload(message, event);
	return true;
}
