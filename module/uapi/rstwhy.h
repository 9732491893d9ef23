/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * rstwhy.h - what nf_rstwhy says about a TCP RST, as bytes
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * One header, used verbatim by the module, the daemon, the tests and whoever else reads the group.
 *
 * A RST travels as an ordinary NFLOG message. NFULA_PREFIX is for people. NFULA_PAYLOAD holds the packet (network header on,
 * rstwhy_evidence.captured bytes of it) and, always last, the trailer: struct rstwhy_evidence, whose last member is the fixed
 * 12-byte struct rstwhy_tail. Start at the tail: it tells the length of body and tail, so a newer, longer body is read by an
 * older reader as far as it knows it, and an older, shorter one by a newer reader with the missing fields zero.
 *
 * Byte order: addresses, ports and the tail are big-endian, all else is little-endian (see module/evidence.h for the converter).
 * Growing: append to the body just before the tail and raise RSTWHY_ABI_MINOR; enums are append-only; when a meaning changes, raise
 * RSTWHY_ABI_MAJOR. Zero means "not known" in every field unless its comment says otherwise.
 *
 * All *_ms ages are "before this packet was seen". RSTWHY_NEVER (all ones) in an age: it never happened as far as we know.
 */
#ifndef RSTWHY_UAPI_H
#define RSTWHY_UAPI_H

#include <linux/types.h>

#define RSTWHY_ABI_MAJOR 1
#define RSTWHY_ABI_MINOR 1 /* 1: watched_ms, host */
#define RSTWHY_MAGIC 0x52574859U /* "RWHY" */
#define RSTWHY_PREFIX "rstwhy "	 /* how every prefix of ours begins */
#define RSTWHY_PREFIX_MAX 127	 /* nfnetlink_log cuts silently behind this */
#define RSTWHY_DEFAULT_GROUP 17
#define RSTWHY_NEVER (~0ULL)

/* What a message is about. */
enum rstwhy_kind {
	RSTWHY_KIND_RST = 1,	  /* a RST was seen */
	RSTWHY_KIND_AFTER = 2,	  /* a segment on a flow lately reset; ref_seq names the RST */
	RSTWHY_KIND_SILENCE = 3,  /* after a silence, the third copy of a segment that nobody answers: the packet */
	RSTWHY_KIND_SURVIVED = 4, /* the packet answers a burst: its gap was survived (a sample) */
};

/* Who put the packet there. Exact, see module/actor.h. */
enum rstwhy_actor {
	RSTWHY_BY_UNSEEN = 0,	      /* not told: the packet alone is known */
	RSTWHY_BY_TRANSIT = 1,	      /* came in by an interface */
	RSTWHY_BY_GATEWAY_REJECT = 2, /* our own ruleset's REJECT */
	RSTWHY_BY_GATEWAY_STACK = 3,  /* our own TCP stack, without a connection of its own */
	RSTWHY_BY_GATEWAY_RAW = 4,    /* a program here, through a raw socket */
	RSTWHY_BY_GATEWAY_SOCKET = 5, /* a TCP socket of a program here */
};

/* Direction relative to conntrack's (or, without an entry, the flow memory's) ORIGINAL tuple. */
enum rstwhy_dir {
	RSTWHY_DIR_ORIGINAL = 0,
	RSTWHY_DIR_REPLY = 1,
	RSTWHY_DIR_NONE = 2,
};

/* The hook that saw it: NF_INET_PRE_ROUTING, NF_INET_LOCAL_OUT, NF_INET_INGRESS (ahead of a flowtable, and of conntrack). */
enum rstwhy_hook {
	RSTWHY_HOOK_PRE_ROUTING = 0,
	RSTWHY_HOOK_LOCAL_OUT = 3,
	RSTWHY_HOOK_INGRESS = 5,
};

enum rstwhy_csum {
	RSTWHY_CSUM_UNKNOWN = 0,
	RSTWHY_CSUM_GOOD = 1,
	RSTWHY_CSUM_BAD = 2,
};

/*
 * What followed a RST (rstwhy_evidence.after, one value a message; each is told once per RST, and once more when it comes, or
 * comes again, a second or more after it). "Sender" is the side that the RST claims to come from, "peer" the other.
 */
