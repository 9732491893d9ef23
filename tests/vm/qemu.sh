# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
# Booting the guest, for run. Sourced; wants $root (guest root), $stage, $out (directories), $kv, $work and $here. $kernel_root is where
# kernel and modules are, if not in the guest root.

kernel_complaints='BUG:|WARNING:|Oops|KASAN|UBSAN|Call Trace|leaked|refcount|unregister_netdevice|general protection|lockdep|kmemleak: [0-9]+ new|kmemleak.*disabled'

# qemu_boot ACCELERATOR LIMIT_SECONDS CONSOLE_FILE [QEMU OPTION...]
# The kernel and our initramfs directly, three shares (four with a kernel of another root), no disk, no network. A panic, a WARN included, ends it.
qemu_boot() {
	local accel=$1 limit=$2 console=$3
	shift 3
	local cpu=max
	local extra=
	local kernel=${kernel_root:-$root} modules=()
	[ "$accel" = kvm ] && cpu=host
	# Emulated, each CPU reads the host's counter by itself: time would jump back and forth by tens of milliseconds.
	[ "$accel" = tcg ] && accel=tcg,thread=multi extra="tsc=unstable clocksource=hpet"
	[ "$kernel" = "$root" ] || {
		modules=(-fsdev "local,id=modules,path=$(realpath "$kernel/lib/modules"),security_model=none,readonly=on,multidevs=remap"
			-device virtio-9p-pci,fsdev=modules,mount_tag=modules)
		extra="$extra RSTWHY_MODULES=share"
	}
	timeout --foreground --kill-after=5 "$limit" qemu-system-x86_64 -accel "$accel" -cpu "$cpu${VM_CPU:-}" -smp "${VM_CPUS:-2}" -m "${VM_MEMORY:-1024}" \
		-machine memory-backend=memory -object "memory-backend-ram,id=memory,size=${VM_MEMORY:-1024}M,reserve=off" \
		-nodefaults -no-user-config -no-reboot -display none -kernel "$kernel/boot/vmlinuz-$kv" -initrd "$work/initramfs-$kv.gz" \
		-append "console=ttyS0 quiet loglevel=6 nokaslr mitigations=off panic_on_warn=1 oops=panic panic=-1 random.trust_cpu=on rcupdate.rcu_cpu_stall_timeout=120 $extra ${VM_APPEND:-}" \
		-fsdev "local,id=root,path=$root,security_model=none,readonly=on,multidevs=remap" -device virtio-9p-pci,fsdev=root,mount_tag=root \
		-fsdev "local,id=stage,path=$stage,security_model=none,readonly=on,multidevs=remap" -device virtio-9p-pci,fsdev=stage,mount_tag=stage \
		-fsdev "local,id=out,path=$out,security_model=none,multidevs=remap" -device virtio-9p-pci,fsdev=out,mount_tag=out "${modules[@]}" \
		-chardev "file,id=console,path=$console" -serial chardev:console "$@"
}

# KVM is used only where a guest really boots under it within 20 s; the answer is kept until the host boots again.
qemu_accelerator() {
	local kept=$work/accelerator boot
	boot=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null || echo none)
	if [ -n "${VM_ACCEL:-}" ]; then
		echo "$VM_ACCEL"
		return
	fi
	if [ -e "$kept" ] && [ "$(cut -d' ' -f1 "$kept")" = "$boot" ]; then
		cut -d' ' -f2 "$kept"
		return
	fi
	local accel=tcg
	if [ -w /dev/kvm ]; then
		local real_stage=$stage real_out=$out stage out
		stage=$(mktemp -d) out=$(mktemp -d)
		cp -r "$real_stage/." "$stage"
		echo probe >"$stage/mode"
		qemu_boot kvm 20 "$work/probe.console" </dev/null >/dev/null 2>&1 || true
		[ -e "$out/alive" ] && accel=kvm
		rm -rf "$stage" "$out"
		stage=$real_stage out=$real_out
	fi
	echo "$boot $accel" >"$kept"
	echo "$accel"
}
