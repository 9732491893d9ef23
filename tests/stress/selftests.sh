#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
#   selftests.sh      make selftests
#
# The kernel's own netfilter tests (tools/testing/selftests/net/netfilter of linux-source-6.12, those of selftests.list) on a stock 6.12,
# in two boots: without the module, and with it loaded and switched on in every namespace that the tests make. Prints both columns; exit 1
# where they differ. T= narrows to names that contain it (several by commas). A test that the kernel's own rules skip (exit 4) is a skip in both.
# Results: build/stress/selftests/{without,with}: results, and each test's output.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
vm=$top/tests/vm
work=$top/build/vm
base=$top/build/stress/selftests
export RSTWHY_GUEST_SELFTESTS=1 RSTWHY_GUEST_ROOT=${RSTWHY_SELFTESTS_ROOT:-$top/build/guest/selftests}
suite=trixie # Debian's stock 6.12
source=$("$here/kernel.sh" --source)/tools/testing/selftests/net

"$vm/root.sh"
root=$RSTWHY_GUEST_ROOT
"$vm/kernel-root.sh" "$suite"
kernel_root=$("$vm/kernel-root.sh" --path "$suite")
kv=$("$vm/kernel-root.sh" --version "$suite")
"$vm/build.sh" "$kv" "$suite"
"$vm/initramfs.sh" "$kv" "$work/initramfs-$kv.gz" "$kernel_root"
. "$vm/qemu.sh"

prepare() { # prepare DIRECTORY MODULE-OR-NOT
	stage=$1/stage out=$1/out
	rm -rf "$1"
	mkdir -p "$stage/bin" "$stage/guest" "$stage/tests/netfilter" "$out"
	cp "$vm/guest/start" "$stage/guest/"
	cp "$here/selftests-guest.sh" "$stage/"
	cp "$source"/lib.sh "$source"/net_helper.sh "$stage/tests/"
	cp -r "$source"/netfilter/. "$stage/tests/netfilter/"
	# 6.12's tests call wait_local_port_listen and nothing of theirs reads the file that has it.
	echo 'declare -F wait_local_port_listen >/dev/null || source "$(dirname "${BASH_SOURCE[0]}")/../net_helper.sh"' >>"$stage/tests/netfilter/lib.sh"
	cp "$base"/programs/* "$stage/tests/netfilter/"
	sed 's/#.*//' "$here/selftests.list" | grep -F "$(tr , '\n' <<<"${T:-}")" >"$stage/list"
	[ "$2" = without ] || cp "$top/build/matrix/$suite/nf_rstwhy.ko" "$stage/"
	echo selftests >"$stage/mode"
}

# The tests' own small programs, by the root's compiler.
rm -rf "$base/programs" "$base/source"
mkdir -p "$base/programs" "$base/source/net"
cp "$source"/../*.h "$base/source/"
cp -r "$source/netfilter" "$base/source/net/"
IN_ROOT_BUILD=$base "$vm/in-root.sh" sh -c '
	for program in nf_queue connect_close conntrack_dump_flush audit_logread sctp_collision conntrack_reverse_clash; do
		gcc -O2 -o build/programs/$program build/source/net/netfilter/$program.c -lmnl -lpthread || echo "$program: not built" >&2
	done'

accel=$(stage=$base out=$base qemu_accelerator)
# Both at the same time: what the machine is busy with hits both.
for column in without with; do
	(
		prepare "$base/$column" $column
		echo "selftests: booting $kv, $column the module" >&2
		# One CPU: emulated ones that patch each other's code (static keys) trip over it (an int3 oops, without the module).
		VM_MEMORY=2048 VM_CPUS=1 qemu_boot "$accel" "${VM_LIMIT:-7200}" "$out/console.txt" </dev/null >"$out/qemu.txt" 2>&1 || true
		grep -aE "$kernel_complaints" "$out/console.txt" >"$out/complaints.txt" || true
	) &
done
wait

status=0
printf '%-32s %-10s %-10s\n' test without with
while read -r name _; do
	a=$(sed -n "s/^$name //p" "$base/without/out/results" 2>/dev/null || true)
	b=$(sed -n "s/^$name //p" "$base/with/out/results" 2>/dev/null || true)
	mark=
	[ -n "$b" ] && [ "$a" = "$b" ] || { mark='<- differs'; status=1; }
	printf '%-32s %-10s %-10s %s\n' "$name" "${a:-(lost)}" "${b:-(lost)}" "$mark"
done < <(grep . "$base/with/stage/list")
for column in without with; do
	[ ! -s "$base/$column/out/complaints.txt" ] || { echo "the kernel complained $column the module: $(head -n 1 "$base/$column/out/complaints.txt")"; [ $column = without ] || status=1; }
done
exit $status
