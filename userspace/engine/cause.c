// SPDX-License-Identifier: GPL-2.0
/*
 * cause.c - the vocabulary, one row a cause
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Written for whoever is woken at night: what happened, how we know, what to change.
 */
#include <string.h>

#include "cause.h"
#include "name.h"

#define ROW(id, cls, word, what, how, todo)                                                                                      \
	[CAUSE_##id] = {.text = {.class = CLASS_##cls, .name = rows[CAUSE_##id].name.text, .meaning = what, .recognised = how,   \
				 .advice = todo, .advice_len = sizeof(todo) - 1},                                                \
			.name = NAME(word), .path = NAME(PATH_##cls "/" word)}

#define PATH_IDLE_TIMEOUT    "idle-timeout"
#define PATH_FIREWALL_REJECT "firewall-reject"
#define PATH_APPLICATION     "application"
#define PATH_STALE_STATE     "stale-state"
#define PATH_NOISE	     "noise"
#define PATH_UNKNOWN	     "unknown"

struct cause_row {
	struct cause_text text;
	struct name name, path;
};

static const struct cause_row rows[CAUSE_COUNT] = {
	ROW(GATEWAY_EXPIRED_REJECT, IDLE_TIMEOUT, "gateway-expired-reject",
	    "This gateway's own conntrack entry expired while the connection was silent, and a rule here then rejected its next segment.",
	    "The RST was made by this gateway's REJECT; conntrack had lost the flow when it spoke again; the flow memory remembers it, "
	    "silent for at least the timeout that was in force.",
	    "Raise the conntrack timeout here (net.netfilter.nf_conntrack_tcp_timeout_established), or set TCP keepalive below it on "
	    "one end."),
	ROW(GATEWAY_EXPIRED_REMAP, IDLE_TIMEOUT, "gateway-expired-remap",
	    "This gateway's NAT entry expired while the connection was silent; its next segment left with a new translated port, which "
	    "the far host does not know.",
	    "conntrack had lost the flow and picked it up in mid-stream; the new translated tuple differs from the remembered one; the "
	    "far host answered as it does for a connection that it does not have.",
	    "Raise the conntrack timeout here (net.netfilter.nf_conntrack_tcp_timeout_established), or set TCP keepalive below it on "
	    "one end."),
	ROW(GATEWAY_EXPIRED_STACK, IDLE_TIMEOUT, "gateway-expired-stack",
	    "This gateway's NAT entry expired while the connection was silent; the far side spoke first, and its segment reached this "
	    "gateway itself, which has no such connection.",
	    "The RST was made by this gateway's TCP stack for a translated address that the flow memory knows as another host's.",
	    "Raise the conntrack timeout here (net.netfilter.nf_conntrack_tcp_timeout_established), or set TCP keepalive below it on "
	    "one end."),
	ROW(REMOTE_ON_NEXT_PACKET, IDLE_TIMEOUT, "remote-on-next-packet",
	    "Another box in the path (load balancer, NAT, firewall) forgot the silent connection and answered its next segment with a "
	    "RST.",
	    "Our own conntrack entry was intact; the RST answers the first segment after a long silence; nobody had closed; marks of a "
	    "box (another TTL, faster than the host can answer) raise the confidence.",
	    "Set TCP keepalive on one end below that box's idle timeout, or raise the timeout on the box."),
	ROW(REMOTE_AT_EXPIRY, IDLE_TIMEOUT, "remote-at-expiry",
	    "Another box in the path reset the silent connection the moment its idle timer fired.",
	    "No segment elicited the RST; both directions had been silent; usually both ends are reset within a second.",
	    "Set TCP keepalive on one end below that box's idle timeout, or raise the timeout on the box."),
	ROW(KEEPALIVE_EXPIRED, IDLE_TIMEOUT, "keepalive-expired",
	    "An endpoint's keepalive probes went unanswered, and it gave the connection up.",
	    "Two or more probes from one side without any answer, then that side's own RST.",
	    "Find out why the other side stopped answering: it is down, or a box between has dropped the flow silently. Keepalive below "
	    "that box's timeout would have held it."),
	ROW(SILENT_DROP, IDLE_TIMEOUT, "silent-drop",
	    "A box forgot the silent connection and drops what follows without an answer.",
	    "After a long silence three or more copies of a segment went unanswered while both ends are otherwise alive.",
	    "Set TCP keepalive on one end below that box's idle timeout, or make the box answer with a RST."),
	ROW(ENDPOINT_TIMER, IDLE_TIMEOUT, "endpoint-timer", "The application's own idle timer aborted the connection.",
	    "A live socket's RST out of silence, with that host's timestamps or packet numbers going on; where the other side had spoken last, "
	    "only if the silence is of whole seconds, as timers are and thinking is not.",
	    "Raise the idle timeout in that application, or let the other side retry."),
	ROW(GATEWAY_RULE, FIREWALL_REJECT, "gateway-rule", "A rule of this gateway rejected the segment with a RST.",
	    "The RST was made by this gateway's REJECT on a tracked or new connection.",
	    "If it should pass, find the rule: nft list ruleset (or iptables -nvL) and look for 'reject with tcp reset'."),
	ROW(GATEWAY_INVALID, FIREWALL_REJECT, "gateway-invalid",
	    "A rule of this gateway rejected a segment that conntrack calls INVALID, although its connection lives: a misconfiguration.",
	    "The RST was made by this gateway's REJECT for a packet without conntrack entry, while the connection's entry is there.",
	    "Drop INVALID packets before the rule that rejects ('ct state invalid drop'): a delayed duplicate must not kill a "
	    "connection."),
	ROW(GATEWAY_IPS, FIREWALL_REJECT, "gateway-ips", "A program on this gateway reset the connection through a raw socket.",
	    "The RST left through a raw socket of this gateway, not through the TCP stack.",
	    "Look at the inline IPS (or other packet tool) that runs here, and at its log of that moment."),
	ROW(REMOTE_CONNECT, FIREWALL_REJECT, "remote-connect",
	    "A firewall in front of the server, not the server, refused the connection.",
	    "The refusal's TTL, window or TOS is not that host's, or it came faster than the host can answer.",
	    "Ask for the rule on the firewall in front of that server."),
	ROW(REMOTE_POLICY, FIREWALL_REJECT, "remote-policy",
	    "An inline box reset the connection because of its content or a policy.",
	    "A RST with marks of a box right after a particular payload, often to both ends.",
	    "Look for an IPS, proxy or filter between this gateway and the resetting side."),
	ROW(INJECTED, FIREWALL_REJECT, "injected", "Somebody on the path forged a RST, and the connection died of it.",
	    "The side that seemed to reset went on sending, or the RSTs come in a pattern that no stack sends.",
	    "The path is tampered with: use an encrypted tunnel, or another path, and ask the carrier."),
	ROW(REFUSED, APPLICATION, "refused", "Nobody listens on that port.",
	    "RST+ACK with sequence 0 in answer to a SYN, with the marks of the host itself.",
	    "Check that the service runs and listens on that address and port (ss -ltn on the server)."),
	ROW(BACKLOG_OVERFLOW, APPLICATION, "backlog-overflow",
	    "The server's accept queue was full and it resets what it cannot queue.",
	    "SYN-ACK seen, then the handshake's third segment was answered as if there were no connection.",
	    "Raise the listen backlog and net.core.somaxconn on the server, or make it accept faster (nstat: TcpExtListenOverflows)."),
	ROW(ABORT, APPLICATION, "abort",
	    "The program at that end closed with unread data or with linger 0, or its socket was destroyed.",
	    "A live socket's RST: its sequence, acknowledgement and timestamps go on from the connection.",
	    "Look in that program's log at this second: it crashed, was restarted, or hangs up by intent."),
	ROW(REQUEST_REJECTED, APPLICATION, "request-rejected",
	    "The server would not take what it was sent, and hung up without a word.",
	    "A live socket's RST from the server right upon the client's first data, before it ever sent data itself.",
	    "Check protocol and port (TLS to a plain port, plain to a TLS port), request size and allow-lists on the server."),
	ROW(CRASH, APPLICATION, "crash", "The process died: the kernel reset all its connections that held unread data.",
	    "Several live-socket RSTs from one host and port within milliseconds.",
	    "Look for a crash, an OOM kill or a restart of that service at this second."),
	ROW(LATE_DATA, APPLICATION, "late-data",
	    "One side had closed already; the other went on sending and was told that nobody reads.",
	    "A FIN from the resetting side earlier; the RST answers data that came after it.",
	    "Mostly harmless. If data is lost: the side that closed should read to the end first (lingering close)."),
	ROW(CANCEL, APPLICATION, "cancel", "The client gave up a transfer while the server was still sending.",
	    "A RST from the client's side while the server's data was in flight or unread.",
	    "Nothing to change here: somebody pressed stop, or the client's own time limit ran out."),
	ROW(CONNECT_ABANDONED, APPLICATION, "connect-abandoned", "The client gave up connecting before the server's answer came.",
	    "RST from the client at its first sequence number after the SYN-ACK, never an ACK.",
	    "The server's answer is late: look at its load and at the round trip, or raise the client's connect timeout."),
	ROW(HALF_OPEN, APPLICATION, "half-open", "One side had lost the connection and started anew on the same ports.",
	    "A SYN into a living connection, an acknowledgement in answer, a RST at that acknowledgement, and the SYN again.",
	    "Look for a restart of the side that sent the SYN, or for a client that reuses source ports too fast."),
	ROW(HOST_LOST, STALE_STATE, "host-lost",
	    "The host lost the connection (reboot, failover, rehash to another backend), or a stateful box before it lost all of them.",
	    "It answered as for an unknown connection, nobody had closed, and many of its connections at once.",
	    "Look for a reboot, failover, change of backends or restarted firewall at that moment."),
	ROW(GATEWAY_FLUSHED, STALE_STATE, "gateway-flushed",
	    "This gateway lost the connection's entry before its time: flush, address change, or a full table.",
	    "conntrack had lost the flow although its timeout had not run out.",
	    "Look for 'conntrack -F' or a firewall reload, a changed masquerade address, or 'table full' in the kernel log."),
	ROW(GATEWAY_FAILOVER, STALE_STATE, "gateway-failover",
	    "This gateway took over or booted and never had the connection's state.",
	    "Connections picked up in mid-stream without history, all since one moment.",
	    "Synchronise states between the gateways (conntrackd), or let nf_conntrack_tcp_loose pick them up."),
	ROW(NAT_BYPASS, STALE_STATE, "nat-bypass",
	    "A segment escaped translation and met a host that does not know the connection.",
	    "A RST for an untranslated tuple while the translated connection lives.",
	    "Drop INVALID packets in the forward chain: NAT never translates them."),
	ROW(AFTER_CLOSE, NOISE, "after-close", "The connection was over already.",
	    "Both sides had closed, or it had been reset before, and this RST answers a leftover.", "Nothing: no data was lost."),
	ROW(DUPLICATE, NOISE, "duplicate", "One more copy of a RST that was reported already.",
	    "The same side reset the same connection before, and nothing has moved since.", "Nothing: see the first record."),
	ROW(OUT_OF_WINDOW, NOISE, "out-of-window", "A RST that its receiver ignores.",
	    "Its checksum is wrong, or its sequence lies outside what the receiver accepts.",
	    "Nothing, unless there are many: then somebody is forging RSTs."),
	ROW(IGNORED, NOISE, "ignored", "A RST that killed nothing: the connection went on in both directions.",
	    "After the RST each side still acknowledged what the other sent.",
	    "Nothing broke. If it repeats, somebody is forging RSTs, or a box resets with a TTL that does not reach the host."),
	ROW(PROBE, NOISE, "probe", "A port scan, or a load balancer's health check.",
	    "SYN, SYN-ACK, RST and nothing else, again and again.",
	    "Nothing; put a known health checker's address under 'ignore'."),
	ROW(BACKSCATTER, NOISE, "backscatter", "An answer to something that was never sent from here.",
	    "A RST for a connection that neither conntrack nor the flow memory has seen begin.",
	    "Nothing: somebody forged your addresses as the source of a scan or flood."),
	ROW(NO_HISTORY, UNKNOWN, "no-history", "Nothing was seen of this connection before the RST.",
	    "Neither conntrack nor the flow memory knows it.",
	    "Wait: connections that begin after rstwhy was started are known. If it persists, look whether the other direction takes "
	    "another path (rstwhy doctor)."),
	ROW(OFFLOADED, UNKNOWN, "offloaded", "The fast path hid the connection's traffic from us.",
	    "The flow was offloaded, or its sequence numbers jumped while nothing was seen.",
	    "To judge such connections exclude their port from the flowtable for a while."),
	ROW(AMBIGUOUS, UNKNOWN, "ambiguous", "The evidence fits more than one cause.", "See 'also' for the causes that it fits.",
	    "Look at both ends' logs at this second; 'also' names what to look for."),
};

const struct cause_text *cause_text(enum cause cause)
{
	return &rows[(unsigned int)cause < CAUSE_COUNT ? cause : CAUSE_AMBIGUOUS].text;
}

const char *cause_name(enum cause cause)
{
	return cause_text(cause)->name;
}

const char *class_name(enum cause_class class)
{
	static const struct name names[] = {
		[CLASS_IDLE_TIMEOUT] = NAME(PATH_IDLE_TIMEOUT),
		[CLASS_FIREWALL_REJECT] = NAME(PATH_FIREWALL_REJECT),
		[CLASS_APPLICATION] = NAME(PATH_APPLICATION),
		[CLASS_STALE_STATE] = NAME(PATH_STALE_STATE),
		[CLASS_NOISE] = NAME(PATH_NOISE),
		[CLASS_UNKNOWN] = NAME(PATH_UNKNOWN),
	};

	return names[(unsigned int)class <= CLASS_UNKNOWN ? class : CLASS_UNKNOWN].text;
}

const char *cause_path(enum cause cause)
{
	return rows[(unsigned int)cause < CAUSE_COUNT ? cause : CAUSE_AMBIGUOUS].path.text;
}

bool cause_by_name(const char *name, enum cause *cause)
{
	for (unsigned int i = 0; name && i < CAUSE_COUNT; i++) {
		if (strcmp(name, rows[i].name.text) == 0 || strcmp(name, rows[i].path.text) == 0) {
			*cause = (enum cause)i;
			return true;
		}
	}
	return false;
}
