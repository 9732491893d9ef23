# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
# The pure files of the daemon and the tool, and those that touch nothing but files. Included by unit.mk.

# as userspace.mk compiles them
UNIT_CPPFLAGS += -D_GNU_SOURCE $(US_LIB_CFLAGS)

DAEMON_CONFIG_SRCS := $(addprefix userspace/daemon/,config.c config_keys.c ignore.c nearest.c)
DAEMON_RECORD_SRCS := $(sort $(wildcard userspace/record/*.c)) $(ENGINE_SRCS)

UNIT_PROGRAMS += daemon_ignore daemon_loss daemon_noise daemon_config daemon_state daemon_sink daemon_sink_pipe
daemon_ignore_SRCS := tests/unit/daemon_ignore.c userspace/daemon/ignore.c
daemon_loss_SRCS := tests/unit/daemon_loss.c userspace/daemon/loss.c
daemon_noise_SRCS := tests/unit/daemon_noise.c userspace/daemon/noise.c
daemon_config_SRCS := tests/unit/daemon_config.c $(DAEMON_CONFIG_SRCS)
daemon_config_LIBS := -linih
daemon_state_SRCS := tests/unit/daemon_state.c userspace/daemon/module_state.c userspace/daemon/nflog_peer.c userspace/daemon/nflog_owner.c
daemon_sink_SRCS := tests/unit/daemon_sink.c userspace/daemon/sink.c
daemon_sink_pipe_SRCS := tests/unit/daemon_sink_pipe.c userspace/daemon/sink.c

UNIT_PROGRAMS += daemon_line daemon_record daemon_text daemon_filter daemon_follow daemon_doctor
daemon_line_SRCS := tests/unit/daemon_line.c $(addprefix userspace/record/,line.c json.c) userspace/engine/digits.c
daemon_record_SRCS := tests/unit/daemon_record.c $(DAEMON_RECORD_SRCS)
daemon_record_LIBS := -ljson-c
daemon_text_SRCS := tests/unit/daemon_text.c $(DAEMON_RECORD_SRCS)
daemon_text_LIBS := -ljson-c
daemon_filter_SRCS := tests/unit/daemon_filter.c userspace/tool/filter.c userspace/daemon/ignore.c userspace/daemon/nearest.c \
	userspace/engine/cause.c userspace/record/record.c userspace/record/line.c userspace/engine/digits.c
daemon_follow_SRCS := tests/unit/daemon_follow.c userspace/tool/follow.c
daemon_doctor_SRCS = tests/unit/daemon_doctor.c userspace/tool/doctor_checks.c userspace/daemon/module_state.c $(DAEMON_CONFIG_SRCS)
daemon_doctor_LIBS := -linih

UNIT_PROGRAMS += daemon_flowtable
daemon_flowtable_SRCS := tests/unit/daemon_flowtable.c userspace/daemon/flowtable_devices.c
daemon_flowtable_LIBS := -lmnl

UNIT_PROGRAMS += daemon_confine
daemon_confine_SRCS := tests/unit/daemon_confine.c userspace/daemon/confine.c
daemon_confine_LIBS := -lseccomp

UNIT_PROGRAMS += daemon_await
daemon_await_SRCS := tests/unit/daemon_await.c userspace/daemon/await.c userspace/daemon/module_state.c

UNIT_PROGRAMS += daemon_accounting
daemon_accounting_SRCS := tests/unit/daemon_accounting.c userspace/daemon/accounting.c userspace/daemon/module_state.c \
	userspace/tool/doctor_accounting.c userspace/tool/terminal.c $(DAEMON_RECORD_SRCS)
daemon_accounting_LIBS := -ljson-c

UNIT_PROGRAMS += daemon_hostile
daemon_hostile_SRCS := tests/unit/daemon_hostile.c userspace/daemon/announce.c userspace/tool/terminal.c userspace/tool/timeouts_rows.c \
	userspace/tool/timeouts_show.c $(addprefix userspace/learn/,keepalive.c bound.c learn.c path.c) $(DAEMON_RECORD_SRCS)
daemon_hostile_LIBS := -ljson-c
