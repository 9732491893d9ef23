# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""The same deaths as elsewhere, in a conntrack zone that is not 0 (several tenants, VRFs, a container host)."""

import deaths
import netns
import rawtcp
from actors import BOTH, forgetful_box, forward_rule, masquerade, publish
from capture import ACK
from connection import was_reset
from lab import scenario

ESTABLISHED = "net.netfilter.nf_conntrack_tcp_timeout_established"
STRICT = "ct state invalid reject with tcp reset"


def zone(rule="ct zone set 7;"):
    netns.nft("table inet zones { chain pre { type filter hook prerouting priority -300; %s } }" % rule)


def stray(lab, src, dst, namespace):
    """A segment far out of the window of a living connection: INVALID, so that it is not translated."""
    last = [s for s in lab.lan.segments() + lab.wan.segments() if s.src == src][-1]
    rawtcp.send(namespace, rawtcp.segment(src, dst, ACK, last.end() + 0x40000000, last.ack, 500, b"stray"))


@scenario("zone-escapes-masquerade", families=BOTH)
def escapes_masquerade(lab):
    """The client's stray leaves with the inner address; the server resets what it does not know, and the client believes."""
    zone()
    masquerade()
    conn = deaths.fresh(lab)
    stray(lab, conn.near, conn.far, "client")
    assert was_reset(conn.client)
    lab.expect(conn, "stale-state/nat-bypass", sender="server", by="transit", stage="established", nat_client=conn.seen_by_server)


@scenario("zone-per-direction-escapes")
def escapes_per_direction(lab):
    """Only the original direction has the zone."""
    zone("iifname lan ct original zone set 9;")
    masquerade()
    conn = deaths.fresh(lab)
    stray(lab, conn.near, conn.far, "client")
    assert was_reset(conn.client)
    lab.expect(conn, "stale-state/nat-bypass", sender="server", by="transit", stage="established", nat_client=conn.seen_by_server)


@scenario("zone-escapes-dnat", families=BOTH)
def escapes_dnat(lab):
    zone()
    listener = lab.listen(8444)
    publish(lab, 444, 8444)
    conn = lab.connect(listener, address=lab.address["lan"], port=444)
    conn.exchange()
    inner = (lab.address["server"], 8444)
    stray(lab, inner, conn.near, "server")
    assert was_reset(conn.server)
    lab.expect(conn, "stale-state/nat-bypass", sender="client", by="transit", stage="established", nat_server=inner)


@scenario("zone-expired-rejected", families=BOTH)
def expired_rejected(lab):
    """tcp_loose=0: what comes after our timeout is INVALID in that zone, and a rule rejects that."""
    zone()
    forward_rule(STRICT)
    netns.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0)
    netns.sysctl(ESTABLISHED, 2)
    conn = deaths.fresh(lab)
    lab.silence(3.6)
    woken = lab.now()
    conn.client.sendall(b"still there?")
    assert was_reset(conn.client)
    lab.expect(
        conn, "idle-timeout/gateway-expired-reject", sender="gateway", by="gateway-reject", stage="established",
        gap_ms=lab.lan.gap(conn.near, woken),
    )  # fmt: skip


def remapped(lab):
    masquerade()
    netns.sysctl(ESTABLISHED, 2)
    conn = deaths.fresh(lab)
    lab.silence(3.7)
    woken = lab.now()
    conn.client.sendall(b"still there?")
    assert was_reset(conn.client)
    lab.expect(
        conn, "idle-timeout/gateway-expired-remap", sender="server", by="transit", stage="established",
        gap_ms=lab.lan.gap(conn.near, woken), nat_client=(conn.seen_by_server[0], 0),
    )  # fmt: skip


@scenario("zone-expired-remapped", families=BOTH)
def expired_remapped(lab):
    zone()
    remapped(lab)


@scenario("zone-per-direction-remapped", families=BOTH)
def expired_per_direction(lab):
    zone("iifname lan ct original zone set 9;")
    remapped(lab)


@scenario("zone-expired-server-first", families=BOTH)
def expired_stack(lab):
    """Behind NAT, and the server speaks first: its segment is for our own stack now."""
    zone()
    masquerade()
    netns.sysctl(ESTABLISHED, 2)
    conn = deaths.fresh(lab)
    lab.silence(3.7)
    woken = lab.now()
    conn.server.sendall(b"still there?")
    assert was_reset(conn.server)
    reset = lab.seen_reset(conn.seen_by_server, lab.wan)
    lab.expect(
        conn, "idle-timeout/gateway-expired-stack", sender="gateway", by="gateway-stack", stage="established", reset_at=reset.at,
        gap_ms=lab.wan.gap(conn.seen_by_server, woken), nat_client=conn.seen_by_server,
    )  # fmt: skip


@scenario("zone-flushed", families=BOTH)
def flushed(lab):
    """The entries of that zone are deleted under two busy connections; a rule rejects what is INVALID now."""
    zone()
    forward_rule(STRICT)
    netns.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0)
    conns = [deaths.fresh(lab) for _ in range(2)]
    lab.silence(0.3)
    netns.run(f"conntrack -D -f ipv{lab.family} --orig-zone 7 || conntrack -D -f ipv{lab.family} -w 7")
    for conn in conns:
        conn.client.sendall(b"I was not idle")
        assert was_reset(conn.client)
        lab.expect(conn, "stale-state/gateway-flushed", sender="gateway", by="gateway-reject", stage="established")


@scenario("zone-box-forgot", box=True, families=BOTH)
def box_forgot(lab):
    zone("iifname lan ct original zone set 9;")
    masquerade()
    forgetful_box(2)
    deaths.box_forgot(lab, 3.4)
