// SPDX-License-Identifier: GPL-2.0
/*
 * recording.c - all that came in, kept as a DLT_NFLOG capture
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "recording.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SNAPLEN 262144
#define NS_PER_SEC 1000000000ULL
#define ONE_WRITE (SNAPLEN + 64U) /* so that a record is one write */

struct recording {
	pcap_t *format;
	pcap_dumper_t *dumper;
	FILE *file; /* the dumper's; closed with it */
	off_t good; /* so much of it is whole records */
	bool ended;
	uint64_t known_ns;    /* how far evidence time comes for a reader of the file */
	uint64_t realtime_ns; /* of the last record, for notes that have none */
	recording_failed_fn *failed;
	char *path;
};

static void fail(struct recording *recording)
{
	const char *why = errno ? strerror(errno) : "cannot be written";

	recording->ended = true;
	if (ftruncate(fileno(recording->file), recording->good) < 0)
		why = "ends in a torn record";
	recording->failed(recording->path, why);
}

/* Everything is on its way to the disk, or the file is as it was. */
static void flush(struct recording *recording, size_t added)
{
	errno = 0;
	if (pcap_dump_flush(recording->dumper) == 0 && !ferror(recording->file))
		recording->good += (off_t)added;
	else
		fail(recording);
}

/* NULL: errno tells. The dumper owns the file from here on. */
static FILE *create(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
	struct stat st;
	FILE *file;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && ftruncate(fd, 0) < 0) {
		close(fd);
		return NULL;
	}
	file = fdopen(fd, "w");
	if (!file)
		close(fd);
	return file;
}

static bool begin(struct recording *recording)
{
	recording->format = pcap_open_dead_with_tstamp_precision(DLT_NFLOG, SNAPLEN, PCAP_TSTAMP_PRECISION_NANO);
	if (!recording->format)
		return false;
	setvbuf(recording->file, NULL, _IOFBF, ONE_WRITE);
	recording->dumper = pcap_dump_fopen(recording->format, recording->file);
	if (!recording->dumper)
		return false;
	return pcap_dump_flush(recording->dumper) == 0 && !ferror(recording->file);
}

struct recording *recording_open(const char *path, recording_failed_fn *failed)
{
	struct recording *recording = calloc(1, sizeof(*recording));
	int saved;

	if (!recording)
		return NULL;
	recording->failed = failed;
	recording->path = strdup(path);
	recording->file = recording->path ? create(path) : NULL;
	errno = recording->file ? 0 : errno;
	if (recording->file && begin(recording)) {
		recording->good = (off_t)sizeof(struct pcap_file_header);
		return recording;
	}
	saved = errno ? errno : EIO;
	recording_close(recording);
	errno = saved;
	return NULL;
}

void recording_close(struct recording *recording)
{
	if (!recording)
		return;
	if (recording->dumper)
		pcap_dump_close(recording->dumper);
	else if (recording->file)
		fclose(recording->file);
	if (recording->format)
		pcap_close(recording->format);
	free(recording->path);
	free(recording);
}

static void add(struct recording *recording, const uint8_t *bytes, size_t len, uint64_t realtime_ns)
{
	struct pcap_pkthdr header = {
		.ts = { .tv_sec = (time_t)(realtime_ns / NS_PER_SEC), .tv_usec = (suseconds_t)(realtime_ns % NS_PER_SEC) },
		.caplen = (bpf_u_int32)len,
		.len = (bpf_u_int32)len,
	};

	if (recording->ended || len > SNAPLEN)
		return;
	recording->realtime_ns = realtime_ns;
	pcap_dump((unsigned char *)recording->dumper, &header, bytes);
	flush(recording, 16 + len); /* a savefile's record header is 16 bytes */
}

static void add_note(struct recording *recording, const struct note *note)
{
	uint64_t realtime_ns = note->realtime_ns ? note->realtime_ns : recording->realtime_ns;
	char text[NOTE_TEXT_MAX];
	struct nflog_message message = { .prefix = text };
	uint8_t bytes[NOTE_TEXT_MAX + 64];
	size_t len;

	note_format(note, text);
	len = nflog_build(bytes, sizeof(bytes), &message);
	add(recording, bytes, len, realtime_ns);
}

/* A reader must come as far as the run had before it goes on; from_ns: so far it comes by what is written next. */
static void catch_up(struct recording *recording, uint64_t position_ns, uint64_t from_ns)
{
	const struct note clock = { .kind = NOTE_CLOCK, .boottime_ns = position_ns };

	if (from_ns > recording->known_ns)
		recording->known_ns = from_ns;
	if (position_ns <= recording->known_ns)
		return;
	recording->known_ns = position_ns;
	add_note(recording, &clock);
}

void recording_message(struct recording *recording, const uint8_t *bytes, size_t len, uint64_t boottime_ns, uint64_t realtime_ns,
		       uint64_t position_ns)
{
	if (!recording)
		return;
	if (boottime_ns)
		catch_up(recording, position_ns, boottime_ns);
	add(recording, bytes, len, realtime_ns);
}

void recording_note(struct recording *recording, const struct note *note, uint64_t position_ns)
{
	if (!recording)
		return;
	catch_up(recording, position_ns, note->boottime_ns);
	add_note(recording, note);
}
