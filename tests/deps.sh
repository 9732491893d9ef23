#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
#   deps.sh GROUP...      groups: module userspace unit vm deb
#
# Sees to it that what a make target needs is on this machine. As root with apt it installs what is missing and says so;
# otherwise it names the packages and fails. Kernels are never installed and no service is started: build tools, libraries,
# and QEMU only. Quick when everything is there.
set -euo pipefail

# package, and how to tell that it is there: cmd:PROGRAM, pc:PKG-CONFIG-MODULE, file:PATH
module_needs="make=cmd:make gcc=cmd:gcc kmod=cmd:modinfo"
userspace_needs="make=cmd:make gcc=cmd:gcc libc6-dev=file:/usr/include/stdio.h pkg-config=cmd:pkg-config libmnl-dev=pc:libmnl
	libnfnetlink-dev=pc:libnfnetlink libnetfilter-log-dev=pc:libnetfilter_log libinih-dev=pc:inih libjson-c-dev=pc:json-c
	libcap-ng-dev=pc:libcap-ng libpcap-dev=pc:libpcap"
unit_needs="libcmocka-dev=pc:cmocka python3=cmd:python3"
vm_needs="qemu-system-x86=cmd:qemu-system-x86_64 mmdebstrap=cmd:mmdebstrap busybox-static=static:busybox cpio=cmd:cpio xz-utils=cmd:xz zstd=cmd:zstd
	make=cmd:make debian-archive-keyring=file:/usr/share/keyrings/debian-archive-keyring.gpg"
deb_needs="debhelper=cmd:dh dpkg-dev=cmd:dpkg-buildpackage lintian=cmd:lintian"

present() {
	case $1 in
	cmd:*) command -v "${1#cmd:}" >/dev/null ;;
	pc:*) command -v pkg-config >/dev/null && pkg-config --exists "${1#pc:}" ;;
	file:*) [ -e "${1#file:}" ] ;;
	static:*) command -v "${1#static:}" >/dev/null && ! ldd "$(command -v "${1#static:}")" >/dev/null 2>&1 ;;
	esac
}

missing=
for group in "$@"; do
	needs=${group}_needs
	[ -n "${!needs:-}" ] || { echo "deps.sh: no such group: $group" >&2; exit 2; }
	for need in ${!needs}; do
		present "${need#*=}" || case " $missing " in *" ${need%%=*} "*) ;; *) missing="$missing ${need%%=*}" ;; esac
	done
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
	echo "rstwhy: these packages are missing here (Debian's names):$missing" >&2
	echo "rstwhy: install them, or run this as root on Debian, where apt does it" >&2
	exit 1
fi

# A package that brings a service must not start it on this host. An existing policy is respected.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
	trap 'rm -f "$policy"' EXIT
	printf '#!/bin/sh\nexit 101\n' >"$policy"
	chmod 755 "$policy"
fi
echo "rstwhy: installing by apt:$missing"
export DEBIAN_FRONTEND=noninteractive
install() { apt-get install -y -q --no-install-recommends $missing >>"$log" 2>&1; }
log=$(mktemp)
if ! install && ! { apt-get update -q >>"$log" 2>&1; install; }; then
	tail -n 15 "$log" >&2
	echo "rstwhy: apt could not install:$missing" >&2
	exit 1
fi
rm -f "$log"