enum rstwhy_after {
	RSTWHY_AFTER_SENDER_SEGMENT = 1, /* a segment without new data, not a RST */
	RSTWHY_AFTER_SENDER_DATA = 2,	 /* data beyond all it had sent when the RST passed */
	RSTWHY_AFTER_PEER_SEGMENT = 3,
	RSTWHY_AFTER_PEER_DATA = 4,
	RSTWHY_AFTER_SENDER_ACK = 5, /* it acknowledges what the peer sent after the RST */
	RSTWHY_AFTER_PEER_ACK = 6,   /* it acknowledges what the RST's side sent after the RST */
	RSTWHY_AFTER_SYN = 7,	     /* a new connection begins on the same tuple */
};

/* rstwhy_tuple: one direction of a connection. IPv4 addresses sit in the first four bytes, the rest is zero. */
struct rstwhy_tuple {
	__u8 src[16];
	__u8 dst[16];
	__u16 sport; /* big-endian */
	__u16 dport; /* big-endian */
};

/* rstwhy_conntrack.flags */
#define RSTWHY_CT_FOUND (1 << 0)     /* an entry was there before conntrack saw the packet: state_before, remaining_before_ms hold */
#define RSTWHY_CT_ATTACHED (1 << 1)  /* an entry is attached to the packet after conntrack */
#define RSTWHY_CT_INVALID (1 << 2)   /* conntrack looked and attached nothing */
#define RSTWHY_CT_UNTRACKED (1 << 3) /* NOTRACK */
#define RSTWHY_CT_NEW (1 << 4)	     /* the attached entry is not confirmed yet: this packet made it */
#define RSTWHY_CT_OFF (1 << 5)	     /* conntrack does not run in this namespace */
#define RSTWHY_CT_REFRESHED (1 << 6) /* found attached already before conntrack's hook: "before" may be after a refresh */
#define RSTWHY_CT_WINDOW (1 << 7)    /* td_* hold */
#define RSTWHY_CT_MEMSTATE (1 << 8)  /* state_before comes from the flow memory (our own REJECT had closed the entry already) */
#define RSTWHY_CT_RELATED (1 << 9)   /* attached as RELATED or RELATED_REPLY (our own REJECT) */
#define RSTWHY_CT_BARE_ORIG (1 << 10)  /* the last acknowledgement that conntrack had accepted of either side was a bare one, without data: the client's */
#define RSTWHY_CT_BARE_REPLY (1 << 11) /* the server's */

#define RSTWHY_STATE_UNKNOWN 0xff /* rstwhy_conntrack.state_*: else enum tcp_conntrack */

/* rstwhy_conntrack: the connection tracker's view. Indices of arrays are rstwhy_dir. */
struct rstwhy_conntrack {
	__u16 flags;
	__u16 zone;
	__u8 state_before; /* enum tcp_conntrack before this packet, or RSTWHY_STATE_UNKNOWN */
	__u8 state_after;
	__u8 pad[2];
	__u32 status;		   /* IPS_* bits before this packet */
	__u32 mark;
	__u64 remaining_before_ms; /* the entry's timer before this packet */
	__u64 remaining_after_ms;  /* and after it */
	__u32 td_end[2];	   /* highest sequence sent, per direction */
	__u32 td_maxend[2];	   /* right edge of what the other side will take */
	__u32 td_maxack[2];	   /* highest acknowledgement sent */
	__u32 td_maxwin[2];
	struct rstwhy_tuple orig;  /* the entry's tuples; with neither FOUND nor ATTACHED: zero */
	struct rstwhy_tuple reply;
};

