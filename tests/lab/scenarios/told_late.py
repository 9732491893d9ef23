# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""What only later shows that a RST killed nothing; and what a module or a gateway that came late must not take for its own doing."""

import netns
import rawtcp
from actors import BOTH, forward_rule, masquerade
from capture import ACK, RST
from connection import was_reset
from deaths import fresh, translated
from lab import scenario


@scenario("reset-dies-on-the-way", box=True, families=BOTH)
def dies(lab):
    """A RST with just the right number whose TTL ends at the box. Nobody speaks until the hold is over; then both go on."""
    conn = fresh(lab)
    last = lab.lan.last(conn.near)
    rawtcp.send("client", rawtcp.segment(conn.near, conn.far, RST, last.end(), ttl=2))
    lab.seen_reset(conn.near)
    lab.silence(4)
    conn.exchange()
    conn.exchange()
    lab.silence(0.5)
    lab.expect(conn, "noise/ignored", sender="client", by="transit", reset_at=None, confidence=0.3)


@scenario("reset-dies-behind-nat")
def dies_nat(lab):
    """The same at this gateway."""
    masquerade()
    conn = fresh(lab)
    last = lab.lan.last(conn.near)
    rawtcp.send("client", rawtcp.segment(conn.near, conn.far, RST | ACK, last.end(), last.ack, 500, ttl=1))
    lab.seen_reset(conn.near)
    lab.silence(4)
    conn.exchange()
    conn.exchange()
    lab.silence(0.5)
    lab.expect(conn, "noise/ignored", sender="client", by="transit", reset_at=None, confidence=0.3, nat_client=translated(conn))


@scenario("late-module-then-rule", late=True, families=BOTH)
def late_rule(lab):
    """Conntrack has had three connections all along; the module comes, then a rule rejects their port."""
    listener = lab.listen(7400)
    conns = [lab.connect(listener) for _ in range(3)]
    for conn in conns:
        conn.exchange()
    lab.silence(0.3)
    lab.judge_from_here()
    forward_rule("tcp dport 7400 reject with tcp reset")
    for conn in conns:
        conn.client.sendall(b"still allowed?")
        assert was_reset(conn.client)
        lab.expect(conn, "firewall-reject/gateway-rule", sender="gateway", by="gateway-reject", stage="established")


@scenario("failover-servers-speak-first", late=True)
def servers_first(lab):
    """Another gateway takes over; what the servers send next is for its own address. Who had opened these it cannot know."""
    masquerade()
    listener = lab.listen()
    conns = [lab.connect(listener) for _ in range(4)]
    for conn in conns:
        conn.exchange()
    netns.run("conntrack -F")
    lab.judge_from_here()
    lab.silence(0.5)
    for order, conn in enumerate(conns):
        conn.server.sendall(b"I was not idle")
        assert was_reset(conn.server)
        reset = lab.seen_reset(conn.seen_by_server, lab.wan)
        lab.expect(conn.far, "stale-state/gateway-failover", conn.seen_by_server, by="gateway-stack", reset_at=reset.at, order=order)
