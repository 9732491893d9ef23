# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""What wakes a connection that a box has forgotten, and on what path: probes, FINs, streams of one side, distance, bare stacks."""

import socket

import netns
from actors import BOTH, forgetful_box, masquerade, reads_late
from connection import receive, was_reset
from lab import scenario

TIMEOUT = "net.netfilter.nf_conntrack_tcp_timeout_established"


def expect_forgotten(lab, conn, woken, sender="server", **kwargs):
    capture, name = (lab.lan, conn.near) if sender == "server" else (lab.wan, conn.seen_by_server)
    lab.expect(
        conn, "idle-timeout/remote-on-next-packet", sender=sender, by="transit", gap_ms=capture.gap(name, woken) if woken else None, **kwargs
    )  # fmt: skip


def keepalive(sock, idle, interval=1, count=3):
    for option, value in ((socket.TCP_KEEPIDLE, idle), (socket.TCP_KEEPINTVL, interval), (socket.TCP_KEEPCNT, count)):
        sock.setsockopt(socket.IPPROTO_TCP, option, value)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)


def bare(*namespaces):
    for namespace in namespaces:
        for key in ("tcp_timestamps", "tcp_window_scaling", "tcp_sack"):
            netns.sysctl("net.ipv4." + key, 0, namespace)


@scenario("probe-wakes-forgotten", box=True, families=BOTH)
def probe(lab):
    """The client's keepalive comes later than the box's timeout: its first probe is answered by RST."""
    forgetful_box(2)
    conn = lab.connect()
    conn.exchange()
    quiet = lab.now() + 1
    keepalive(conn.client, 4)
    assert was_reset(conn.client)
    expect_forgotten(lab, conn, quiet, stage="established")


def forgotten_after_update(lab, of_server):
    """Between the last answer and the silence that kills lies a window update; the client wakes the box."""
    forgetful_box(3)
    conn = lab.connect()
    conn.exchange()
    reads_late(lab, *((conn.server, conn.client) if of_server else (conn.client, conn.server)), conn.near)
    lab.silence(6)
    woken = lab.now()
    conn.client.sendall(b"still there?")
    assert was_reset(conn.client)
    expect_forgotten(lab, conn, woken, stage="established")


@scenario("window-update-then-forgotten", box=True, families=BOTH)
def update_of_client(lab):
    forgotten_after_update(lab, False)


@scenario("window-update-of-server-then-forgotten", box=True, families=BOTH)
def update_of_server(lab):
    forgotten_after_update(lab, True)


@scenario("probe-of-server-wakes-forgotten", box=True)
def probe_of_server(lab):
    """The server's probes are swallowed by the box before they reach us; the client's data is what is answered."""
    forgetful_box(3)
    conn = lab.connect()
    conn.exchange()
    lab.silence(5)
    keepalive(conn.server, 1)
    assert was_reset(conn.server)
    lab.silence(0.5)
    woken = lab.now()
    conn.client.sendall(b"still there?")
    assert was_reset(conn.client)
    expect_forgotten(lab, conn, woken, stage="established")


@scenario("fin-wakes-forgotten", box=True, families=BOTH)
def fin(lab):
    """The client closes after the silence: its FIN is answered by RST."""
    forgetful_box(3)
    conn = lab.connect()
    conn.exchange()
    lab.silence(5.5)
    woken = lab.now()
    conn.client.close()
    lab.seen_reset(conn.near)
    expect_forgotten(lab, conn, woken)


@scenario("log-shipper-forgotten", box=True, families=BOTH)
def shipper(lab):
    """A log shipper: only the client ever says anything. The box translates, so that the RST is the host's own."""
    netns.nft("table inet nat { chain post { type nat hook postrouting priority 100; oifname inner masquerade fully-random; } }", "box")
    netns.sysctl(TIMEOUT, 2, "box")
    conn = lab.connect(lab.listen(6514))
    for _ in range(3):
        conn.client.sendall(b"<134>1 - host app - - - message\n")
        receive(conn.server, 32)
    lab.silence(3.2)
    woken = lab.now()
    conn.client.sendall(b"<134>1 - host app - - - message\n")
    assert was_reset(conn.client)
    expect_forgotten(lab, conn, woken)


