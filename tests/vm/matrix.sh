#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
#   matrix.sh [--short]
#
# One source, several kernels: for each Debian suite the module is built by that suite's own compiler (W=1, warnings are errors),
# checked by its sparse, built and installed by its DKMS, and the suite's stock kernel is booted with it and runs the scenarios. One
# table at the end; build/matrix/results has it for machines (tab-separated, a head line); each suite's logs are in build/matrix/SUITE.
#   --short   a few scenarios instead of all, and only on kernels that were here already; the others are fetched and built for
#   T=NAME    only scenarios whose name contains NAME, as for make vm
#   SUITES=   which (default: bullseye bookworm bookworm+clang trixie sid; SUITE+clang is built by clang and has the few scenarios)
#   FRESH=1   fetch the kernels anew
# A suite that cannot be had here is a SKIP with the reason, never a pass. Exit 1 if anything failed.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
few=refused,expired-remap,rule-rejects-established
short=
[ "${1:-}" != --short ] || short=yes
out=$top/build/matrix
results=$out/results
mkdir -p "$out"
cd "$top" || exit 1

# Of a log of kbuild: the complaints about our own files, and those about the kernel's headers.
complaints_ours() { grep -aE '(warning|error):' "$1" | grep -aE '^[^:]*\bmodule/|^(ERROR|WARNING): modpost|nf_rstwhy' | grep -avE '^(/usr)?/(src|lib)/'; }
complaints_headers() { grep -aE '^(/usr)?/(src|lib)/[^:]*:[0-9:]* (warning|error):' "$1"; }

in_suite() { # in_suite SUBDIRECTORY COMMAND...: in the suite's root, with build/matrix/SUITE/SUBDIRECTORY as build
	local build=$out/$suite/$1
	shift
	IN_ROOT=$root IN_ROOT_BUILD=$build "$here/in-root.sh" "$@"
}

say() { echo "$suite: $*"; }

# Sets compiler and warnings. The first line of the .comment section is by whom the kernel's own start-up objects were made, too:
# all are that compiler's.
build_module() {
	rm -rf "${out:?}/$suite/module"
	warnings=FAILED compiler=-
	"$here/build.sh" "$kv" "$suite" || { say "the module does not build: build/matrix/$suite/module.log"; return 1; }
	compiler=$(grep -aoE 'GCC: \([^)]*\) [0-9.]+|clang version [0-9.]+' "$out/$suite/nf_rstwhy.ko" | head -n 1 | sed -E 's/GCC: \([^)]*\)/gcc/; s/ version//')
	if [ "${suite%+clang}" != "$suite" ] && [ "${compiler#clang}" = "$compiler" ]; then
		say "not clang, but $compiler built it"
		return 1
	fi
	warnings=$(grep -acE '\b(warning|WARNING)\b' "$out/$suite/module.log")
	[ "$warnings" = 0 ] || say "$(grep -aE '\b(warning|WARNING)\b' "$out/$suite/module.log" | head -n 20)"
	[ "$warnings" = 0 ]
}

# kbuild with sparse. Newer kernels ask a script whether it is new enough, which Debian's headers do not bring (7.2): without it none
# would run. In that case this throw-away root gets one that says yes; whether it is true is what sparse_copes() finds out.
with_sparse() {
	in_suite sparse sh -c '
		probe=$(echo /usr/src/linux-headers-*-common/scripts)/checker-valid.sh
		if ! [ -e "$probe" ]; then
			printf "#!/bin/sh\necho 1\n" >"$probe"
			chmod 755 "$probe"
		fi
		exec make "$@"' sh "$@"
}

