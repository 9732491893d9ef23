#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
#   build.sh KERNEL_VERSION [SUITE]
#
# Builds nf_rstwhy.ko (W=1, warnings are errors), rstwhyd and rstwhy inside the guest root into build/vm, by the same make targets
# that everybody uses. With SUITE the module is built in that suite's kernel root by its own compiler, into build/matrix/SUITE; the
# programs stay the guest root's. SUITE+clang: by clang, into build/matrix/SUITE+clang. SUITE debug or kcsan: a kernel of
# tests/stress/kernel.sh, built by this machine's compiler, into build/stress/SUITE.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
kv=$1 suite=${2:-}
destination=$top/build/vm place=() compiler=()
in_root=("$here/in-root.sh") kdir=/lib/modules/$kv/build to=()
if [ "$suite" = debug ] || [ "$suite" = kcsan ]; then
	destination=$top/build/stress/$suite
	in_root=(env -C "$top") kdir=$("$top/tests/stress/kernel.sh" "$suite" --path)/build to=("BUILD=build/stress/$suite")
elif [ -n "$suite" ]; then
	destination=$top/build/matrix/$suite
	place=(env "IN_ROOT=$("$here/kernel-root.sh" --path "${suite%+clang}")" "IN_ROOT_BUILD=$destination")
fi
# Debian's kernel is configured for gcc. CC by name: the headers say gcc, and LLVM=1 alone would silently leave it at that. The rest
# takes away the flags that clang 14 does not have (return thunks and int3 behind a return among them: this is a check of the source,
# not a module to run for long), and a warning about the kernel's own headers that a clang kernel has off.
[ "${suite%+clang}" = "$suite" ] || compiler=(LLVM=1 CC=clang CONFIG_CC_IS_GCC= CONFIG_GCC_VERSION=0 CONFIG_CC_IS_CLANG=y
	CONFIG_CLANG_VERSION=140006 CONFIG_RETHUNK= CONFIG_SLS= CONFIG_FTRACE_MCOUNT_USE_CC= CONFIG_INIT_STACK_ALL_ZERO=
	CONFIG_CC_IMPLICIT_FALLTHROUGH=-Wimplicit-fallthrough "KCFLAGS=-Werror -Wno-address-of-packed-member")
mkdir -p "$top/build/vm" "$destination"
exec 9>"$top/build/vm/build.log.lock"
flock 9
status=0
build() { # build WHAT LOG COMMAND...
	local what=$1 log=$2
	shift 2
	"$@" >"$log" 2>&1 || {
		echo "vm: building the $what failed:" >&2
		grep -aE -A4 'error|warning|\*\*\*|undefined|No rule' "$log" | tail -n 40 >&2
		status=1
	}
}
make=(make -j2 --no-print-directory)
if [ -e "$top/Kbuild" ]; then
	build module "$destination/module.log" "${place[@]}" "${in_root[@]}" "${make[@]}" module "KDIR=$kdir" "${to[@]}" W=1 KCFLAGS=-Werror "${compiler[@]}"
else
	rm -f "$destination/nf_rstwhy.ko"
fi
if [ -e "$top/userspace/userspace.mk" ]; then
	build programs "$top/build/vm/programs.log" "$here/in-root.sh" "${make[@]}" userspace
else
	rm -f "$top/build/vm/rstwhyd" "$top/build/vm/rstwhy"
fi
build "traffic generators" "$top/build/vm/generators.log" "$here/in-root.sh" tests/stress/generators.sh build
exit $status
