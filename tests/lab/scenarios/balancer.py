# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""
A load balancer by DNAT, with two backends: the box in the path, or this gateway itself. When it forgets a connection, what comes next
goes to the other backend, to the balancer's own stack, or to a rule.
"""

import netns
import topology
from actors import BOTH, acknowledged, forward_rule, quiet_close
from connection import Connection, listen, was_reset
from lab import scenario
from rtnetlink import Router

TIMEOUT = "net.netfilter.nf_conntrack_tcp_timeout_established"
SECOND = {4: "10.4.0.2", 6: "fd00:4::2"}
SECOND_ROUTER = {4: "10.4.0.1", 6: "fd00:4::1"}

# Busy: the machine's own slowness is no silence.
PATIENT = {"verdict.idle_min_ms": "6000"}


class Backend:
    """A second server behind a router, a machine of its own."""

    def __init__(self, lab, router):
        self.router = router
        family = lab.family
        length = 24 if family == 4 else 64
        netns.add("backend")
        near, far = Router(router), Router("backend")
        near.wire("second", "eth0", "backend")
        for end, device, address in ((near, "second", SECOND_ROUTER), (far, "eth0", SECOND)):
            end.address(device, address[family], length)
            end.up(device)
        far.up("lo")
        far.route(SECOND_ROUTER[family])
        self.listener = listen("backend", SECOND[family], 8443)

    def close(self):
        self.listener.close()
        topology.kill_inside(["backend"])
        netns.remove("backend")
        if self.router == netns.GATEWAY:
            Router().remove("second")


def balance(lab, backends, router, vip):
    """Round robin over the backends for whoever connects to the VIP's port 8443."""
    family = "ip" if lab.family == 4 else "ip6"
    target = backends[0]
    if len(backends) > 1:
        target = f"numgen inc mod {len(backends)} map {{ " + ", ".join(f"{i} : {one}" for i, one in enumerate(backends)) + " }"
    rule = f"{family} daddr {vip} tcp dport 8443 dnat to {target}"
    chain = f"chain pre {{\ntype nat hook prerouting priority -100\n{rule}\n}}"
    netns.nft(f"table {family} lb\ndelete table {family} lb\ntable {family} lb {{\n{chain}\n}}", router)


def balanced(lab, router, timeout=None):
    """A balancer with two backends; the first one gets the first connection. Its VIP and a maker of connections to the first backend."""
    vip = lab.address["lan"] if router == netns.GATEWAY else lab.address["box"]
    lab.keep(Backend(lab, router))
    balance(lab, [lab.address["server"], SECOND[lab.family]], router, vip)
    if timeout:
        netns.sysctl(TIMEOUT, timeout, router)
    lab.listener = lab.listen(8443)
    return vip


def reach(lab, vip):
    """A connection whose round robin lands at the first backend; those that land at the second end at once."""
    return lab.keep(Connection(lab.listener, "client", vip, 8443))


def speak(lab, conn):
    woken = lab.now()
    conn.client.sendall(b"still there?")
    assert was_reset(conn.client)
    return woken


# ---- the box is the balancer


@scenario("balancer-forgot-other-backend", box=True, families=BOTH)
def other_backend(lab):
    """Round robin: the forgotten connection's next segment goes to the second backend, which resets."""
    vip = balanced(lab, "box", 2)
    conn = reach(lab, vip)
    conn.exchange()
    lab.silence(3.4)
    woken = speak(lab, conn)
    lab.expect(
        conn, "idle-timeout/remote-on-next-packet", sender="server", by="transit", stage="established", gap_ms=lab.lan.gap(conn.near, woken)
    )  # fmt: skip


@scenario("balancer-forgot-own-stack", box=True, families=BOTH)
def own_stack(lab):
    """tcp_loose=0 there: the forgotten connection's next segment is INVALID, not translated, and reaches the balancer's own stack."""
    vip = lab.address["box"]
    balance(lab, [lab.address["server"]], "box", vip)
    netns.sysctl(TIMEOUT, 3, "box")
    netns.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0, "box")
    lab.listener = lab.listen(8443)
    conn = reach(lab, vip)
    conn.exchange()
    lab.silence(1.4)
    conn.exchange()
    lab.silence(5.2)
    woken = speak(lab, conn)
    lab.expect(
        conn, "idle-timeout/remote-on-next-packet", sender="server", by="transit", stage="established", gap_ms=lab.lan.gap(conn.near, woken)
    )  # fmt: skip


@scenario("balancer-rehashes-busy", box=True, families=BOTH, settings=PATIENT)
def rehash(lab):
    """The first backend is taken out and the balancer's state is thrown away: four busy connections go to the other one."""
    vip = lab.address["box"]
    lab.keep(Backend(lab, "box"))
    balance(lab, [lab.address["server"]], "box", vip)
    lab.listener = lab.listen(8443)
    conns = [reach(lab, vip) for _ in range(4)]
    for conn in conns:
        conn.exchange()
    balance(lab, [SECOND[lab.family]], "box", vip)
    netns.run("conntrack -F", "box")
    for conn in conns:
        speak(lab, conn)
        lab.expect(conn, "stale-state/host-lost", sender="server", by="transit", stage="established")


