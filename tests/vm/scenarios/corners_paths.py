# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""VRF, bridge, VLAN, tunnels, TEE, IPVS, asymmetric routes: wherever a packet shows itself twice, or only half of them show."""

import socket
import struct

import daemon
import netns
from connection import Connection, dial, linger_zero, listen, wait_until, was_reset
from corner import Undo, abort, aborted, change, rejected, seen
from lab import scenario

BOTH = (4, 6)


# ---- VRF: a packet passes the hooks on the device and again on the L3 master


def into_vrf(lab):
    change(lab, "ip link add red type vrf table 10; ip link set red up", "ip link del red")
    netns.run("ip link set lan master red; ip link set wan master red")
    six = ((lab.address["lan"], "lan"), (lab.address["wan"], "wan")) if lab.family == 6 else ()
    for address, device in six:  # being enslaved costs a device its IPv6 addresses
        netns.run(f"ip addr replace {address}/64 dev {device} nodad")


@scenario("vrf-abort", families=BOTH)
def vrf_abort(lab):
    """Both wires are in a VRF; the server aborts."""
    into_vrf(lab)
    conn = lab.connect()
    conn.exchange()
    aborted(lab, conn)


@scenario("vrf-rule-rejects", families=BOTH)
def vrf_reject(lab):
    """In a VRF, a rule of ours rejects a living connection: what leaves passes LOCAL_OUT twice."""
    into_vrf(lab)
    conn = lab.connect()
    conn.exchange()
    rejected(lab, conn)


@scenario("vrf-own-port", families=BOTH)
def vrf_own(lab):
    """In a VRF, a closed port of the gateway itself."""
    into_vrf(lab)
    try:
        dial("client", lab.address["lan"], 9)
    except ConnectionRefusedError:
        pass
    reset = lab.seen_reset((lab.address["lan"], 9))
    seen(lab, 1)
    lab.expect(reset.dst, "application/refused", (lab.address["lan"], 9), by="gateway-stack", stage="connect")


@scenario("vrf-own-port-rejected", families=BOTH)
def vrf_own_rejected(lab):
    """In a VRF, a rule of ours rejects a living connection to the gateway itself: as its address is in the VRF, it is the server."""
    into_vrf(lab)
    netns.sysctl("net.ipv4.tcp_l3mdev_accept", 1)
    lab.keep(Undo("sysctl -q net.ipv4.tcp_l3mdev_accept=0"))
    listener = lab.keep(listen(netns.GATEWAY, "::" if lab.family == 6 else "0.0.0.0"))  # the address is the VRF's
    conn = lab.keep(Connection(listener, "client", lab.address["lan"], listener.getsockname()[1]))
    conn.exchange()
    netns.nft("table inet filter { chain input { type filter hook input priority 0; tcp dport %d reject with tcp reset; } }" % conn.far[1])
    conn.client.sendall(b"am I still welcome?")
    assert was_reset(conn.client)
    seen(lab, 1)
    lab.expect(conn, "firewall-reject/gateway-rule", sender="server", by="gateway-reject", stage="established")


# ---- bridge: br_netfilter shows IP hooks what is only bridged


def bridge(lab):
    netns.run("modprobe br_netfilter")
    change(lab, "ip link add br0 type bridge; ip link set br0 up", "ip link del br0")
    for key in ("iptables", "ip6tables"):
        netns.sysctl(f"net.bridge.bridge-nf-call-{key}", 1)


SAME_WIRE = {4: ("10.9.0.2", "10.9.0.3", 24), 6: ("fd00:9::2", "fd00:9::3", 64)}


@scenario("bridged-abort", families=BOTH)
def bridged(lab):
    """The gateway is a transparent bridge, and br_netfilter is on."""
    bridge(lab)
    netns.run("ip link set lan master br0; ip link set wan master br0")
    near, far, bits = SAME_WIRE[lab.family]
    nodad = "nodad" if lab.family == 6 else ""
    netns.run(f"ip addr add {near}/{bits} dev eth0 {nodad}", "client")
    netns.run(f"ip addr add {far}/{bits} dev eth0 {nodad}", "server")
    listener = lab.keep(listen("server", far))
    conn = lab.keep(Connection(listener, "client", far, listener.getsockname()[1]))
    conn.exchange()
    aborted(lab, conn)


@scenario("routed-over-bridge-abort", families=BOTH)
def routed_over_bridge(lab):
    """The client's wire is a port of a bridge that the gateway routes from, and br_netfilter is on: bridged, then routed."""
    bridge(lab)
    bits = 24 if lab.family == 4 else 64
    netns.run(f"ip addr del {lab.address['lan']}/{bits} dev lan; ip link set lan master br0")
    netns.run(f"ip addr add {lab.address['lan']}/{bits} dev br0 {'nodad' if lab.family == 6 else ''}")
    conn = lab.connect()
    conn.exchange()
    aborted(lab, conn, by="client")


# ---- VLAN