/* rstwhy_memory.flags */
#define RSTWHY_MEM_KNOWN (1 << 0)	   /* the flow memory has this flow; else the rest is zero */
#define RSTWHY_MEM_HANDSHAKE (1 << 1)	   /* its SYN and SYN-ACK were seen */
#define RSTWHY_MEM_COMPLETED (1 << 2)	   /* and the opener's ACK of the SYN-ACK */
#define RSTWHY_MEM_LOST (1 << 3)	   /* conntrack had lost the flow when its last burst began, or has now */
#define RSTWHY_MEM_BLIND (1 << 4)	   /* traffic was hidden from us before the burst: gap_min_ms, gap_max_ms bound the gap */
#define RSTWHY_MEM_ALIAS (1 << 5)	   /* found by its translated (REPLY) tuple */
#define RSTWHY_MEM_ASSURED (1 << 6)	   /* it was an assured connection */
#define RSTWHY_MEM_BURST (1 << 7)	   /* burst_* hold */
#define RSTWHY_MEM_BURST_ANSWERED (1 << 8) /* the other side answered the burst: its gap was survived */
#define RSTWHY_MEM_BURST_INVALID (1 << 9)  /* the burst is of segments conntrack refused (a possible elicitor) */
#define RSTWHY_MEM_FIN_ORIG (1 << 10)	   /* that side has sent FIN: fin_end[] holds */
#define RSTWHY_MEM_FIN_REPLY (1 << 11)
#define RSTWHY_MEM_FIN_ACKED_ORIG (1 << 12) /* and the other side has acknowledged it */
#define RSTWHY_MEM_FIN_ACKED_REPLY (1 << 13)
#define RSTWHY_MEM_ACKED_PAST_FIN_ORIG (1 << 14) /* that side went on acknowledging new data after its FIN (half-close) */
#define RSTWHY_MEM_ACKED_PAST_FIN_REPLY (1 << 15)
#define RSTWHY_MEM_SYN_PENDING (1 << 16)     /* a SYN awaits its SYN-ACK: syn_* hold (the first SYN, or a new one on an old tuple) */
#define RSTWHY_MEM_SYN_REUSE (1 << 17)	     /* and it came upon a flow that had a life already */
#define RSTWHY_MEM_RESET_BEFORE (1 << 18)    /* a RST that may have killed it was seen already: reset_* hold */
#define RSTWHY_MEM_MIDSTREAM (1 << 19)	     /* the memory began in mid-stream: baselines and orientation are conntrack's word */
#define RSTWHY_MEM_OPENER_REPLY (1 << 20)    /* the SYN's sender is conntrack's REPLY side (else the ORIGINAL one) */
#define RSTWHY_MEM_DATA_ORIG (1 << 21)	     /* that side has sent data in this connection */
#define RSTWHY_MEM_DATA_REPLY (1 << 22)
#define RSTWHY_MEM_LOST_KNOWN (1 << 23)	     /* LOST was seen when the segment passed (exact), not inferred at the RST */

/* rstwhy_memory.burst_kind: what the burst's first segment was */
enum rstwhy_burst {
	RSTWHY_BURST_NONE = 0,
	RSTWHY_BURST_DATA = 1,
	RSTWHY_BURST_PROBE = 2, /* 0 or 1 byte below what was sent already: a keepalive (or window) probe */
	RSTWHY_BURST_ACK = 3,	/* a bare acknowledgement */
	RSTWHY_BURST_FIN = 4,
	RSTWHY_BURST_SYN = 5,
	RSTWHY_BURST_RETRANSMIT = 6, /* data already sent before: a copy of something from before the gap */
};

/* What a side's segments look like; learned from its segments, never from RST, SYN-ACK's IPID or what conntrack refused. */
struct rstwhy_baseline {
	__u8 ttl; /* hop limit */
	__u8 tos; /* traffic class */
	__u8 flags;
#define RSTWHY_BASE_SEEN (1 << 0)
#define RSTWHY_BASE_TS (1 << 1) /* carries the timestamps option; tsval holds */
#define RSTWHY_BASE_DF (1 << 2)
#define RSTWHY_BASE_IPID (1 << 3) /* ipid holds */
	__u8 pad;
	__u16 ipid;
	__u16 win; /* last window field, unscaled */
	__u32 flowlabel;
	__u32 tsval;
	__u32 age_ms; /* when ipid, tsval and win were taken, ms before this packet, saturating */
};

