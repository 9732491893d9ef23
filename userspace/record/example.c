// SPDX-License-Identifier: GPL-2.0
/*
 * example.c - what a record of each cause looks like
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Records, not texts: so an example always has the form that the log has.
 */
#include "example.h"

#include <string.h>

#define GAP_NONE (-1.0)

struct example {
	const char *stage, *sender, *by;
	double gap_ms, confidence;
	const char *evidence;
	const char *candidate;
};

static const struct example examples[CAUSE_COUNT] = {
	[CAUSE_GATEWAY_EXPIRED_REJECT] = {"established", "gateway", "gateway-reject", 432100000, 0.98,
					  "the next segment of the client was rejected by a rule here; conntrack had no entry for "
					  "the flow any more", NULL},
	[CAUSE_GATEWAY_EXPIRED_REMAP] = {"established", "server", "transit", 3605000, 0.97,
					 "the next segment of the client left with a new translation, which the far host does not "
					 "know", NULL},
	[CAUSE_GATEWAY_EXPIRED_STACK] = {"established", "gateway", "gateway-stack", 3605000, 0.98,
					 "the next segment of the server reached this gateway's own stack, which has no such "
					 "connection", NULL},
	[CAUSE_REMOTE_ON_NEXT_PACKET] = {"established", "server", "transit", 350412, 0.97,
					 "the next segment of the client was answered by RST in 0.3 ms; the host itself is 11 ms "
					 "away", "AWS NLB 350 s"},
	[CAUSE_REMOTE_AT_EXPIRY] = {"established", "server", "transit", 240031, 0.95,
				    "a RST that no segment elicited; both ends were reset, 1.2 ms apart",
				    "Azure Load Balancer with TCP reset 240 s"},
	[CAUSE_KEEPALIVE_EXPIRED] = {"established", "client", "transit", 7200000, 0.95,
				     "9 keepalive probes of the client went unanswered over 675.0 s, then it gave up", NULL},
	[CAUSE_SILENT_DROP] = {"established", "server", "transit", 3600400, 0.9,
			       "3 segments of the client over 0.6 s without any answer; the server is alive: it spoke on another "
			       "connection meanwhile", NULL},
	[CAUSE_ENDPOINT_TIMER] = {"established", "server", "transit", 60003, 0.8,
				  "all data read and acknowledged, then the server reset by itself: its timestamps go on", NULL},
	[CAUSE_GATEWAY_RULE] = {"connect", "gateway", "gateway-reject", GAP_NONE, 0.99,
				"a rule here rejected the SYN of the client", NULL},
	[CAUSE_GATEWAY_INVALID] = {"established", "gateway", "gateway-reject", GAP_NONE, 0.97,
				   "a rule here rejected a segment that conntrack calls INVALID, while the entry of its "
				   "connection lives", NULL},
	[CAUSE_GATEWAY_IPS] = {"established", "gateway", "gateway-raw", GAP_NONE, 0.95,
			       "the RST left through a raw socket of this gateway, owned by uid 987", NULL},
	[CAUSE_REMOTE_CONNECT] = {"connect", "server", "transit", GAP_NONE, 0.88,
				  "the refusal's TTL is 62, other connections of that host show 57", NULL},
	[CAUSE_REMOTE_POLICY] = {"request", "server", "transit", GAP_NONE, 0.9,
				 "the RST came 0.4 ms after a segment of the client; its TTL is 254, segments of the server have "
				 "57; both ends were reset", NULL},
	[CAUSE_INJECTED] = {"request", "server", "transit", GAP_NONE, 0.95,
			    "the server acknowledged, after the RST, what had elicited it: it was alive and did not reset", NULL},
	[CAUSE_REFUSED] = {"connect", "server", "transit", GAP_NONE, 0.93,
			   "the SYN (1 sent, the first 11 ms before) was answered by RST", NULL},
	[CAUSE_BACKLOG_OVERFLOW] = {"accepted", "server", "transit", GAP_NONE, 0.8,
				    "the server sent SYN-ACK, and 12 ms later answered the client as if there were no connection",
				    NULL},
	[CAUSE_ABORT] = {"established", "server", "transit", GAP_NONE, 0.95,
			 "the RST is from a live socket of the server: its timestamps go on", NULL},
	[CAUSE_REQUEST_REJECTED] = {"request", "server", "transit", GAP_NONE, 0.88,
				    "the client's first data (517 bytes) was answered by RST in 11 ms; the server had sent "
				    "nothing", NULL},
	[CAUSE_CRASH] = {"established", "server", "transit", GAP_NONE, 0.92,
			 "14 other connections of that host and port were reset by live sockets within half a second", NULL},
	[CAUSE_LATE_DATA] = {"closing", "server", "transit", GAP_NONE, 0.9,
			     "the server had closed (its last segment 75 ms before); the client went on sending, the server "
			     "answered by RST", NULL},
	[CAUSE_CANCEL] = {"established", "client", "transit", GAP_NONE, 0.92,
			  "a live socket of the client reset while 30000 bytes of the server were on their way", NULL},
	[CAUSE_CONNECT_ABANDONED] = {"connect", "client", "transit", GAP_NONE, 0.85,
				     "the SYN-ACK came when the client had given up, 3.1 s after its first SYN", NULL},
	[CAUSE_HALF_OPEN] = {"established", "client", "transit", GAP_NONE, 0.97,
			     "the client opened a new connection on the ports of a living one; the server answered it for the "
			     "old connection, and the client reset that; then the SYN came again", NULL},
	[CAUSE_HOST_LOST] = {"established", "server", "transit", 4200, 0.9,
			     "the server answered as if it had never had the connection, which nobody had closed; it did so for "
			     "23 other connections within a minute", NULL},
	[CAUSE_GATEWAY_FLUSHED] = {"established", "gateway", "gateway-reject", 12000, 0.9,
				   "conntrack had lost the flow after 12.0 s of silence, of a timeout of 5 d 0 h", NULL},
	[CAUSE_GATEWAY_FAILOVER] = {"established", "gateway", "gateway-reject", GAP_NONE, 0.85,
				    "8 other connections came here in mid-stream within ten seconds, and this gateway had no "
				    "state of any", NULL},
	[CAUSE_NAT_BYPASS] = {"established", "server", "transit", GAP_NONE, 0.85,
			      "the RST is for the addresses of the client as they are before translation: a segment of it left "
			      "untranslated", NULL},
	[CAUSE_AFTER_CLOSE] = {"closed", "client", "transit", GAP_NONE, 0.95,
			       "both sides had closed and all their data was acknowledged", NULL},
	[CAUSE_DUPLICATE] = {"closed", "server", "transit", GAP_NONE, 0.9,
			     "the server reset this connection 412 ms before already, and nothing has moved since", NULL},
	[CAUSE_OUT_OF_WINDOW] = {"established", "server", "transit", GAP_NONE, 0.9,
				 "its sequence number is 1448 below what the client has acknowledged already: the receiver "
				 "ignores it", NULL},
	[CAUSE_IGNORED] = {"established", "server", "transit", GAP_NONE, 0.98,
			   "the client acknowledged what the server sent after the RST: the connection lives", NULL},
	[CAUSE_PROBE] = {"connect", "client", "transit", GAP_NONE, 0.85,
			 "the client answered the SYN-ACK by RST 12 ms after its SYN, and said nothing: as a port scanner or "
			 "health check does", NULL},
	[CAUSE_BACKSCATTER] = {"connect", "server", "transit", GAP_NONE, 0.85,
			       "neither conntrack nor the flow memory has seen anything that it could answer; it refuses a SYN "
			       "that did not pass here", NULL},
	[CAUSE_NO_HISTORY] = {"unknown", "server", "transit", GAP_NONE, 0.9,
			      "conntrack knows the connection, the flow memory does not: nothing but this RST was seen of it",
			      NULL},
	[CAUSE_OFFLOADED] = {"established", "server", "transit", GAP_NONE, 0.6,
			     "part of the traffic was not seen here (offloaded, untracked, or one way only)", NULL},
	[CAUSE_AMBIGUOUS] = {"established", "server", "transit", GAP_NONE, 0.5,
			     "the RST answers a segment of the client in a connection that was not idle", NULL},
};

void record_example(struct record *record, enum cause cause)
{
	const struct example *e = &examples[cause];

	record_init(record, cause == CAUSE_SILENT_DROP ? RECORD_SILENCE : RECORD_RESET);
	record->ts_ns = 1795342333123456789ULL;
	record->class = class_name(cause_text(cause)->class);
	record->cause = cause_name(cause);
	record->confidence = e->confidence;
	record->stage = e->stage;
	record->sender = e->sender;
	record->by = e->by;
	record->direction = !strcmp(e->sender, "client") ? "original" : "reply";
	record->client = (struct record_host){.ip = "10.1.0.2", .port = 51234};
	record->server = (struct record_host){.ip = "10.2.0.2", .port = 443};
	record->gap_ms = e->gap_ms;
	record->count = 1;
	record->evidence.item[record->evidence.count++] = e->evidence;
	if (e->candidate)
		record->candidates.item[record->candidates.count++] = e->candidate;
	record->advice = cause_text(cause)->advice;
}
