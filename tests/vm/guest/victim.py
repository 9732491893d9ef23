# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""A server process of its own, to be killed or left behind: it greets so many clients, holds them, and reads nothing that they say."""

import subprocess
import sys

import netns
from connection import dial, receive

_SERVER = """
import socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
listener = socket.socket(family)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((sys.argv[1], int(sys.argv[2])))
listener.listen()
print("listening", flush=True)
held = []
while len(held) < int(sys.argv[3]):
    held.append(listener.accept()[0])
    held[-1].sendall(b"hello")
print("accepted", flush=True)
sys.stdin.read()
"""


def victim(lab, many, port):
    """The process, and its clients: sockets that have been greeted."""
    arguments = [sys.executable, "-c", _SERVER, lab.address["server"], str(port), str(many)]
    process = lab.keep(netns.popen(arguments, "server", stdin=subprocess.PIPE, stdout=subprocess.PIPE))
    assert process.stdout.readline() == b"listening\n"
    clients = [lab.keep(dial("client", lab.address["server"], port)) for _ in range(many)]
    for client in clients:
        receive(client, 5)
    assert process.stdout.readline() == b"accepted\n"
    return process, clients
