# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""This gateway's ruleset says no: firewall-reject/*; and translated connections that end otherwise."""

import netns
import rawtcp
from connection import dial, linger_zero, was_reset
from lab import scenario

BOTH = (4, 6)


def forward_rule(rule):
    netns.nft("table inet filter { chain forward { type filter hook forward priority 0; %s; } }" % rule)


def refused_dial(lab, port, address=None):
    try:
        dial("client", address or lab.address["server"], port)
    except ConnectionRefusedError:
        return lab.seen_reset((address or lab.address["server"], port))
    raise AssertionError("the connection was to be refused")


@scenario("rule-rejects-connect", families=BOTH)
def rule_connect(lab):
    """A port that the forward chain rejects with tcp reset, though a server listens there."""
    forward_rule("tcp dport 7000 reject with tcp reset")
    lab.listen(7000)
    reset = refused_dial(lab, 7000)
    lab.expect(
        reset.dst, "firewall-reject/gateway-rule", (lab.address["server"], 7000), sender="gateway", by="gateway-reject",
        stage="connect",
    )  # fmt: skip


@scenario("rule-rejects-established", families=BOTH)
def rule_established(lab):
    """A rule that comes in the middle of a living connection; what the server says later meets the client's reset: the same record."""
    conn = lab.connect()
    conn.exchange()
    forward_rule(f"tcp dport {conn.far[1]} tcp flags & rst != rst reject with tcp reset")
    conn.client.sendall(b"am I still welcome?")
    assert was_reset(conn.client)
    conn.server.sendall(b"of course")
    assert was_reset(conn.server)
    lab.expect(conn, "firewall-reject/gateway-rule", sender="gateway", by="gateway-reject", stage="established")


@scenario("rule-rejects-invalid", families=BOTH)
def rule_invalid(lab):
    """A segment far out of the window on a living connection is INVALID; the rule that rejects it kills the connection."""
    forward_rule("ct state invalid reject with tcp reset")
    conn = lab.connect()
    conn.exchange()
    last = lab.lan.last(conn.near)
    stray = rawtcp.segment(conn.near, conn.far, rawtcp.ACK, last.end() + 0x40000000, last.ack, 500, b"stray")
    rawtcp.send("client", stray)
    assert was_reset(conn.client)
    lab.expect(conn, "firewall-reject/gateway-invalid", sender="gateway", by="gateway-reject", stage="established")


def translate(lab, rule_pre="", rule_post=""):
    netns.nft(
        "table inet nat { chain pre { type nat hook prerouting priority -100; %s } chain post { type nat hook postrouting priority 100; %s } }"
        % (rule_pre, rule_post)
    )


def dnat_rule(lab, port, to_port):
    protocol, server = ("ip", lab.address["server"]) if lab.family == 4 else ("ip6", f"[{lab.address['server']}]")
    return f"{protocol} daddr {lab.address['lan']} tcp dport {port} dnat {protocol} to {server}:{to_port};"


@scenario("dnat-refused", families=BOTH)
def dnat_refused(lab):
    """A published port of the gateway that leads to a server port nobody listens on."""
    translate(lab, dnat_rule(lab, 8081, 9))
    reset = refused_dial(lab, 8081, lab.address["lan"])
    lab.expect(
        reset.dst, "application/refused", (lab.address["lan"], 8081), sender="server", by="transit", stage="connect",
        nat_server=(lab.address["server"], 9),
    )  # fmt: skip


@scenario("snat-abort", families=BOTH)
def snat_abort(lab):
    """The server aborts a connection whose client it knows by the gateway's address."""
    translate(lab, "", "oifname wan masquerade fully-random;")
    conn = lab.connect()
    conn.exchange()
    linger_zero(conn.server)
    conn.server.close()
    assert was_reset(conn.client)
    lab.expect(conn, "application/abort", sender="server", by="transit", stage="established", nat_client=conn.seen_by_server)


@scenario("dnat-and-snat-abort", families=BOTH)
def both_abort(lab):
    """Both ends translated, the client aborts."""
    listener = lab.listen(8443)
    translate(lab, dnat_rule(lab, 443, 8443), "oifname wan masquerade fully-random;")
    conn = lab.connect(listener, address=lab.address["lan"], port=443)
    conn.exchange()
    linger_zero(conn.client)
    conn.client.close()
    assert was_reset(conn.server)
    lab.expect(
        conn, "application/abort", sender="client", by="transit", stage="established", nat_client=conn.seen_by_server,
        nat_server=(lab.address["server"], 8443),
    )  # fmt: skip