@scenario("subscriber-forgotten", box=True, families=BOTH)
def subscriber(lab):
    """A subscriber: it asked once, and since then only the server speaks; then nobody does, and the client's ping is answered by RST."""
    forgetful_box(2)
    conn = lab.connect(lab.listen(1883))
    conn.exchange(10)
    for _ in range(4):
        lab.silence(0.6)
        conn.server.sendall(b"event" * 20)
        receive(conn.client, 100)
    lab.silence(4.4)
    woken = lab.now()
    conn.client.sendall(b"\xc0\0")
    assert was_reset(conn.client)
    expect_forgotten(lab, conn, woken, stage="established")


@scenario("far-host-forgotten", box=True, families=BOTH)
def far(lab):
    """A path of 60 ms behind the box, 20 ms before the gateway."""
    lab.delay("client", 20)
    lab.delay("server", 60)
    forgetful_box(3)
    conn = lab.connect()
    conn.exchange()
    lab.silence(4.6)
    woken = lab.now()
    conn.client.sendall(b"still there?")
    assert was_reset(conn.client)
    expect_forgotten(lab, conn, woken, stage="established")


@scenario("bare-stacks-forgotten", box=True, families=BOTH)
def bare_stacks(lab):
    """No timestamps, no window scaling, no SACK; behind our NAT."""
    bare("client", "server")
    masquerade("masquerade")
    forgetful_box(2)
    conn = lab.connect()
    conn.exchange()
    lab.silence(4.4)
    woken = lab.now()
    conn.client.sendall(b"still there?")
    assert was_reset(conn.client)
    expect_forgotten(lab, conn, woken, stage="established", nat_client=conn.seen_by_server)


@scenario("box-untranslated-forgotten", box=True, families=BOTH)
def untranslated(lab):
    """A box that masquerades with tcp_loose=0: what it forgot leaves untranslated, and the host resets the client by its own address."""
    netns.nft("table inet nat { chain post { type nat hook postrouting priority 100; oifname inner masquerade; } }", "box")
    netns.sysctl(TIMEOUT, 3, "box")
    netns.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0, "box")
    conn = lab.connect()
    conn.exchange()
    lab.silence(5)
    woken = lab.now()
    conn.client.sendall(b"still there?")
    assert was_reset(conn.client)
    expect_forgotten(lab, conn, woken, stage="established")


@scenario("half-closed-forgotten", box=True)
def half_closed(lab):
    """The client has shut down its side and waits for a long answer; the box forgets the half-closed connection meanwhile."""
    forgetful_box(2)
    netns.sysctl("net.netfilter.nf_conntrack_tcp_timeout_close_wait", 2, "box")
    netns.sysctl("net.netfilter.nf_conntrack_tcp_timeout_fin_wait", 2, "box")
    conn = lab.connect()
    conn.exchange()
    conn.client.shutdown(socket.SHUT_WR)
    lab.silence(4)
    keepalive(conn.client, 1)
    assert was_reset(conn.client)
    lab.expect(conn, "idle-timeout/remote-on-next-packet", sender="server", by="transit", stage="closing")


@scenario("keepalive-below-the-box", box=True, families=BOTH)
def kept(lab):
    """Keepalive every second through a box that forgets after two: it lives."""
    forgetful_box(3)
    conn = lab.connect()
    conn.exchange()
    keepalive(conn.server, 1, 1, 9)
    lab.silence(7)
    conn.exchange()
    lab.no_reset()


@scenario("link-flaps", families=BOTH)
def flaps(lab):
    """The server's link goes down while the client speaks, and comes back: the copies arrive, and it lives."""
    conn = lab.connect()
    conn.exchange()
    lab.silence(2.2)
    netns.run("ip link set eth0 down", "server")
    conn.client.sendall(b"q" * 10)
    lab.silence(1.5)
    router = lab.address["wan"]
    netns.run("ip link set eth0 up", "server")
    if lab.family == 6:  # the kernel drops global addresses of IPv6 with the link
        netns.run(f"ip addr add {lab.address['server']}/64 dev eth0 nodad", "server", check=False)
    netns.run(f"ip route add default via {router}", "server", check=False)
    receive(conn.server, 10)
    conn.exchange()
    lab.no_reset()


@scenario("server-sleeps", families=BOTH)
def sleeps(lab):
    """The server's application says nothing for five seconds, then answers; the next pause is longer still."""
    conn = lab.connect()
    for pause in (2.5, 5.5):
        conn.client.sendall(b"slow question")
        receive(conn.server, 13)
        lab.silence(pause)
        conn.server.sendall(b"slow answer")
        receive(conn.client, 11)
    lab.no_reset()
