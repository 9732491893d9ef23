# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
# make module      build/nf_rstwhy.ko for the running kernel, or for KDIR=/path/to/its/build/directory
# make userspace   build/rstwhyd, build/rstwhy
# make run         see it work: on this machine if its kernel can load modules, else in a virtual machine
# make check       all tests, the virtual machine's too; prints one closing line
# make unit        unit tests only
# make vm T=NAME   only the scenarios whose name contains NAME, with their records; make vm-shell for a shell in there
# make lab         all labelled scenarios, measured: confusion matrix, precision, recall, calibration (T=NAME as above); takes long
#                  VARY=SEED: in another world, by chance: other hosts, wires, ports (tests/vm/guest/vary.py)
# make sinks-check what the daemon writes, read by rsyslog, journald, Prometheus, ulogd2, tcpdump; fleet-check: by ClickHouse
# make bench       what the module costs a forwarded segment and a reset, and its flow memory, beside the rule it replaces
# make bench-flowmem  only the flow memory, natively: bytes, hit rates, cost as flows grow, attacks
# make fuzz        every parser for FUZZ_RUNS inputs under sanitizers (ten million each; takes long); fuzz-short: seconds each
# make matrix      the module on the kernels of Debian 11 to sid, each by its own compiler: build, sparse, DKMS, the scenarios; one table
#                  (T=NAME as above, SUITES="trixie sid", FRESH=1 fetches the kernels anew); make matrix-short: a few scenarios
# make stress      floods and faults, on the stock kernel, on one with KASAN, lockdep, kmemleak and fault injection, and on one with KCSAN
#                  (T=NAME as above); takes hours; tests/stress/run.sh says which counts can be lowered, and runs one kernel alone
# make selftests   the kernel's own netfilter tests on a stock 6.12, without the module and with it, side by side
# make man-check  manual pages and shell completions: well-formed, complete, and their examples tried
# make views-check  rstwhy tail, top and report as programs, on a pipe and on a terminal; README's samples are what they print
# make html-check the page of rstwhy report in a headless Chromium; skipped, and said so, where there is none
# make install     module by DKMS (or modules_install), programs, unit and configuration; DESTDIR, PREFIX
# make deb         build/deb/*.deb: rstwhy and nf-rstwhy-dkms, lintian-clean
# make deb-check   these packages on fresh Debian 12 and 13 systems, with systemd and without: install, upgrade, failed build, purge (T=SUITE: one); counts last
# make clean       removes build/ but for the guest root; make distclean that too
#
# module, userspace and unit install nothing. Everything built goes below build/.

KDIR ?= /lib/modules/$(shell uname -r)/build
BUILD := build
PREFIX ?= /usr
SYSCONFDIR ?= /etc
VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)

CC ?= gcc
CFLAGS ?= -O3 -g

.DEFAULT_GOAL := all
.PHONY: all module userspace unit check lint run vm vm-shell lab bench matrix matrix-short stress selftests man-check views-check html-check install install-programs install-module install-module-source uninstall deb deb-check clean distclean deps

all: userspace module

-include userspace/userspace.mk
-include tests/unit/unit.mk
-include tests/bench/bench.mk
-include tests/fuzz/fuzz.mk
include tests/install.mk
-include tests/bench/flowmem.mk

# kbuild leaves objects beside the sources, and its clean removes every *.o below: so it gets a copy of its own.
module:
	@test -e "$(KDIR)/Makefile" || { echo "no kernel build directory at $(KDIR): install the kernel's headers, or give KDIR=" >&2; exit 1; }
	@mkdir -p $(BUILD)/module
	@cd $(BUILD)/module && find . -name '*.[chS]' ! -name '*.mod.c' | while read -r f; do test -e "../../$$f" || rm -f "$$f"; done
	@cp -a --update Kbuild module $(BUILD)/module/
	$(MAKE) -C "$(KDIR)" M="$(CURDIR)/$(BUILD)/module" modules
	@cp $(BUILD)/module/nf_rstwhy.ko $(BUILD)/nf_rstwhy.ko

deps:
	@tests/deps.sh module userspace unit vm

lint:
	@tests/lint.sh

check:
	@+tests/check.sh

run:
	@+tests/run.sh

vm:
	@tests/deps.sh vm
	@tests/vm/run $(if $(T),-v -k "$(T)")

vm-shell:
	@tests/deps.sh vm
	@tests/vm/run --shell

lab:
	@tests/deps.sh vm unit
	@tests/lab/run $(if $(T),-k "$(T)") $(if $(VARY),--vary "$(VARY)")

bench: bench-flowmem
	@tests/deps.sh vm
	@tests/bench/run

matrix:
	@tests/deps.sh vm
	@T="$(T)" SUITES="$(SUITES)" FRESH="$(FRESH)" tests/vm/matrix.sh

matrix-short:
	@tests/deps.sh vm
	@T="$(T)" SUITES="$(SUITES)" FRESH="$(FRESH)" tests/vm/matrix.sh --short

deb:
	@tests/deps.sh userspace deb
	@userspace/packaging/build-deb.sh

deb-check:
	@tests/deps.sh userspace deb vm
	@tests/deb/run $(T)

stress:
	@tests/deps.sh vm module kernel
	@T="$(T)" tests/stress/run.sh

selftests:
	@tests/deps.sh vm
	@T="$(T)" tests/stress/selftests.sh

man-check: userspace
	@tests/deps.sh man || true
	@python3 tests/man/check.py && python3 tests/man/completions.py

views-check: userspace
	@python3 tests/views/check.py && python3 tests/views/readme.py

html-check: userspace
	@tests/html/run

clean:
	@test ! -d $(BUILD) || find $(BUILD) -mindepth 1 -maxdepth 1 ! -name guest -exec rm -rf --one-file-system {} +

distclean: clean
	rm -rf --one-file-system $(BUILD)
