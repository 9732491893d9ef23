/* SPDX-License-Identifier: GPL-2.0 */
/*
 * engine_scene.h - incidents, told as what happened
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * A scene begins as an established connection of a client 10.1.0.2:51234 with a server 10.2.0.2:443 (IPv6: 2001:db8:1::2 and
 * 2001:db8:2::2), both having sent data that the other acknowledged a second ago, and a RST of the server in transit: RST alone,
 * sequence as the client expects it. Each call changes what happened. Sides are the client (ORIGINAL) and the server (REPLY).
 */
#ifndef RSTWHY_ENGINE_SCENE_H
#define RSTWHY_ENGINE_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../userspace/engine/facts.h"
#include "../../userspace/engine/verdict.h"

#define CLIENT RSTWHY_DIR_ORIGINAL
#define SERVER RSTWHY_DIR_REPLY

#define CLIENT_ISN 1000U
#define SERVER_ISN 5000U
#define CLIENT_END 2001U /* a thousand bytes sent */
#define SERVER_END 9001U /* four thousand */
#define DAYS_5_MS  432000000ULL

struct scene {
	struct incident incident;
	struct verdict_settings settings;
	struct verdict verdict;
};

/* the event in it, for tests that feed the correlator */
static inline struct event *scene_event(struct scene *s)
{
	return &s->incident.first;
}

static inline struct rstwhy_memory *scene_mem(struct scene *s)
{
	return &s->incident.first.ev.mem;
}

static inline struct rstwhy_conntrack *scene_ct(struct scene *s)
{
	return &s->incident.first.ev.ct;
}

/* the connection */
void scene_established(struct scene *s);
void scene_established6(struct scene *s);
void scene_connecting(struct scene *s); /* the client's SYN, not answered; the RST refuses it */
void scene_accepted(struct scene *s);	/* handshake done, no data */
void scene_unknown(struct scene *s);	/* neither memory nor conntrack know anything */
void scene_conntrack_only(struct scene *s, uint8_t state);
void scene_reversed(struct scene *s); /* conntrack took the server for the opener */
void scene_snat(struct scene *s);     /* the server sees 192.0.2.1:40001 */
void scene_dnat(struct scene *s);     /* the client addressed 203.0.113.9:80 */
void scene_said_nothing(struct scene *s, unsigned int side);
void scene_timestamps(struct scene *s);
void scene_round_trip(struct scene *s, unsigned int side, uint32_t us);

/* what happened to it before */
void scene_last_segments(struct scene *s, uint64_t client_ms, uint64_t server_ms);
void scene_in_flight(struct scene *s, unsigned int side, uint32_t bytes); /* just sent, not acknowledged */
void scene_fin(struct scene *s, unsigned int side, bool acked);
/* side spoke after a silence of gap_ms, copies times, from first_ms to last_us ago, and got no answer */
void scene_woke(struct scene *s, unsigned int side, enum rstwhy_burst kind, uint64_t gap_ms);
void scene_copies(struct scene *s, uint32_t copies, uint32_t probes, uint64_t first_ms);
void scene_answered(struct scene *s);
void scene_lost(struct scene *s, bool seen_passing);
void scene_reset_before(struct scene *s, unsigned int side, uint64_t ms);

/* the RST */
void scene_rst_from(struct scene *s, unsigned int side);
void scene_passive(struct scene *s);
void scene_active(struct scene *s);
void scene_refusing(struct scene *s);
void scene_by(struct scene *s, enum rstwhy_actor by); /* with the conntrack flags that go with it */
void scene_reject_of_invalid(struct scene *s);

/* what followed */
void scene_echo(struct scene *s, uint64_t after_ms);
void scene_after(struct scene *s, enum rstwhy_after what, uint64_t ms);

const struct verdict *scene_judge(struct scene *s);
void scene_facts(struct scene *s, struct facts *f);
bool scene_also(const struct scene *s, enum cause cause);

/* Judges, and compares by name, so that a failure is readable. */
#define assert_cause(scene, expected)  assert_string_equal(cause_path(scene_judge(scene)->cause), cause_path(expected))
#define assert_not_cause(scene, wrong) assert_string_not_equal(cause_path(scene_judge(scene)->cause), cause_path(wrong))
#define assert_confidence(scene, least, most)                                                                                    \
	do {                                                                                                                     \
		assert_true((scene)->verdict.confidence >= (least));                                                             \
		assert_true((scene)->verdict.confidence <= (most));                                                              \
	} while (0)
#define assert_also(scene, cause) assert_true(scene_also(scene, cause))

#endif
