# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""A program on this gateway resets through a raw socket: firewall-reject/gateway-ips."""

import netns
import rawtcp
from actors import BOTH, box_reset, masquerade
from capture import ACK, RST
from connection import was_reset
from lab import scenario


def expect_ips(lab, conn, **kwargs):
    lab.expect(conn, "firewall-reject/gateway-ips", sender="gateway", by="gateway-raw", **kwargs)


@scenario("ips-resets-both", families=BOTH)
def both(lab):
    conn = lab.connect()
    conn.exchange()
    conn.client.sendall(b"something bad")
    box_reset(lab, conn, "client", namespace=netns.GATEWAY)
    box_reset(lab, conn, "server", namespace=netns.GATEWAY)
    assert was_reset(conn.client) and was_reset(conn.server)
    expect_ips(lab, conn)


@scenario("ips-resets-client", families=BOTH)
def client(lab):
    """With the ACK flag, a window and an odd TTL."""
    conn = lab.connect()
    conn.exchange()
    box_reset(lab, conn, "client", flags=RST | ACK, window=512, ttl=99, namespace=netns.GATEWAY)
    assert was_reset(conn.client)
    expect_ips(lab, conn)


@scenario("ips-behind-nat")
def behind_nat(lab):
    """The IPS sees the inner addresses; the RST to the client bears them."""
    masquerade()
    conn = lab.connect()
    conn.exchange()
    last = lab.lan.last(conn.far)
    rawtcp.send(netns.GATEWAY, rawtcp.segment(conn.far, conn.near, RST, last.end()))
    assert was_reset(conn.client)
    expect_ips(lab, conn, nat_client=conn.seen_by_server)
