# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""This gateway itself forgets after two seconds: idle-timeout/gateway-expired-*."""

import netns
from connection import was_reset
from lab import scenario

BOTH = (4, 6)

STRICT = "table inet filter { chain forward { type filter hook forward priority 0; ct state invalid reject with tcp reset; } }"
NOSYN = """
table inet filter {
	chain forward { type filter hook forward priority 0; ct state new tcp flags & syn != syn reject with tcp reset; }
}
"""
NAT = "table inet nat {{ chain post {{ type nat hook postrouting priority 100; oifname wan {how}; }} }}"


def short_memory(loose):
    netns.sysctl("net.netfilter.nf_conntrack_tcp_timeout_established", 2)
    netns.sysctl("net.netfilter.nf_conntrack_tcp_loose", loose)


def idle_then(lab, conn, speaker):
    """Four seconds of silence, then one side speaks and learns of the reset. Returns when it spoke."""
    conn.exchange()
    lab.silence(4)
    woken = lab.now()
    sock = conn.client if speaker == "client" else conn.server
    sock.sendall(b"still there?")
    assert was_reset(sock)
    return woken


def rejected(lab, speaker):
    conn = lab.connect()
    woken = idle_then(lab, conn, speaker)
    lab.expect(
        conn, "idle-timeout/gateway-expired-reject", sender="gateway", by="gateway-reject", stage="established",
        gap_ms=lab.lan.gap(conn.near, woken) if speaker == "client" else lab.wan.gap(conn.near, woken), reset_at=None,
    )  # fmt: skip


@scenario("expired-strict-client-first", families=BOTH)
def strict_client(lab):
    """tcp_loose=0: what was forgotten is INVALID, and a rule rejects that."""
    netns.nft(STRICT)
    short_memory(loose=0)
    rejected(lab, "client")


@scenario("expired-strict-server-first", families=BOTH)
def strict_server(lab):
    netns.nft(STRICT)
    short_memory(loose=0)
    rejected(lab, "server")


@scenario("expired-loose-client-first", families=BOTH)
def loose_client(lab):
    """tcp_loose=1: what was forgotten is NEW again, and a rule rejects NEW without SYN."""
    netns.nft(NOSYN)
    short_memory(loose=1)
    rejected(lab, "client")


@scenario("expired-loose-server-first", families=BOTH)
def loose_server(lab):
    netns.nft(NOSYN)
    short_memory(loose=1)
    rejected(lab, "server")


@scenario("expired-remap", families=BOTH)
def remap(lab):
    """Fully random ports: the forgotten connection gets a new one, and the server does not know that."""
    netns.nft(NAT.format(how="masquerade fully-random"))
    short_memory(loose=1)
    conn = lab.connect()
    woken = idle_then(lab, conn, "client")
    ports = {s.src[1] for s in lab.wan.segments() if s.dst == conn.far}
    assert len(ports) == 2, f"the gateway was to choose a new port: {ports}"
    lab.expect(
        conn, "idle-timeout/gateway-expired-remap", sender="server", by="transit", stage="established",
        gap_ms=lab.lan.gap(conn.near, woken), nat_client=(conn.seen_by_server[0], 0),
    )  # fmt: skip


@scenario("expired-masquerade-lives", families=BOTH)
def masquerade(lab):
    """Plain masquerade chooses the same port again: the connection lives, and nothing may be reported."""
    netns.nft(NAT.format(how="masquerade"))
    short_memory(loose=1)
    conn = lab.connect()
    conn.exchange()
    lab.silence(4)
    conn.exchange()
    lab.no_reset()


@scenario("expired-stack", families=BOTH)
def stack(lab):
    """Behind NAT the server speaks first after the entry expired: its packet is for the gateway's own address, whose stack resets."""
    netns.nft(NAT.format(how="masquerade fully-random"))
    short_memory(loose=1)
    conn = lab.connect()
    woken = idle_then(lab, conn, "server")
    reset = lab.seen_reset(conn.seen_by_server, lab.wan)
    lab.expect(
        conn, "idle-timeout/gateway-expired-stack", sender="gateway", by="gateway-stack", stage="established",
        gap_ms=lab.wan.gap(conn.seen_by_server, woken), nat_client=conn.seen_by_server, reset_at=reset.at,
    )  # fmt: skip
