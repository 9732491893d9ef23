# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""RSTs that kill nothing: noise/*. A living connection is never called idle."""

import random

import rawtcp
from actors import BOTH, box_reset, masquerade, reset_from
from capture import ACK, RST
from connection import was_reset
from lab import scenario


@scenario("blind-reset-flood", box=True, families=BOTH)
def blind(lab):
    """Blind RSTs at random numbers, before, in and after a silence; the connection goes on."""
    chance = random.Random(7)
    conn = lab.connect()
    conn.exchange()
    for towards in ("client", "server"):
        for _ in range(4):
            where = "box" if towards == "client" else "client"  # so that it crosses the gateway
            box_reset(lab, conn, towards, offset=chance.randrange(1 << 20, 1 << 31), ttl=200, namespace=where)
    lab.silence(2.5)
    box_reset(lab, conn, "client", offset=0x50000000, ttl=200)
    for _ in range(3):
        conn.exchange()
    sender = lab.lan.resets(conn.near)[0].src
    neither_kills = {"by": "transit", "accept": ("noise/out-of-window",)}
    lab.expect(conn, "noise/ignored", sender="server" if sender == conn.far else "client", **neither_kills)
    lab.expect(conn, "noise/ignored", sender="server", order=1, reset_at=None, **neither_kills)  # that after the silence


@scenario("blind-reset-then-silence", box=True, families=BOTH)
def blind_silence(lab):
    """A RST far out of the window; then both are silent, and live."""
    conn = lab.connect()
    conn.exchange()
    box_reset(lab, conn, "client", offset=0x30000000, ttl=200)
    lab.seen_reset(conn.near)
    lab.silence(4)
    lab.expect(conn, "noise/out-of-window", sender="server", by="transit")


@scenario("old-number-then-silence", box=True, families=BOTH)
def old_number(lab):
    """A RST with a number that was used long ago; then silence."""
    conn = lab.connect()
    for _ in range(3):
        conn.exchange()
    box_reset(lab, conn, "server", offset=-150, ttl=60, namespace="client")
    lab.seen_reset(conn.near)
    lab.silence(3)
    lab.expect(conn, "noise/out-of-window", sender="client", by="transit", reset_at=None)


@scenario("reset-sent-again", families=BOTH)
def again(lab):
    """The server aborts; seconds later a copy of its RST comes by (a network that duplicates)."""
    conn = lab.connect()
    conn.exchange()
    reset_from(conn.server)
    assert was_reset(conn.client)
    first = lab.seen_reset(conn.near)
    lab.silence(3.5)
    rawtcp.send("server", rawtcp.segment(first.src, first.dst, first.flags, first.seq, first.ack, first.window))
    lab.silence(0.5)
    lab.expect(conn, "application/abort", sender="server", by="transit")
    lab.expect(conn, "noise/duplicate", sender="server", by="transit", order=1, reset_at=None)


@scenario("reset-sent-again-behind-nat")
def again_nat(lab):
    masquerade()
    conn = lab.connect()
    conn.exchange()
    reset_from(conn.client)
    assert was_reset(conn.server)
    first = lab.seen_reset(conn.near)
    lab.silence(3.5)
    rawtcp.send("client", rawtcp.segment(first.src, first.dst, first.flags, first.seq, first.ack, first.window))
    lab.silence(0.5)
    lab.expect(conn, "application/abort", sender="client", by="transit", nat_client=conn.seen_by_server)
    lab.expect(conn, "noise/duplicate", sender="client", by="transit", order=1, reset_at=None, nat_client=conn.seen_by_server)


@scenario("backscatter-refusals", families=BOTH)
def refusals(lab):
    """Somebody sends SYNs in our client's name; their refusals come here."""
    for port in (50001, 50002, 50003):
        near, far = (lab.address["client"], port), (lab.address["server"], 443)
        rawtcp.send("server", rawtcp.segment(far, near, RST | ACK, 0, 1234567 + port))
        lab.seen_reset(near)
        lab.expect(near, "noise/backscatter")


@scenario("backscatter-resets", families=BOTH)
def resets(lab):
    """The same with ACKs: bare RSTs come."""
    for port in (50011, 50012):
        near, far = (lab.address["client"], port), (lab.address["server"], 443)
        rawtcp.send("server", rawtcp.segment(far, near, RST, 998877 + port))
        lab.seen_reset(near)
        lab.expect(near, "noise/backscatter")
