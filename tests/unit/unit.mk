# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
# unit       builds every program of UNIT_PROGRAMS to build/unit/ and runs it; build/unit/summary holds "passed failed"
# unit-asan  the same with the address and undefined-behaviour sanitizers, in build/unit-asan/
#
# A program is a row: UNIT_PROGRAMS += NAME, NAME_SRCS = files, NAME_LIBS = what it links besides cmocka. A test links only its
# unit and its stand-ins. UNIT_CPPFLAGS holds what all are compiled with.

UNIT_CFLAGS := -std=c17 -O1 -g -Wall -Wextra -Wshadow -Wconversion -Werror
UNIT_SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

ENGINE_SRCS := $(sort $(wildcard userspace/engine/*.c)) module/segment.c module/evidence.c

UNIT_PROGRAMS += engine_decode
engine_decode_SRCS = tests/unit/engine_decode.c userspace/engine/decode.c module/segment.c module/evidence.c

UNIT_PROGRAMS += engine_cause
engine_cause_SRCS = tests/unit/engine_cause.c userspace/engine/cause.c

UNIT_PROGRAMS += engine_hashed_ring
engine_hashed_ring_SRCS = tests/unit/engine_hashed_ring.c userspace/engine/hashed_ring.c

UNIT_PROGRAMS += engine_written
engine_written_SRCS = tests/unit/engine_written.c userspace/engine/written.c

UNIT_PROGRAMS += engine_due
engine_due_SRCS = tests/unit/engine_due.c userspace/engine/due.c

UNIT_ENGINE_SCENES := shape stage facts endpoints gateway noise connect idle expiry endpoint transfer unknown verdict correlate follow flood causes crowd crash silence offload late amend scan translation path rules
UNIT_SCENE_SRCS := tests/unit/engine_scene.c tests/unit/engine_scene_rst.c
UNIT_PROGRAMS += $(UNIT_ENGINE_SCENES:%=engine_%)
define unit_engine_scene
engine_$(1)_SRCS = tests/unit/engine_$(1).c $$(UNIT_SCENE_SRCS) $$(ENGINE_SRCS)
endef
$(foreach scene,$(UNIT_ENGINE_SCENES),$(eval $(call unit_engine_scene,$(scene))))
engine_correlate_SRCS += tests/unit/engine_feed.c
engine_follow_SRCS += tests/unit/engine_feed.c
engine_crowd_SRCS += tests/unit/engine_feed.c
engine_crash_SRCS += tests/unit/engine_feed.c
engine_silence_SRCS += tests/unit/engine_feed.c
engine_scan_SRCS += tests/unit/engine_feed.c
engine_amend_SRCS += tests/unit/engine_feed.c

-include tests/unit/daemon.mk
-include tests/unit/module.mk

-include tests/unit/offline.mk
-include tests/unit/learn.mk
-include tests/unit/sinks.mk
-include tests/unit/tool.mk

# $(1) is the flavour's directory below build/, $(2) its extra flags, $(3) a program
define unit_objects
$(patsubst %.c,$(BUILD)/$(1)/objects/%.o,$($(2)_SRCS))
endef

define unit_flavour
$(BUILD)/$(1)/objects/%.o: %.c
	@mkdir -p $$(@D)
	$$(CC) $$(UNIT_CFLAGS) $(2) $$(UNIT_CPPFLAGS) -MMD -MP -c -o $$@ $$<

.PHONY: $(1)
$(1): $(UNIT_PROGRAMS:%=$(BUILD)/$(1)/%)
	@tests/unit/run $(BUILD)/$(1) $(UNIT_PROGRAMS)
endef

define unit_program
$(BUILD)/$(1)/$(3): $(call unit_objects,$(1),$(3))
	$$(CC) $(2) -o $$@ $$^ -lcmocka $$($(3)_LIBS)
-include $(patsubst %.o,%.d,$(call unit_objects,$(1),$(3)))
endef

$(eval $(call unit_flavour,unit,))
$(eval $(call unit_flavour,unit-asan,$(UNIT_SANITIZE)))
$(foreach program,$(UNIT_PROGRAMS),$(eval $(call unit_program,unit,,$(program))))
$(foreach program,$(UNIT_PROGRAMS),$(eval $(call unit_program,unit-asan,$(UNIT_SANITIZE),$(program))))
