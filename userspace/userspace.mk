# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
# build/rstwhyd and build/rstwhy. Included by the top-level Makefile.
#
# WERROR=1 (or CI set): warnings are errors. SAN=address,undefined: a build with these sanitizers, in its own object directory.

BUILD ?= build
comma := ,
US_PACKAGES := libmnl libnetfilter_log libnfnetlink inih json-c libcap-ng libseccomp libpcap
US_WARN := -Wall -Wextra -Wshadow -Wconversion $(if $(WERROR)$(CI),-Werror)
US_SAN := $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all)
# a program seen as a whole takes a twentieth fewer instructions; LTO= turns it off. Other compilers want a linker of their own for it.
LTO ?= $(if $(SAN),,$(if $(findstring gcc version,$(shell $(CC) -v 2>&1)),-flto=auto))
# gcc for x86 copies and clears what is larger than a few words by "rep movs", which takes as long to begin as to copy it otherwise
US_COPY := $(foreach of,memcpy memset,-m$(of)-strategy=unrolled_loop:64:noalign$(comma)libcall:-1:noalign)
US_COPY := $(shell $(CC) $(US_COPY) -x c -c -o /dev/null /dev/null 2>/dev/null && echo $(US_COPY))
US_CFLAGS := -std=c17 -D_GNU_SOURCE $(if $(CFLAGS),$(CFLAGS),-O3 -g) $(US_COPY) $(LTO) $(US_WARN) $(US_SAN) -Imodule/uapi
US_LDFLAGS := $(LDFLAGS) $(US_SAN)
US_OBJ := $(BUILD)/userspace$(if $(SAN),-san)

# := and once: the compiler's flags of the libraries
US_LIB_CFLAGS := $(shell pkg-config --cflags $(US_PACKAGES) 2>/dev/null)
US_DAEMON_LIBS := $(shell pkg-config --libs $(US_PACKAGES) 2>/dev/null)
US_TOOL_LIBS := $(shell pkg-config --libs inih json-c libpcap 2>/dev/null) -lm

US_PURE_SRCS := module/segment.c module/evidence.c
US_ENGINE_SRCS := $(wildcard userspace/engine/*.c)
US_RECORD_SRCS := $(wildcard userspace/record/*.c)
US_LEARN_SRCS := $(wildcard userspace/learn/*.c)
US_CAPTURE_SRCS := $(wildcard userspace/capture/*.c)
# rstwhy analyze: the flow memory outside the kernel
US_OFFLINE_SRCS := $(US_CAPTURE_SRCS) $(wildcard module/flowmem*.c userspace/offline/*.c) module/hostmem.c userspace/daemon/ifnames.c
# what both programs know about settings and about this machine
US_SHARED_SRCS := $(addprefix userspace/daemon/,clock.c config.c config_keys.c ignore.c nearest.c module_state.c nflog_peer.c nflog_owner.c identity.c \
	accounting.c progress.c)
US_DAEMON_SRCS := $(US_PURE_SRCS) $(US_ENGINE_SRCS) $(US_RECORD_SRCS) $(US_LEARN_SRCS) $(US_CAPTURE_SRCS) $(wildcard userspace/daemon/*.c)
US_TOOL_SRCS := $(US_ENGINE_SRCS) $(US_PURE_SRCS) $(US_RECORD_SRCS) $(US_LEARN_SRCS) $(US_SHARED_SRCS) $(US_OFFLINE_SRCS) $(wildcard userspace/tool/*.c)

# V=1 shows the commands
us_quiet = $(if $(V),,@echo '  $(1) $@';)
us_objects = $(patsubst %.c,$(US_OBJ)/%.o,$(1))

.PHONY: userspace
userspace: $(BUILD)/rstwhyd $(BUILD)/rstwhy

# One directory of objects a flavour; the programs follow the flavour that was asked for.
US_FLAVOUR := $(BUILD)/userspace.flavour
.PHONY: us-flavour
$(US_FLAVOUR): us-flavour
	@mkdir -p $(@D)
	@echo '$(CC) $(US_CFLAGS)' | cmp -s - $@ || echo '$(CC) $(US_CFLAGS)' >$@

$(BUILD)/rstwhyd: $(call us_objects,$(US_DAEMON_SRCS)) $(US_FLAVOUR)
	$(call us_quiet,LD)$(CC) $(US_CFLAGS) $(US_LDFLAGS) -o $@ $(filter %.o,$^) $(US_DAEMON_LIBS)

$(BUILD)/rstwhy: $(call us_objects,$(US_TOOL_SRCS)) $(US_FLAVOUR)
	$(call us_quiet,LD)$(CC) $(US_CFLAGS) $(US_LDFLAGS) -o $@ $(filter %.o,$^) $(US_TOOL_LIBS)

$(US_OBJ)/%.o: %.c $(US_FLAVOUR)
	@mkdir -p $(@D)
	$(call us_quiet,CC)$(CC) $(US_CFLAGS) $(US_LIB_CFLAGS) -MMD -MP -c -o $@ $<

-include $(patsubst %.o,%.d,$(call us_objects,$(sort $(US_DAEMON_SRCS) $(US_TOOL_SRCS))))

# the assembler reads them
$(US_OBJ)/userspace/tool/page_assets.o: $(wildcard userspace/tool/page/*)
