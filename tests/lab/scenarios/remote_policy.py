# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""An inline box resets on what it reads: firewall-reject/remote-policy."""

import netns
from actors import BOTH, box_reset, crossed, forward_rule, masquerade, windows
from capture import ACK, RST
from connection import was_reset
from lab import scenario


# The payload begins with EVIL; behind a TCP header with or without timestamps.
WITH_TIMESTAMPS, WITHOUT = "tcp flags & psh == psh @th,256,32 0x4556494c", "tcp flags & psh == psh @th,160,32 0x4556494c"


def bad_words(lab, both, **kwargs):
    """The box stops the segment with the bad word and resets."""
    forward_rule(WITH_TIMESTAMPS + " drop", "box")
    conn = lab.connect()
    conn.exchange()
    conn.client.sendall(b"EVIL" * 30)
    crossed(lab, conn.near, "the bad word", lambda s: s.length == 120)
    box_reset(lab, conn, "client", **kwargs)
    if both:
        box_reset(lab, conn, "server", **kwargs)
        assert was_reset(conn.server)
    assert was_reset(conn.client)
    lab.expect(conn, "firewall-reject/remote-policy", sender="server", by="transit", stage="established")


@scenario("policy-resets-both", box=True, families=BOTH)
def both_ends(lab):
    bad_words(lab, True, ttl=255)


@scenario("policy-resets-client", box=True, families=BOTH)
def client_only(lab):
    bad_words(lab, False, flags=RST | ACK, ttl=128, window=1024)


@scenario("policy-of-linux-box", box=True, families=BOTH)
def linux_box(lab):
    """nftables: the segment whose payload begins with EVIL is rejected with tcp reset, here and now."""

    forward_rule(WITH_TIMESTAMPS + " reject with tcp reset", "box")
    conn = lab.connect()
    conn.exchange()
    conn.client.sendall(b"EVIL" * 30)
    assert was_reset(conn.client)
    lab.expect(conn, "firewall-reject/remote-policy", sender="server", by="transit", stage="established")


@scenario("policy-of-linux-box-behind-nat", box=True)
def linux_box_nat(lab):
    masquerade()
    windows("server")
    netns.sysctl("net.ipv4.tcp_timestamps", 0, "client")
    forward_rule(WITHOUT + " reject with tcp reset", "box")
    conn = lab.connect()
    conn.exchange()
    conn.client.sendall(b"EVIL" * 30)
    assert was_reset(conn.client)
    lab.expect(conn, "firewall-reject/remote-policy", sender="server", by="transit", stage="established", nat_client=conn.seen_by_server)
