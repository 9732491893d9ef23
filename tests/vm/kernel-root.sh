#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
# Builds the kernel root of a Debian suite: a directory with its stock kernel, the headers, that suite's own compiler, make, DKMS and
# sparse (on Debian 12 clang, too). The module is built in there, and the guest boots that kernel; its programs stay those of the guest root.
#
#   kernel-root.sh SUITE            build it unless it is there and made from the same list; exit 3, with the reason on standard
#                                   output, when this machine cannot get the suite
#   kernel-root.sh --fresh SUITE    the same, anew: the suite's kernel of today
#   kernel-root.sh --cached SUITE   succeeds if it is there
#   kernel-root.sh --path SUITE     only say where it is
#   kernel-root.sh --version SUITE  the kernel in it
#
# RSTWHY_KERNEL_ROOTS moves them (build/guest/kernels). The archive is the one that apt has on this machine.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
roots=${RSTWHY_KERNEL_ROOTS:-$top/build/guest/kernels}
action=build
case ${1:-} in
--*) action=${1#--}; shift ;;
esac
suite=${1:-}
[[ $suite =~ ^[a-z]+$ && $action =~ ^(build|fresh|cached|path|version)$ ]] || { sed -n '5,17s/^# \{0,1\}//p' "$0" >&2; exit 2; }
root=$roots/$suite
stamp=$root/.rstwhy-kernel-root

packages="linux-image-amd64 linux-headers-amd64 make kmod dkms sparse"
[ "$suite" != bookworm ] || packages="$packages clang lld llvm"
want=$(echo "$suite $packages" | sha256sum | cut -c1-32)

is_current() { [ -e "$stamp" ] && [ "$(cat "$stamp")" = "$want" ]; }
kernel_of() { ls "$1/boot" 2>/dev/null | sed -n 's/^vmlinuz-//p' | sort -V | tail -n 1; }

case $action in
path) echo "$root"; exit 0 ;;
version) kernel_of "$root"; exit 0 ;;
cached) is_current; exit ;;
esac

skip() { echo "$suite: $*"; exit 3; }

mkdir -p "$roots"
exec 9>"$root.lock"
flock 9 # one builder at a time
[ "$action" = build ] && is_current && exit 0
[ "$(id -u)" = 0 ] || skip "a kernel root can be built by root only (mmdebstrap, chroot)"

. "$here/archive.sh"
kinds=("" -security)
[ "$suite" != sid ] || kinds=("")
sources=$(archive_sources "$suite" "${kinds[@]}")
[ -n "$sources" ] || skip "apt on this machine has no Debian source to get it from"
# Only ever remove what an earlier run of this script made. The old one stays until the new one is whole.
if [ -e "$root" ] && [ ! -e "$stamp" ]; then
	echo "kernel-root.sh: $root exists and is not a kernel root; remove it or set RSTWHY_KERNEL_ROOTS" >&2
	exit 1
fi
new=$root.building log=$root.log
rm -rf --one-file-system "$new"
archive_mmdebstrap_options
echo "kernel root: building $root; takes some minutes" >&2
# An old date in the archive's index means little here: sid's mirror may stand still, old suites do.
if ! INITRD=No mmdebstrap "${archive_options[@]}" --include="${packages// /,}" \
	--dpkgopt='path-exclude=/usr/lib/modules/*/kernel/drivers/gpu/*' --dpkgopt='path-exclude=/usr/lib/modules/*/kernel/sound/*' \
	--aptopt='Acquire::Check-Valid-Until "false"' "$suite" "$new" - <<<"$sources" >"$log" 2>&1 9>&-
then
	reason=$(grep -aE '^E: ' "$log" | head -n 1 || true)
	rm -rf --one-file-system "$new"
	skip "not to be had from this machine's archive: ${reason:-$(tail -n 1 "$log")} (all of it: $log)"
fi
[ -n "$(kernel_of "$new")" ] || skip "its packages brought no kernel (see $log)"
echo "$want" >"$new/${stamp##*/}"
rm -rf --one-file-system "$root"
mv "$new" "$root"
echo "kernel root: ready, $suite, kernel $(kernel_of "$root")" >&2
