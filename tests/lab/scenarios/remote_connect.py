# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""A box, not the host, refuses the SYN: firewall-reject/remote-connect."""

import netns
import rawtcp
from actors import BOTH, crossed, forward_rule, half_dialled, masquerade, reset_from
from capture import ACK, RST, SYN
from connection import was_reset
from lab import scenario


def known_host(lab):
    """What the host's own RSTs look like has been seen before."""
    conn = lab.connect()
    conn.exchange()
    reset_from(conn.server)
    assert was_reset(conn.client)
    nat = conn.seen_by_server if conn.seen_by_server != conn.near else None
    lab.expect(conn, "application/abort", sender="server", by="transit", nat_client=nat)


def living_host(lab):
    """Only a living connection of the host was seen."""
    lab.connect().exchange()


def refuse(lab, port=7300, before=known_host):
    """The box's rule rejects the port; the same host is known from another connection. A server listens on the port."""
    forward_rule(f"tcp dport {port} reject with tcp reset", "box")
    before(lab)
    lab.listen(port)
    _, near = half_dialled(lab, lab.address["server"], port)
    reset = lab.seen_reset((lab.address["server"], port))
    outer = lab.seen_reset((lab.address["server"], port), lab.wan).dst
    lab.expect(
        reset.dst, "firewall-reject/remote-connect", (lab.address["server"], port), sender="server", by="transit", stage="connect",
        nat_client=outer if outer != reset.dst else None,
    )  # fmt: skip


@scenario("box-refuses-connect", box=True, families=BOTH)
def rejects(lab):
    """Another Linux: its own TTL is one hop fresher than the host's."""
    refuse(lab)


@scenario("box-refuses-connect-behind-nat", box=True)
def behind_nat(lab):
    masquerade()
    refuse(lab)


@scenario("box-refuses-connect-of-living-host", box=True)
def living(lab):
    refuse(lab, before=living_host)


@scenario("box-refuses-connect-of-stranger", box=True)
def stranger(lab):
    """Nothing is known of the host: there is nothing to compare with."""
    forward_rule("tcp dport 7300 reject with tcp reset", "box")
    lab.listen(7300)
    half_dialled(lab, lab.address["server"], 7300)
    reset = lab.seen_reset((lab.address["server"], 7300))
    lab.expect(reset.dst, "firewall-reject/remote-connect", (lab.address["server"], 7300), sender="server", by="transit", stage="connect")


@scenario("appliance-refuses-connect", box=True, families=BOTH)
def appliance(lab):
    """An appliance: drops the SYN and answers itself, TTL from 255, a window of its own."""
    forward_rule("tcp dport 7301 drop", "box")
    known_host(lab)
    sock, near = half_dialled(lab, lab.address["server"], 7301)
    syn = crossed(lab, near, "the SYN", lambda s: s.flags & SYN)
    rawtcp.send("box", rawtcp.segment(syn.dst, syn.src, RST | ACK, 0, syn.seq + 1, 8192, ttl=255))
    lab.seen_reset(near)
    lab.expect(near, "firewall-reject/remote-connect", syn.dst, sender="server", by="transit", stage="connect")
    assert was_reset(sock)


@scenario("far-host-near-box", box=True)
def faster(lab):
    """The box has the host's TTL, but the host is 60 ms away and the refusal is not."""
    lab.delay("server", 60)
    netns.sysctl("net.ipv4.ip_default_ttl", 63, "box")
    refuse(lab)
