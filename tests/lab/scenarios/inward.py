# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""Connections that come in from beyond the box: their client is outside, their server inside; the same causes, the other way round."""

import netns
from actors import BOTH, box_reset, forgetful_box, forward_rule, quiet_close, reset_from
from connection import Connection, dial, linger_zero, listen, was_reset
from lab import scenario

TIMEOUT = "net.netfilter.nf_conntrack_tcp_timeout_established"


def come_in(lab, listener=None):
    """A connection from the outer host to a listener of the inner one."""
    listener = listener or lab.keep(listen("client", lab.address["client"]))
    return lab.keep(Connection(listener, "server", lab.address["client"], listener.getsockname()[1]))


def expect(lab, conn, verdict, **kwargs):
    lab.expect(conn.near, verdict, conn.far, **kwargs)


@scenario("inward-box-forgot", box=True, families=BOTH)
def forgot(lab):
    """The box forgets, the inner server speaks again, and the box answers in the outer client's name."""
    forgetful_box(2)
    conn = come_in(lab)
    conn.exchange()
    lab.silence(3.5)
    woken = lab.now()
    conn.server.sendall(b"an event, at last")
    assert was_reset(conn.server)
    expect(
        lab, conn, "idle-timeout/remote-on-next-packet", sender="client", by="transit", stage="established",
        gap_ms=lab.lan.gap(conn.far, woken), reset_at=lab.seen_reset(conn.near).at,
    )  # fmt: skip


@scenario("inward-expiry", box=True, families=BOTH)
def expiry(lab):
    conn = come_in(lab)
    conn.exchange()
    lab.silence(3)
    box_reset(lab, conn, "server", ttl=255)
    assert was_reset(conn.server)
    expect(lab, conn, "idle-timeout/remote-at-expiry", sender="client", by="transit", stage="established")


@scenario("inward-abort-by-server", families=BOTH)
def aborted(lab):
    conn = come_in(lab)
    conn.exchange()
    reset_from(conn.server)
    assert was_reset(conn.client)
    expect(lab, conn, "application/abort", sender="server", by="transit", stage="established")


@scenario("inward-abort-by-client")
def given_up(lab):
    conn = come_in(lab)
    conn.exchange()
    reset_from(conn.client)
    assert was_reset(conn.server)
    expect(lab, conn, "application/abort", sender="client", by="transit", stage="established")


@scenario("inward-refused", families=BOTH)
def refused(lab):
    used = come_in(lab)
    used.exchange()
    try:
        dial("server", lab.address["client"], 7411)
        raise AssertionError("connected to a closed port")
    except ConnectionRefusedError:
        pass
    reset = next(s for s in lab.wan.resets((lab.address["client"], 7411)))
    lab.expect(reset.dst, "application/refused", reset.src, sender="server", by="transit", stage="connect")


@scenario("inward-expired-here", families=BOTH)
def expired(lab):
    forward_rule("ct state invalid reject with tcp reset")
    netns.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0)
    netns.sysctl(TIMEOUT, 2)
    conn = come_in(lab)
    conn.exchange()
    lab.silence(3.5)
    woken = lab.now()
    conn.client.sendall(b"still there?")
    assert was_reset(conn.client)
    expect(
        lab, conn, "idle-timeout/gateway-expired-reject", sender="gateway", by="gateway-reject", stage="established",
        gap_ms=lab.wan.gap(conn.near, woken),
    )  # fmt: skip


@scenario("inward-server-crashes")
def crashes(lab):
    """Three connections with something unread die in one go: what the kernel does with a killed process's sockets."""
    listener = lab.keep(listen("client", lab.address["client"]))
    conns = [come_in(lab, listener) for _ in range(3)]
    for conn in conns:
        conn.exchange()
    for conn in conns:
        lab.silence(0.15)
        conn.client.sendall(b"unread")
    lab.silence(0.5)
    for conn in conns:
        linger_zero(conn.server)
    for conn in conns:
        conn.server.close()
    for conn in conns:
        assert was_reset(conn.client)
        expect(lab, conn, "application/crash", sender="server", by="transit", stage="established", accept=("application/abort",))


@scenario("inward-host-lost", families=BOTH)
def host_lost(lab):
    listener = lab.keep(listen("client", lab.address["client"]))
    conns = [come_in(lab, listener) for _ in range(3)]
    for conn in conns:
        conn.exchange()
    for conn in conns:
        quiet_close(conn.server)
    for conn in conns:
        conn.client.sendall(b"where are you?")
    for conn in conns:
        assert was_reset(conn.client)
        expect(lab, conn, "stale-state/host-lost", sender="server", by="transit", stage="established")
