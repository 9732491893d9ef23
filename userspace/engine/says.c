// SPDX-License-Identifier: GPL-2.0
/*
 * says.c - what a RST says of itself: a payload, a code in its window, an MPTCP option
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Anybody may write anything: these words support a verdict, and decide one only where the form of the RST does not speak against
 * it. The text itself is never part of a sentence (log.payload says whether it may be logged). RFC 9293 section 3.5.3 allows text;
 * draft-ietf-tcpm-rst-diagnostic-payload gives it a form: magic 0x33AA, reason, enterprise number; RFC 8684 section 3.6 the option.
 */
#include <ctype.h>
#include <string.h>

#include "says.h"

#define DIAGNOSTIC_MAGIC 0x33AAU
#define DIAGNOSTIC_LEN	 8
#define TEXT_LEAST	 4

struct reason {
	unsigned int code;
	enum says says;
	const char *name;
};

/* Those of the draft that facts are at hand for; another code is shown as its number. */
static const struct reason diagnostic[] = {
	{4, SAYS_ABORT, "abort"},
	{9, SAYS_POLICY, "not authorized"},
	{11, SAYS_NETWORK, "network failure"},
	{13, SAYS_NETWORK, "destination unreachable"},
	{14, SAYS_IDLE, "connection timeout"},
};

static const struct reason mptcp[] = {
	{0, SAYS_NOTHING, "unspecified"},
	{1, SAYS_ABORT, "MPTCP-specific error"},
	{2, SAYS_RESOURCES, "lack of resources"},
	{3, SAYS_POLICY, "administratively prohibited"},
	{4, SAYS_RESOURCES, "too much outstanding data"},
	{5, SAYS_NETWORK, "unacceptable performance"},
	{6, SAYS_POLICY, "middlebox interference"},
};

/* Words in RST payloads of F5 BIG-IP and others; lower case, first match. */
static const struct {
	const char *word;
	enum says says;
	const char *about;
} words[] = {
	{"idle timeout", SAYS_IDLE, "an idle timeout"},
	{"flow expired", SAYS_IDLE, "a flow that expired"},
	{"no flow found", SAYS_NO_FLOW, "a flow that it does not have"},
	{"no local listener", SAYS_POLICY, "a port without listener on the box"},
	{"denied", SAYS_POLICY, "a denial"},
	{"blocked", SAYS_POLICY, "a block"},
	{"policy", SAYS_POLICY, "a policy"},
	{"violation", SAYS_POLICY, "a violation"},
	{"from remote system", SAYS_PASSED_ON, "a reset passed on from the other side"},
	{"pool member", SAYS_BACKEND, "a backend"},
	{"timeout", SAYS_IDLE, "a timeout"},
};

static const struct reason *reason_of(const struct reason *table, size_t count, unsigned int code)
{
	for (size_t i = 0; i < count; i++)
		if (table[i].code == code)
			return &table[i];
	return NULL;
}

static bool has_diagnostic(const struct event *e, unsigned int *code, uint32_t *enterprise)
{
	const uint8_t *p = e->payload;

	if (e->payload_len < DIAGNOSTIC_LEN || ((unsigned int)p[0] << 8 | p[1]) != DIAGNOSTIC_MAGIC)
		return false;
	*code = (unsigned int)p[2] << 8 | p[3];
	*enterprise = (uint32_t)p[4] << 24 | (uint32_t)p[5] << 16 | (uint32_t)p[6] << 8 | p[7];
	return true;
}

/* Printable ASCII, in lower case; false when it is not text. */
static bool text_of(const struct event *e, char text[EVENT_PAYLOAD_MAX + 1])
{
	size_t len = e->payload_len;

	while (len && (e->payload[len - 1] == 0 || isspace(e->payload[len - 1])))
		len--;
	if (len < TEXT_LEAST || len > EVENT_PAYLOAD_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (e->payload[i] < 0x20 || e->payload[i] > 0x7e)
			return false;
		text[i] = (char)tolower(e->payload[i]);
	}
	text[len] = '\0';
	return true;
}

static int word_in(const char *text)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strstr(text, words[i].word))
			return (int)i;
	return -1;
}

enum says says_of(const struct facts *f)
{
	const struct event *e = &f->incident->first;
	char text[EVENT_PAYLOAD_MAX + 1];
	const struct reason *r = NULL;
	uint32_t enterprise;
	unsigned int code;
	int word;

