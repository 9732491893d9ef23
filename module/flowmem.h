/* SPDX-License-Identifier: GPL-2.0 */
/*
 * flowmem.h - the flow memory: what was seen of a connection, also after conntrack has forgotten it
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Fixed size, nothing allocated per packet. A flow has two records: a hot one of 32 bytes that every segment touches without a lock, and a
 * cold one that only creation, resumption after a silence, flag changes and resets touch, under a hashed lock. The hot ones stand in a
 * table of three places a flow, in sets of four, so that nearly each stands in the one cache line where its search begins: a full memory
 * takes a third of the places. The cold ones are as many as there may be flows, a pool; a flow's place says which is its own.
 *
 * The key is the canonical (smaller end first) form of conntrack's ORIGINAL tuple, so that both directions, and a flow
 * picked up again from the other side, meet in one record. A translated flow is also found by its REPLY tuple (alias).
 * "Side" 0 is the smaller end, 1 the larger; sides become ORIGINAL and REPLY only on export.
 *
 * Time comes in with the calls: ticks of boottime (2^22 ns, 4.2 ms; 32 bits of them last 208 days, a longer silence reads
 * as one shorter by that) and, on the slow path, microseconds.
 */
#ifndef RSTWHY_FLOWMEM_H
#define RSTWHY_FLOWMEM_H

#include "freestanding.h"
#include "segment.h"
#include "uapi/rstwhy.h"

#define FM_WAYS 4
#define FM_LOCKS 256 /* power of two */
#define FM_PARTS 256 /* power of two */
#define FM_NONE (~0U)

#define FM_TICK_SHIFT 22
#define FM_REFRESH_SHIFT 12 /* ticks: 17 s */
#define FM_RESET_WATCH_US (120ULL * 1000000) /* how long what follows a RST is looked at */

/* fm_hot.flags */
#define FM_STATE 0x000f	    /* enum tcp_conntrack of the last accepted segment */
#define FM_PENDING 0x0010   /* a burst awaits its answer */
#define FM_RESET 0x0020	    /* a RST was seen lately */
#define FM_SYN 0x0040	    /* a handshake is not complete */
#define FM_FIN 0x0080	    /* a FIN was seen */
#define FM_LEARN0 0x0100    /* side 0's looks are not learned yet */
#define FM_LEARN1 0x0200
#define FM_RECENT0 0x0400   /* side 0 has sent data since the last silence */
#define FM_RECENT1 0x0800
#define FM_ASSURED 0x1000   /* protected from eviction */
#define FM_GUEST 0x2000	    /* belongs to another than the initial namespace */
#define FM_AWAY 0xc000	    /* not of the flow but of the line, also where the place is free: see fm_away() */
#define FM_SLOW (FM_PENDING | FM_RESET | FM_SYN | FM_FIN)

/* What every segment touches. Two fit a cache line. tag 0: free. */
struct fm_hot {
	u32 tag;
	u32 last[2]; /* tick of each side's last accepted segment */
	u32 end[2];  /* highest sequence number behind each side's data */
	u32 ack[2];  /* highest acknowledgement of each side */
	u16 timeout; /* what conntrack armed, fm_timeout_code() */
	u16 flags;
};

struct fm_key {
	u8 addr[2][16]; /* IPv4: the first four bytes */
	u16 port[2];	/* big-endian */
	u16 zone;
	u8 family;
	u8 pad;
	u32 netns; /* a number that is never used twice while the module is loaded */
};

/* One end of a connection as words. IPv4: first is address and port, second 0. IPv6: the address. */
struct fm_end {
	u64 first;
	u64 second;
	u16 port; /* big-endian */
};

/* A canonical tuple that lives in registers: what the fast path hashes. */
struct fm_ends {
	struct fm_end end[2];
	u16 zone;
	u8 family;
	u32 netns;
};

/* One side's burst, or a mark: segments that conntrack refused and that may elicit a RST. */
struct fm_burst {
	u64 first_us;
	u64 last_us;
	u32 gap; /* ticks of silence before it */
	u32 peer_gap;
	u32 seq, end, ack;
	u32 copies;
	u32 probes;
	u16 timeout; /* in force before the gap */
	u8 side;
	u8 kind; /* enum rstwhy_burst */
};

