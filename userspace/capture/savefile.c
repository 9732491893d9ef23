// SPDX-License-Identifier: GPL-2.0
/*
 * savefile.c - a capture file, read packet by packet
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "savefile.h"

#include <errno.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define NS_PER_SEC 1000000000ULL

struct savefile {
	pcap_t *pcap;
	FILE *file; /* owned by pcap */
	uint64_t packets;
	uint64_t size;
	uint64_t good; /* where the last whole packet ends, 0 not known */
	char error[SAVEFILE_ERROR_MAX];
};

static FILE *open_file(const char *path, char error[SAVEFILE_ERROR_MAX])
{
	struct stat st;
	FILE *file = !strcmp(path, "-") ? stdin : fopen(path, "rbe");

	if (!file) {
		snprintf(error, SAVEFILE_ERROR_MAX, "%s", strerror(errno));
		return NULL;
	}
	if (fstat(fileno(file), &st) == 0 && !S_ISDIR(st.st_mode)) {
		fseeko(file, 0, SEEK_CUR); /* so that the C library knows where it is: else it asks the kernel for each packet */
		return file;
	}
	snprintf(error, SAVEFILE_ERROR_MAX, "is a directory");
	if (file != stdin)
		fclose(file);
	return NULL;
}

static pcap_t *open_pcap(FILE *file, char error[SAVEFILE_ERROR_MAX])
{
	char why[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pcap = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, why);

	if (!pcap)
		snprintf(error, SAVEFILE_ERROR_MAX, "is not a capture file (pcap or pcapng): %s", why);
	return pcap;
}

struct savefile *savefile_open(const char *path, char error[SAVEFILE_ERROR_MAX])
{
	struct savefile *file = calloc(1, sizeof(*file));
	struct stat st;

	if (!file) {
		snprintf(error, SAVEFILE_ERROR_MAX, "no memory");
		return NULL;
	}
	file->file = open_file(path, error);
	file->pcap = file->file ? open_pcap(file->file, error) : NULL;
	if (!file->pcap) {
		if (file->file && file->file != stdin)
			fclose(file->file);
		free(file);
		return NULL;
	}
	if (fstat(fileno(file->file), &st) == 0 && S_ISREG(st.st_mode))
		file->size = (uint64_t)st.st_size;
	file->good = savefile_position(file);
	return file;
}

void savefile_close(struct savefile *file)
{
	if (!file)
		return;
	pcap_close(file->pcap);
	free(file);
}

int savefile_link(const struct savefile *file)
{
	return pcap_datalink(file->pcap);
}

const char *savefile_link_name(const struct savefile *file)
{
	const char *name = pcap_datalink_val_to_description_or_dlt(pcap_datalink(file->pcap));

	return name ? name : "unknown";
}

static enum savefile_result damaged(struct savefile *file)
{
	int len = snprintf(file->error, sizeof(file->error), "damaged behind packet %" PRIu64, file->packets);

	if (file->good)
		len += snprintf(file->error + len, sizeof(file->error) - (size_t)len, " (byte %" PRIu64 ")", file->good);
	snprintf(file->error + len, sizeof(file->error) - (size_t)len, ": %.300s", pcap_geterr(file->pcap));
	return SAVEFILE_DAMAGED;
}

enum savefile_result savefile_next(struct savefile *file, struct savefile_packet *packet)
{
	struct pcap_pkthdr *header;
	const unsigned char *bytes;
	int got = pcap_next_ex(file->pcap, &header, &bytes);

	if (got == PCAP_ERROR_BREAK)
		return SAVEFILE_END;
	if (got != 1)
		return damaged(file);
	file->packets++;
	file->good = savefile_position(file);
	*packet = (struct savefile_packet){
		.bytes = bytes,
		.len = header->caplen,
		.wire_len = header->len < header->caplen ? header->caplen : header->len,
		.realtime_ns = (uint64_t)header->ts.tv_sec * NS_PER_SEC + (uint64_t)header->ts.tv_usec,
	};
	return SAVEFILE_PACKET;
}

const char *savefile_error(const struct savefile *file)
{
	return file->error;
}

uint64_t savefile_packets(const struct savefile *file)
{
	return file->packets;
}

uint64_t savefile_position(const struct savefile *file)
{
	off_t at = file->file ? ftello(file->file) : -1;

	return at > 0 ? (uint64_t)at : 0;
}

uint64_t savefile_size(const struct savefile *file)
{
	return file->size;
}
