# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
# The tool's own: reading the log fast, counting it, showing it. Included by unit.mk.

UNIT_PROGRAMS += record_scan
record_scan_SRCS := tests/unit/record_scan.c $(DAEMON_RECORD_SRCS)
record_scan_LIBS := -ljson-c