struct fm_looks {
	u32 flowlabel, tsval, tick;
	u16 ipid, win;
	u8 ttl, tos, flags;
};

/* fm_cold.flags */
#define FMC_ORIG1 (1 << 0)  /* side 1 is conntrack's ORIGINAL side */
#define FMC_OPENER1 (1 << 1) /* side 1 sent the SYN, or got the SYN-ACK, or is ORIGINAL where neither was seen */
#define FMC_HANDSHAKE (1 << 2)
#define FMC_COMPLETED (1 << 3)
#define FMC_MIDSTREAM (1 << 4)
#define FMC_SYN_PENDING (1 << 5)
#define FMC_SYN_REUSE (1 << 6)
#define FMC_BURST (1 << 7)
#define FMC_ANSWERED (1 << 8)
#define FMC_BLIND (1 << 9)
#define FMC_LOST (1 << 10)
#define FMC_MARK (1 << 11)
#define FMC_LATE 8
#define FMC_SIDE(bit, side) ((u32)(bit) << (side))
#define FMC_FIN (1 << 12)	     /* and << 13 for side 1 */
#define FMC_FIN_ACKED (1 << 14)	     /* .. 15 */
#define FMC_ACKED_PAST_FIN (1 << 16) /* .. 17 */
#define FMC_DATA (1 << 18)	     /* .. 19 */
#define FMC_SILENCE_TOLD (1 << 20)
#define FMC_CLOSED (1 << 21) /* conntrack closed its entry on a RST: reset_* hold */

struct fm_cold {
	struct fm_key key;
	struct rstwhy_tuple reply; /* conntrack's REPLY tuple */
	u32 alias_tag;		   /* of the alias, 0 none */
	u32 flags;
	u32 last_data[2]; /* ticks */
	u32 isn[2];
	u32 fin_end[2];
	u32 fin_ack[2];
	u32 rtt_us[2];
	u32 survived; /* ticks */
	u32 unanswered_before;
	u64 created_us;
	struct fm_burst burst;
	struct fm_burst mark;
	u64 syn_us;
	u64 synack_us;
	u32 syn_seq;
	u32 syn_copies;
	u64 reset_seq; /* of the evidence, to refer to; 0: it was not told of */
	u64 reset_us;
	u32 reset_count;
	u32 reset_end[2];
	u32 reset_ack[2];
	u16 after_told; /* bits of enum rstwhy_after, and again << FMC_LATE for what came a second later */
	u8 reset_side;
	u8 syn_side;
	struct fm_looks looks[2];
};

struct fm_alias {
	u32 tag;
	u32 index;
};

/*
 * A SYN-ACK that conntrack refused, because its SYN took another way. It begins no record; where its sender's first segment follows it
 * directly, it tells who opened the connection. A stranger would have to know that number.
 */
#define FM_OPENINGS 256 /* power of two */
struct fm_opening {
	u64 hash; /* of the flow's key */
	u32 end;  /* the sequence number behind it */
	u32 side; /* who sent it */
};

/* Counted events, each a line of /proc/net/nf_rstwhy. */
enum fm_count {
	FM_CREATED,
	FM_REFUSED,
	FM_EVICTED_DEAD,
	FM_EVICTED_PROBATION,
	FM_EVICTED_OUTLIVED,
	FM_ALIAS_REPLACED,
	FM_COUNTS,
};

/* 128 bits. */
struct fm_wide {
	u64 low, high;
};

/* Random numbers for the hash of flowmem_fast.h. */
struct fm_hash_keys {
	u64 start;
	u64 netns;
	struct fm_wide four[2];
	struct fm_wide six[5];
};

/*
 * The arrays come from flowmem_arrays(). In the first cache line is what each segment needs (of IPv6 keys, also in the second); what is
 * written with new connections is in none of these. An index is a place: that of a flow's hot record.
 */
