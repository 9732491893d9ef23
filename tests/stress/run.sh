#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
#   run.sh [stock|debug]...      make stress (both)
#
# Floods and faults of tests/stress/scenarios on the stock kernel, then on the debug kernel with the suite beside them; T= narrows both.
#   STRESS_PACKETS   of each flood (stock 1000000, debug 100000)      STRESS_FLOWS   idle ones beside the floods (100000, 10000)
#   STRESS_LOADS     loads, namespaces, flushes (100, 20)             STRESS_SUITE   scenarios of the suite on the debug kernel (all)
# Figures: build/stress/figures.txt (kernel, scenario, what, how much). Exit 1 when anything failed or the kernel complained.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
out=$top/build/stress
status=0
[ $# -gt 0 ] || set -- stock debug
mkdir -p "$out"

one_kernel() { # one_kernel NAME PACKETS FLOWS LOADS OPTION...
	local name=$1 packets=${STRESS_PACKETS:-$2} flows=${STRESS_FLOWS:-$3} loads=${STRESS_LOADS:-$4}
	shift 4
	echo "== $name kernel: $packets packets a flood, $flows idle flows"
	STRESS_PACKETS=$packets STRESS_FLOWS=$flows STRESS_LOADS=$loads VM_STALL=${VM_STALL:-5400} VM_LIMIT=${VM_LIMIT:-36000} \
		"$top/tests/vm/run" --stress "$@" ${T:+-k "$T"} || status=1
	sed "s/^/$name\t/" "$out/$name/out/figures.txt" >"$out/figures.$name.txt" 2>/dev/null || true
}

for kernel in "$@"; do
	case $kernel in
	# the flow memory takes a 64th of all memory: 100,000 flows want 4 GiB
	stock) VM_MEMORY=${VM_MEMORY:-4608} one_kernel stock 1000000 100000 100 ;;
	# The emulated firmware's tables take minutes under KASAN: interrupts by the MP table instead..
	debug) VM_APPEND="acpi=noirq ${VM_APPEND:-}" VM_MEMORY=${VM_MEMORY:-1536} STRESS_SUITE=${STRESS_SUITE:-all} \
		one_kernel debug 100000 10000 20 --kernel debug ;;
	*) sed -n '5,12s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
	esac
done
cat "$out"/figures.*.txt >"$out/figures.txt" 2>/dev/null
echo "== figures (build/stress/figures.txt)"
column -t -s "$(printf '\t')" "$out/figures.txt" 2>/dev/null || cat "$out/figures.txt"
exit $status
