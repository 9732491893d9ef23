# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""What br_netfilter shows to rules for IP and not to our hooks."""

import netns
from connection import Connection, listen
from corner import change, rejected
from lab import scenario

BOTH = (4, 6)
SAME_WIRE = {4: ("10.9.0.2", "10.9.0.3", "10.9.0.1", 24), 6: ("fd00:9::2", "fd00:9::3", "fd00:9::1", 64)}


@scenario("bridged-rule-rejects-unseen", families=BOTH)
def bridged_reject(lab):
    """br_netfilter shows a bridged segment to our rule for IP; its RST leaves by the port, below IP: nothing is said of it, nor wrong."""
    netns.run("modprobe br_netfilter")
    change(lab, "ip link add br0 type bridge; ip link set br0 up; ip link set lan master br0; ip link set wan master br0", "ip link del br0")
    for key in ("iptables", "ip6tables"):
        netns.sysctl(f"net.bridge.bridge-nf-call-{key}", 1)
    near, far, own, bits = SAME_WIRE[lab.family]
    nodad = "nodad" if lab.family == 6 else ""
    netns.run(f"ip addr add {own}/{bits} dev br0 {nodad}")  # without a route to the client no RST is made at all
    netns.run(f"ip addr add {near}/{bits} dev eth0 {nodad}", "client")
    netns.run(f"ip addr add {far}/{bits} dev eth0 {nodad}", "server")
    listener = lab.keep(listen("server", far))
    conn = lab.keep(Connection(listener, "client", far, listener.getsockname()[1]))
    conn.exchange()
    rejected(lab, conn, 0)
