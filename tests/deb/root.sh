#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
# Builds the fresh root of a Debian suite that our packages are installed in: systemd, the stock kernel with its headers, and in apt's cache
# whatever else the packages depend on, for the guest has no network. Nothing of ours is in it.
#
#   root.sh SUITE          build it unless it is there and made from the same list; exit 3, with the reason on standard output, when
#                          this machine cannot get the suite
#   root.sh --path SUITE   only say where it is
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
action=build
case ${1:-} in
--path) action=path; shift ;;
esac
suite=${1:-}
[[ $suite =~ ^[a-z]+$ ]] || { sed -n '5,10s/^# \{0,1\}//p' "$0" >&2; exit 2; }
root=${RSTWHY_DEB_ROOTS:-$top/build/guest}/deb-$suite
stamp=$root/.rstwhy-deb-root
[ "$action" != path ] || { echo "$root"; exit 0; }

# What a gateway has that its owner made ready for kernel modules; python3 makes the traffic.
packages="systemd systemd-sysv udev kmod linux-image-amd64 linux-headers-amd64 make gcc dpkg-dev iproute2 nftables procps logrotate python3-minimal libpython3-stdlib"
# Fetched only: apt in the guest takes them from its cache.
cached="dkms passwd libmnl0 libnetfilter-log1 libnfnetlink0 libinih1 libjson-c5 libcap-ng0 libseccomp2 libpcap0.8"
other_init="sysvinit-core systemd-standalone-sysusers" # in place of systemd, and of all that needs it
want=$(echo "$suite $packages / $cached $other_init" | sha256sum | cut -c1-32)

skip() { echo "$suite: $*"; exit 3; }

mkdir -p "$(dirname "$root")"
exec 9>"$root.lock"
flock 9 # one builder at a time
[ -e "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && exit 0
[ "$(id -u)" = 0 ] || skip "a root can be built by root only (mmdebstrap, chroot)"
# Only ever remove what an earlier run of this script made.
if [ -e "$root" ] && [ ! -e "$stamp" ]; then
	echo "root.sh: $root exists and was not made by this script; remove it or set RSTWHY_DEB_ROOTS" >&2
	exit 1
fi

. "$top/tests/vm/archive.sh"
sources=$(archive_sources "$suite" "" -security)
[ -n "$sources" ] || skip "apt on this machine has no Debian source to get it from"
archive_mmdebstrap_options
new=$root.building log=$root.log
rm -rf --one-file-system "$new"
echo "deb root: building $root; takes some minutes" >&2
if ! INITRD=No mmdebstrap "${archive_options[@]}" --include="${packages// /,}" \
	--dpkgopt='path-exclude=/usr/lib/modules/*/kernel/drivers/gpu/*' --dpkgopt='path-exclude=/usr/lib/modules/*/kernel/sound/*' \
	--skip=cleanup/apt --customize-hook="chroot \"\$1\" sh -exc 'apt-get clean
		apt-get install -y --no-install-recommends --download-only $cached
		apt-get install -y --no-install-recommends --download-only $other_init systemd- systemd-sysv-'" \
	"$suite" "$new" - <<<"$sources" >"$log" 2>&1 9>&-
then
	reason=$(grep -aE '^E: ' "$log" | head -n 1 || true)
	rm -rf --one-file-system "$new"
	skip "not to be had from this machine's archive: ${reason:-$(tail -n 1 "$log")} (all of it: $log)"
fi
ls "$new"/boot/vmlinuz-* >/dev/null 2>&1 || skip "its packages brought no kernel (see $log)"
echo "$want" >"$new/${stamp##*/}"
rm -rf --one-file-system "$root"
mv "$new" "$root"
echo "deb root: ready, $suite, kernel $(ls "$root/boot" | sed -n 's/^vmlinuz-//p')" >&2
