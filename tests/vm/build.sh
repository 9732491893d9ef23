#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
#   build.sh KERNEL_VERSION
#
# Builds nf_rstwhy.ko (W=1, warnings are errors), rstwhyd and rstwhy inside the guest root into build/vm, by the same make targets
# that everybody uses.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
kv=$1
log=$top/build/vm/build.log
mkdir -p "$top/build/vm"
exec 9>"$log.lock"
flock 9
status=0
: >"$log"
build() { # build WHAT ARGUMENT...
	local what=$1
	shift
	"$here/in-root.sh" make -j2 --no-print-directory "$@" >>"$log" 2>&1 || {
		echo "vm: building the $what failed:" >&2
		grep -aE -A4 'error|warning|\*\*\*|undefined|No rule' "$log" | tail -n 40 >&2
		status=1
	}
}
if [ -e "$top/Kbuild" ]; then
	build module module "KDIR=/lib/modules/$kv/build" W=1 KCFLAGS=-Werror
else
	rm -f "$top/build/vm/nf_rstwhy.ko"
fi
if [ -e "$top/userspace/userspace.mk" ]; then
	build programs userspace
else
	rm -f "$top/build/vm/rstwhyd" "$top/build/vm/rstwhy"
fi
exit $status
