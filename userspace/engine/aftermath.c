// SPDX-License-Identifier: GPL-2.0
/*
 * aftermath.c - what followed the RST, and what that proves
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Segments that the peer sent before the RST reached it arrive here up to one round trip later: they prove nothing. A peer that
 * the RST killed never acknowledges anything new. A side that did reset never sends or acknowledges new data.
 */
#include "facts.h"

#define DELAYED_MS 250.0 /* an acknowledgement may be delayed so long */

bool aftermath_saw(const struct facts *f, enum rstwhy_after what)
{
	return f->incident->after_seen & (1U << what);
}

static bool came_after(const struct facts *f, enum rstwhy_after what, double ms)
{
	return aftermath_saw(f, what) && (double)f->incident->after_ms[what] > ms;
}

static bool came_last_after(const struct facts *f, enum rstwhy_after what, double ms)
{
	return aftermath_saw(f, what) && (double)f->incident->after_last_ms[what] > ms;
}

/* The peer still talks, without a RST, after it must have got ours. */
static bool peer_outlived(const struct facts *f)
{
	double crossed = facts_round_ms(f);

	return came_last_after(f, RSTWHY_AFTER_PEER_SEGMENT, crossed) || came_last_after(f, RSTWHY_AFTER_PEER_DATA, crossed);
}

static bool saw_beyond(const struct facts *f, enum rstwhy_after what)
{
	return aftermath_saw(f, what) && !(f->incident->after_below & (1U << what));
}

bool aftermath_sender_alive(const struct facts *f)
{
	return saw_beyond(f, RSTWHY_AFTER_SENDER_DATA) || aftermath_saw(f, RSTWHY_AFTER_SENDER_ACK);
}

/*
 * Each of these alone: the peer acknowledged what the resetting side sent after the RST; or the resetting side is alive, and the
 * peer acknowledged new data or outlived the RST; or the resetting side acknowledged what the peer can only have sent after it had
 * got the RST.
 */
bool aftermath_went_on(const struct facts *f)
{
	if (saw_beyond(f, RSTWHY_AFTER_PEER_ACK))
		return true;
	if (aftermath_sender_alive(f) && (aftermath_saw(f, RSTWHY_AFTER_PEER_ACK) || peer_outlived(f)))
		return true;
	return came_after(f, RSTWHY_AFTER_SENDER_ACK, facts_round_ms(f) + DELAYED_MS);
}

bool aftermath_sender_heard(const struct facts *f)
{
	uint32_t by_sender =
		1U << RSTWHY_AFTER_SENDER_SEGMENT | 1U << RSTWHY_AFTER_SENDER_DATA | 1U << RSTWHY_AFTER_SENDER_ACK;

	return f->incident->after_live & by_sender;
}
