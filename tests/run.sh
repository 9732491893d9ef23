#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
# make run: the main job. Where the running kernel can load modules: build, load, start the daemon in the foreground and show the
# log of this machine's real resets. Where it cannot: the same inside a virtual machine, a gateway with live traffic.
#   RSTWHY_RUN=vm or host decides by hand; RSTWHY_DEMO_SECONDS how long the virtual machine's traffic goes on (60).
set -euo pipefail
cd "$(dirname "$0")/.."
make=${MAKE:-make}
kdir=${KDIR:-/lib/modules/$(uname -r)/build}

# Why this kernel cannot be used; nothing if it can, as far as can be seen without trying.
obstacle() {
	[ "$(id -u)" = 0 ] || { echo "this is not root"; return; }
	[ -e /proc/modules ] || { echo "the running kernel ($(uname -r)) cannot load modules"; return; }
	[ "$(cat /proc/sys/kernel/modules_disabled 2>/dev/null || echo 0)" = 0 ] || { echo "loading modules is switched off here"; return; }
	# CAP_SYS_MODULE is bit 16
	[ $((0x$(sed -n 's/^CapEff:\s*//p' /proc/self/status) >> 16 & 1)) = 1 ] || { echo "CAP_SYS_MODULE is missing (a container?)"; return; }
	if [ ! -e "$kdir/Makefile" ] && command -v apt-get >/dev/null; then
		apt-cache show "linux-headers-$(uname -r)" >/dev/null 2>&1 &&
			echo "rstwhy: installing by apt: linux-headers-$(uname -r)" >&2 &&
			DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "linux-headers-$(uname -r)" >/dev/null 2>&1
	fi
	[ -e "$kdir/Makefile" ] || echo "there are no headers of the running kernel ($(uname -r))"
}

run_here() {
	local dependency loaded=
	tests/deps.sh module userspace
	mkdir -p build
	$make --no-print-directory module userspace KDIR="$kdir" >build/run.log 2>&1 || { tail -n 30 build/run.log >&2; return 1; }
	if ! grep -q '^nf_rstwhy ' /proc/modules; then
		for dependency in $(modinfo -F depends build/nf_rstwhy.ko | tr , ' '); do
			modprobe "$dependency" || return 1
		done
		insmod build/nf_rstwhy.ko || return 1
		loaded=yes
	fi
	echo "Every TCP reset that crosses this machine from now on, and why. Ctrl-C ends it$([ -z "$loaded" ] || echo " and unloads the module")."
	trap : INT
	build/rstwhyd -s log.text=- -s log.json= -s state.file= -s user=root || true
	trap - INT
	[ -z "$loaded" ] || rmmod nf_rstwhy
}

run_in_vm() {
	echo "rstwhy: $1: showing it in a virtual machine instead"
	tests/deps.sh vm
	exec tests/vm/run --demo
}

case ${RSTWHY_RUN:-auto} in
vm) run_in_vm "as asked" ;;
host) run_here ;;
*)
	why=$(obstacle)
	[ -z "$why" ] || run_in_vm "$why"
	run_here || run_in_vm "the module did not build or load here"
	;;
esac
