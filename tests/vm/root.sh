#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
# Builds the guest root: a Debian 12 directory with its stock kernel, the compiler that kernel was made for, and the servers
# the scenarios talk to. Nothing of it touches the host: packages are unpacked there and configured in a chroot of theirs.
#
#   root.sh            build it unless it is there and made from the same list
#   root.sh --path     only say where it is
#
# RSTWHY_GUEST_ROOT moves it (a cache of CI, say). The sources are those that apt has on this machine.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
root=${RSTWHY_GUEST_ROOT:-$top/build/guest/bookworm}
suite=bookworm

[ "${1:-}" = --path ] && { echo "$root"; exit 0; }
. "$here/packages.sh"

mkdir -p "$(dirname "$root")"
exec 9>"$root.lock"
flock 9 # one builder at a time
stamp=$root/.rstwhy-root
want=$(echo "$suite $GUEST_PACKAGES" | sha256sum | cut -c1-32)
[ -e "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && exit 0
case $root in
"$top"/build/*) ;;
*)	# not this tree's own: other trees may be running on it
	[ ! -e "$stamp" ] || {
		echo "root.sh: RSTWHY_GUEST_ROOT=$root was made from another list of packages; remove it when nobody uses it, or unset RSTWHY_GUEST_ROOT" >&2
		exit 1
	} ;;
esac
[ "$(id -u)" = 0 ] || { echo "root.sh: building the guest root needs root (mmdebstrap, chroot)" >&2; exit 1; }

. "$here/archive.sh"
list=$(archive_sources "$suite" "" -security -updates)
[ -n "$list" ] || { echo "root.sh: apt on this machine has no Debian source to build the guest root from" >&2; exit 1; }

echo "guest root: building $root (Debian 12, stock kernel, real servers); takes a few minutes"
# Only ever remove what an earlier run of this script made.
if [ -e "$root" ] && [ -n "$(ls -A "$root")" ] && [ ! -e "$root/.rstwhy-root" ] && [ ! -e "$root.building" ]; then
	echo "root.sh: $root exists and is not a guest root; remove it or set RSTWHY_GUEST_ROOT" >&2
	exit 1
fi
touch "$root.building"
rm -rf --one-file-system "$root"
log=$root.log
archive_mmdebstrap_options
# INITRD=No: we boot with an initramfs of our own, no need for Debian's (a minute saved).
if ! INITRD=No mmdebstrap "${archive_options[@]}" --include="${GUEST_PACKAGES// /,}" \
	"$suite" "$root" - <<<"$list" >"$log" 2>&1 9>&-
then
	echo "root.sh: mmdebstrap failed; the end of $log:" >&2
	tail -n 20 "$log" >&2
	exit 1
fi
mkdir -p "$root/mnt/rstwhy" "$root/mnt/out"
echo "$want" >"$stamp"
rm -f "$root.building"
echo "guest root: ready, kernel $(ls "$root/lib/modules" | grep -v common | sort -V | tail -n 1)"