struct flowmem {
	struct fm_hot *hot; /* places, cache-line aligned */
	u32 sets;
	u32 lines; /* half a set each, two hot records */
	struct fm_hash_keys keys;
	struct fm_cold *cold;
	u32 *cold_of;		/* by place: which cold record, where a flow has the place; under the set's lock */
	struct fm_alias *alias; /* in sets, too */
	u32 flows;		/* so many at most */
	u32 alias_sets;
	u32 refused[FM_PARTS] fm_own_line; /* tick when a newcomer of this part of all flows last found no place */
	u32 *spare; /* the cold records that no flow has: a stack */
	u32 spares; /* of so many, under pool */
	u32 hand;   /* the set where the search for a victim goes on; any value will do */
	fm_lock_t pool; /* the innermost lock */
	fm_counter_t guests;	 /* flows of other namespaces */
	fm_counter_t counts[FM_COUNTS];
	fm_lock_t locks[FM_LOCKS];
	struct fm_opening openings[FM_OPENINGS]; /* overwritten one by another; without a lock */
};

/* What the fast path needs of a segment. */
struct fm_quick {
	u32 seq, end, ack, len;
	u32 tick;
	u32 resume; /* ticks */
	u16 timeout;
	u8 flags; /* SEG_* */
	u8 state; /* conntrack's, after this segment */
	u8 side;
};

/* What the slow path needs. */
struct fm_input {
	const struct segment *seg;
	const struct fm_key *key;
	u64 hash;
	const struct rstwhy_tuple *reply; /* conntrack's REPLY tuple, NULL without an entry */
	struct fm_quick quick;
	u64 now_us;
	bool orig1;	/* side 1 is ORIGINAL */
	bool fresh;	/* this segment made the entry: it is not confirmed yet */
	bool confirmed; /* the REPLY tuple is final */
	bool assured;
	bool guest;
};

/* What the caller has to tell because of a segment. */
struct fm_tell {
	u8 kind;     /* enum rstwhy_kind: AFTER, SILENCE or SURVIVED; 0 nothing */
	u8 after;    /* enum rstwhy_after of an AFTER */
	u64 ref_seq; /* and the RST it follows */
	bool owed;   /* not a sample: it takes back a SILENCE that was told */
	bool proves; /* the segment proves its connection, begun since_us, and its side's handshake took rtt_us (0: not known) */
	u32 rtt_us;
	u64 since_us;
};

/* How a packet refers to a flow: by an entry's ORIGINAL tuple, or by what is on the wire. */
struct fm_query {
	struct fm_key key;
	u64 hash;
	u8 side;
	bool exact;	 /* not by a translated tuple: the key is an entry's own */
	bool entry_gone; /* conntrack runs, looked, and has no entry */
	bool hidden;	 /* the flow is offloaded: what the memory has is older than the packet */
	bool closed;	 /* conntrack has closed the entry on the RST */
	u32 tick;
	u64 now_us;
};

static __always_inline u32 fm_tick(u64 boottime_ns)
{
	return (u32)(boottime_ns >> FM_TICK_SHIFT);
}

static inline u64 fm_ticks_ms(u32 ticks)
{
	return div_u64((u64)ticks << FM_TICK_SHIFT, 1000000);
}

static __always_inline u32 fm_ms_ticks(u32 ms)
{
	return (u32)(((u64)ms * 1000000) >> FM_TICK_SHIFT);
}

/*
 * Conntrack's timeouts are whole seconds: eighths of a second up to 68 minutes, 16 s steps up to 6 days are exact for all in use.
 * left, not below 0 unless it has run out, counts in hz a second, which is constant wherever this is used: no division is left of it.
 */
static __always_inline u16 fm_timeout_code_hz(s32 left, u32 hz)
{
	u32 n = (u32)left;

	if (n - 4095 * hz < (0x7fff * 16 - 4095) * hz) /* rounded up from 4095 s on, eighths would be 16 bits */
		return (u16)(0x8000 | ((n + 8 * hz) / (16 * hz)));
	if (likely(n < 4095 * hz)) /* while something is not acknowledged. Where gcc thinks it rare, it divides instead of multiplying. */
		return (u16)((n * 8 + hz / 2) / hz);
	return left < 0 ? 0 : 0xffff;
}

static inline u16 fm_timeout_code(u32 ms)
{
	return fm_timeout_code_hz(ms < 0x7fffffff ? (s32)ms : 0x7fffffff, 1000);
}

