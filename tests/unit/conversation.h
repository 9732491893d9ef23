/* SPDX-License-Identifier: GPL-2.0 */
/*
 * conversation.h - two hosts talking past a flow memory: says what happened, in the words of TCP
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_TEST_CONVERSATION_H
#define RSTWHY_TEST_CONVERSATION_H

#include "../../module/flowmem.h"

#define ES 3 /* TCP_CONNTRACK_ESTABLISHED */

enum who { CLIENT, SERVER };

/* One flow memory and one connection through it. seq: the next number each will send. */
struct conversation {
	struct flowmem fm;
	u64 now_us;
	struct rstwhy_tuple orig;
	struct rstwhy_tuple reply;
	bool server_opened; /* conntrack's ORIGINAL is the server's (picked up when it spoke first) */
	u32 seq[2];
	u32 timeout_ms;
	bool fresh;
	u8 state;
	bool assured;
	bool guest;
	bool closes; /* conntrack closes the entry on a RST */
	u8 told; /* the last enum rstwhy_after */
	u8 told_kind; /* and enum rstwhy_kind */
	u64 told_ref;
};

/* A memory of so many flows; false: this machine has none. */
bool conversation_begin(struct conversation *c, u32 flows);
void conversation_end(struct conversation *c);
void wait_ms(struct conversation *c, u64 ms);

/* An accepted segment with sequence and acknowledgement as a real sender would have them. */
void speak(struct conversation *c, enum who who, u8 flags, u32 len);
/* An accepted segment with these numbers; nothing of the conversation moves on. */
void say_at(struct conversation *c, enum who who, u8 flags, u32 seq, u32 ack, u32 len);
/* A segment that conntrack calls INVALID, on the wire as addressed by orig or, from the server, reply. */
void refused(struct conversation *c, enum who who, u8 flags, u32 seq, u32 ack, u32 len);
void handshake(struct conversation *c);
/* A request and its answer. */
void exchange(struct conversation *c);
/* What the memory tells of a RST from there now. */
bool reset_from(struct conversation *c, enum who who, bool entry_gone, struct rstwhy_memory *mem);
bool reset_on_wire(struct conversation *c, const struct rstwhy_tuple *wire, bool entry_gone, struct rstwhy_memory *mem);
/* A RST with that number in the log; 0: it was not told of. */
void note_reset(struct conversation *c, enum who who, u64 seq);
struct rstwhy_tuple inverse(const struct rstwhy_tuple *t);
struct rstwhy_tuple ipv4_tuple(u32 src, u16 sport, u32 dst, u16 dport);

#endif
