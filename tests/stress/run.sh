#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
#   run.sh [stock|debug|kcsan]...      make stress (all three)
#
# Floods and faults of tests/stress/scenarios on the stock kernel, on the debug kernel with the suite beside them, and, with fewer packets and
# a part of the suite, on the one that looks for data races; T= narrows all.
#   STRESS_PACKETS   of each flood (stock 1000000, debug 100000, kcsan 20000)   STRESS_FLOWS   idle ones beside the floods (100000, 10000, 1000)
#   STRESS_LOADS     loads, namespaces, flushes (100, 20, 5)                    STRESS_PARTS   guests at the same time (1; debug 2 without T=)
#   STRESS_SUITE     scenarios beside them (debug: suite, what make vm runs; kcsan: see below; all: those of tests/lab too; none)
# Figures: build/stress/figures.txt (kernel, scenario, what, how much). Exit 1 when anything failed or the kernel complained.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
out=$top/build/stress
status=0
[ $# -gt 0 ] || set -- stock debug kcsan
mkdir -p "$out"
export VM_STALL=${VM_STALL:-5400} VM_LIMIT=${VM_LIMIT:-36000}

# Of the suite, with KCSAN: each way into the module once, and what runs beside the packets (settings, readers, loading, other namespaces).
races=refused,abort-by-server,expired-remap,expired-masquerade-lives,rule-rejects-established,dnat-and-snat-abort,flowtable-abort,fragmented-reset
races=$races,bridged-abort,vrf-abort,zones-abort,namespaces-with-a-reader-each,notrack-box-forgot,accounting-under-flood,unloaded-under-traffic,switched-off

one_kernel() { # one_kernel NAME PACKETS FLOWS LOADS PARTS OPTION...
	local name=$1 parts=${STRESS_PARTS:-$5} second= part
	export STRESS_PACKETS=${STRESS_PACKETS:-$2} STRESS_FLOWS=${STRESS_FLOWS:-$3} STRESS_LOADS=${STRESS_LOADS:-$4}
	shift 5
	echo "== $name kernel: $STRESS_PACKETS packets a flood, $STRESS_FLOWS idle flows"
	rm -rf "$out/$name/part2"
	if [ "$parts" = 2 ]; then
		"$top/tests/vm/run" --stress "$@" --part 2/2 ${T:+-k "$T"} >"$out/$name.part2.log" 2>&1 &
		second=$!
	fi
	"$top/tests/vm/run" --stress "$@" --part "1/$parts" ${T:+-k "$T"} || status=1
	[ -z "$second" ] || { wait $second || status=1; cat "$out/$name.part2.log"; }
	cat "$out/$name"/out/figures.txt "$out/$name"/part2/out/figures.txt 2>/dev/null | sed "s/^/$name\t/" >"$out/figures.$name.txt"
}

for kernel in "$@"; do
	# In a subshell: one kernel's counts are not the next one's. The emulated firmware's tables take minutes under KASAN and KCSAN: interrupts
	# by the MP table instead. A race that is reported must not end the run; twice as many accesses are watched as by default.
	(case $kernel in
	# the flow memory takes a 64th of all memory: 100,000 flows want 4 GiB
	stock) VM_MEMORY=${VM_MEMORY:-4608} one_kernel stock 1000000 100000 100 1 ;;
	debug) VM_APPEND="acpi=noirq ${VM_APPEND:-}" VM_MEMORY=${VM_MEMORY:-1536} STRESS_SUITE=${STRESS_SUITE:-suite} \
		one_kernel debug 100000 10000 20 $([ -n "${T:-}" ] && echo 1 || echo 2) --kernel debug ;;
	kcsan) VM_APPEND="acpi=noirq panic_on_warn=0 kcsan.skip_watch=2000 ${VM_APPEND:-}" VM_MEMORY=${VM_MEMORY:-1536} STRESS_SUITE=${STRESS_SUITE:-$races} \
		one_kernel kcsan 20000 1000 5 1 --kernel kcsan ;;
	*) sed -n '5,13s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
	esac
	exit $status) || status=$?
done
cat "$out"/figures.*.txt >"$out/figures.txt" 2>/dev/null
echo "== figures (build/stress/figures.txt)"
column -t -s "$(printf '\t')" "$out/figures.txt" 2>/dev/null || cat "$out/figures.txt"
exit $status
