# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
# A fresh root with our packages in it, for run. Sourced; run has a mount namespace of its own, so what is mounted here goes with it.

# writable_root FRESH DIRECTORY: FRESH with a throw-away overlay at DIRECTORY/root; forget_root takes it away.
writable_root() {
	local fresh=$1 directory=$2
	mkdir -p "$directory"
	mount -t tmpfs -o mode=755 tmpfs "$directory"
	mkdir "$directory/upper" "$directory/work" "$directory/root"
	mount -t overlay -o "lowerdir=$fresh,upperdir=$directory/upper,workdir=$directory/work" overlay "$directory/root"
}

forget_root() { umount -R "$1/root" "$1"; }

# in_root ROOT COMMAND...: in a chroot with /proc, where nothing can be started or loaded, and for DKMS no kernel runs.
in_root() {
	local at=$1 status=0
	shift
	mount -t proc proc "$at/proc"
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive chroot "$at" "$@" || status=1
	umount "$at/proc"
	return $status
}

# without_systemd ROOT: Debian's other init in its place, which apt calls essential. Its invoke-rc.d starts services in a chroot, too, unless told not to.
without_systemd() {
	local at=$1 status=0
	printf '#!/bin/sh\nexit 101\n' >"$at/usr/sbin/policy-rc.d"
	chmod +x "$at/usr/sbin/policy-rc.d"
	in_root "$at" apt-get install -y -q --no-install-recommends -o APT::Sandbox::User=root -o Dpkg::Use-Pty=0 \
		sysvinit-core systemd-standalone-sysusers --allow-remove-essential systemd- systemd-sysv- || status=1
	return $status
}

# install_in_root ROOT PACKAGES: by apt, without a network; DKMS builds for the kernels that are installed. Natively: quick.
install_in_root() {
	local at=$1 packages=$2 status=0
	mkdir "$at/debs"
	cp "$packages"/*.deb "$at/debs/"
	rm -f "$at"/debs/*-dbgsym_*
	echo 'net.netfilter.nf_rstwhy_copy = 99' >"$at/etc/sysctl.d/70-test.conf"
	in_root "$at" sh -exc 'apt-get install -y -q --no-install-recommends -o APT::Sandbox::User=root -o Dpkg::Use-Pty=0 /debs/*.deb
		test -z "$(dpkg --audit)"
		dkms status' || status=1
	rm -rf "$at/debs"
	return $status
}
