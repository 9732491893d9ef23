// SPDX-License-Identifier: GPL-2.0
/*
 * flow_random.c - thousands of honest conversations at random, each with one silence longer than all its pauses, and then a RST
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * The flow memory and the engine together: whatever the two ends did before (pauses, late acknowledgements, window updates, keepalives,
 * copies, segments that overtake each other), the gap is that silence, and who is reset without one is never called idle.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above */
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../userspace/engine/facts.h"
#include "conversation.h"

#define CONVERSATIONS	 20000
#define PAUSE_MOST_MS	 9000
#define SILENCE_LEAST_MS 20000
#define RTO_MOST_MS	 120000 /* until then, who sent copies may be waiting still */

static struct conversation c;
static struct verdict_settings settings = {.idle_min_ms = 10000, .hold_ms = 1500};
static char told[4096]; /* what was done, for who has to find out why */
static uint64_t random_state;
static bool unseen[2], whole; /* what takes another path; all was seen, from the first SYN on */
static u64 last_seen_us[2];
static uint64_t longest_ms, before_ms, survived_ms; /* silence so far; of those that somebody ended and somebody answered */

static uint32_t chance(uint32_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 20) % below;
}

static void tell(const char *what, unsigned int who, unsigned int number)
{
	size_t len = strlen(told);

	snprintf(told + len, sizeof(told) - len, " %s%s%u", what, who == CLIENT ? ":c" : ":s", number);
}

/* Mostly thinking, now and then a pause that the memory may call a silence. */
static void pause_somehow(void)
{
	uint32_t ms = chance(4) ? chance(900) : 900 + chance(PAUSE_MOST_MS - 900);

	wait_ms(&c, ms);
	tell("wait", CLIENT, ms);
}

/* What one of them sends; it takes another path where it is unseen. */
static void see_at(enum who who, u8 flags, u32 seq, u32 ack, u32 len)
{
	u64 last = last_seen_us[CLIENT] > last_seen_us[SERVER] ? last_seen_us[CLIENT] : last_seen_us[SERVER];

	if (unseen[who])
		return;
	if (last && (c.now_us - last) / 1000 > longest_ms)
		longest_ms = (c.now_us - last) / 1000;
	say_at(&c, who, flags, seq, ack, len);
	last_seen_us[who] = c.now_us;
}

static void see(enum who who, u8 flags, u32 len)
{
	u32 seq = c.seq[who];

	c.seq[who] += len + !!(flags & SEG_FIN);
	see_at(who, flags, seq, c.seq[!who], len);
}

static void acknowledge(enum who who)
{
	see(who, SEG_ACK, 0);
	tell("ack", who, 0);
}

/* Data, which the other side has acknowledged before this returns: at once, late, or by data of its own. */
static void data(enum who who)
{
	unsigned int i, segments = 1 + chance(3);

	for (i = 0; i < segments; i++)
		see(who, SEG_ACK | SEG_PSH, 1 + chance(1400));
	tell("data", who, segments);
	wait_ms(&c, 5 + chance(chance(3) ? 40 : 500));
	if (chance(3)) {
		acknowledge(!who);
		return;
	}
	see(!who, SEG_ACK | SEG_PSH, 1 + chance(1400));
	tell("answer", !who, 1);
	wait_ms(&c, 5 + chance(40));
	acknowledge(who);
}

/* As TCP_KEEPALIVE and window probes are: below what was sent, and answered. */
static void probe(enum who who)
{
	see_at(who, SEG_ACK, c.seq[who] - 1, c.seq[!who], 0);
	tell("probe", who, 0);
	wait_ms(&c, 5 + chance(40));
	acknowledge(!who);
}

/* What had been acknowledged already, the acknowledgement being lost behind us. */
static void needless_copy(enum who who)
{
	see_at(who, SEG_ACK | SEG_PSH, c.seq[who] - 1, c.seq[!who], 1);
	tell("copy", who, 0);
	wait_ms(&c, 5 + chance(40));
	acknowledge(!who);
}

/* Lost behind us, and sent again until it is acknowledged. */
static void needed_copies(enum who who)
{
	u32 seq = c.seq[who], len = 1 + chance(1400), copies = 1 + chance(5), i;

	see(who, SEG_ACK | SEG_PSH, len);
	for (i = 0; i < copies; i++) {
		wait_ms(&c, 200ULL << i);
		see_at(who, SEG_ACK | SEG_PSH, seq, c.seq[!who], len);
	}
	tell("copies", who, copies);
	wait_ms(&c, 5 + chance(40));
	acknowledge(!who);
}

