# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""A box forgets and swallows: idle-timeout/silent-drop, which never sends a RST."""

import netns
from actors import BOTH, forgetful_box, masquerade
from lab import scenario


def swallowed(lab, speaker, pause=4.0):
    """A silence the box does not survive, then copies into the void; the server lives, as another connection shows."""
    netns.sysctl("net.netfilter.nf_rstwhy_resume_ms", 300)  # ten of these make a silence worth telling: three seconds
    forgetful_box(2, "drop")
    listener = lab.listen()
    other, conn = lab.connect(listener), lab.connect(listener)
    conn.exchange()
    for _ in range(4):
        lab.silence(pause / 4)
        other.exchange()
    woken = lab.now()
    sock, capture, name = (conn.client, lab.lan, conn.near) if speaker == "client" else (conn.server, lab.wan, conn.seen_by_server)
    sock.sendall(b"is anybody there?")
    for _ in range(6):
        lab.silence(1)
        other.exchange()
    copies = [s for s in capture.of(name) if s.at >= woken and s.length]
    assert len(copies) >= 4, f"{len(copies)} copies crossed"
    nat = conn.seen_by_server if conn.seen_by_server != conn.near else None
    lab.expect(conn, "idle-timeout/silent-drop", kind="silence", stage="established", nat_client=nat, reset_at=None)


@scenario("swallowed-client-first", box=True, families=BOTH)
def client_first(lab):
    swallowed(lab, "client")


@scenario("swallowed-behind-nat", box=True)
def behind_nat(lab):
    masquerade()
    swallowed(lab, "client", 5)


@scenario("swallowed-server-first", box=True)
def server_first(lab):
    """The box stands beside the server here: the server's copies would not reach us, so the client's way is what is lost."""
    netns.sysctl("net.netfilter.nf_rstwhy_resume_ms", 300)
    conn = lab.connect()
    conn.exchange()
    lab.silence(4)
    netns.nft("table inet deaf { chain everything { type filter hook prerouting priority -300; meta l4proto tcp drop; } }", "client")
    conn.server.sendall(b"is anybody there?")
    lab.silence(6)
    lab.expect(conn, "idle-timeout/silent-drop", kind="silence", stage="established", reset_at=None)
