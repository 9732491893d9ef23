# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""More tunnels that the gateway is one end of (IPIP, GRE, VXLAN: corners_paths.py): what is inside is seen once, when it is out."""

import netns
import wireguard
from connection import Connection, listen
from corner import aborted, change, rejected
from lab import Skip, scenario

BOTH = (4, 6)
OUTER = {"gateway": "10.2.0.1", "server": "10.2.0.2"}
INSIDE = {
    4: {"gateway": ("10.7.0.1/24", ""), "server": ("10.7.0.2/24", "")},
    6: {"gateway": ("fd00:7::1/64", "nodad"), "server": ("fd00:7::2/64", "nodad")},
}


def tunnel(lab, kind, join=None):
    """Both ends of a device "tun"; returns a connection of the client's through it."""
    change(lab, "true", "ip link del tun")
    for where, remote in (("gateway", "server"), ("server", "gateway")):
        netns.run(f"ip link add tun type {kind.format(local=OUTER[where], remote=OUTER[remote])}", where)
    if join:
        join()
    for where, (address, option) in INSIDE[lab.family].items():
        netns.run(f"ip addr add {address} dev tun {option}; ip link set tun up", where)
    back, via = {4: ("10.1.0.0/24", "10.7.0.1"), 6: ("fd00:1::/64", "fd00:7::1")}[lab.family]
    netns.run(f"ip -{lab.family} route add {back} via {via}", "server")
    far = INSIDE[lab.family]["server"][0].split("/")[0]
    listener = lab.keep(listen("server", far))
    conn = lab.keep(Connection(listener, "client", far, listener.getsockname()[1]))
    conn.exchange()
    return conn


def nothing_bare(lab, conn):
    """The scenario is what it says: no segment of the connection crossed the outer wire as itself."""
    assert not lab.wan.of(conn.near), f"not in a tunnel: {lab.wan.of(conn.near)[0]}"


@scenario("tunnel-sit-abort", families=(6,))
def sit(lab):
    """IPv6 in IPv4."""
    conn = tunnel(lab, "sit local {local} remote {remote} ttl 64")
    aborted(lab, conn)
    nothing_bare(lab, conn)


# ---- encrypted: what is decrypted comes in anew, on the tunnel's device or (IPsec) on the wire's own


def wireguard_tunnel(lab):
    try:
        netns.run("modprobe wireguard")
    except RuntimeError as absent:
        raise Skip("this kernel has no wireguard") from absent
    return tunnel(lab, "wireguard", lambda: wireguard.join("tun", OUTER))


@scenario("tunnel-wireguard-abort", families=BOTH)
def wireguard_abort(lab):
    conn = wireguard_tunnel(lab)
    aborted(lab, conn)
    nothing_bare(lab, conn)


@scenario("tunnel-wireguard-client-aborts", families=BOTH)
def wireguard_client(lab):
    aborted(lab, wireguard_tunnel(lab), by="client")


@scenario("tunnel-wireguard-rule-rejects", families=BOTH)
def wireguard_reject(lab):
    """A rule of ours rejects a living connection of the tunnel's."""
    conn = wireguard_tunnel(lab)
    rejected(lab, conn)


def ipsec(lab):
    """ESP in tunnel mode between gateway and server, for all between the client's network and the server; a connection in it."""
    ends = {4: ("10.2.0.1", "10.2.0.2", "10.1.0.0/24", 32), 6: ("fd00:2::1", "fd00:2::2", "fd00:1::/64", 128)}[lab.family]
    gateway, server, near, bits = ends
    key = "0x" + "5a" * 20
    lab.keep(_Flush())
    for where in ("gateway", "server"):
        of_server, of_client = ("out", "in") if where == "server" else ("in", "out")
        for source, target, spi in ((gateway, server, "0x101"), (server, gateway, "0x102")):
            netns.run(f"ip xfrm state add src {source} dst {target} proto esp spi {spi} reqid 1 mode tunnel aead 'rfc4106(gcm(aes))' {key} 128", where)
        policies = [(f"{server}/{bits}", near, of_server, server, gateway), (near, f"{server}/{bits}", of_client, gateway, server)]
        if where == "gateway":
            policies.append((f"{server}/{bits}", near, "fwd", server, gateway))
        for source, target, direction, local, remote in policies:
            netns.run(f"ip xfrm policy add src {source} dst {target} dir {direction} tmpl src {local} dst {remote} proto esp reqid 1 mode tunnel", where)
    conn = lab.connect()
    conn.exchange()
    return conn


class _Flush:
    """For lab.keep(): the server's go with its namespace."""

    def close(self):
        netns.run("ip xfrm policy flush; ip xfrm state flush", check=False)


def carried(conn):
    """The scenario is what it says: the counts of both directions' bytes are no longer 0."""
    said = netns.run("ip -s xfrm state")
    assert said.count("\n\t  0(bytes), 0(packets)") == 0 and "(packets)" in said, f"{conn.near}: not in a tunnel: {said}"


@scenario("tunnel-ipsec-abort", families=BOTH)
def ipsec_abort(lab):
    conn = ipsec(lab)
    aborted(lab, conn)
    carried(conn)


@scenario("tunnel-ipsec-client-aborts", families=BOTH)
def ipsec_client(lab):
    conn = ipsec(lab)
    aborted(lab, conn, by="client")
    carried(conn)
