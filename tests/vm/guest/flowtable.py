# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""A software flowtable on the gateway, and connections in it."""

import netns
from connection import wait_until
from lab import Skip

INGRESS = "/proc/net/nf_rstwhy_ingress"

FLOWTABLE = """
table inet fast {
	flowtable f {
		hook ingress priority 0
		devices = { lan, wan }
	}
	chain forward {
		type filter hook forward priority 0
		ct state established flow add @f
	}
}
"""


def looked_at():
    with open(INGRESS, encoding="ascii") as lines:
        return sorted(lines.read().split())


def offload(lab):
    """Flows are offloaded from now on, and the daemon has told the module of the devices."""
    netns.run("nft -f - <<'END'" + FLOWTABLE + "END")
    if lab.verdicts:
        wait_until("the module to look at the flowtable's devices", lambda: looked_at() == ["lan", "wan"])


def is_offloaded(conn):
    with open("/proc/net/nf_conntrack", encoding="ascii") as entries:
        return any(f"sport={conn.near[1]} " in entry and "[OFFLOAD]" in entry for entry in entries)


def offloaded(lab):
    """A connection in the flowtable, with traffic of both sides that no IP hook saw."""
    conn = lab.connect()
    conn.exchange()
    wait_until("the flow to be offloaded", lambda: is_offloaded(conn))
    for _ in range(3):
        conn.exchange()
    return conn


def quick_flowtable():
    try:
        netns.sysctl("net.netfilter.nf_flowtable_tcp_timeout", 2)
    except FileNotFoundError as old:
        raise Skip("this kernel's flowtable timeout is fixed at 30 s") from old
