#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
#   dkms.sh KERNEL_VERSION
#
# Plain dkms add, build and install of a copy of the tree, in a throw-away overlay of the guest root (natively: much faster than
# under emulation). Leaves what was installed in build/vm/dkms, where the scenario dkms-module-loads takes it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
kv=$1
rm -rf "$top/build/vm/dkms"
mkdir -p "$top/build/vm/dkms"
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
