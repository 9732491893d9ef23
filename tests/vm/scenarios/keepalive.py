# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""Keepalive probes into a dead path: idle-timeout/keepalive-expired."""

import socket

import netns
from connection import was_reset
from lab import scenario

BOTH = (4, 6)


def probe_quickly(sock, probes=3):
    """First probe after 3 s, then one a second, three in all."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 3)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, probes)


def go_deaf(namespace):
    """Nothing that arrives there is heard any more; it still crosses the gateway."""
    netns.nft("table inet deaf { chain everything { type filter hook prerouting priority -300; meta l4proto tcp drop; } }", namespace)


def dead_path(lab, prober):
    conn = lab.connect()
    conn.exchange()
    quiet = lab.now() + 1
    go_deaf("server" if prober == "client" else "client")
    sock = conn.client if prober == "client" else conn.server
    probe_quickly(sock)
    assert was_reset(sock)
    reset = lab.seen_reset(conn.near)
    probes = [s for s in lab.lan.of(conn.near) if quiet < s.at < reset.at]
    assert len(probes) == 3, f"three probes were to cross the gateway, not {len(probes)}"
    lab.expect(
        conn, "idle-timeout/keepalive-expired", sender=prober, by="transit", stage="established",
        gap_ms=lab.lan.gap(conn.near, quiet),
    )  # fmt: skip


@scenario("keepalive-by-client", families=BOTH)
def by_client(lab):
    dead_path(lab, "client")


@scenario("keepalive-by-server", families=BOTH)
def by_server(lab):
    dead_path(lab, "server")


@scenario("keepalive-of-both", families=BOTH)
def of_both(lab):
    """A rule here drops what both ends say; both probe, and the client is the first to give up."""
    conn = lab.connect()
    conn.exchange()
    quiet = lab.now() + 1
    netns.nft("table inet wall { chain forward { type filter hook forward priority 0; meta l4proto tcp drop; } }")
    probe_quickly(conn.server, probes=100)
    probe_quickly(conn.client)
    assert was_reset(conn.client)
    lab.seen_reset(conn.near)
    assert any(s.src == conn.far and s.at > quiet for s in lab.wan.of(conn.far)), "the server was to probe, too"
    lab.expect(
        conn, "idle-timeout/keepalive-expired", sender="client", by="transit", stage="established", gap_ms=lab.lan.gap(conn.near, quiet)
    )


@scenario("keepalive-answered")
def answered(lab):
    """Probes that are answered: the connection lives, nothing is reported."""
    conn = lab.connect()
    conn.exchange()
    probe_quickly(conn.client)
    lab.silence(6)
    conn.exchange()
    lab.no_reset()
