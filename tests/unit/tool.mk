# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
# The tool's own: reading the log fast, counting it, showing it. Included by unit.mk.

UNIT_PROGRAMS += record_scan
record_scan_SRCS := tests/unit/record_scan.c $(DAEMON_RECORD_SRCS)
record_scan_LIBS := -ljson-c

TALLY_SRCS := $(addprefix userspace/tool/,ages.c gaps.c heavy.c tally.c tally_rank.c tally_verdicts.c) userspace/record/record.c userspace/record/line.c userspace/engine/digits.c \
	userspace/engine/cause.c

UNIT_PROGRAMS += tool_tally tool_since
tool_tally_SRCS := tests/unit/tool_tally.c $(TALLY_SRCS)
tool_tally_LIBS := -lm
tool_since_SRCS := tests/unit/tool_since.c userspace/tool/since.c userspace/tool/log_files.c userspace/tool/unpacker.c $(DAEMON_CONFIG_SRCS)
tool_since_LIBS := -linih

UNIT_PROGRAMS += tool_top
tool_top_SRCS = tests/unit/tool_top.c $(addprefix userspace/tool/,top_events.c top_view.c top_screen.c) $(addprefix userspace/tool/,ages.c gaps.c heavy.c tally.c tally_verdicts.c) \
	$(DAEMON_RECORD_SRCS)
tool_top_LIBS := -ljson-c -lm

DOCTOR_HOST_SRCS = $(addprefix userspace/tool/,doctor_dkms.c doctor_finding.c doctor_host.c doctor_host_checks.c doctor_module.c doctor_plain.c doctor_rules.c) userspace/learn/keepalive.c \
	$(LEARN_SRCS) userspace/learn/state_read.c $(ENGINE_SRCS)
UNIT_PROGRAMS += tool_doctor tool_doctor_module
tool_doctor_SRCS = tests/unit/tool_doctor.c tests/unit/doctor_machine.c $(DOCTOR_HOST_SRCS) $(DAEMON_CONFIG_SRCS)
tool_doctor_LIBS := -linih -ljson-c
tool_doctor_module_SRCS = tests/unit/tool_doctor_module.c tests/unit/doctor_machine.c $(DOCTOR_HOST_SRCS) $(DAEMON_CONFIG_SRCS)
tool_doctor_module_LIBS := -linih -ljson-c
daemon_doctor_SRCS += $(DOCTOR_HOST_SRCS)
daemon_doctor_LIBS += -ljson-c

UNIT_PROGRAMS += tool_page tool_log_reader
tool_page_SRCS := tests/unit/tool_page.c userspace/tool/page_json.c userspace/tool/last_lines.c
tool_page_LIBS := -lm
tool_log_reader_SRCS := tests/unit/tool_log_reader.c userspace/tool/log_reader.c userspace/tool/unpacker.c userspace/tool/log_trouble.c
