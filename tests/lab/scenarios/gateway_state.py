# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""This gateway loses or lacks the state of living connections: stale-state/gateway-flushed, gateway-failover, nat-bypass."""

import netns
import rawtcp
from actors import BOTH, acknowledged, forward_rule, masquerade, publish
from capture import ACK
from connection import linger_zero, was_reset
from lab import scenario

STRICT = "ct state invalid reject with tcp reset"


def speak(conn):
    conn.client.sendall(b"I was not idle")
    assert was_reset(conn.client)


# ---- flushed


@scenario("flushed-then-rejected", families=BOTH)
def flushed_rejected(lab):
    """conntrack -F under three busy connections; a rule rejects what is INVALID now."""
    forward_rule(STRICT)
    netns.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0)
    listener = lab.listen()
    conns = [lab.connect(listener) for _ in range(3)]
    for conn in conns:
        conn.exchange()
        acknowledged(lab, conn)
    netns.run("conntrack -F")
    for conn in conns:
        speak(conn)
        lab.expect(conn, "stale-state/gateway-flushed", sender="gateway", by="gateway-reject", stage="established")


@scenario("deleted-then-remapped", families=BOTH)
def deleted_remapped(lab):
    """conntrack -D of one translated connection, two seconds after its last segment: a new port, and the server resets."""
    masquerade()
    conn = lab.connect()
    conn.exchange()
    lab.silence(2)
    netns.run(f"conntrack -D -f ipv{lab.family} -p tcp --orig-port-src {conn.near[1]}")
    speak(conn)
    lab.expect(
        conn, "stale-state/gateway-flushed", sender="server", by="transit", stage="established", nat_client=(conn.seen_by_server[0], 0)
    )  # fmt: skip


@scenario("flushed-server-first")
def flushed_server_first(lab):
    """Behind NAT, the server speaks first: its segment is for the gateway itself now."""
    masquerade()
    conn = lab.connect()
    conn.exchange()
    lab.silence(0.5)
    netns.run("conntrack -F")
    conn.server.sendall(b"I was not idle")
    assert was_reset(conn.server)
    reset = lab.seen_reset(conn.seen_by_server, lab.wan)
    lab.expect(
        conn, "stale-state/gateway-flushed", sender="gateway", by="gateway-stack", stage="established", nat_client=conn.seen_by_server,
        reset_at=reset.at,
    )  # fmt: skip


# ---- failover


def takes_over(lab, conns):
    """From here on this is another gateway: no conntrack entries, a module that was just loaded."""
    netns.run("conntrack -F")
    lab.judge_from_here()
    lab.silence(0.5)


@scenario("failover-strict", late=True, families=BOTH)
def failover_strict(lab):
    forward_rule(STRICT)
    netns.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0)
    listener = lab.listen()
    conns = [lab.connect(listener) for _ in range(4)]
    for conn in conns:
        conn.exchange()
    takes_over(lab, conns)
    for conn in conns:
        speak(conn)
        lab.expect(conn, "stale-state/gateway-failover", sender="gateway", by="gateway-reject")


@scenario("failover-nat", late=True, families=BOTH)
def failover_nat(lab):
    masquerade()
    listener = lab.listen()
    conns = [lab.connect(listener) for _ in range(4)]
    for conn in conns:
        conn.exchange()
    takes_over(lab, conns)
    for conn in conns:
        speak(conn)
        lab.expect(conn, "stale-state/gateway-failover", sender="server", by="transit", nat_client=(conn.seen_by_server[0], 0))


# ---- escaped translation


def stray(lab, src, dst, namespace, like):
    """A segment far out of the window of a living connection: INVALID, so that it is not translated."""
    last = [s for s in lab.lan.segments() + lab.wan.segments() if s.src == like][-1]
    rawtcp.send(namespace, rawtcp.segment(src, dst, ACK, last.end() + 0x40000000, last.ack, 500, b"stray"))


@scenario("escapes-masquerade", families=BOTH)
def escapes_masquerade(lab):
    """The client's stray leaves with the inner address; the server, which does not know that one, resets it, and the client believes."""
    masquerade()
    conn = lab.connect()
    conn.exchange()
    stray(lab, conn.near, conn.far, "client", conn.near)
    assert was_reset(conn.client)
    lab.expect(conn, "stale-state/nat-bypass", sender="server", by="transit", stage="established", nat_client=conn.seen_by_server)


@scenario("escapes-dnat", families=BOTH)
def escapes_dnat(lab):
    """The published server's stray reaches the client with the inner address: the client resets that, and the server believes."""
    listener = lab.listen(8443)
    publish(lab, 443, 8443)
    conn = lab.connect(listener, address=lab.address["lan"], port=443)
    conn.exchange()
    inner = (lab.address["server"], 8443)
    stray(lab, inner, conn.near, "server", inner)
    assert was_reset(conn.server)
    lab.expect(conn, "stale-state/nat-bypass", sender="client", by="transit", stage="established", nat_server=inner)


@scenario("memory-began-late", late=True, families=BOTH)
def no_history(lab):
    """The module comes when the connection lives already, and the next thing is its end."""
    conn = lab.connect()
    conn.exchange()
    netns.run("conntrack -F")
    lab.judge_from_here()
    last = lab.lan.last(conn.far)
    rawtcp.send("server", rawtcp.segment(conn.far, conn.near, 4, last.end()))
    assert was_reset(conn.client)
    lab.expect(conn, "unknown/no-history", sender="server", by="transit")


@scenario("module-began-late", late=True, families=BOTH)
def module_late(lab):
    """Conntrack has the connection, the module was loaded after all that it said: nothing tells why."""
    conn = lab.connect()
    conn.exchange()
    lab.silence(0.3)
    lab.judge_from_here()
    quiet_reset(conn)
    lab.expect(conn, "unknown/no-history", sender="server", by="transit", confidence=0.3)


def quiet_reset(conn):
    linger_zero(conn.server)
    conn.server.close()
    assert was_reset(conn.client)
