# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
# The pure files of the module. Included by unit.mk.

FLOWMEM_SRCS := module/segment.c $(addprefix module/flowmem,.c _arrays.c _evict.c _alias.c _key.c _segment.c _note.c _handshake.c _burst.c _close.c _export.c)

UNIT_PROGRAMS += module_segment module_hostmem module_evidence module_flowmem module_flowburst module_flowbare module_flowclose module_flowclock module_flowkey module_flowtable module_flowevict
module_segment_SRCS := tests/unit/module_segment.c module/segment.c
module_hostmem_SRCS := tests/unit/module_hostmem.c module/hostmem.c
module_evidence_SRCS := tests/unit/module_evidence.c module/evidence.c
module_flowmem_SRCS := tests/unit/module_flowmem.c tests/unit/conversation.c $(FLOWMEM_SRCS)
module_flowburst_SRCS := tests/unit/module_flowburst.c tests/unit/conversation.c $(FLOWMEM_SRCS)
module_flowbare_SRCS := tests/unit/module_flowbare.c tests/unit/conversation.c $(FLOWMEM_SRCS)
module_flowclose_SRCS := tests/unit/module_flowclose.c tests/unit/conversation.c $(FLOWMEM_SRCS)
module_flowclock_SRCS := tests/unit/module_flowclock.c tests/unit/conversation.c $(FLOWMEM_SRCS)
module_flowkey_SRCS := tests/unit/module_flowkey.c tests/unit/conversation.c $(FLOWMEM_SRCS)
module_flowevict_SRCS := tests/unit/module_flowevict.c tests/unit/conversation.c $(FLOWMEM_SRCS)
module_flowtable_SRCS := tests/unit/module_flowtable.c tests/unit/conversation.c $(FLOWMEM_SRCS)

# the flow memory and what the engine derives from it
UNIT_PROGRAMS += flow_random
flow_random_SRCS = $(sort tests/unit/flow_random.c tests/unit/conversation.c $(FLOWMEM_SRCS) $(ENGINE_SRCS))