/* rstwhy_memory: what the flow memory knew before this packet. Indices of arrays are rstwhy_dir (ORIGINAL, REPLY). */
struct rstwhy_memory {
	__u32 flags;
	__u8 direction;	    /* rstwhy_dir of this packet in the remembered flow */
	__u8 burst_dir;	    /* who sent the burst */
	__u8 burst_kind;    /* enum rstwhy_burst */
	__u8 reset_dir;	    /* who sent the earlier RST */
	struct rstwhy_tuple orig;  /* remembered tuples: who was behind the NAT, also after conntrack forgot */
	struct rstwhy_tuple reply;
	__u64 age_ms;	    /* since the connection began (or since we first saw it: MIDSTREAM) */
	__u64 last_ms[2];   /* age of the last accepted segment of each side */
	__u64 last_data_ms[2]; /* of the last one with data; exact to about resume_ms */
	__u32 end[2];	    /* highest sequence number seen behind data, SYN, FIN */
	__u32 ack[2];	    /* highest acknowledgement seen */
	__u32 fin_end[2];   /* sequence number behind the FIN */
	__u32 isn[2];	    /* initial sequence numbers (HANDSHAKE) */
	__u64 timeout_before_gap_ms; /* what conntrack had armed with the last packet before the gap */
	__u64 timeout_now_ms;	     /* and with the last packet before this one */
	/* the burst: the first segment after a silence, and all that its side sent until the other answered */
	__u64 burst_gap_ms;	/* the silence before it (any direction) */
	__u64 gap_min_ms;	/* bounds, where BLIND; else both equal burst_gap_ms */
	__u64 gap_max_ms;
	__u64 burst_first_us;	/* age of the burst's first segment, microseconds */
	__u64 burst_last_us;	/* and of its last */
	__u64 burst_peer_gap_ms; /* how long the *other* side had said nothing when the burst began */
	__u32 burst_copies;	/* how often its first segment was sent, unanswered */
	__u32 burst_probes;	/* of these, keepalive probes */
	__u32 burst_seq;	/* the first segment's sequence number */
	__u32 burst_end;	/* and the one behind it */
	__u32 burst_ack;	/* and its acknowledgement number */
	__u32 unanswered_before; /* copies left unanswered already before the gap: sent into the void */
	__u64 survived_ms;	/* the longest gap this connection has survived */
	/* handshake */
	__u32 rtt_us[2];	/* round trip between here and that side, 0 unknown */
	__u64 syn_ms;		/* age of the first copy of the pending SYN */
	__u32 syn_seq;
	__u32 syn_copies;
	__u8 syn_dir;
	__u8 pad[3];
	/* an earlier RST on this flow */
	__u32 reset_count;	/* RSTs before this packet that may have killed: exact sequence, and nobody spoke on */
	__u64 reset_ms;		/* age of the first of them */
	__u64 reset_seq;	/* its rstwhy_evidence.seq */
	__u32 reset_end[2];	/* end[] and ack[] as they were when it passed */
	__u32 reset_ack[2];
	struct rstwhy_baseline base[2];
};

/* rstwhy_host.flags */
#define RSTWHY_HOST_KNOWN (1 << 0) /* a segment that proves a connection of it was seen; else the rest is zero */

/*
 * rstwhy_host: an address over all its connections. From kept_ms to heard_ms before this packet it has kept its state: connections
 * that overlap one another were seen to go on.
 */
struct rstwhy_host {
	__u8 flags;
	__u8 ttl;
	__u8 rtts; /* handshakes behind rtt_us, at most 255: one alone may have waited for a link address */
	__u8 pad;
	__u32 rtt_us;	/* between here and there, the shortest handshake's; 0 unknown */
	__u64 heard_ms; /* age of the last such segment; busy connections count every 17 s or so */
	__u64 kept_ms;
};

/* The last 12 bytes of every payload. Big-endian. */
struct rstwhy_tail {
	__u16 major;
	__u16 minor;
	__u32 length; /* of body and tail */
	__u32 magic;
};

