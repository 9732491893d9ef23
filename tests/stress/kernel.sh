#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
#   kernel.sh NAME [--path]   builds our kernel NAME (debug, kcsan) unless it is there and made from the same recipe; --path: only say where it is
#   kernel.sh --source        only unpack the source (the kernel's own selftests are in it) and say where it is
#
# Debian's linux-source-6.12 (fetched and unpacked, never installed) with machine.config and NAME.config over tinyconfig. 15 minutes of CPU
# once; kept in build/guest/NAME-kernel, or RSTWHY_DEBUG_KERNEL and RSTWHY_KCSAN_KERNEL: boot, lib/modules, build (for modules). The source
# of both is in the first.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
debug=${RSTWHY_DEBUG_KERNEL:-$top/build/guest/debug-kernel}
source=$debug/source
name=${1:-}
case $name in
debug) home=$debug ;;
kcsan) home=${RSTWHY_KCSAN_KERNEL:-$top/build/guest/kcsan-kernel} ;;
--source) home= ;;
*) sed -n '5,11s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
package=linux-source-6.12
jobs=${STRESS_JOBS:-$(nproc)}

[ "${2:-}" = --path ] && { echo "$home"; exit 0; }
lock() { # lock HOME: one builder at a time, of each kernel and of the source
	mkdir -p "$1"
	exec 9>"$1/lock"
	flock 9
}

unpack() {
	[ ! -e "$debug/source.done" ] || return 0
	local fetched=$debug/fetched tree
	rm -rf "$fetched" "$source"
	mkdir -p "$fetched"
	echo "kernel.sh: fetching $package" >&2
	(cd "$fetched" && { apt-get download -q "$package" || { apt-get update -q && apt-get download -q "$package"; }; }) >"$debug/fetch.log" 2>&1 || {
		tail -n 5 "$debug/fetch.log" >&2
		echo "kernel.sh: apt on this machine has no $package (it is in Debian 12's security archive)" >&2
		exit 1
	}
	dpkg-deb --fsys-tarfile "$fetched"/*.deb | tar xO "./usr/src/$package.tar.xz" | xz -dc | tar x -C "$fetched"
	tree=$(echo "$fetched"/*/)
	mv "$tree" "$source"
	rm -rf "$fetched"
	touch "$debug/source.done"
}

lock "$debug"
unpack
[ "$name" != --source ] || { echo "$source"; exit 0; }

configs=("$here/machine.config" "$here/$name.config")
lock "$home"
# A comment changes no kernel.
recipe=$({ cat "$source/Makefile"; grep -hE '^(# )?CONFIG_' "${configs[@]}" | sort; } | sha256sum | cut -c1-32)
if [ -e "$home/stamp" ] && [ "$(cat "$home/stamp")" = "$recipe" ]; then
	# A cache that was moved here names the place where it was built.
	[ "$(realpath -m "$home/build/source")" = "$(realpath "$source")" ] || make -s -C "$source" O="$home/build" outputmakefile
	exit 0
fi
echo "$name kernel: building in $home; 10 to 25 minutes, once" >&2
log=$home/build.log
compiler=gcc
command -v ccache >/dev/null && compiler="ccache gcc"
rm -f "$home/stamp"
mkdir -p "$home/build"
kmake() { make -C "$source" O="$home/build" CC="$compiler" KBUILD_BUILD_TIMESTAMP=@0 "$@" </dev/null; }
if ! {
	kmake tinyconfig &&
	(cd "$home/build" && "$source/scripts/kconfig/merge_config.sh" -m -O . .config "${configs[@]}") &&
	kmake olddefconfig &&
	nice -n 10 make -C "$source" O="$home/build" CC="$compiler" KBUILD_BUILD_TIMESTAMP=@0 -j"$jobs" bzImage modules &&
	rm -rf "$home/lib" &&
	kmake INSTALL_MOD_PATH="$home" modules_install
} >"$log" 2>&1
then
	grep -aE -B2 -A4 'error:|\*\*\*' "$log" | tail -n 30 >&2
	echo "kernel.sh: the build failed; see $log" >&2
	exit 1
fi
# What was asked for and is not there would be a check that is silently missing.
missing=$(grep -hE '^CONFIG_[A-Z0-9_]+=y' "${configs[@]}" | grep -vxFf "$home/build/.config" || true)
[ -z "$missing" ] || { echo "kernel.sh: this kernel did not take:" $missing >&2; exit 1; }
release=$(cat "$home/build/include/config/kernel.release")
rm -rf "$home/boot"
mkdir "$home/boot"
cp "$home/build/arch/x86/boot/bzImage" "$home/boot/vmlinuz-$release"
echo "$recipe" >"$home/stamp"
echo "$name kernel: ready, $release" >&2
