# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
# Recordings, replay, captures. Included by unit.mk.

CAPTURE_SRCS := $(sort $(wildcard userspace/capture/*.c))

UNIT_PROGRAMS += capture_nflog capture_recording daemon_replay
capture_nflog_SRCS := tests/unit/capture_nflog.c userspace/capture/nflog.c userspace/capture/note.c
capture_recording_SRCS := tests/unit/capture_recording.c $(CAPTURE_SRCS)
capture_recording_LIBS := -lpcap
daemon_replay_SRCS := tests/unit/daemon_replay.c $(DAEMON_RECORD_SRCS) $(DAEMON_CONFIG_SRCS) $(CAPTURE_SRCS) \
	$(addprefix userspace/daemon/,replay.c progress.c intake.c timeline.c report.c sink.c noise.c loss.c ifnames.c clock.c announce.c module_state.c)
daemon_replay_LIBS := -ljson-c -linih -lpcap

UNIT_PROGRAMS += offline_analysis
offline_analysis_SRCS := tests/unit/offline_analysis.c tests/unit/frames.c module/hostmem.c $(sort $(wildcard userspace/offline/*.c)) $(DAEMON_RECORD_SRCS) \
	$(filter-out module/segment.c,$(FLOWMEM_SRCS)) userspace/daemon/ifnames.c \
	$(addprefix userspace/capture/,nflog.c note.c savefile.c)
offline_analysis_LIBS := -ljson-c -lpcap
