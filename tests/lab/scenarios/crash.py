# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""A server process dies, and with it all its connections: application/crash."""

import signal
import subprocess
import sys

import netns
from actors import BOTH, masquerade, windows
from connection import dial, endpoint, receive, wait_until, was_reset
from lab import scenario

_SERVER = """
import socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
listener = socket.socket(family)
listener.bind((sys.argv[1], 7100))
listener.listen()
print("listening", flush=True)
held = []
while len(held) < int(sys.argv[2]):
    held.append(listener.accept()[0])
    held[-1].sendall(b"hello")
print("accepted", flush=True)
sys.stdin.read()
"""


def killed(lab, many, unread):
    """kill -9 of a server with so many connections, so many of them with data it has not read: those are reset, the others get a FIN."""
    arguments = [sys.executable, "-c", _SERVER, lab.address["server"], str(many)]
    victim = lab.keep(netns.popen(arguments, "server", stdin=subprocess.PIPE, stdout=subprocess.PIPE))
    assert victim.stdout.readline() == b"listening\n"
    clients = [lab.keep(dial("client", lab.address["server"], 7100)) for _ in range(many)]
    for client in clients:
        receive(client, 5)
    assert victim.stdout.readline() == b"accepted\n"
    for client in clients[:unread]:
        client.sendall(b"nobody reads this")
    names = [endpoint(client.getsockname()) for client in clients]
    for name in names[:unread]:
        wait_until("the acknowledgement", lambda name=name: any(s.dst == name and s.ack == lab.lan.last(name).end() for s in lab.lan.of(name)))
    ports = [next(s.src for s in lab.wan.segments() if s.dst[1] == 7100 and s.seq == lab.lan.of(name)[0].seq) for name in names]
    victim.send_signal(signal.SIGKILL)
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