/* Both speak before they have heard each other; of one, the second segment overtakes the first. */
static void cross(enum who who)
{
	u32 before[2] = {c.seq[CLIENT], c.seq[SERVER]};

	see_at(who, SEG_ACK | SEG_PSH, before[who] + 100, before[!who], 50);
	see_at(!who, SEG_ACK | SEG_PSH, before[!who], before[who], 100);
	see_at(who, SEG_ACK | SEG_PSH, before[who], before[!who], 100);
	c.seq[who] += 150;
	c.seq[!who] += 100;
	tell("cross", who, 0);
	wait_ms(&c, 5 + chance(500));
	acknowledge(who);
	acknowledge(!who);
}

/* One has closed its direction, the other goes on. */
static void half_close(enum who who)
{
	see(who, SEG_ACK | SEG_FIN, 0);
	tell("fin", who, 0);
	wait_ms(&c, 5 + chance(40));
	acknowledge(!who);
}

static void survive(void)
{
	uint32_t ms = SILENCE_LEAST_MS + chance(600000);

	wait_ms(&c, ms);
	if (ms > survived_ms && (last_seen_us[CLIENT] || last_seen_us[SERVER]))
		survived_ms = ms;
	tell("survived", CLIENT, ms);
	if (chance(3))
		data(chance(2) ? CLIENT : SERVER);
	else
		probe(chance(2) ? CLIENT : SERVER);
}

static void live(void)
{
	uint32_t steps = chance(12);

	while (steps--) {
		enum who who = chance(2) ? CLIENT : SERVER;

		pause_somehow();
		switch (chance(11)) {
		case 0:
			probe(who);
			break;
		case 1:
			needless_copy(who);
			break;
		case 2:
		case 3:
			acknowledge(who);
			break; /* a window update */
		case 4:
			needed_copies(who);
			break;
		case 5:
			cross(who);
			break;
		case 6:
			survive();
			break;
		default:
			data(who);
		}
	}
}

/* Each side's segments have a TTL of their own, and so has its RST; a live socket's has the next packet number. */
static struct segment rst_of(enum who who, bool live_socket)
{
	struct segment rst = {
		.family = 4, .ttl = who == CLIENT ? 64 : 60, .flags = SEG_RST, .seq = c.seq[who], .end = c.seq[who]};

	if (!live_socket)
		return rst;
	rst.flags |= SEG_ACK;
	rst.ack = c.seq[!who];
	rst.win = 500;
	rst.ipid = 78;
	return rst;
}

/* What the module and the engine make of it; the class they tell. */
static enum cause_class look(enum who resetting, struct segment seg, struct facts *f)
{
	static struct incident incident;
	struct rstwhy_evidence *ev = &incident.first.ev;
	struct verdict v;

	memset(&incident, 0, sizeof(incident));
	assert_true(reset_from(&c, resetting, false, &ev->mem));
	if (ev->mem.survived_ms > before_ms + 9 || (!unseen[!resetting] && ev->mem.survived_ms + 9 < survived_ms))
		fail_msg("silences of %llu ms at most, %llu surely survived, told as survived: %llu.%s",
			 (unsigned long long)before_ms, (unsigned long long)survived_ms, (unsigned long long)ev->mem.survived_ms,
			 told);
	ev->by = RSTWHY_BY_TRANSIT;
	ev->direction = ev->mem.direction;
	ev->ct.flags = RSTWHY_CT_FOUND;
	ev->ct.state_before = ES;
	ev->ct.orig = ev->mem.orig;
	ev->ct.reply = ev->mem.reply;
	incident.first.seg = seg;
	incident.count = 1;
	facts_of(&incident, &settings, f);
	if (f->hidden && whole)
		fail_msg("nothing was hidden.%s", told);
	verdict_judge(&incident, &settings, &v);
	tell(cause_name(v.cause), resetting, 0);
	return cause_text(v.cause)->class;
}

static void check(const struct facts *f, enum gap_from from, uint64_t silence_ms)
{
	if (f->gap.from == from && f->gap.ms >= (double)silence_ms - 9 && f->gap.ms <= (double)silence_ms + 9)
		return;
	fail_msg("a silence of %llu ms, told: from %d, %.0f ms.%s", (unsigned long long)silence_ms, f->gap.from, f->gap.ms, told);
}

