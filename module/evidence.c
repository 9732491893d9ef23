// SPDX-License-Identifier: GPL-2.0
/*
 * evidence.c - the trailer as bytes, and the prefix as text
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "evidence.h"

#ifdef __KERNEL__
#include <asm/byteorder.h>
#define to_be16(x) ((__force u16)cpu_to_be16(x))
#define to_be32(x) ((__force u32)cpu_to_be32(x))
#else
#include <arpa/inet.h>
#define to_be16(x) htons(x)
#define to_be32(x) htonl(x)
#endif

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__

static void swap16(u16 *v)
{
	*v = (u16)__builtin_bswap16(*v);
}

static void swap32(u32 *v, size_t n)
{
	while (n--)
		v[n] = __builtin_bswap32(v[n]);
}

static void swap64(u64 *v, size_t n)
{
	while (n--)
		v[n] = __builtin_bswap64(v[n]);
}

static void swap_conntrack(struct rstwhy_conntrack *ct)
{
	swap16(&ct->flags);
	swap16(&ct->zone);
	swap32(&ct->status, 2);
	swap64(&ct->remaining_before_ms, 2);
	swap32(ct->td_end, 8);
}

static void swap_baseline(struct rstwhy_baseline *base)
{
	swap16(&base->ipid);
	swap16(&base->win);
	swap32(&base->flowlabel, 3);
}

static void swap_host(struct rstwhy_host *host)
{
	swap32(&host->rtt_us, 1);
	swap64(&host->heard_ms, 2);
}

static void swap_memory(struct rstwhy_memory *mem)
{
	swap32(&mem->flags, 1);
	swap64(&mem->age_ms, 5);
	swap32(mem->end, 8);
	swap64(&mem->timeout_before_gap_ms, 8);
	swap32(&mem->burst_copies, 6);
	swap64(&mem->survived_ms, 1);
	swap32(mem->rtt_us, 2);
	swap64(&mem->syn_ms, 1);
	swap32(&mem->syn_seq, 2);
	swap32(&mem->reset_count, 1);
	swap64(&mem->reset_ms, 2);
	swap32(mem->reset_end, 4);
	swap_baseline(&mem->base[0]);
	swap_baseline(&mem->base[1]);
}

/**
 * evidence_swap() - between host order and the wire's little-endian, either way
 * @ev: converted in place; addresses, ports and the tail are left alone
 *
 * Context: any; pure. Nothing to do on little-endian hosts.
 */
void evidence_swap(struct rstwhy_evidence *ev)
{
	swap64(&ev->seq, 6);
	swap32(&ev->netns_inum, 6);
	swap64(&ev->suppressed_known, 3);
	swap_conntrack(&ev->ct);
	swap_memory(&ev->mem);
	swap64(&ev->watched_ms, 1);
	swap_host(&ev->host[0]);
	swap_host(&ev->host[1]);
}

#else

void evidence_swap(struct rstwhy_evidence *ev)
{
	(void)ev;
}

#endif

/**
 * evidence_seal() - make the evidence ready for the wire
 * @ev: body in host order; on return in wire order, with its tail
 *
 * Context: any; pure.
 */
void evidence_seal(struct rstwhy_evidence *ev)
{
	evidence_swap(ev);
	ev->tail.major = to_be16(RSTWHY_ABI_MAJOR);
	ev->tail.minor = to_be16(RSTWHY_ABI_MINOR);
	ev->tail.length = to_be32((u32)sizeof(*ev));
	ev->tail.magic = to_be32(RSTWHY_MAGIC);
}

static const char *actor_word(u8 by)
{
	static const char *const words[] = {
		[RSTWHY_BY_UNSEEN] = "unseen",
		[RSTWHY_BY_TRANSIT] = "transit",
		[RSTWHY_BY_GATEWAY_REJECT] = "gateway-reject",
		[RSTWHY_BY_GATEWAY_STACK] = "gateway-stack",
		[RSTWHY_BY_GATEWAY_RAW] = "gateway-raw",
		[RSTWHY_BY_GATEWAY_SOCKET] = "gateway-socket",
	};

	return by < sizeof(words) / sizeof(words[0]) ? words[by] : "unseen";
}

static const char *direction_word(u8 direction)
{
	if (direction == RSTWHY_DIR_ORIGINAL)
		return "original";
	return direction == RSTWHY_DIR_REPLY ? "reply" : "none";
}

static const char *kind_word(u8 kind)
{
	return kind == RSTWHY_KIND_AFTER ? "after " : "";
}

/* The age of the flow's last segment of either side. */
static u64 idle_ms(const struct rstwhy_memory *mem)
{
	return mem->last_ms[0] < mem->last_ms[1] ? mem->last_ms[0] : mem->last_ms[1];
}

/* A line that is being written; it ends where there is no more room. By hand: printf's way costs a RST a tenth of all it costs. */
struct line {
	char *text;
	size_t size, length;
};

static void put_word(struct line *line, const char *word)
{
	while (*word && line->length + 1 < line->size)
		line->text[line->length++] = *word++;
}

static void put_ms(struct line *line, const char *name, u64 ms)
{
	char digits[21], *p = digits + sizeof(digits) - 1;

	*p = '\0';
	do {
		u64 tens = div_u64(ms, 10);

		*--p = (char)('0' + (ms - tens * 10));
		ms = tens;
	} while (ms);
	put_word(line, name);
	put_word(line, p);
	put_word(line, "ms");
}

/**
 * evidence_prefix() - the line for people who read the group with ulogd2 or tcpdump
 * @text: filled, always terminated
 * @size: of @text, at least 1; RSTWHY_PREFIX_MAX + 1 is enough
 * @ev: in host order
 *
 * Context: any; pure.
 * Return: length of the text.
 */
int evidence_prefix(char *text, size_t size, const struct rstwhy_evidence *ev)
{
	const struct rstwhy_memory *mem = &ev->mem;
	struct line line = { text, size, 0 };

	put_word(&line, RSTWHY_PREFIX);
	put_word(&line, kind_word(ev->kind));
	put_word(&line, "dir=");
	put_word(&line, direction_word(ev->direction));
	if ((mem->flags & RSTWHY_MEM_KNOWN) && idle_ms(mem) != RSTWHY_NEVER) {
		put_ms(&line, " idle=", idle_ms(mem));
		if (mem->flags & RSTWHY_MEM_BURST)
			put_ms(&line, " gap=", mem->burst_gap_ms);
	}
	put_word(&line, " by=");
	put_word(&line, actor_word(ev->by));
	text[line.length] = '\0';
	return (int)line.length;
}
