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

ADDRESS = {
    4: {"client": "10.1.0.2", "lan": "10.1.0.1", "wan": "10.2.0.1", "server": "10.2.0.2", "wan-box": "10.3.0.1", "box": "10.3.0.2"},
    6: {"client": "fd00:1::2", "lan": "fd00:1::1", "wan": "fd00:2::1", "server": "fd00:2::2", "wan-box": "fd00:3::1", "box": "fd00:3::2"},
}

def _batch(commands, namespace=netns.GATEWAY, force=False):
    """One process for many ip commands: under emulation each process costs a tenth of a second."""
    prefix = "ip" if namespace == netns.GATEWAY else f"ip -n {namespace}"
    netns.run(f"{prefix} {'-force ' if force else ''}-batch - <<'END'\n" + "\n".join(commands) + "\nEND", check=not force)


def _address(device, role):
    return [f"addr add {ADDRESS[4][role]}/24 dev {device}", f"addr add {ADDRESS[6][role]}/64 dev {device} nodad", f"link set {device} up"]


def _leaf(role, router):
    default = [f"route add default via {ADDRESS[4][router]}", f"route add default via {ADDRESS[6][router]}"]
    return ["link set lo up"] + _address("eth0", role) + default


def _sysctls(namespace):
    """A router; without duplicate address detection, whose second of waiting would be lost on every scenario."""
    netns.sysctl("net.ipv4.ip_forward", 1, namespace)
    netns.sysctl("net.ipv6.conf.all.forwarding", 1, namespace)
    for which in ("all", "default"):
        netns.sysctl(f"net.ipv6.conf.{which}.accept_dad", 0, namespace)


def build(box):
    """Make the namespaces and wires; tear_down() undoes it."""
    names = ("client", "server") + (("box",) if box else ())
    wires = ["link add lan type veth peer name eth0 netns client"]
    wires += ["link add wan type veth peer name outer netns box"] if box else ["link add wan type veth peer name eth0 netns server"]
    gateway = _address("lan", "lan") + _address("wan", "wan-box" if box else "wan")
    if box:
        routes = [f"route add 10.2.0.0/24 via {ADDRESS[4]['box']}", f"route add fd00:2::/64 via {ADDRESS[6]['box']}"]
    else:
        routes = []
    _sysctls(netns.GATEWAY)
    _batch([f"netns add {name}" for name in names])
    for name in names:
        _sysctls(name)
    _batch(wires + gateway)
    _batch(_leaf("client", "lan"), "client")
    if box:
        back = [f"route add default via {ADDRESS[4]['wan-box']}", f"route add default via {ADDRESS[6]['wan-box']}"]
        inner = ["link add inner type veth peer name eth0 netns server"]
        _batch(["link set lo up"] + inner + _address("outer", "box") + _address("inner", "wan") + back, "box")
        _batch(routes)
    _batch(_leaf("server", "wan"), "server")


def _kill_inside(names):
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
    _kill_inside(names)
    netns.run("nft flush ruleset")
    _batch(["link del lan", "link del wan"] + [f"netns del {name}" for name in names], force=True)
    netns.run("conntrack -F", check=False)
    for key, value in CONNTRACK_DEFAULTS.items():
        netns.sysctl("net.netfilter.nf_conntrack_" + key, value)


CONNTRACK_DEFAULTS = {"tcp_timeout_established": 432000, "tcp_loose": 1, "tcp_be_liberal": 0}
