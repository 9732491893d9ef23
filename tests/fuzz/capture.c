// SPDX-License-Identifier: GPL-2.0
/*
 * capture.c - fuzz: a capture file, pcap or pcapng, of any link type, through the offline analyser
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "analysed.h"
#include "memory_file.h"
#include "shown.h"

#define PACKETS_MOST 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(struct savefile *file)
{
	struct analysis *analysis = link_known(savefile_link(file)) ? analysed_by(savefile_link(file)) : NULL;
	struct savefile_packet packet;
	enum savefile_result result = SAVEFILE_END;

	shown_message(savefile_link_name(file));
	for (int i = 0; i < PACKETS_MOST && (result = savefile_next(file, &packet)) == SAVEFILE_PACKET; i++) {
		must(packet.len <= packet.wire_len);
		if (analysis)
			analysis_packet(analysis, &packet);
	}
	if (result == SAVEFILE_DAMAGED)
		shown_message(savefile_error(file));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char error[SAVEFILE_ERROR_MAX];
	struct savefile *file;

	analysed_begin();
	file = savefile_open(memory_file(data, size), error);
	if (!file) {
		shown_message(error);
		return 0;
	}
	read_all(file);
	savefile_close(file);
	analysed_end();
	return 0;
}
