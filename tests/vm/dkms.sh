#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
#   dkms.sh KERNEL_VERSION [SUITE]
#
# Plain dkms add, build and install of a copy of the tree, in a throw-away overlay of the guest root, or of SUITE's kernel root
# (natively: much faster than under emulation). Leaves what was installed in build/vm/dkms, or build/matrix/SUITE/dkms, where the
# scenario dkms-module-loads takes it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
kv=$1 suite=${2:-}
destination=$top/build/vm
if [ -n "$suite" ]; then
	destination=$top/build/matrix/$suite
	IN_ROOT=$("$here/kernel-root.sh" --path "$suite")
	export IN_ROOT IN_ROOT_BUILD=$destination
fi
rm -rf "$destination/dkms"
mkdir -p "$destination/dkms"
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$top/dkms.conf")
"$here/in-root.sh" sh -exc "
	mkdir -p /usr/src/rstwhy-$version
	cp -r Kbuild dkms.conf module /usr/src/rstwhy-$version/
	dkms add rstwhy/$version
	dkms build rstwhy/$version -k $kv || { cat /var/lib/dkms/rstwhy/$version/build/make.log; exit 1; }
	dkms install rstwhy/$version -k $kv
	dkms status
	modinfo -k $kv nf_rstwhy
	cp \$(modinfo -k $kv -n nf_rstwhy) build/dkms/
	dkms remove rstwhy/$version --all
	! modinfo -k $kv nf_rstwhy 2>/dev/null
"
# Compressed where the kernel's own modules are.
case $(ls "$destination/dkms") in
*.xz) xz -d "$destination"/dkms/*.xz ;;
*.zst) zstd -dq --rm "$destination"/dkms/*.zst ;;
esac
