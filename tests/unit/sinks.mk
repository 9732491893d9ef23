# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
# Syslog, journal, metrics, and the group of plain log rules. Included by unit.mk.

SINK_SRCS := $(addprefix userspace/daemon/,outlets.c sink_datagram.c sink_syslog.c sink_journal.c metrics.c metrics_write.c)

UNIT_PROGRAMS += daemon_fields daemon_datagram daemon_outlets daemon_metrics daemon_plain engine_plain
daemon_fields_SRCS := tests/unit/daemon_fields.c userspace/daemon/sink_syslog.c userspace/daemon/sink_journal.c $(DAEMON_RECORD_SRCS)
daemon_fields_LIBS := -ljson-c
daemon_datagram_SRCS := tests/unit/daemon_datagram.c userspace/daemon/sink_datagram.c
daemon_outlets_SRCS := tests/unit/daemon_outlets.c $(SINK_SRCS) userspace/daemon/announce.c $(DAEMON_RECORD_SRCS)
daemon_outlets_LIBS := -ljson-c
daemon_metrics_SRCS := tests/unit/daemon_metrics.c userspace/daemon/metrics.c userspace/daemon/metrics_write.c userspace/engine/cause.c \
	userspace/record/record.c userspace/record/line.c userspace/engine/digits.c
daemon_plain_SRCS := tests/unit/daemon_plain.c tests/unit/plain_message.c $(addprefix userspace/daemon/,plain.c plain_event.c loss.c timeline.c ifnames.c clock.c) \
	$(addprefix userspace/capture/,nflog.c note.c) $(ENGINE_SRCS)
engine_plain_SRCS = tests/unit/engine_plain.c $(UNIT_SCENE_SRCS) $(ENGINE_SRCS)

UNIT_PROGRAMS += daemon_report
daemon_report_SRCS := tests/unit/daemon_report.c $(SINK_SRCS) $(addprefix userspace/daemon/,report.c sink.c noise.c loss.c) $(DAEMON_CONFIG_SRCS) $(DAEMON_RECORD_SRCS)
daemon_report_LIBS := -ljson-c -linih

# report.c hands records on, replay.c knows both groups
daemon_replay_SRCS += tests/unit/plain_message.c $(SINK_SRCS) userspace/daemon/plain.c userspace/daemon/plain_event.c
