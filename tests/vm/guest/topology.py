# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""
Client, gateway and server; optionally a second router ("box") between gateway and server:

    client --lan-- gateway --wan-- server          10.1.0.2 - 10.1.0.1 | 10.2.0.1 - 10.2.0.2
    client --lan-- gateway --wan-- box -- server   10.1.0.2 - 10.1.0.1 | 10.3.0.1 - 10.3.0.2 | 10.2.0.1 - 10.2.0.2

and the same in IPv6 (fd00:1::/64 ...). The gateway is the machine's initial namespace: the real module and daemon run there.
"""

import os
import signal

import netns
from rtnetlink import Router

ADDRESS = {
    4: {"client": "10.1.0.2", "lan": "10.1.0.1", "wan": "10.2.0.1", "server": "10.2.0.2", "wan-box": "10.3.0.1", "box": "10.3.0.2"},
    6: {"client": "fd00:1::2", "lan": "fd00:1::1", "wan": "fd00:2::1", "server": "fd00:2::2", "wan-box": "fd00:3::1", "box": "fd00:3::2"},
}

def _address(router, device, role):
    router.address(device, ADDRESS[4][role], 24)
    router.address(device, ADDRESS[6][role], 64)
    router.up(device)


def leaf(name, role):
    """An end's side of its wire, eth0: up, with its addresses, and the router there (a role of ADDRESS) as the way to everywhere."""
    end = Router(name)
    end.up("lo")
    _address(end, "eth0", name)
    for family in (4, 6):
        end.route(ADDRESS[family][role])


def sysctls(namespace):
    """A router; without duplicate address detection, whose second of waiting would be lost on every scenario."""
    netns.sysctl("net.ipv4.ip_forward", 1, namespace)
    netns.sysctl("net.ipv6.conf.all.forwarding", 1, namespace)
    for which in ("all", "default"):
        netns.sysctl(f"net.ipv6.conf.{which}.accept_dad", 0, namespace)


def build(box):
    """Make the namespaces and wires; tear_down() undoes it."""
    gateway = Router()
    sysctls(netns.GATEWAY)
    for name in ("client", "server") + (("box",) if box else ()):
        netns.add(name)
        sysctls(name)
    gateway.wire("lan", "eth0", "client")
    gateway.wire("wan", *(("outer", "box") if box else ("eth0", "server")))
    _address(gateway, "lan", "lan")
    _address(gateway, "wan", "wan-box" if box else "wan")
    leaf("client", "lan")
    if box:
        _build_box(gateway)
    leaf("server", "wan")


def _build_box(gateway):
    box = Router("box")
    box.up("lo")
    box.wire("inner", "eth0", "server")
    _address(box, "outer", "box")
    _address(box, "inner", "wan")
    for family, network in ((4, "10.2.0.0/24"), (6, "fd00:2::/64")):
        box.route(ADDRESS[family]["wan-box"])
        gateway.route(ADDRESS[family]["box"], network)


def kill_inside(names):
    """Ends every process that lives in one of these namespaces."""
    inodes = {os.stat("/run/netns/" + name).st_ino for name in names}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.stat(f"/proc/{pid}/ns/net").st_ino in inodes:
                os.kill(int(pid), signal.SIGKILL)
        except OSError:
            pass


def tear_down():
    """Remove all of it and what scenarios left in the gateway: rules, conntrack entries, sysctls."""
    names = [name for name in ("client", "server", "box") if netns.exists(name)]
    kill_inside(names)
    netns.nft("flush ruleset")
    gateway = Router()
    for device in ("lan", "wan"):
        gateway.remove(device)
    for name in names:
        netns.remove(name)
    netns.flush_conntrack()
    for key, value in CONNTRACK_DEFAULTS.items():
        netns.sysctl("net.netfilter.nf_conntrack_" + key, value)


CONNTRACK_DEFAULTS = {"tcp_timeout_established": 432000, "tcp_loose": 1, "tcp_be_liberal": 0}