@scenario("vlan-abort", families=BOTH)
def vlan(lab):
    """The client lives in a VLAN of the wire; its RST is seen on the VLAN's device, once."""
    inner, outer, bits, option = {4: ("10.8.0.2", "10.8.0.1", 24, ""), 6: ("fd00:8::2", "fd00:8::1", 64, "nodad")}[lab.family]
    netns.run(f"ip link add link lan name lan.10 type vlan id 10; ip addr add {outer}/{bits} dev lan.10 {option}; ip link set lan.10 up")
    netns.run(
        f"ip link add link eth0 name eth0.10 type vlan id 10; ip addr add {inner}/{bits} dev eth0.10 {option}; ip link set eth0.10 up;"
        f" ip -{lab.family} route replace default via {outer}",
        "client",
    )
    conn = lab.connect()
    assert conn.near[0] == inner
    conn.exchange()
    aborted(lab, conn, by="client")


# ---- tunnels: the gateway is one end; what is inside is seen once, when it is out


def tunnel(lab, kind):
    ends = {"gateway": ("10.2.0.1", "10.2.0.2"), "server": ("10.2.0.2", "10.2.0.1")}
    inside = {
        4: {"gateway": ("10.7.0.1/24", ""), "server": ("10.7.0.2/24", "")},
        6: {"gateway": ("fd00:7::1/64", "nodad"), "server": ("fd00:7::2/64", "nodad")},
    }[lab.family]
    for where, (local, remote) in ends.items():
        address, option = inside[where]
        netns.run(
            f"ip link add tun type {kind.format(local=local, remote=remote)}; ip addr add {address} dev tun {option}; ip link set tun up",
            where,
        )
    back, via = {4: ("10.1.0.0/24", "10.7.0.1"), 6: ("fd00:1::/64", "fd00:7::1")}[lab.family]
    netns.run(f"ip -{lab.family} route add {back} via {via}", "server")
    return inside["server"][0].split("/")[0]


def through_tunnel(lab, kind):
    change(lab, "true", "ip link del tun")
    far = tunnel(lab, kind)
    listener = lab.keep(listen("server", far))
    conn = lab.keep(Connection(listener, "client", far, listener.getsockname()[1]))
    conn.exchange()
    aborted(lab, conn)


@scenario("tunnel-ipip-abort")
def ipip(lab):
    through_tunnel(lab, "ipip local {local} remote {remote}")


@scenario("tunnel-gre-abort", families=BOTH)
def gre(lab):
    through_tunnel(lab, "gre local {local} remote {remote} ttl 64")


@scenario("tunnel-vxlan-abort", families=BOTH)
def vxlan(lab):
    through_tunnel(lab, "vxlan id 7 dstport 4789 local {local} remote {remote}")


# ---- TEE: a copy of what crosses leaves by LOCAL_OUT


@scenario("copied-abort", families=BOTH)
def copied(lab):
    """RSTs are copied to a machine that watches (it is not there, which makes no difference here); the server aborts."""
    family, watcher = {4: ("ip", "10.2.0.77"), 6: ("ip6", "fd00:2::77")}[lab.family]
    netns.nft(
        f"table {family} tee {{ chain pre {{ type filter hook prerouting priority -150; tcp flags & rst == rst dup to {watcher} device wan; }} }}"
    )
    conn = lab.connect()
    conn.exchange()
    aborted(lab, conn)


# ---- asymmetric routes: half of the conversation takes a wire past the gateway


def side_wire(lab):
    bits = 24 if lab.family == 4 else 64
    client, server = {4: ("10.6.0.2", "10.6.0.3"), 6: ("fd00:6::2", "fd00:6::3")}[lab.family]
    option = "nodad" if lab.family == 6 else ""
    netns.run("ip link add side type veth peer name side netns server", "client")
    netns.run(f"ip addr add {client}/{bits} dev side {option}; ip link set side up", "client")
    netns.run(f"ip addr add {server}/{bits} dev side {option}; ip link set side up", "server")
    return client, server


def host(lab, name):
    return f"{lab.address[name]}/{32 if lab.family == 4 else 128}"


@scenario("only-client-seen-abort", families=BOTH)
def only_client(lab):
    """The server's answers take another way. The client aborts: that much may be said, but nothing about silence."""
    client, _ = side_wire(lab)
    netns.run(f"ip -{lab.family} route add {host(lab, 'client')} via {client}", "server")
    conn = lab.connect()
    conn.exchange()
    abort(conn, "client")
    assert not [s for s in lab.lan.of(conn.near) if s.src == conn.far], "an answer crossed the gateway"
    seen(lab, 1)
    lab.expect(
        conn, "application/abort", sender="client", by="transit",
        accept=("unknown/no-history", "unknown/ambiguous"), confidence=0.3,
    )  # fmt: skip


@scenario("only-server-seen-abort", families=BOTH)
def only_server(lab):
    """The client's segments take another way; the server aborts. Its SYN-ACK, which crossed, tells who opened the connection."""
    _, server = side_wire(lab)
    netns.run(f"ip -{lab.family} route add {host(lab, 'server')} via {server} src {lab.address['client']}", "client")
    conn = lab.connect()
    assert conn.near[0] == lab.address["client"]
    conn.exchange()
    linger_zero(conn.server)
    conn.server.close()
    assert was_reset(conn.client)
    assert not [s for s in lab.lan.of(conn.near) if s.src == conn.near], "a question crossed the gateway"
    seen(lab, 1)
    lab.expect(
        conn, "application/abort", by="transit", accept=("unknown/no-history", "unknown/ambiguous"), confidence=0.3,
        reset_at=lab.seen_reset(conn.near).at,
    )  # fmt: skip