# Does the suite's sparse understand this kernel's headers? It does if it finds the fault in a file that includes those that we do.
sparse_copes() {
	local canary=$out/$suite/sparse/canary
	mkdir -p "$canary"
	echo 'obj-m := canary.o' >"$canary/Kbuild"
	cat >"$canary/canary.c" <<-'CANARY'
		#include <linux/module.h>
		#include <linux/netfilter_ipv4.h>
		#include <linux/netfilter_ipv6.h>
		#include <net/net_namespace.h>
		#include <net/netfilter/nf_conntrack.h>
		#include <net/netfilter/nf_log.h>
		#include <net/tcp.h>
		u16 canary(const struct tcphdr *th);
		u16 canary(const struct tcphdr *th)
		{
			return th->source;
		}
		MODULE_LICENSE("GPL");
		MODULE_DESCRIPTION("has a fault on purpose");
	CANARY
	rm -f "$canary"/*.o
	with_sparse -C "/lib/modules/$kv/build" M=/mnt/rstwhy/build/canary C=1 modules >"$out/$suite/sparse-canary.log" 2>&1
	grep -aq 'canary\.c:.*different base types' "$out/$suite/sparse-canary.log"
}

check_sparse() {
	local log=$out/$suite/sparse.log
	rm -rf "${out:?}/$suite/sparse"
	if ! [ -x "$root/usr/bin/sparse" ]; then
		sparse=none
		return 0
	fi
	if ! sparse_copes; then
		sparse="cannot"
		say "sparse cannot read this kernel's headers: $(grep -aE 'error|not found' "$out/$suite/sparse-canary.log" | head -n 1)"
		return 0
	fi
	sparse=FAILED
	with_sparse -j2 --no-print-directory module "KDIR=/lib/modules/$kv/build" C=1 >"$log" 2>&1 || { tail -n 5 "$log"; return 1; }
	complaints_headers "$log" >"$out/$suite/sparse-headers.log"
	sparse=$(complaints_ours "$log" | wc -l)
	[ "$sparse" = 0 ] || complaints_ours "$log" | head -n 20
	[ "$sparse" = 0 ]
}

check_dkms() {
	dkms=FAILED
	"$here/dkms.sh" "$kv" "$suite" >"$out/$suite/dkms.log" 2>&1 || { say "DKMS failed:"; tail -n 20 "$out/$suite/dkms.log"; return 1; }
	dkms=ok
}

# Sets passed, failed and left_out. $1: the pattern, empty for all, which take two guests at the same time (as in make check).
run_scenarios() {
	local pattern=() parts=1 part second= good bad skip
	[ -z "$1" ] || pattern=(-k "$1")
	[ -n "$1" ] || parts=2
	rm -f "$out/$suite"/totals.[12]
	if [ $parts = 2 ]; then
		VM_TOTALS=$out/$suite/totals.2 "$here/run" --no-build --kernel "$suite" --part 2/2 >"$out/$suite/vm2.log" 2>&1 &
		second=$!
	fi
	VM_TOTALS=$out/$suite/totals.1 "$here/run" --no-build --kernel "$suite" --part 1/$parts "${pattern[@]}" 2>&1 | tee "$out/$suite/vm.log"
	[ -z "$second" ] || { wait $second; cat "$out/$suite/vm2.log"; }
	passed=0 failed=0 left_out=0
	for part in $(seq $parts); do
		good=0 bad=1 skip=0
		read -r good bad skip 2>/dev/null <"$out/$suite/totals.$part"
		passed=$((passed + good)) failed=$((failed + bad)) left_out=$((left_out + skip))
	done
	[ "$failed" = 0 ] && [ "$passed" -gt $((2 * parts)) ] # two are each guest's own: it ended, and its console is clean
}

row() { printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$suite" "$@" >>"$results"; }

one_suite() {
	local action=() pattern=${T:-} here_before=yes reason status root kv compiler=- warnings=- sparse=- dkms=- passed=- failed=- left_out=- good=ok
	"$here/kernel-root.sh" --cached "${suite%+clang}" || here_before=
	[ -z "${FRESH:-}" ] || action=(--fresh)
	reason=$("$here/kernel-root.sh" "${action[@]}" "${suite%+clang}") || {
		status=$?
		[ $status = 3 ] && good=SKIP || good=FAILED
		row - - - - - - - - "$good ${reason:-its kernel root could not be built}"
		echo "$good $suite: ${reason:-its kernel root could not be built}"
		return
	}
	root=$("$here/kernel-root.sh" --path "${suite%+clang}")
	kv=$("$here/kernel-root.sh" --version "${suite%+clang}")
	mkdir -p "$out/$suite"
	echo "== $suite: kernel $kv ($SECONDS s)"
	if build_module; then
		if [ "${suite%+clang}" = "$suite" ]; then
			check_sparse || good=FAILED
			check_dkms || good=FAILED
		fi
		[ -z "$short" ] && [ "${suite%+clang}" = "$suite" ] || pattern=${pattern:-$few}
		if [ -n "$short" ] && [ -z "$here_before" ]; then
			good=${good/ok/built only}
		else
			run_scenarios "$pattern" || good=FAILED
		fi
	else
		good=FAILED
	fi
	row "$kv" "$compiler" "$warnings" "$sparse" "$dkms" "$passed" "$failed" "$left_out" "$good"
}

# All in one function: bash has read it whole, so that editing this file while an hour's run goes on harms nothing.
main() {
	printf 'suite\tkernel\tcompiler\twarnings (W=1)\tsparse\tDKMS\tpassed\tfailed\tskipped\tresult\n' >"$results"
	"$here/root.sh" || exit 1
	for suite in ${SUITES:-bullseye bookworm bookworm+clang trixie sid}; do
		one_suite
	done
	echo
	awk -F'\t' 'NR == FNR { for (i = 1; i <= NF; i++) if (length($i) > width[i]) width[i] = length($i); next }
		{ for (i = 1; i < NF; i++) printf "%-*s  ", width[i], $i; print $NF }' "$results" "$results"
	echo
	awk -F'\t' 'NR > 1 { if ($10 ~ /^SKIP/) s++; else if ($10 ~ /^FAILED/) f++; else if ($10 == "ok") p++; else b++ }
		END { printf "matrix: %d kernels passed, %d failed, %d built only, %d skipped\n", p, f, b, s; exit f > 0 }' "$results"
}
main
exit