/* Somebody wakes the flow, maybe several times before anything answers, and what answers is a RST without a socket. */
static void woken(uint64_t silence_ms)
{
	enum who who = chance(2) ? CLIENT : SERVER;
	u32 seq = c.seq[who], len = chance(4) ? 100 : 0, copies = chance(4), i;
	enum cause_class class;
	struct facts f;

	if (!len) /* a probe */
		seq--;
	tell("wakes", who, len);
	for (i = 0; i <= copies; i++) {
		see_at(who, SEG_ACK, seq, c.seq[!who], len);
		if (i < copies)
			wait_ms(&c, len ? 200ULL << i : 5000);
	}
	wait_ms(&c, 12);
	class = look(!who, rst_of(!who, false), &f);
	if (!f.answers_burst)
		fail_msg("the RST answers what woke the flow.%s", told);
	check(&f, GAP_BURST, silence_ms);
	if (class != CLASS_IDLE_TIMEOUT && before_ms < silence_ms && !f.fin_self && !f.fin_peer)
		fail_msg("it was forgotten in a silence longer than any before.%s", told);
}

/* Nothing wakes it: a socket's own timer, say. */
static void unprompted(enum who who, uint64_t silence_ms)
{
	struct facts f;

	tell("resets", who, 0);
	look(who, rst_of(who, true), &f);
	if (f.elicited)
		fail_msg("nothing elicited the RST.%s", told);
	check(&f, GAP_SILENCE, silence_ms);
}

/* In the middle of its life: a socket that aborts, a host that has lost it, one that closes on what was not read. */
static void busy(void)
{
	enum who who = chance(2) ? CLIENT : SERVER;
	bool live_socket = chance(2), prompted = !live_socket || chance(2);
	struct facts f;

	wait_ms(&c, chance(chance(2) ? 300 : PAUSE_MOST_MS));
	if (prompted) {
		see(!who, SEG_ACK | SEG_PSH, 100);
		wait_ms(&c, 12);
	}
	tell(live_socket ? "aborts" : "forgot", who, prompted);
	if (look(who, rst_of(who, live_socket), &f) == CLASS_IDLE_TIMEOUT)
		fail_msg("it was not idle.%s", told);
}

static void conversation(uint64_t seed)
{
	random_state = seed * 0x9e3779b97f4a7c15ULL;
	snprintf(told, sizeof(told), " (%llu)", (unsigned long long)seed);
	conversation_begin(&c, 64);
	last_seen_us[CLIENT] = last_seen_us[SERVER] = longest_ms = survived_ms = 0;
	whole = !unseen[CLIENT] && !unseen[SERVER] && chance(6);
	if (whole) {
		handshake(&c);
		last_seen_us[CLIENT] = last_seen_us[SERVER] = c.now_us;
	}
	live();
	data(chance(2) ? CLIENT : SERVER); /* both are known now */
	if (!chance(4)) {
		pause_somehow();
		acknowledge(unseen[CLIENT] || (!unseen[SERVER] && chance(2)) ? SERVER : CLIENT);
	}
	before_ms = longest_ms;
}

/* Its one long silence, which is returned. */
static uint64_t silence(uint32_t least_ms)
{
	uint64_t ms = least_ms + chance(3600000);

	wait_ms(&c, ms);
	tell("SILENCE", CLIENT, (unsigned int)ms);
	return ms;
}

static void gap__whatever_was_before__is_the_last_silence(void **state)
{
	(void)state;
	unseen[CLIENT] = unseen[SERVER] = false;
	for (uint64_t seed = 1; seed <= CONVERSATIONS; seed++) {
		conversation(seed);
		if (!chance(6))
			half_close(chance(2) ? CLIENT : SERVER);
		if (chance(2))
			woken(silence(SILENCE_LEAST_MS));
		else
			unprompted(chance(2) ? CLIENT : SERVER, silence(SILENCE_LEAST_MS));
		conversation_end(&c);
	}
}

static void gap__one_side_unseen__is_the_last_silence_of_the_other(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= CONVERSATIONS; seed++) {
		enum who who = seed & 1 ? CLIENT : SERVER;
		u64 last;

		unseen[who] = false;
		unseen[!who] = true;
		conversation(seed);
		silence(RTO_MOST_MS);
		last = last_seen_us[who];
		unprompted(who, (c.now_us - last) / 1000);
		conversation_end(&c);
	}
}

static void class__reset_in_mid_life__never_idle(void **state)
{
	(void)state;
	unseen[CLIENT] = unseen[SERVER] = false;
	for (uint64_t seed = 1; seed <= CONVERSATIONS; seed++) {
		conversation(seed);
		busy();
		conversation_end(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gap__whatever_was_before__is_the_last_silence),
		cmocka_unit_test(gap__one_side_unseen__is_the_last_silence_of_the_other),
		cmocka_unit_test(class__reset_in_mid_life__never_idle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
