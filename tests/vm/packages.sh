# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
# What is inside the guest root, for root.sh. Sourced.

# The kernel under test, its headers and compiler, and DKMS.
GUEST_KERNEL="linux-image-amd64 linux-headers-amd64 make gcc libc6-dev kmod dkms"
# What builds rstwhyd and rstwhy (their run-time libraries come along).
GUEST_USERSPACE="pkg-config libmnl-dev libnfnetlink-dev libnetfilter-log-dev libinih-dev libjson-c-dev libcap-ng-dev libseccomp-dev libpcap-dev"
# The gateway's tools and the scenarios' traffic.
GUEST_TOOLS="mount hostname iproute2 nftables conntrack procps tcpdump ethtool python3"
# The real servers behind the gateway.
GUEST_SERVERS="nginx-light haproxy postgresql redis-server openssh-server mariadb-server-core"

GUEST_PACKAGES="$GUEST_KERNEL $GUEST_USERSPACE $GUEST_TOOLS $GUEST_SERVERS"

# What the kernel's own netfilter tests want besides: a second root, for tests/stress/selftests.sh only.
GUEST_SELFTESTS="iputils-ping iputils-arping socat iperf3 iptables ebtables ipvsadm jq netcat-openbsd libsctp-dev bc gawk bsdextrautils"
[ -z "${RSTWHY_GUEST_SELFTESTS:-}" ] || GUEST_PACKAGES="$GUEST_PACKAGES $GUEST_SELFTESTS"
