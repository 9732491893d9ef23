# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
# What paths have shown of their timeouts: the library, its file, the daemon's and the tool's use of it. Included by unit.mk.

LEARN_SRCS := $(addprefix userspace/learn/,bound.c learn.c path.c)
LEARN_STATE_SRCS := $(LEARN_SRCS) $(addprefix userspace/learn/,state_read.c state_write.c) $(addprefix userspace/record/,line.c json.c) userspace/engine/digits.c

UNIT_PROGRAMS += learn_bound learn_table learn_path learn_state learn_known engine_bracket daemon_paths tool_timeouts engine_lookup
learn_bound_SRCS := tests/unit/learn_bound.c userspace/learn/bound.c
learn_table_SRCS := tests/unit/learn_table.c $(LEARN_SRCS)
learn_path_SRCS = tests/unit/learn_path.c userspace/learn/path.c $(UNIT_SCENE_SRCS) $(ENGINE_SRCS)
learn_state_SRCS := tests/unit/learn_state.c $(LEARN_STATE_SRCS)
learn_state_LIBS := -ljson-c
learn_known_SRCS = tests/unit/learn_known.c userspace/learn/known_timeouts.c $(ENGINE_SRCS)
engine_bracket_SRCS = tests/unit/engine_bracket.c $(UNIT_SCENE_SRCS) $(ENGINE_SRCS)
engine_lookup_SRCS = tests/unit/engine_lookup.c tests/unit/engine_feed.c $(UNIT_SCENE_SRCS) $(ENGINE_SRCS)
daemon_paths_SRCS = tests/unit/daemon_paths.c userspace/daemon/paths.c $(LEARN_STATE_SRCS) $(UNIT_SCENE_SRCS) $(ENGINE_SRCS)
daemon_paths_LIBS := -ljson-c
tool_timeouts_SRCS = tests/unit/tool_timeouts.c userspace/tool/timeouts_rows.c userspace/tool/timeouts_show.c \
	userspace/learn/keepalive.c $(LEARN_SRCS) $(addprefix userspace/record/,line.c json.c) userspace/engine/digits.c $(ENGINE_SRCS)
# intake.c hands over what was survived; $(DAEMON_RECORD_SRCS) has json.c and line.c already
daemon_replay_SRCS += userspace/daemon/paths.c $(LEARN_SRCS) userspace/learn/state_read.c userspace/learn/state_write.c