	if (has_diagnostic(e, &code, &enterprise))
		r = reason_of(diagnostic, sizeof(diagnostic) / sizeof(diagnostic[0]), code);
	else if (text_of(e, text) && (word = word_in(text)) >= 0)
		return words[word].says;
	else if (f->seg->has_mptcp_rst)
		r = reason_of(mptcp, sizeof(mptcp) / sizeof(mptcp[0]), f->seg->mptcp_reason);
	return r ? r->says : SAYS_NOTHING;
}

/* A live socket's window may be any number: only where there is no socket, or not that host's. */
static bool netscaler_code(const struct facts *f)
{
	unsigned int win = f->seg->win;
	bool coded = (win >= 8200 && win <= 8299) || (win >= 9000 && win <= 9999);

	return coded && f->ev->by != RSTWHY_BY_GATEWAY_SOCKET && (f->shape != SHAPE_ACTIVE || (f->marks & MARKS_BOX));
}

static void say_text(const struct event *e, struct verdict *v)
{
	char text[EVENT_PAYLOAD_MAX + 1];
	int word;

	if (!text_of(e, text)) {
		say(v, "it carries a payload of %u bytes, not text", e->seg.len ? e->seg.len : e->payload_len);
		return;
	}
	word = word_in(text);
	if (word >= 0)
		say(v, "it carries a text that speaks of %s", words[word].about);
	else
		say(v, "it carries a text of %u bytes", e->payload_len);
	if (!strncmp(text, "[0x", 3) || strstr(text, "big-ip") || strstr(text, "f5rst"))
		candidate(v, "F5 BIG-IP");
}

void say_packet(const struct facts *f, struct verdict *v)
{
	const struct event *e = &f->incident->first;
	const struct reason *r;
	uint32_t enterprise;
	unsigned int code;

	if (f->ev->kind == RSTWHY_KIND_SILENCE)
		return;
	if (has_diagnostic(e, &code, &enterprise)) {
		r = reason_of(diagnostic, sizeof(diagnostic) / sizeof(diagnostic[0]), code);
		say(v, "it gives a diagnostic reason: %u (%s), enterprise %u", code, r ? r->name : "not a known one", enterprise);
	} else if (e->payload_len) {
		say_text(e, v);
	}
	if (f->seg->has_mptcp_rst) {
		r = reason_of(mptcp, sizeof(mptcp) / sizeof(mptcp[0]), f->seg->mptcp_reason);
		say(v, "its MPTCP option gives the reason %u (%s)", f->seg->mptcp_reason, r ? r->name : "not a known one");
	}
	if (netscaler_code(f)) {
		say(v, "its window field, %u, is in the range of NetScaler's reset codes", f->seg->win);
		candidate(v, "Citrix NetScaler");
	}
}

static bool speaks_in_time(const struct facts *f)
{
	enum seq_match match = f->seq_match;

	return f->ev->by == RSTWHY_BY_TRANSIT && f->known && !f->fin_self && !f->sender_alive && !f->lost &&
	       (match == SEQ_EXACT || match == SEQ_IN_WINDOW);
}

/*
 * It names a timer, and the connection was silent for as long as one may be. A number that is not the awaited one kills nothing
 * (RFC 5961), whatever the text.
 */
bool when_says_idle(const struct facts *f)
{
	return says_of(f) == SAYS_IDLE && speaks_in_time(f) && f->seq_match == SEQ_EXACT && f->shape != SHAPE_REFUSING && !f->answers_burst &&
	       f->gap.from != GAP_UNKNOWN && f->gap.max_ms >= (double)f->settings->idle_min_ms;
}

void tell_says_idle(const struct facts *f, struct verdict *v)
{
	say(v, "silent %s, then a RST that names a timer as its reason", duration(f->gap.ms).s);
	say_marks(f, v);
	say_hidden(f, v);
	if (f->continuous)
		verdict_also(v, CAUSE_ENDPOINT_TIMER);
	hint_candidates(f, false, v);
}

bool when_says_policy(const struct facts *f)
{
	return says_of(f) == SAYS_POLICY && speaks_in_time(f) && f->shape != SHAPE_REFUSING;
}

void tell_says_policy(const struct facts *f, struct verdict *v)
{
	say(v, "the RST itself names a policy as its reason");
	say_marks(f, v);
	if (f->continuous)
		verdict_also(v, CAUSE_ABORT);
}
