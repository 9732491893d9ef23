# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""A server process dies, and with it all its connections: application/crash."""

import signal

from actors import BOTH, masquerade, windows
from connection import endpoint, was_reset
from deaths import taken
from lab import scenario
from victim import victim


def killed(lab, many, unread):
    """kill -9 of a server with so many connections, so many of them with data it has not read: those are reset, the others get a FIN."""
    process, clients = victim(lab, many, 7100)
    for client in clients[:unread]:
        client.sendall(b"nobody reads this")
    names = [endpoint(client.getsockname()) for client in clients]
    taken(clients[:unread])
    ports = [next(s.src for s in lab.wan.segments() if s.dst[1] == 7100 and s.seq == lab.lan.of(name)[0].seq) for name in names]
    process.send_signal(signal.SIGKILL)
    for client, name, seen in list(zip(clients, names, ports))[:unread]:
        assert was_reset(client)
        lab.expect(
            name, "application/crash", (lab.address["server"], 7100), sender="server", by="transit",
            nat_client=seen if seen != name else None,
        )  # fmt: skip


@scenario("crash-some-unread", families=BOTH)
def some_unread(lab):
    killed(lab, 5, 3)


@scenario("crash-of-windows", families=BOTH)
def of_windows(lab):
    """A stack without timestamps, all four unread."""
    windows("server")
    killed(lab, 4, 4)


@scenario("crash-behind-nat")
def behind_nat(lab):
    masquerade()
    killed(lab, 4, 3)
