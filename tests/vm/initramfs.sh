#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
#   initramfs.sh KERNEL_VERSION OUTPUT KERNEL_ROOT
#
# The smallest thing that mounts the guest root: busybox, /init and the modules of that kernel for 9p and overlay. KERNEL_ROOT: where
# the kernel's modules are (the guest root, or one of kernel-root.sh); newer kernels have them compressed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
kv=$1
output=$(realpath -m "$2")
modules=$3/lib/modules/$kv

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/bin" "$work/modules"
cp "$(command -v busybox)" "$work/bin/busybox"
install -m 755 "$here/init" "$work/init"
mknod "$work/console" c 5 1 2>/dev/null && { mkdir -p "$work/dev"; mv "$work/console" "$work/dev/console"; }

# Dependencies first, as modules.dep tells; what is built in has no line there.
declare -A done_
add() {
	local line path dependency
	line=$(grep -E "/$1\.ko(\.xz|\.zst)?:" "$modules/modules.dep") || return 0
	path=${line%%:*}
	[ -z "${done_[$path]:-}" ] || return 0
	done_[$path]=1
	for dependency in ${line#*:}; do
		dependency=${dependency##*/}
		add "${dependency%.ko*}"
	done
	case $path in
	*.xz) xz -dc "$modules/$path" >"$work/modules/$1.ko" ;;
	*.zst) zstd -dcq "$modules/$path" >"$work/modules/$1.ko" ;;
	*) cp "$modules/$path" "$work/modules/$1.ko" ;;
	esac
	echo "$1.ko" >>"$work/modules/order"
}
touch "$work/modules/order" # empty where all is built in
for name in virtio_pci 9pnet_virtio 9p overlay; do
	add "$name"
done
(cd "$work" && find . | cpio --quiet -o -H newc | gzip -1) >"$output.new"
mv "$output.new" "$output"
