# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
# fuzz        every target below for FUZZ_RUNS inputs under the address and undefined-behaviour sanitizers, one after the other
# fuzz-short  each for FUZZ_SECONDS
# fuzz-table  what has been run so far
#
# T=NAME,... only these. The committed inputs are tests/fuzz/corpus/NAME (made by tests/fuzz/seeds.py, and what was found once);
# what a run learns stays in build/fuzz/corpus/NAME, what it finds in build/fuzz/finds, figures in build/fuzz/figures.
# A target is a row: FUZZ_TARGETS += NAME, NAME_FUZZ = the files it links, NAME_FUZZ_LIBS, NAME_FUZZ_LEN = the longest input.

FUZZ_CC ?= clang-14
FUZZ_RUNS ?= 10000000
FUZZ_SECONDS ?= 5
FUZZ_CFLAGS := -std=c17 -D_GNU_SOURCE -O2 -g -Wall -Wextra -Wshadow -Werror -fsanitize=fuzzer,address,undefined \
	-fno-sanitize-recover=all -fno-omit-frame-pointer -DFM_LOCK_CHECK -Imodule/uapi $(US_LIB_CFLAGS)

FUZZ_RECORD := $(US_RECORD_SRCS) $(US_ENGINE_SRCS) $(US_PURE_SRCS)
FUZZ_FLOWS := $(wildcard module/flowmem*.c) module/hostmem.c
FUZZ_CONFIG := $(addprefix userspace/daemon/,config.c config_keys.c ignore.c nearest.c)
FUZZ_ANALYSED := tests/fuzz/analysed.c $(wildcard userspace/offline/*.c) $(FUZZ_FLOWS) userspace/daemon/ifnames.c \
	$(addprefix userspace/capture/,nflog.c note.c savefile.c) $(FUZZ_RECORD)
FUZZ_SHOWN := tests/fuzz/shown.c $(FUZZ_RECORD)

FUZZ_TARGETS := nflog evidence payload segment flows frames capture daemon record state config timeouts proc

nflog_FUZZ := userspace/capture/nflog.c userspace/capture/note.c
evidence_FUZZ :=
payload_FUZZ :=
segment_FUZZ :=
flows_FUZZ := $(FUZZ_FLOWS)
frames_FUZZ := $(FUZZ_ANALYSED)
capture_FUZZ := $(FUZZ_ANALYSED) tests/fuzz/memory_file.c
daemon_FUZZ := $(US_LEARN_SRCS) userspace/capture/nflog.c userspace/capture/note.c userspace/capture/recording.c $(FUZZ_CONFIG) \
	$(addprefix userspace/daemon/,intake.c timeline.c report.c noise.c loss.c ifnames.c clock.c module_state.c paths.c outlets.c \
	sink_datagram.c sink_journal.c sink_syslog.c metrics.c metrics_write.c)
record_FUZZ :=
state_FUZZ := $(US_LEARN_SRCS)
config_FUZZ := tests/fuzz/memory_file.c $(FUZZ_CONFIG)
timeouts_FUZZ := $(US_LEARN_SRCS)
proc_FUZZ := userspace/daemon/accounting.c userspace/daemon/module_state.c userspace/daemon/nflog_peer.c

nflog_FUZZ_LEN := 1200
evidence_FUZZ_LEN := 1000
payload_FUZZ_LEN := 300
segment_FUZZ_LEN := 257
flows_FUZZ_LEN := 800
frames_FUZZ_LEN := 1200
capture_FUZZ_LEN := 1600
daemon_FUZZ_LEN := 3200
record_FUZZ_LEN := 2048
state_FUZZ_LEN := 1024
config_FUZZ_LEN := 600
timeouts_FUZZ_LEN := 1024
proc_FUZZ_LEN := 1000

FUZZ_LIBS := -linih -ljson-c -lpcap

fuzz_objects = $(patsubst %.c,$(BUILD)/fuzz/objects/%.o,$(sort tests/fuzz/$(1).c $(FUZZ_SHOWN) $($(1)_FUZZ)))
fuzz_asked = $(filter $(if $(T),$(subst $(comma), ,$(T)),%),$(FUZZ_TARGETS))

.PHONY: fuzz fuzz-short fuzz-build fuzz-table
fuzz fuzz-short fuzz-table: fuzz-build
fuzz:
	@tests/fuzz/run -runs=$(FUZZ_RUNS) $(foreach t,$(fuzz_asked),$(t):$($(t)_FUZZ_LEN))
fuzz-short:
	@tests/fuzz/run -max_total_time=$(FUZZ_SECONDS) $(foreach t,$(fuzz_asked),$(t):$($(t)_FUZZ_LEN))
fuzz-table:
	@tests/fuzz/table $(FUZZ_TARGETS)

fuzz-build:
	@tests/deps.sh userspace fuzz
	@$(MAKE) --no-print-directory $(fuzz_asked:%=$(BUILD)/fuzz/%)

# What decides instead of reading: ways through it count as coverage, but its comparisons (those that the undefined-behaviour sanitizer puts
# in among them) are not offered to the fuzzer as bytes to try. They were a fifth to two thirds of a run's time.
FUZZ_READS := userspace/engine/decode.c $(addprefix userspace/record/,json_pull.c record_read.c record_scan.c) module/segment.c \
	$(addprefix userspace/learn/,state_read.c known_timeouts.c path.c)
FUZZ_DECIDES := $(filter-out $(FUZZ_READS),$(US_ENGINE_SRCS) $(US_RECORD_SRCS) $(US_PURE_SRCS) $(US_LEARN_SRCS)) $(FUZZ_FLOWS) \
	$(addprefix userspace/offline/,duplicates.c observer.c tcp_state.c) tests/fuzz/flows.c \
	$(addprefix userspace/daemon/,timeline.c report.c noise.c loss.c paths.c outlets.c sink_datagram.c sink_journal.c sink_syslog.c \
	metrics.c metrics_write.c accounting.c)
$(patsubst %.c,$(BUILD)/fuzz/objects/%.o,$(FUZZ_DECIDES)): FUZZ_CFLAGS += -fno-sanitize-coverage=trace-cmp

# Where the fuzzer need not look for new ways: it would trace each byte that is printed, each step of a distance between two words.
$(patsubst %.c,$(BUILD)/fuzz/objects/%.o,tests/fuzz/shown.c userspace/record/line.c userspace/record/json.c userspace/engine/digits.c userspace/daemon/nearest.c): FUZZ_CFLAGS += -fno-sanitize=fuzzer

$(BUILD)/fuzz/objects/%.o: %.c tests/fuzz/fuzz.mk
	@mkdir -p $(@D)
	$(call us_quiet,FUZZ)$(FUZZ_CC) $(FUZZ_CFLAGS) -MMD -MP -c -o $@ $<

define fuzz_program
$(BUILD)/fuzz/$(1): $(call fuzz_objects,$(1))
	$$(call us_quiet,LD)$$(FUZZ_CC) $$(FUZZ_CFLAGS) -o $$@ $$^ $$(FUZZ_LIBS)
-include $(patsubst %.o,%.d,$(call fuzz_objects,$(1)))
endef
$(foreach t,$(FUZZ_TARGETS),$(eval $(call fuzz_program,$(t))))
