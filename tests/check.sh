#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
# make check: lint, strict builds, unit tests, unit tests under sanitizers, the virtual machine. The last line adds it all up,
# alone: "N passed, M failed" (and ", K skipped"). RSTWHY_TOTAL names a file to put it into instead.
# Not here: make deb-check. The packages are built three times (minutes each on a busy machine), two Debian roots of their own are made, DKMS
# builds the module anew in each, and four guests boot. What of it is quick is here: make install, DKMS in the guest root, the unit by lint.
set -uo pipefail
cd "$(dirname "$0")/.."
passed=0 failed=0 skipped=0
make=${MAKE:-make}
logs=build/check
started=$SECONDS

tests/deps.sh lint module userspace unit vm || exit 1
rm -rf "$logs"
mkdir -p "$logs"

section() { echo; echo "== $* ($((SECONDS - started)) s)"; }
case_ok() { passed=$((passed + 1)); echo "ok $1"; }
case_failed() { failed=$((failed + 1)); echo "not ok $1 # see $logs/$1.log"; tail -n 30 "$logs/$1.log" | sed 's/^/  /'; }
has_target() { $make -n "$1" >/dev/null 2>&1; }

one_case() { # one_case NAME COMMAND...
	local name=$1
	shift
	if "$@" >"$logs/$name.log" 2>&1; then case_ok "$name"; else case_failed "$name"; fi
}

# The target's own count in build/NAME/summary ("passed failed"), and one failure more when it failed without one (did not build).
unit_cases() { # unit_cases TARGET
	local name=$1 status=0 good=0 bad=0
	rm -f "build/$name/summary"
	$make --no-print-directory "$name" >"$logs/$name.log" 2>&1 || status=$?
	read -r good bad <"build/$name/summary" 2>/dev/null || true
	[ $status = 0 ] || [ "${bad:-0}" -gt 0 ] || bad=1
	[ $((good + bad)) -gt 0 ] || bad=1
	passed=$((passed + good)) failed=$((failed + bad))
	echo "$name: $good passed, $bad failed"
	[ "$bad" = 0 ] || tail -n 60 "$logs/$name.log" | sed 's/^/  /'
}

# A target that prints "ok", "not ok" and "skipped" lines; one failure more when it fails without a "not ok".
counted_cases() { # counted_cases TARGET
	local name=$1 status=0 bad
	$make --no-print-directory "$name" >"$logs/$name.log" 2>&1 || status=$?
	bad=$(grep -c '^not ok ' "$logs/$name.log")
	[ $status = 0 ] || [ "$bad" -gt 0 ] || bad=1
	passed=$((passed + $(grep -c '^ok ' "$logs/$name.log"))) failed=$((failed + bad))
	skipped=$((skipped + $(grep -c '^skipped ' "$logs/$name.log")))
	echo "$name: $(grep -c '^ok ' "$logs/$name.log") passed, $bad failed"
	grep '^skipped ' "$logs/$name.log"
	[ "$bad" = 0 ] || { grep '^not ok ' "$logs/$name.log" || tail -n 30 "$logs/$name.log"; } | sed 's/^/  /'
}

# Each parser for two seconds: that it builds and its committed inputs are harmless. More is for make fuzz.
fuzz_cases() {
	local log=$logs/fuzz-short.log good bad
	$make --no-print-directory -j"$(nproc)" fuzz-build >"$log" 2>&1 && $make --no-print-directory fuzz-short FUZZ_SECONDS=2 >>"$log" 2>&1
	good=$(grep -c '^fuzz .*found: none$' "$log") bad=$(grep '^fuzz ' "$log" | grep -vc 'found: none$')
	[ $((good + bad)) -gt 0 ] || bad=1
	passed=$((passed + good)) failed=$((failed + bad))
	echo "fuzz-short: $good parsers passed, $bad failed"
	[ "$bad" = 0 ] || tail -n 40 "$log" | sed 's/^/  /'
}

section lint
tests/lint.sh >"$logs/lint.log" 2>&1
cat "$logs/lint.log"
passed=$((passed + $(grep -c '^ok ' "$logs/lint.log"))) failed=$((failed + $(grep -c '^not ok ' "$logs/lint.log")))
skipped=$((skipped + $(grep -c '^skip ' "$logs/lint.log")))

section "programs, warnings are errors"
one_case build-userspace $make --no-print-directory userspace WERROR=1

section "unit tests"
unit_cases unit
if has_target unit-asan; then unit_cases unit-asan; fi

section "manual pages, completions, views, the report's page"
counted_cases man-check
counted_cases views-check
counted_cases html-check

section "what others read: syslog, journal, Prometheus, ulogd2, tcpdump, plain log rules; a fleet in ClickHouse"
counted_cases sinks-check
counted_cases fleet-check

section "short forms of make fuzz and make bench"
fuzz_cases
one_case bench-flowmem $make --no-print-directory bench-flowmem BENCH_FLOWS=100000

section "module and programs in the guest root (Debian 12), W=1"
one_case guest-root tests/vm/root.sh
kv=$(ls "$(tests/vm/root.sh --path)/boot" 2>/dev/null | sed -n 's/^vmlinuz-//p' | sort -V | tail -n 1)
one_case build-module tests/vm/build.sh "$kv"
one_case dkms tests/vm/dkms.sh "$kv"
one_case make-install tests/vm/in-root.sh sh -c 'make install DESTDIR=/tmp/d PREFIX=/usr && test -x /tmp/d/usr/sbin/rstwhyd -a -x /tmp/d/usr/bin/rstwhy -a -e /tmp/d/etc/rstwhy/rstwhyd.conf'

section "virtual machine"
# Two guests at the same time, each with every other scenario: much of a scenario is waiting.
VM_TOTALS=$PWD/$logs/vm2.totals tests/vm/run --no-build --part 2/2 >"$logs/vm2.log" 2>&1 &
VM_TOTALS=$PWD/$logs/vm.totals tests/vm/run --no-build --part 1/2 2>&1 | tee "$logs/vm.log"
wait
cat "$logs/vm2.log"
for totals in "$logs/vm.totals" "$logs/vm2.totals"; do
	if read -r good bad skip 2>/dev/null <"$totals"; then
		passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + skip))
	else
		failed=$((failed + 1))
	fi
done

line="$passed passed, $failed failed"
[ "$skipped" = 0 ] || line="$line, $skipped skipped"
echo
echo "logs in $logs and build/vm/out; $((SECONDS - started)) s"
if [ -n "${RSTWHY_TOTAL:-}" ]; then echo "$line" >"$RSTWHY_TOTAL"; else echo "$line"; fi
[ "$failed" = 0 ]