struct rstwhy_evidence {
	__u8 kind;	/* enum rstwhy_kind */
	__u8 hook;	/* enum rstwhy_hook */
	__u8 by;	/* enum rstwhy_actor */
	__u8 direction; /* enum rstwhy_dir, by conntrack's entry, else by the flow memory */
	__u8 family;	/* 4 or 6 */
	__u8 csum;	/* enum rstwhy_csum */
	__u8 after;	/* enum rstwhy_after (kind AFTER) */
	__u8 local;	/* 1: the packet's source address is one of this host's; 0: it is not */
	__u64 seq;	/* per namespace, counted when a message is about to be sent; a hole is a loss */
	__u64 epoch;	/* random, of this load and of the namespace whose reader it is for */
	__u64 ref_seq;	/* kind AFTER: seq of the RST it follows */
	__u64 boottime_ns;
	__u64 realtime_ns;
	__u64 netns_cookie; /* 0: unknown (before Linux 5.12, where it is made on demand) */
	__u32 netns_inum;
	__u32 ifin; /* interface indices; 0 none */
	__u32 ifout;
	__u32 wire_len; /* bytes of the packet on the wire, network header on */
	__u32 captured; /* bytes of it at the start of the payload */
	__u32 uid;	/* of the local socket (GATEWAY_SOCKET, GATEWAY_RAW), else RSTWHY_NO_UID */
	__u64 suppressed_known; /* messages not sent by the rate limit since load, flows we knew */
	__u64 suppressed_unknown;
	__u64 failed; /* messages that could not be made (no memory) since load */
	struct rstwhy_conntrack ct;
	struct rstwhy_memory mem;
	__u32 pad1[2];
	/* minor 1 */
	__u64 watched_ms;	    /* how long this namespace has been watched: the memory knows nothing from before */
	struct rstwhy_host host[2]; /* of the packet's source, and of the end it is for */
	__u32 pad2;
	struct rstwhy_tail tail; /* always last */
};

#define RSTWHY_NO_UID (~0U)

/* The layout is the interface: both sides refuse to compile a header that moved. */
#define RSTWHY_LAYOUT(name, condition) _Static_assert(condition, name)
RSTWHY_LAYOUT("rstwhy_tuple", sizeof(struct rstwhy_tuple) == 36);
RSTWHY_LAYOUT("rstwhy_conntrack", sizeof(struct rstwhy_conntrack) == 136);
RSTWHY_LAYOUT("rstwhy_conntrack.orig", __builtin_offsetof(struct rstwhy_conntrack, orig) == 64);
RSTWHY_LAYOUT("rstwhy_baseline", sizeof(struct rstwhy_baseline) == 20);
RSTWHY_LAYOUT("rstwhy_memory", sizeof(struct rstwhy_memory) == 352);
RSTWHY_LAYOUT("rstwhy_memory.age_ms", __builtin_offsetof(struct rstwhy_memory, age_ms) == 80);
RSTWHY_LAYOUT("rstwhy_memory.timeout", __builtin_offsetof(struct rstwhy_memory, timeout_before_gap_ms) == 152);
RSTWHY_LAYOUT("rstwhy_memory.survived_ms", __builtin_offsetof(struct rstwhy_memory, survived_ms) == 240);
RSTWHY_LAYOUT("rstwhy_memory.base", __builtin_offsetof(struct rstwhy_memory, base) == 312);
RSTWHY_LAYOUT("rstwhy_tail", sizeof(struct rstwhy_tail) == 12);
RSTWHY_LAYOUT("rstwhy_evidence", sizeof(struct rstwhy_evidence) == 672);
RSTWHY_LAYOUT("rstwhy_evidence.seq", __builtin_offsetof(struct rstwhy_evidence, seq) == 8);
RSTWHY_LAYOUT("rstwhy_evidence.suppressed", __builtin_offsetof(struct rstwhy_evidence, suppressed_known) == 80);
RSTWHY_LAYOUT("rstwhy_evidence.ct", __builtin_offsetof(struct rstwhy_evidence, ct) == 104);
RSTWHY_LAYOUT("rstwhy_evidence.mem", __builtin_offsetof(struct rstwhy_evidence, mem) == 240);
RSTWHY_LAYOUT("rstwhy_evidence.tail", __builtin_offsetof(struct rstwhy_evidence, tail) == 660);
RSTWHY_LAYOUT("rstwhy_evidence.watched_ms", __builtin_offsetof(struct rstwhy_evidence, watched_ms) == 600);
RSTWHY_LAYOUT("rstwhy_host", sizeof(struct rstwhy_host) == 24);

#endif /* RSTWHY_UAPI_H */