@scenario("balancer-restarts-busy", box=True, families=BOTH, settings=PATIENT)
def restarts(lab):
    """A proxying firewall in the path restarts: it rejects what it does not know, that is all four busy connections."""
    forward_rule("ct state invalid reject with tcp reset", "box")
    netns.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0, "box")
    listener = lab.listen(7443)
    conns = [lab.connect(listener) for _ in range(4)]
    for conn in conns:
        conn.exchange()
        acknowledged(lab, conn)
    netns.run("conntrack -F", "box")
    for conn in conns:
        speak(lab, conn)
        lab.expect(
            conn, "stale-state/host-lost", sender="server", by="transit", stage="established"
        )  # fmt: skip


@scenario("balancer-drops-one-busy", box=True, settings=PATIENT)
def drops_one(lab):
    """One busy connection's entry is deleted at the firewall in the path, which rejects what it does not know."""
    forward_rule("ct state invalid reject with tcp reset", "box")
    netns.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0, "box")
    listener = lab.listen(7444)
    other, conn = lab.connect(listener), lab.connect(listener)
    for one in (other, conn):
        one.exchange()
    netns.run(f"conntrack -D -p tcp --orig-port-src {conn.near[1]}", "box")
    speak(lab, conn)
    other.exchange()
    lab.expect(
        conn, "stale-state/host-lost", sender="server", by="transit", stage="established", accept=("firewall-reject/remote-policy",),
    )  # fmt: skip


@scenario("balancer-pool-forgotten", box=True, families=BOTH)
def pool(lab):
    """A pool of five connections through a box that masquerades and forgets; all wake up together after the silence."""
    netns.nft("table inet nat { chain post { type nat hook postrouting priority 100; oifname inner masquerade fully-random; } }", "box")
    netns.sysctl(TIMEOUT, 2, "box")
    listener = lab.listen(6432)
    conns = [lab.connect(listener) for _ in range(5)]
    for conn in conns:
        conn.exchange()
    lab.silence(4.2)
    for conn in conns:
        speak(lab, conn)
        lab.expect(
            conn, "idle-timeout/remote-on-next-packet", sender="server", by="transit", stage="established", also=("stale-state/host-lost",)
        )  # fmt: skip


# ---- this gateway is the balancer


def own_expect(lab, conn, verdict, backend, **kwargs):
    lab.expect(conn, verdict, sender="server", by="transit", stage="established", nat_server=(backend, 8443), **kwargs)


@scenario("gateway-balances-expired", families=BOTH)
def own_expired(lab):
    """Our own round robin: the expired connection's next segment goes to the other backend."""
    vip = balanced(lab, netns.GATEWAY, 2)
    conn = reach(lab, vip)
    conn.exchange()
    lab.silence(3.3)
    woken = speak(lab, conn)
    own_expect(lab, conn, "idle-timeout/gateway-expired-remap", lab.address["server"], gap_ms=lab.lan.gap(conn.near, woken))


@scenario("gateway-balances-flushed", families=BOTH)
def own_flushed(lab):
    """The same with conntrack -F while the connection is busy."""
    vip = balanced(lab, netns.GATEWAY)
    conn = reach(lab, vip)
    conn.exchange()
    netns.run("conntrack -F")
    speak(lab, conn)
    own_expect(lab, conn, "stale-state/gateway-flushed", lab.address["server"])


@scenario("gateway-publishes-expired-strict", families=BOTH)
def own_strict(lab):
    """tcp_loose=0: the expired published connection's next segment is not translated and reaches our own stack."""
    balance(lab, [lab.address["server"]], netns.GATEWAY, lab.address["lan"])
    netns.sysctl(TIMEOUT, 2)
    netns.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0)
    lab.listener = lab.listen(8443)
    conn = reach(lab, lab.address["lan"])
    conn.exchange()
    lab.silence(3.1)
    woken = speak(lab, conn)
    lab.expect(
        conn, "idle-timeout/gateway-expired-stack", sender="gateway", by="gateway-stack", nat_server=(lab.address["server"], 8443),
        gap_ms=lab.lan.gap(conn.near, woken),
    )  # fmt: skip


@scenario("gateway-balances-backend-lost", families=BOTH)
def backend_lost(lab):
    """Behind our own DNAT the backend loses three busy connections."""
    balance(lab, [lab.address["server"]], netns.GATEWAY, lab.address["lan"])
    lab.listener = lab.listen(8443)
    conns = [reach(lab, lab.address["lan"]) for _ in range(3)]
    for conn in conns:
        conn.exchange()
    for conn in conns:
        quiet_close(conn.server)
    for conn in conns:
        speak(lab, conn)
        own_expect(lab, conn, "stale-state/host-lost", lab.address["server"])
