# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
# The flow memory's microbenchmark: native, optimised, one file at a time as in the module. Included by the top-level Makefile.
# BENCH_FLOWS=N bounds the largest memory (10,000,000 flows want 5 GB).

BENCH_FLOWMEM_SRCS := $(wildcard tests/bench/flowmem*.c module/flowmem*.c) module/segment.c tests/unit/conversation.c
BENCH_FLOWMEM_OBJS := $(BENCH_FLOWMEM_SRCS:%.c=$(BUILD)/bench/objects/%.o)
BENCH_CFLAGS := -std=c17 -D_GNU_SOURCE -O2 -g -Wall -Wextra -Wshadow -Wconversion -Werror

.PHONY: bench-flowmem
bench-flowmem: $(BUILD)/bench/flowmem
	@$< $(BUILD)/bench/flowmem.json $(BENCH_FLOWS)

$(BUILD)/bench/objects/%.o: %.c
	@mkdir -p $(@D)
	@$(CC) $(BENCH_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/bench/flowmem: $(BENCH_FLOWMEM_OBJS)
	@$(CC) -o $@ $^

-include $(BENCH_FLOWMEM_OBJS:.o=.d)
