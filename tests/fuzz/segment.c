// SPDX-License-Identifier: GPL-2.0
/*
 * segment.c - fuzz: the packet's view, read by the module and by the analyser
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "shown.h"

#include "../../module/segment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Input: by how much the packet was longer on the wire (in words), then what of it is at hand. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct segment seg;
	uint32_t wire;

	if (size < 1)
		return 0;
	wire = (uint32_t)(size - 1) + data[0] * 4U;
	if (segment_parse(data + 1, size - 1, wire, &seg) != SEGMENT_OK)
		return 0;
	must(seg.family == 4 || seg.family == 6);
	must(seg.l4 + 20U <= seg.payload && seg.payload <= wire && seg.l4 + 20U <= size - 1);
	must(seg.len <= wire - seg.payload);
	must(seg.end == seg.seq + seg.len + !!(seg.flags & SEG_SYN) + !!(seg.flags & SEG_FIN));
	return 0;
}
