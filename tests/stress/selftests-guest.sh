#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
# Inside the guest: each test of the list, its result (pass, skip, fail N, timeout) to /mnt/out/results. With a module in the stage it is
# loaded first, and a shim before ip switches it on in every namespace that is made.
cp -r /mnt/rstwhy/tests /tmp/tests
cd /tmp/tests/netfilter || exit 1
chmod +x ./*.sh
if [ -e /mnt/rstwhy/nf_rstwhy.ko ]; then
	modprobe -a nf_conntrack nfnetlink_log
	insmod /mnt/rstwhy/nf_rstwhy.ko || exit 1
	mkdir /tmp/shim
	cat >/tmp/shim/ip <<'SHIM'
#!/bin/sh
/usr/sbin/ip "$@" || exit
[ "$1 $2" != "netns add" ] || /usr/sbin/ip netns exec "$3" sysctl -qw net.netfilter.nf_rstwhy_enable=1
SHIM
	chmod +x /tmp/shim/ip
	export PATH=/tmp/shim:$PATH
	# Any module of no kernel's own taints it. Some tests skip themselves then; they look for what comes on top.
	read -r taint </proc/sys/kernel/tainted
	sed -i -E "s/(\"\\\$(t|tainted_then)\" -ne) 0/\1 $taint/; s/(\"\\\$(t|tainted_now)\" -eq) 0/\1 $taint/" ./*.sh
fi
while read -r name limit; do
	[ -n "$name" ] || continue
	timeout --kill-after=10 "$limit" "./$name" >"/mnt/out/$name.txt" 2>&1 </dev/null
	case $? in
	0) echo "$name pass" ;;
	4) echo "$name skip" ;;
	124 | 137) echo "$name timeout" ;;
	*) echo "$name fail" ;;
	esac >>/mnt/out/results
	# what a test left behind is not the next one's business
	for left in $(ip netns list 2>/dev/null | cut -d' ' -f1); do ip netns del "$left"; done
	nft flush ruleset 2>/dev/null
done </mnt/rstwhy/list
[ ! -e /mnt/rstwhy/nf_rstwhy.ko ] || { cat /proc/net/nf_rstwhy >/mnt/out/counters.txt; rmmod nf_rstwhy; }
