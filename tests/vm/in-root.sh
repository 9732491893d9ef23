#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
#   in-root.sh COMMAND [ARGUMENT...]
#
# Runs a command inside the guest root, natively, on a throw-away overlay: whatever it writes to the root is gone afterwards.
# The source tree is there read-only at /mnt/rstwhy, and what is built lands in the host's build/vm (there: build/), so a
# build that writes anywhere else fails here. IN_ROOT_BUILD names another directory for it, IN_ROOT another root (kernel-root.sh).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)

if [ "${IN_ROOT_STAGE:-}" != mounted ]; then
	export IN_ROOT_STAGE=mounted
	exec unshare --mount --pid --fork --kill-child --propagation private "$0" "$@"
fi
unset IN_ROOT_STAGE

root=${IN_ROOT:-$("$here/root.sh" --path)}
build=${IN_ROOT_BUILD:-$top/build/vm}
mkdir -p "$build" "$top/build"
scratch=$top/build/in-root # only a mount point; the mounts live in this private namespace
mkdir -p "$scratch"
mount -t tmpfs -o mode=755 tmpfs "$scratch"
mkdir "$scratch/upper" "$scratch/work" "$scratch/root"
mount -t overlay -o "lowerdir=$root,upperdir=$scratch/upper,workdir=$scratch/work" overlay "$scratch/root"
mount -t proc proc "$scratch/root/proc"
mount -t tmpfs tmpfs "$scratch/root/tmp"
mkdir -p "$scratch/root/mnt/rstwhy"
mount --bind "$top" "$scratch/root/mnt/rstwhy"
mount --bind "$build" "$scratch/root/mnt/rstwhy/build"
mount -o remount,bind,ro "$scratch/root/mnt/rstwhy"
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 TERM="${TERM:-dumb}" \
	chroot "$scratch/root" /bin/sh -c 'cd /mnt/rstwhy && exec "$@"' sh "$@"
