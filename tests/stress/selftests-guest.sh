#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
# Inside the guest: each test of the list, its result (pass, skip, fail N, timeout) to /mnt/out/results. With a module in the stage it is
# loaded first.
cp -r /mnt/rstwhy/tests /tmp/tests
cd /tmp/tests/netfilter || exit 1
chmod +x ./*.sh
# The tests' own word for a machine like this: fewer pings, clients, zones. What they wait for may take longer here, by the same in both columns.
export KSFT_MACHINE_SLOW=yes WAIT_TIMEOUT=90
sed -i 's/seq 10)/seq 200)/' ../net_helper.sh
# Shims before ip and unshare switch the module on in every namespace that is made (where it is loaded), and one before timeout gives three
# times as long; in both columns, so that both are as slow.
mkdir /tmp/shim
cat >/tmp/shim/ip <<'SHIM'
#!/bin/sh
/usr/sbin/ip "$@" || exit
[ "$1 $2" != "netns add" ] || /usr/sbin/ip netns exec "$3" sysctl -qwe net.netfilter.nf_rstwhy_enable=1
SHIM
cat >/tmp/shim/unshare <<'SHIM'
#!/bin/sh
[ "$1" = -n ] && [ -n "$2" ] || exec /usr/bin/unshare "$@"
shift
exec /usr/bin/unshare -n sh -c 'sysctl -qwe net.netfilter.nf_rstwhy_enable=1; exec "$@"' sh "$@"
SHIM
cat >/tmp/shim/timeout <<'SHIM'
#!/bin/sh
case $1 in
*[!0-9]*) exec /usr/bin/timeout "$@" ;;
esac
seconds=$(($1 * 3))
shift
exec /usr/bin/timeout "$seconds" "$@"
SHIM
chmod +x /tmp/shim/*
# ebtables of Debian 12 that speaks nftables has no table "broute"; the one of old has.
[ ! -e /usr/sbin/ebtables-legacy ] || ln -s /usr/sbin/ebtables-legacy /tmp/shim/ebtables
if [ -e /mnt/rstwhy/nf_rstwhy.ko ]; then
	modprobe -a nf_conntrack nfnetlink_log
	insmod /mnt/rstwhy/nf_rstwhy.ko || exit 1
	# Any module of no kernel's own taints it. Some tests skip themselves then; they look for what comes on top.
	read -r taint </proc/sys/kernel/tainted
	sed -i -E "s/(\"\\\$(t|tainted_then)\" -ne) 0/\1 $taint/; s/(\"\\\$(t|tainted_now)\" -eq) 0/\1 $taint/" ./*.sh
fi
while read -r name limit; do
	[ -n "$name" ] || continue
	began=$SECONDS
	PATH=/tmp/shim:$PATH timeout --kill-after=10 "$limit" "./$name" >"/mnt/out/$name.txt" 2>&1 </dev/null
	case $? in
	0) result=pass ;;
	4) result=skip ;;
	124 | 137) result=timeout ;;
	*) result=fail ;;
	esac
	echo "$name $result" >>/mnt/out/results
	echo "$name $((SECONDS - began))" >>/mnt/out/seconds
	# what a test left behind is not the next one's business
	for left in $(ip netns list 2>/dev/null | cut -d' ' -f1); do ip netns del "$left"; done
	nft flush ruleset 2>/dev/null
done </mnt/rstwhy/list
[ ! -e /mnt/rstwhy/nf_rstwhy.ko ] || { cat /proc/net/nf_rstwhy >/mnt/out/counters.txt; rmmod nf_rstwhy; }
