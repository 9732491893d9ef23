// SPDX-License-Identifier: GPL-2.0
/*
 * frames.c - fuzz: frames of each link type, through link headers, flow memory and verdict
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Input: the link type, then frames: two bytes of length, two of how much later, one of how much was cut off, the bytes.
 */
#include "analysed.h"
#include "shown.h"

#include <pcap/dlt.h>

#define HEAD 5
#define FRAMES_MOST 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int links[] = { DLT_EN10MB, DLT_RAW, DLT_LINUX_SLL, 276, DLT_NULL, DLT_LOOP, DLT_NFLOG, DLT_IPV4, DLT_IPV6 };
	static uint64_t now_ns = 1795000000000000000ULL;
	struct analysis *analysis;

	if (size < 1 || data[0] >= sizeof(links) / sizeof(links[0]))
		return 0;
	analysed_begin();
	analysis = analysed_by(links[data[0]]);
	now_ns += 1000000;
	data++, size--;
	for (int i = 0; i < FRAMES_MOST && size >= HEAD; i++) {
		size_t len = (size_t)data[0] << 8 | data[1];
		struct savefile_packet packet = { .bytes = data + HEAD };

		now_ns += (uint64_t)data[2] << (data[3] % 34);
		len = len < size - HEAD ? len : size - HEAD;
		packet.len = len;
		packet.wire_len = len + data[4] * 8U;
		packet.realtime_ns = now_ns;
		analysis_packet(analysis, &packet);
		data += HEAD + len;
		size -= HEAD + len;
	}
	analysed_end();
	return 0;
}
