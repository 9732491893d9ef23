# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""
A second Linux router in the path that forgets idle connections after two seconds: a real load balancer that forgot. It rejects
what it does not know, like the others do. The gateway has not forgotten: its own timeout is five days.
"""

import netns
import rawtcp
from connection import was_reset, wait_until
from lab import scenario

BOTH = (4, 6)

FORGETFUL = """
table inet box {{
	chain forward {{
		type filter hook forward priority 0
		ct state invalid {verdict}
	}}
}}
"""


def make_forgetful(verdict="reject with tcp reset"):
    netns.nft("flush ruleset\n" + FORGETFUL.format(verdict=verdict), "box")  # at once: nothing slips through in between
    netns.sysctl("net.netfilter.nf_conntrack_tcp_timeout_established", 2, "box")
    netns.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0, "box")


def expect_forgotten(lab, conn, woken_at, **kwargs):
    lab.expect(
        conn, "idle-timeout/remote-on-next-packet", sender="server", by="transit", stage="established",
        gap_ms=lab.lan.gap(conn.near, woken_at), **kwargs,
    )  # fmt: skip


@scenario("box-forgot", box=True, families=BOTH)
def box_forgot(lab):
    """Silent for four seconds; the client's next segment is answered by the box's RST."""
    make_forgetful()
    conn = lab.connect()
    conn.exchange()
    lab.silence(4)
    woken = lab.now()
    conn.client.sendall(b"still there?")
    assert was_reset(conn.client)
    expect_forgotten(lab, conn, woken)


@scenario("box-forgot-and-swallowed", box=True, families=BOTH)
def box_swallowed(lab):
    """The box first drops what it does not know, for three seconds of retransmissions, then rejects: the gap stays the silence."""
    make_forgetful("drop")
    conn = lab.connect()
    conn.exchange()
    lab.silence(4)
    woken = lab.now()
    conn.client.sendall(b"still there?")
    wait_until("three seconds of copies", lambda: any(s.at >= woken + 3 for s in lab.lan.of(conn.near)))
    make_forgetful()
    assert was_reset(conn.client)
    copies = [s for s in lab.lan.of(conn.near) if s.at >= woken and s.length]
    lab.note(f"{len(copies)} copies over {copies[-1].at - copies[0].at:.1f} s")
    expect_forgotten(lab, conn, woken)


@scenario("box-survived-then-forgot", box=True)
def box_survived(lab):
    """A gap shorter than the box's timeout is survived; the next, longer one kills. Only the second counts."""
    make_forgetful()
    netns.sysctl("net.netfilter.nf_conntrack_tcp_timeout_established", 4, "box")
    conn = lab.connect()
    conn.exchange()
    lab.silence(1.5)
    conn.exchange()
    lab.silence(6)
    woken = lab.now()
    conn.client.sendall(b"still there?")
    assert was_reset(conn.client)
    expect_forgotten(lab, conn, woken)


@scenario("box-forgot-behind-nat", box=True, families=BOTH)
def box_behind_nat(lab):
    """The same, the gateway translating the client's address."""
    netns.nft("table inet nat { chain post { type nat hook postrouting priority 100; oifname wan masquerade; } }")
    make_forgetful()
    conn = lab.connect()
    conn.exchange()
    lab.silence(4)
    woken = lab.now()
    conn.client.sendall(b"still there?")
    assert was_reset(conn.client)
    expect_forgotten(lab, conn, woken, nat_client=conn.seen_by_server)


def forge_reset(lab, conn, towards, **kwargs):
    """The box sends a RST with the exact sequence number to one end, in the other's name."""
    src, dst = (conn.far, conn.near) if towards == "client" else (conn.near, conn.far)
    last = lab.lan.last(src)
    packet = rawtcp.segment(src, dst, kwargs.pop("flags", rawtcp.RST), last.end() + kwargs.pop("offset", 0), **kwargs)
    rawtcp.send("box", packet)


@scenario("box-resets-both-at-expiry", box=True, families=BOTH)
def box_resets_both(lab):
    """A box whose timer fires: RST to both ends in each other's name, nothing having elicited it. The box stands on the server's side."""
    conn = lab.connect()
    conn.exchange()
    lab.silence(4)
    fired = lab.now()
    forge_reset(lab, conn, "client", ttl=255)
    forge_reset(lab, conn, "server", ttl=255)
    assert was_reset(conn.client) and was_reset(conn.server)
    lab.expect(
        conn, "idle-timeout/remote-at-expiry", sender="server", by="transit", stage="established",
        gap_ms=lab.lan.gap(conn.near, fired),
    )  # fmt: skip


def expect_ignored(lab, conn, sender):
    for _ in range(3):
        conn.exchange()
    lab.expect(conn, "noise/ignored", sender=sender, by="transit")


@scenario("forged-out-of-place", box=True, families=BOTH)
def forged_out_of_place(lab):
    """A forged RST inside the window but not at its edge: the client challenges it (RFC 5961), and the connection goes on."""
    conn = lab.connect()
    conn.exchange()
    forge_reset(lab, conn, "client", offset=500)
    lab.seen_reset(conn.near)
    expect_ignored(lab, conn, "server")


@scenario("forged-dies-on-the-way", box=True, families=BOTH)
def forged_low_ttl(lab):
    """A forged RST at the exact place with a TTL that ends at the gateway: seen there, and the connection goes on."""
    conn = lab.connect()
    conn.exchange()
    forge_reset(lab, conn, "client", ttl=1)
    lab.seen_reset(conn.near, lab.wan)
    assert not lab.lan.resets(conn.near)
    expect_ignored(lab, conn, "server")


@scenario("reset-after-close", families=BOTH)
def after_close(lab):
    """Both sides have closed; a late copy of the client's data meets a host that has forgotten: a RST that kills nothing."""
    conn = lab.connect()
    conn.exchange()
    data = [s for s in lab.lan.of(conn.near) if s.src == conn.near and s.length][-1]
    conn.client.close()
    wait_until("the FIN", lambda: conn.server.recv(1) == b"")
    conn.server.close()
    # FIN and its acknowledgement in both directions, so that the server's end is gone
    wait_until("the last acknowledgement", lambda: lab.lan.last(conn.near).ack == lab.lan.last(conn.far).end() and lab.lan.last(conn.far).flags & 1)
    copy = rawtcp.segment(conn.near, conn.far, rawtcp.ACK, data.seq, data.ack, 500, b"q" * data.length)
    rawtcp.send("client", copy)
    lab.seen_reset(conn.near)
    lab.expect(conn, "noise/after-close", sender="server", by="transit")
