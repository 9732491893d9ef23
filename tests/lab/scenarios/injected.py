# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""An injector on the path kills, and the side in whose name it did goes on: firewall-reject/injected."""

from actors import BOTH, box_reset, crossed, half_dialled, masquerade
from capture import ACK, RST, SYN
from connection import was_reset
import rawtcp
from lab import scenario


def victim_goes_on(lab, conn):
    """The server, which reset nobody, answers; its data meets the client's closed socket."""
    assert was_reset(conn.client)
    conn.server.sendall(b"here is your answer")
    assert was_reset(conn.server)


def expect_injected(lab, conn, **kwargs):
    lab.expect(conn, "firewall-reject/injected", sender="server", by="transit", **kwargs)


@scenario("injected-triple", box=True, families=BOTH)
def triple(lab):
    """Three RST+ACKs, their windows rising by one; the request had passed."""
    lab.delay("server", 200)  # its acknowledgement must not reach the reset client before its answer is under way
    conn = lab.connect()
    conn.exchange()
    conn.client.sendall(b"GET /forbidden")
    crossed(lab, conn.near, "the request", lambda s: s.length == 14)
    for i in range(3):
        box_reset(lab, conn, "client", flags=RST | ACK, window=1980 + i, ttl=77, ipid=4000 + 17 * i)
    victim_goes_on(lab, conn)
    expect_injected(lab, conn)


@scenario("injected-rising-numbers", box=True, families=BOTH)
def rising(lab):
    """RSTs at +0, +1460, +4380: the injector races the answer."""
    lab.delay("server", 200)  # its acknowledgement must not reach the reset client before its answer is under way
    conn = lab.connect()
    conn.exchange()
    conn.client.sendall(b"GET /forbidden")
    crossed(lab, conn.near, "the request", lambda s: s.length == 14)
    for offset in (0, 1460, 4380):
        box_reset(lab, conn, "client", offset=offset, ttl=61)
    victim_goes_on(lab, conn)
    expect_injected(lab, conn)


@scenario("injected-single", box=True, families=BOTH)
def single(lab):
    """One RST that looks like the host's own, but the host's answer follows."""
    lab.delay("server", 200)  # its acknowledgement must not reach the reset client before its answer is under way
    conn = lab.connect()
    conn.exchange()
    conn.client.sendall(b"GET /forbidden")
    crossed(lab, conn.near, "the request", lambda s: s.length == 14)
    box_reset(lab, conn, "client", ttl=63)
    victim_goes_on(lab, conn)
    expect_injected(lab, conn)


@scenario("injected-behind-nat", box=True)
def behind_nat(lab):
    """The injector stands outside, and sees the gateway's address."""
    masquerade()
    lab.delay("server", 200)  # its acknowledgement must not reach the reset client before its answer is under way
    conn = lab.connect()
    conn.exchange()
    conn.client.sendall(b"GET /forbidden")
    crossed(lab, conn.near, "the request", lambda s: s.length == 14)
    last = lab.wan.last(conn.far)
    for i in range(3):
        rawtcp.send("box", rawtcp.segment(conn.far, conn.seen_by_server, RST | ACK, last.end(), last.ack, 3293 + i, ttl=99))
    victim_goes_on(lab, conn)
    expect_injected(lab, conn, nat_client=conn.seen_by_server)


@scenario("injected-into-handshake", box=True, families=BOTH)
def into_handshake(lab):
    """The injector refuses the SYN in the host's name; the host's SYN-ACK follows and finds nobody."""
    lab.delay("server", 60)
    listener = lab.listen()
    far = (lab.address["server"], listener.getsockname()[1])
    sock, near = half_dialled(lab, *far)
    syn = crossed(lab, near, "the SYN", lambda s: s.flags & SYN)
    rawtcp.send("box", rawtcp.segment(far, near, RST | ACK, 0, syn.seq + 1, ttl=63))
    assert was_reset(sock)
    crossed(lab, far, "the SYN-ACK", lambda s: s.flags & SYN and s.flags & ACK)
    lab.expect(near, "firewall-reject/injected", far, sender="server", by="transit", stage="connect")