@scenario("only-client-seen-idle", families=BOTH)
def only_client_idle(lab):
    """Half seen, four seconds of silence, then the client aborts: not to be called an idle timeout with certainty."""
    client, _ = side_wire(lab)
    netns.run(f"ip -{lab.family} route add {host(lab, 'client')} via {client}", "server")
    conn = lab.connect()
    conn.exchange()
    lab.silence(4)
    abort(conn, "client")
    seen(lab, 1)
    lab.expect(
        conn, "application/abort", sender="client", by="transit",
        accept=("unknown/no-history", "unknown/ambiguous"), confidence=0.3,
    )  # fmt: skip


# ---- IPVS: what it has balanced leaves by LOCAL_OUT, though it only crosses


_IP_VS_ADD, _IP_VS_ADD_DEST = 64 + 1024 + 64 + 2, 64 + 1024 + 64 + 7


def balance(lab, virtual, real, method):
    """One service of one server, as ipvsadm would make them. method: 0 translates, 3 only routes."""
    netns.run("modprobe -a ip_vs ip_vs_rr")
    lab.keep(Undo("rmmod ip_vs_rr; rmmod ip_vs"))
    service = struct.pack("=H2x4s2s2xI16sIII", socket.IPPROTO_TCP, socket.inet_aton(virtual[0]), virtual[1].to_bytes(2, "big"), 0, b"rr", 0, 0, 0)
    server = struct.pack("=4s2s2xIiII", socket.inet_aton(real[0]), real[1].to_bytes(2, "big"), method, 1, 0, 0)
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as control:
        control.setsockopt(socket.IPPROTO_IP, _IP_VS_ADD, service)
        control.setsockopt(socket.IPPROTO_IP, _IP_VS_ADD_DEST, service + server)


def balanced(lab, virtual, listener):
    """The client aborts a balanced connection: one RST crosses, and no rule of ours made it."""
    daemon.load_module()
    lab.start_daemon()
    conn = lab.keep(Connection(listener, "client", *virtual))
    conn.exchange()
    abort(conn, "client")
    wait_until("the record", lab.daemon.records)
    assert lab.daemon.stop() == 0
    assert daemon.counters()["rst_seen"] == "1", daemon.counters()["rst_seen"]
    assert [(r["by"], r["count"]) for r in lab.daemon.records()] == [("transit", 1)], lab.daemon.records()


@scenario("ipvs-translated-abort", judged=False)
def ipvs_translated(lab):
    """The usual virtual server: IPVS translates."""
    virtual, real = (lab.address["lan"], 8080), (lab.address["server"], 7300)
    balance(lab, virtual, real, 0)
    balanced(lab, virtual, lab.keep(listen("server", *real)))


@scenario("ipvs-routed-abort", judged=False)
def ipvs_routed(lab):
    """Direct routing: the server has the service's address, too, and answers past the gateway."""
    virtual = ("10.5.0.1", 7300)
    change(lab, "ip addr add 10.5.0.1/32 dev lo", "ip addr del 10.5.0.1/32 dev lo")
    netns.run("ip addr add 10.5.0.1/32 dev lo", "server")
    client, _ = side_wire(lab)
    netns.run(f"ip route add {host(lab, 'client')} via {client}", "server")
    balance(lab, virtual, (lab.address["server"], 7300), 3)
    balanced(lab, virtual, lab.keep(listen("server", *virtual)))


# ---- what the README says is not seen


@scenario("bridge-and-netdev-rejects-unseen")
def unseen(lab):
    """Rejects of a bridge's and of a device's own rules are made below IP: nothing is said of them, and nothing wrong."""
    netns.run("ip link add br0 type bridge; ip link set br0 up; ip link set lan master br0; ip link set wan master br0")
    lab.keep(Undo("ip link del br0; nft flush ruleset; rmmod br_netfilter"))
    near, far, bits = SAME_WIRE[4]
    netns.run(f"ip addr add {near}/{bits} dev eth0", "client")
    netns.run(f"ip addr add {far}/{bits} dev eth0", "server")
    netns.run("rmmod br_netfilter", check=False)
    lab.keep(listen("server", far, 7000))
    netns.nft("table bridge b { chain pre { type filter hook prerouting priority 0; tcp dport 7000 reject with tcp reset; } }")
    for table in ("bridge b", "netdev d"):
        try:
            dial("client", far, 7000)
        except ConnectionRefusedError:
            pass
        else:
            raise AssertionError(f"the connection was to be refused in {table}")
        netns.run("nft flush ruleset")
        try:
            netns.nft("table netdev d { chain in { type filter hook ingress device lan priority 0; tcp dport 7000 reject with tcp reset; } }")
        except RuntimeError:
            lab.note("no reject in netdev chains in this kernel")
            break
    seen(lab, 0)