static inline u64 fm_timeout_ms(u16 code)
{
	return code & 0x8000 ? (u64)(code & 0x7fff) * 16000 : (u64)code * 125;
}

static __always_inline u32 fm_word(const u8 *p)
{
	u32 w;

	memcpy(&w, p, 4);
	return w;
}

static __always_inline u64 fm_word64(const u8 *p)
{
	u64 w;

	memcpy(&w, p, 8);
	return w;
}

static __always_inline struct fm_end fm_end_of(const u8 *addr, u16 port, u8 family)
{
	struct fm_end end = { .port = port };

	end.first = family == 4 ? fm_word(addr) | (u64)port << 32 : fm_word64(addr);
	end.second = family == 4 ? 0 : fm_word64(addr + 8);
	return end;
}

/**
 * fm_ends_of() - the canonical form of a tuple
 * @side: the side of the source, 0 or 1
 * @src: the source's address, 4 or 16 bytes
 * @dst: the destination's
 * @sport: big-endian
 * @dport: big-endian
 * @family: 4 or 6
 * @zone: conntrack zone of the ORIGINAL direction
 * @netns: the namespace's number
 *
 * Any total order of the two ends will do; it never leaves the machine. Returned whole, and without an index that varies, so that
 * the fast path has it in registers.
 *
 * Context: any; pure.
 * Return: the ends.
 */
static __always_inline struct fm_ends fm_ends_of(u8 *side, const u8 *src, const u8 *dst, u16 sport, u16 dport, u8 family, u16 zone,
						 u32 netns)
{
	struct fm_end a = fm_end_of(src, sport, family), b = fm_end_of(dst, dport, family);
	bool swap = a.first > b.first;
	struct fm_ends ends = { .zone = zone, .family = family, .netns = netns };

	if (family == 6 && unlikely(a.first == b.first))
		swap = a.second > b.second || (a.second == b.second && sport > dport);
	*side = swap;
	ends.end[0].first = swap ? b.first : a.first;
	ends.end[1].first = swap ? a.first : b.first;
	ends.end[0].second = swap ? b.second : a.second;
	ends.end[1].second = swap ? a.second : b.second;
	ends.end[0].port = swap ? b.port : a.port;
	ends.end[1].port = swap ? a.port : b.port;
	return ends;
}

/* flowmem_key.c */
u8 flowmem_key(struct fm_key *key, const struct rstwhy_tuple *tuple, u8 family, u16 zone, u32 netns);
void flowmem_key_of(struct fm_key *key, const struct fm_ends *ends);
u64 flowmem_hash(const struct flowmem *fm, const struct fm_key *key);
void flowmem_hash_keys(struct fm_hash_keys *keys, u64 secret0, u64 secret1);

/* flowmem.c: the table */
struct fm_hot *flowmem_find_elsewhere(const struct flowmem *fm, u64 hash);
u32 flowmem_lock(struct flowmem *fm, const struct fm_key *key, u64 hash);
void flowmem_unlock(struct flowmem *fm, u32 index);
u32 flowmem_create(struct flowmem *fm, const struct fm_key *key, u64 hash, u32 tick, bool guest, bool *made);
void flowmem_forget(struct flowmem *fm, u32 netns, void (*relax)(void));

/* flowmem_alias.c: translated flows */
void flowmem_set_reply(struct flowmem *fm, u32 index, const struct rstwhy_tuple *reply);
u32 flowmem_lock_alias(struct flowmem *fm, const struct fm_key *wire, u64 hash, u8 wire_side, u8 *side);

/* flowmem_segment.c: the life of a flow */
void flowmem_segment(struct flowmem *fm, const struct fm_input *in, struct fm_tell *tell);
void flowmem_mark(struct flowmem *fm, const struct fm_input *in, struct fm_tell *tell);

/* flowmem_export.c: what is told of it */
bool flowmem_knows(struct flowmem *fm, const struct fm_query *q);
bool flowmem_export(struct flowmem *fm, const struct fm_query *q, struct rstwhy_memory *mem, u8 *state);
void flowmem_note_reset(struct flowmem *fm, const struct fm_query *q, const struct segment *rst, u64 evidence_seq);

#endif
