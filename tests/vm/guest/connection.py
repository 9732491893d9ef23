# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""Both ends of a TCP connection in one process, each end's socket in its own namespace."""

import fcntl
import socket
import struct
import termios
import time

import netns

LIMIT = 20.0  # seconds that anything awaited may take


def wait_until(what, condition, limit=LIMIT):
    """Poll until condition() is true, and return that value; a bounded wait, never a guess at how long things take."""
    limit *= netns.PATIENCE
    end = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {limit:.0f} s in vain for: {what}")
        time.sleep(0.02)


def family_of(version):
    return socket.AF_INET if version == 4 else socket.AF_INET6


def listen(namespace, address, port=0, backlog=64):
    version = 6 if ":" in address else 4
    with netns.inside(namespace):
        listener = socket.socket(family_of(version), socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen(backlog)
    listener.settimeout(LIMIT * netns.PATIENCE)
    return listener


def dial(namespace, address, port, prepare=None):
    """A connected client socket. `prepare` gets the socket before it connects."""
    version = 6 if ":" in address else 4
    with netns.inside(namespace):
        client = socket.socket(family_of(version), socket.SOCK_STREAM)
    client.settimeout(LIMIT * netns.PATIENCE)
    if prepare:
        prepare(client)
    client.connect((address, port))
    return client


def endpoint(name):
    return (name[0], name[1])


def quick(sock):
    """Acknowledge at once: a delayed acknowledgement would begin the silence 40 to 200 ms later than the data."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def receive(sock, size):
    data = b""
    while len(data) < size:
        quick(sock)
        piece = sock.recv(size - len(data))
        if not piece:
            raise AssertionError("the connection ended early")
        data += piece
    quick(sock)
    return data


def linger_zero(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def unacknowledged(sock):
    """Bytes that it has sent or has still to send, and that the other end has not acknowledged."""
    return struct.unpack("i", fcntl.ioctl(sock, termios.TIOCOUTQ, b"\0\0\0\0"))[0]


_CLOSED = 7  # TCP_INFO's first byte


def was_reset(sock, limit=LIMIT):
    """Wait until the kernel has closed this socket by itself: a reset came, or it gave up and sent one."""
    wait_until("the socket to be reset", lambda: sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == _CLOSED, limit)
    return True


class Connection:
    """client and server are sockets; near is the client's own (address, port), far what it connected to."""

    def __init__(self, listener, client_namespace, address, port, prepare=None):
        self.client = dial(client_namespace, address, port, prepare)
        self.server, peer = listener.accept()
        self.server.settimeout(LIMIT * netns.PATIENCE)
        for sock in (self.client, self.server):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.near = endpoint(self.client.getsockname())
        self.far = endpoint(self.client.getpeername())
        self.seen_by_server = endpoint(peer)
        self.variation = None

    def exchange(self, size=None):
        """Data and its acknowledgement in both directions: of that size, or of any (100 bytes, if chance is not to choose)."""
        any_size = self.variation.sizes() if self.variation else [(100, 100)]
        for question, answer in [(size, size)] if size else any_size:
            self.client.sendall(b"q" * question)
            receive(self.server, question)
            self.server.sendall(b"a" * answer)
            receive(self.client, answer)
        wait_until("the acknowledgements", lambda: not unacknowledged(self.client) and not unacknowledged(self.server))

    def close(self):
        self.client.close()
        self.server.close()
