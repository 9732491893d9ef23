# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""Boxes that forget, in variants: how long, how often survived, who speaks, what the box answers with."""

import netns
import rawtcp
from actors import BOTH, box_reset, crossed, forgetful_box, masquerade, windows
from capture import ACK, RST
from connection import receive, was_reset
from lab import scenario


def expect_forgotten(lab, conn, woken, sender="server", **kwargs):
    capture, name = (lab.lan, conn.near) if sender == "server" else (lab.wan, conn.seen_by_server)
    nat = conn.seen_by_server if conn.seen_by_server != conn.near else None
    lab.expect(
        conn, "idle-timeout/remote-on-next-packet", sender=sender, by="transit", stage="established",
        gap_ms=capture.gap(name, woken), nat_client=nat, **kwargs,
    )  # fmt: skip


def forgotten_after(lab, seconds, survived=()):
    conn = lab.connect()
    conn.exchange()
    for pause in survived:
        lab.silence(pause)
        conn.exchange()
    lab.silence(seconds)
    woken = lab.now()
    conn.client.sendall(b"still there?")
    assert was_reset(conn.client)
    expect_forgotten(lab, conn, woken)


@scenario("forgot-after-1s", box=True, families=BOTH)
def short(lab):
    forgetful_box(1)
    forgotten_after(lab, 1.7)


@scenario("forgot-after-6s", box=True)
def longer(lab):
    forgetful_box(5)
    forgotten_after(lab, 6)


@scenario("forgot-after-many-survived", box=True, families=BOTH)
def many_survived(lab):
    forgetful_box(3)
    forgotten_after(lab, 4.5, (1.2, 1.5, 1.2, 1.8))


@scenario("forgot-windows-host", box=True, families=BOTH)
def windows_host(lab):
    windows("server")
    forgetful_box(2)
    forgotten_after(lab, 3)


def greeted(lab):
    """As MySQL and SSH do: the server speaks first."""
    conn = lab.connect()
    conn.server.sendall(b"5.7.99-greeting\n")
    receive(conn.client, 16)
    conn.client.sendall(b"login")
    receive(conn.server, 5)
    conn.server.sendall(b"ok")
    receive(conn.client, 2)
    return conn


@scenario("forgot-greeting-protocol", box=True, families=BOTH)
def greeting(lab):
    forgetful_box(2)
    conn = greeted(lab)
    lab.silence(3.5)
    woken = lab.now()
    conn.client.sendall(b"select 1")
    assert was_reset(conn.client)
    expect_forgotten(lab, conn, woken)


@scenario("forgot-behind-nat-many-survived", box=True)
def nat_survived(lab):
    masquerade()
    forgetful_box(2)
    forgotten_after(lab, 3.5, (1.1, 1.3))


def appliance(lab, flags, **kwargs):
    """A box that drops what it does not know and answers by itself, not as Linux does."""
    forgetful_box(2, "drop")
    conn = lab.connect()
    conn.exchange()
    lab.silence(3.5)
    woken = lab.now()
    conn.client.sendall(b"still there?")
    data = crossed(lab, conn.near, "the waking segment", lambda s: s.at >= woken and s.length)
    rawtcp.send("box", rawtcp.segment(conn.far, conn.near, flags, data.ack, data.end() if flags & ACK else 0, **kwargs))
    assert was_reset(conn.client)
    expect_forgotten(lab, conn, woken)


@scenario("forgot-appliance-ttl-255", box=True, families=BOTH)
def ttl_255(lab):
    appliance(lab, RST, ttl=255)


@scenario("forgot-appliance-with-ack", box=True)
def with_ack(lab):
    appliance(lab, RST | ACK, ttl=255, window=4380)


@scenario("forgot-refreshed-one-way", box=True)
def one_way(lab):
    """Only the client's segments refresh the box; the server's answers go on meanwhile. What cannot be told from a maximum age."""
    conn = lab.connect()
    conn.exchange()
    for _ in range(4):
        lab.silence(0.8)
        conn.server.sendall(b"a" * 50)
        receive(conn.client, 50)
    lab.silence(1.2)
    netns.run("conntrack -F; true", "box")
    forgetful_box(2)
    netns.run("conntrack -F; true", "box")
    woken = lab.now()
    conn.client.sendall(b"still there?")
    assert was_reset(conn.client)
    expect_forgotten(lab, conn, woken)


def at_expiry(lab, seconds, towards, **kwargs):
    conn = lab.connect()
    conn.exchange()
    lab.silence(seconds)
    fired = lab.now()
    for end in towards:
        box_reset(lab, conn, end, **kwargs)
    for end in towards:
        assert was_reset(conn.client if end == "client" else conn.server)
    lab.expect(
        conn, "idle-timeout/remote-at-expiry", sender="server" if towards[0] == "client" else "client", by="transit",
        stage="established", gap_ms=lab.lan.gap(conn.near, fired) if towards[0] == "client" else None,
    )  # fmt: skip


@scenario("expiry-both-with-ack", box=True, families=BOTH)
def expiry_both(lab):
    at_expiry(lab, 3, ("client", "server"), flags=RST | ACK, ttl=128, window=8191)


@scenario("expiry-client-only", box=True, families=BOTH)
def expiry_client(lab):
    at_expiry(lab, 4, ("client",), ttl=255)


@scenario("expiry-netscaler-code", box=True)
def expiry_netscaler(lab):
    at_expiry(lab, 3, ("client", "server"), flags=RST | ACK, ttl=255, window=9812)


def remapping_box(timeout):
    """The box translates; when it has forgotten, the next segment gets another port, which the host behind it does not know."""
    netns.nft("table inet nat { chain post { type nat hook postrouting priority 100; oifname inner masquerade fully-random; } }", "box")
    netns.sysctl("net.netfilter.nf_conntrack_tcp_timeout_established", timeout, "box")


def remapped(lab, others):
    """The RST is the host's own, without a mark of the box. Others: connections that the same client uses all the time."""
    remapping_box(2)
    listener = lab.listen()
    conn, busy = lab.connect(listener), [lab.connect(listener) for _ in range(others)]
    conn.exchange()
    for _ in range(4):
        for one in busy:
            one.exchange()
        lab.silence(1.2)
    woken = lab.now()
    conn.client.sendall(b"still there?")
    assert was_reset(conn.client)
    lab.expect(
        conn, "idle-timeout/remote-on-next-packet", sender="server", by="transit", stage="established",
        gap_ms=lab.lan.gap(conn.near, woken),
    )  # fmt: skip


@scenario("box-remapped", box=True, families=BOTH)
def remapped_alone(lab):
    remapped(lab, 0)


@scenario("box-remapped-others-live", box=True, families=BOTH)
def remapped_among_others(lab):
    remapped(lab, 2)
