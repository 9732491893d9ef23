#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
#   deps.sh GROUP...      groups: lint module userspace unit fuzz man html vm sinks fleet bench kernel deb
#
# Sees to it that what a make target needs is on this machine. As root with apt it installs what is missing and says so;
# otherwise it names the packages and fails. Kernels are never installed and no service is started: build tools, libraries,
# and QEMU only. Quick when everything is there.
set -euo pipefail

# package, and how to tell that it is there: cmd:PROGRAM, pc:PKG-CONFIG-MODULE, file:PATH
lint_needs="systemd=cmd:systemd-analyze"
module_needs="make=cmd:make gcc=cmd:gcc kmod=cmd:modinfo"
userspace_needs="make=cmd:make gcc=cmd:gcc libc6-dev=file:/usr/include/stdio.h pkg-config=cmd:pkg-config libmnl-dev=pc:libmnl
	libnfnetlink-dev=pc:libnfnetlink libnetfilter-log-dev=pc:libnetfilter_log libinih-dev=pc:inih libjson-c-dev=pc:json-c
	libcap-ng-dev=pc:libcap-ng libseccomp-dev=pc:libseccomp libpcap-dev=pc:libpcap"
unit_needs="libcmocka-dev=pc:cmocka python3=cmd:python3 xz-utils=cmd:xz zstd=cmd:zstd bzip2=cmd:bzip2 lz4=cmd:lz4"
fuzz_needs="clang-14=cmd:clang-14 libclang-rt-14-dev=glob:/usr/lib/llvm-14/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a"
man_needs="mandoc=cmd:mandoc man-db=cmd:man groff-base=cmd:groff python3=cmd:python3 zsh=cmd:zsh"
html_needs="chromium=cmd:chromium chromium-driver=cmd:chromedriver python3=cmd:python3"
vm_needs="qemu-system-x86=cmd:qemu-system-x86_64 mmdebstrap=cmd:mmdebstrap busybox-static=static:busybox cpio=cmd:cpio xz-utils=cmd:xz zstd=cmd:zstd
	make=cmd:make debian-archive-keyring=file:/usr/share/keyrings/debian-archive-keyring.gpg"
deb_needs="build-essential=file:/usr/share/build-essential/essential-packages-list debhelper=cmd:dh dpkg-dev=cmd:dpkg-buildpackage lintian=cmd:lintian"
kernel_needs="gcc=cmd:gcc make=cmd:make flex=cmd:flex bison=cmd:bison bc=cmd:bc libelf-dev=file:/usr/include/libelf.h xz-utils=cmd:xz"
# the readers of what the daemon writes, for tests/sinks, tests/fleet and tests/bench/daemon
sinks_needs="python3=cmd:python3 nftables=cmd:nft iproute2=cmd:ip rsyslog=cmd:rsyslogd ulogd2=cmd:ulogd ulogd2-json=file:/usr/share/doc/ulogd2-json
	tcpdump=cmd:tcpdump prometheus=cmd:prometheus prometheus-node-exporter=cmd:prometheus-node-exporter"
fleet_needs="python3=cmd:python3 rsyslog=cmd:rsyslogd clickhouse-server=cmd:clickhouse-server clickhouse-client=cmd:clickhouse-client"
bench_needs="python3=cmd:python3 nftables=cmd:nft iproute2=cmd:ip ulogd2=cmd:ulogd ulogd2-json=file:/usr/share/doc/ulogd2-json valgrind=cmd:valgrind tshark=cmd:tshark"

present() {
	case $1 in
	cmd:*) command -v "${1#cmd:}" >/dev/null ;;
	pc:*) command -v pkg-config >/dev/null && pkg-config --exists "${1#pc:}" ;;
	file:*) [ -e "${1#file:}" ] ;;
	glob:*) compgen -G "${1#glob:}" >/dev/null ;;
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
install() { apt-get -o DPkg::Lock::Timeout=600 install -y -q --no-install-recommends $missing >>"$log" 2>&1; }
log=$(mktemp)
if ! install && ! { apt-get update -q >>"$log" 2>&1; install; }; then
	tail -n 15 "$log" >&2
	echo "rstwhy: apt could not install:$missing" >&2
	exit 1
fi
rm -f "$log"
