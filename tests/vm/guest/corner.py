# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""What the scenarios of a gateway's corners share: changes that are undone, an abort, and that each RST is seen once."""

import daemon
import netns
from connection import linger_zero, wait_until, was_reset


class Undo:
    """For lab.keep(): runs a command in the gateway when the scenario ends."""

    def __init__(self, command):
        self.command = command

    def close(self):
        netns.run(self.command, check=False)


def change(lab, command, undo):
    """Something of the gateway that does not go with its namespaces and wires."""
    lab.keep(Undo(undo))
    netns.run(command)


def abort(conn, by="server"):
    """One end aborts (linger 0): a RST of a live socket, and the other end gets it."""
    own, other = (conn.server, conn.client) if by == "server" else (conn.client, conn.server)
    linger_zero(own)
    own.close()
    assert was_reset(other)


def seen(lab, count):
    """The module saw so many RSTs until now, and no more: each once, by whatever hooks it passed."""
    if not lab.verdicts:
        return
    wait_until(f"{count} RSTs to be seen", lambda: int(daemon.counters()["rst_seen"]) >= count)
    have = int(daemon.counters()["rst_seen"])
    assert have == count, f"rst_seen {have}, want {count}"


def aborted(lab, conn, by="server", **kwargs):
    """abort(), with what is to be said of it."""
    abort(conn, by)
    seen(lab, 1)
    expected = {"sender": by, "by": "transit", "stage": "established"}
    expected.update(kwargs)
    lab.expect(conn, "application/abort", **expected)


def rejected(lab, conn, count=1):
    """A rule of ours rejects the living connection's next segment; so many RSTs the module is to see of it."""
    netns.nft(
        "table inet filter { chain forward { type filter hook forward priority 0; tcp dport %d tcp flags & rst != rst reject with tcp reset; } }"
        % conn.far[1]
    )
    conn.client.sendall(b"am I still welcome?")
    assert was_reset(conn.client)
    seen(lab, count)
    if count:
        lab.expect(conn, "firewall-reject/gateway-rule", sender="gateway", by="gateway-reject", stage="established")
