# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""Other wires: small and jumbo frames, segments that the gateway merges (GRO); and TCP Fast Open, whose SYN carries data."""

import socket

import deaths
import netns
from actors import BOTH, forgetful_box, masquerade, reset_from
from connection import endpoint, family_of, receive, wait_until, was_reset
from lab import scenario


def mtu(size, near=True, distant=True):
    if near:
        netns.run(f"ip link set lan mtu {size}; ip -n client link set eth0 mtu {size}")
    if distant:
        netns.run(f"ip link set wan mtu {size}; ip -n server link set eth0 mtu {size}")


def merged():
    """What comes in is merged to packets of up to 64 KB before our hooks see it."""
    for device in ("lan", "wan"):
        netns.run(f"ethtool -K {device} gro on")


@scenario("mtu-1280-cancel", families=BOTH)
def small_cancel(lab):
    """Segments of 1280 bytes, cut at the sender (no offloads), as from a tunnel."""
    mtu(1280)
    for namespace in ("client", "server"):
        netns.run("ethtool -K eth0 tso off gso off gro off", namespace)
    lab.delay("client", 20)
    deaths.cancels(lab, 100000)


@scenario("mtu-9000-cancel", families=BOTH)
def jumbo_cancel(lab):
    masquerade()
    mtu(9000)
    lab.delay("client", 20)
    deaths.cancels(lab)


@scenario("mtu-9000-unread", families=BOTH)
def jumbo_unread(lab):
    mtu(9000, near=False)
    deaths.leaves_unread(lab)


@scenario("gro-cancel", families=BOTH)
def gro_cancel(lab):
    merged()
    netns.run("ethtool -K eth0 tso off gso off", "server")
    lab.delay("client", 20)
    deaths.cancels(lab)


@scenario("gro-late", families=BOTH)
def gro_late(lab):
    merged()
    deaths.speaks_late(lab)


@scenario("gro-box-forgot", box=True, families=BOTH)
def gro_forgot(lab):
    """The client wakes with 100 KB at once."""
    merged()
    forgetful_box(2)
    conn = deaths.fresh(lab)
    lab.silence(3.4)
    woken = lab.now()
    conn.client.send(b"x" * 100000)
    assert was_reset(conn.client)
    lab.expect(
        conn, "idle-timeout/remote-on-next-packet", sender="server", by="transit", stage="established",
        gap_ms=lab.lan.gap(conn.near, woken),
    )  # fmt: skip


# ---- TCP Fast Open


REQUEST = b"GET / HTTP/1.1\r\n\r\n"


def fast_dial(lab, listener, port):
    with netns.inside("client"):
        sock = lab.keep(socket.socket(family_of(lab.family), socket.SOCK_STREAM))
    sock.sendto(REQUEST, socket.MSG_FASTOPEN, (lab.address["server"], port))
    sock.settimeout(20)
    accepted = lab.keep(listener.accept()[0])
    accepted.settimeout(20)
    wait_until("the request", lambda: len(accepted.recv(99, socket.MSG_PEEK)) == len(REQUEST))
    return sock, accepted


def fast_open(lab, port):
    """Two dials, the first of which gets a cookie; the second one's SYN carries the request. That one's two sockets, and its client end."""
    for namespace in ("client", "server"):
        netns.sysctl("net.ipv4.tcp_fastopen", 3, namespace)
    listener = lab.listen(port)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 16)
    sock, accepted = fast_dial(lab, listener, port)
    receive(accepted, len(REQUEST))
    sock.close()
    accepted.close()
    sock, accepted = fast_dial(lab, listener, port)
    near = endpoint(sock.getsockname())
    syn = lab.lan.of(near)[0]
    assert syn.length == len(REQUEST), f"the SYN carried {syn.length} bytes"
    return sock, accepted, near


@scenario("fast-open-rejected", families=BOTH)
def fast_rejected(lab):
    """The server closes with the request unread that came in the SYN."""
    sock, accepted, near = fast_open(lab, 7480)
    accepted.close()
    assert was_reset(sock)
    far = (lab.address["server"], 7480)
    lab.expect(near, "application/request-rejected", far, sender="server", by="transit", accept=("application/abort",))


@scenario("fast-open-abort", families=BOTH)
def fast_abort(lab):
    """The request came in the SYN and was answered; the client asks once more and is reset. Behind NAT."""
    masquerade("masquerade")
    sock, accepted, near = fast_open(lab, 7481)
    receive(accepted, len(REQUEST))
    accepted.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    receive(sock, 19)
    sock.sendall(b"more")
    receive(accepted, 4)
    reset_from(accepted)
    assert was_reset(sock)
    lab.expect(
        near, "application/abort", (lab.address["server"], 7481), sender="server", by="transit", stage="established",
        nat_client=deaths.outer_of(lab, near, 7481),
    )  # fmt: skip


@scenario("fast-open-refused", families=BOTH)
def fast_refused(lab):
    """With a cookie for this host in hand the client dials a port where nobody listens: the refused SYN carried data."""
    fast_open(lab, 7482)
    with netns.inside("client"):
        sock = lab.keep(socket.socket(family_of(lab.family), socket.SOCK_STREAM))
    try:
        sock.sendto(REQUEST, socket.MSG_FASTOPEN, (lab.address["server"], 7483))
    except ConnectionRefusedError:
        pass
    reset = lab.seen_reset((lab.address["server"], 7483))
    assert lab.lan.of(reset.dst)[0].length == len(REQUEST)
    lab.expect(reset.dst, "application/refused", (lab.address["server"], 7483), sender="server", by="transit", stage="connect")


@scenario("fast-open-box-forgot", box=True, families=BOTH)
def fast_forgot(lab):
    forgetful_box(2)
    sock, accepted, near = fast_open(lab, 7484)
    receive(accepted, len(REQUEST))
    accepted.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    receive(sock, 19)
    lab.silence(3.3)
    woken = lab.now()
    sock.sendall(b"more")
    assert was_reset(sock)
    lab.expect(
        near, "idle-timeout/remote-on-next-packet", (lab.address["server"], 7484), sender="server", by="transit", stage="established",
        gap_ms=lab.lan.gap(near, woken),
    )  # fmt: skip
