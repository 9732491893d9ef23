# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""
The ways a connection dies, each made and stated with its truth, for scenarios that vary all the rest: stacks, paths, zones, wires.
Each takes the lab; what else differs the scenario has set up before.
"""

import socket

from actors import acknowledged, crossed, quiet_close, reset_from
from capture import FIN, SYN
from connection import dial, endpoint, receive, unacknowledged, wait_until, was_reset
from victim import victim


def translated(conn):
    """The client as the server sees it, where that differs."""
    return conn.seen_by_server if conn.seen_by_server != conn.near else None


def outer_of(lab, near, port):
    """The same for a bare socket: who sent its SYN on the other side of the gateway."""
    isn = next(s.seq for s in lab.lan.of(near) if s.flags & SYN)
    outer = next(s.src for s in lab.wan.segments() if s.dst[1] == port and s.seq == isn)
    return outer if outer != near else None


def fresh(lab):
    conn = lab.connect()
    conn.exchange()
    return conn


def aborts(lab, who="server"):
    """One end closes with SO_LINGER 0, right after the other has spoken."""
    conn = fresh(lab)
    mine, other = (conn.server, conn.client) if who == "server" else (conn.client, conn.server)
    other.sendall(b"one more")
    receive(mine, 8)
    reset_from(mine)
    assert was_reset(other)
    lab.expect(conn, "application/abort", sender=who, by="transit", stage="established", nat_client=translated(conn))


def leaves_unread(lab):
    """The server closes with a request in its buffer."""
    conn = fresh(lab)
    conn.client.sendall(b"nobody reads this")
    wait_until("the request", lambda: len(conn.server.recv(99, socket.MSG_PEEK)) == 17)
    conn.server.close()
    assert was_reset(conn.client)
    lab.expect(conn, "application/abort", sender="server", by="transit", stage="established", nat_client=translated(conn))


def speaks_late(lab):
    """The server closes, and the client, which has seen it, goes on."""
    conn = fresh(lab)
    conn.server.close()
    crossed(lab, conn.near, "the FIN", lambda s: s.src == conn.far and s.flags & FIN)
    conn.client.sendall(b"one more")
    assert was_reset(conn.client)
    lab.expect(conn, "application/late-data", sender="server", by="transit", stage="closing", nat_client=translated(conn))


def box_forgot(lab, seconds):
    """A box on the path, which the scenario has made forgetful, outlived: the client's next word is answered by RST."""
    conn = fresh(lab)
    lab.silence(seconds)
    woken = lab.now()
    conn.client.sendall(b"still there?")
    assert was_reset(conn.client)
    lab.expect(
        conn, "idle-timeout/remote-on-next-packet", sender="server", by="transit", stage="established",
        gap_ms=lab.lan.gap(conn.near, woken), nat_client=translated(conn),
    )  # fmt: skip


def hosts_gone(lab, many=4):
    """The server's sockets vanish without a word; each client was busy and speaks on."""
    listener = lab.listen()
    conns = [lab.connect(listener) for _ in range(many)]
    for conn in conns:
        conn.exchange()
        if not translated(conn):
            acknowledged(lab, conn)
    for conn in conns:
        quiet_close(conn.server)
    for conn in conns:
        conn.client.sendall(b"where are you?")
    for conn in conns:
        assert was_reset(conn.client)
        lab.expect(conn, "stale-state/host-lost", sender="server", by="transit", stage="established", nat_client=translated(conn))


def cancels(lab, received=300000):
    """The client closes in the middle of a transfer; the scenario sees to it that something is under way (lab.delay())."""
    conn = lab.connect()
    conn.client.sendall(b"give me all")
    receive(conn.server, 11)
    conn.server.setblocking(False)

    def push():
        try:
            while True:
                conn.server.send(b"x" * 65536)
        except BlockingIOError:
            pass

    push()
    for _ in range(0, received, 20000):
        receive(conn.client, 20000)
        push()
    wait_until("more to lie unread", lambda: push() or len(conn.client.recv(4096, socket.MSG_PEEK)) == 4096)
    conn.client.close()
    assert was_reset(conn.server)
    lab.expect(conn, "application/cancel", sender="client", by="transit", stage="established", nat_client=translated(conn))


def refuses(lab, port=7391):
    """Nobody listens."""
    try:
        dial("client", lab.address["server"], port)
        raise AssertionError("somebody listens")
    except ConnectionRefusedError:
        pass
    reset = lab.seen_reset((lab.address["server"], port))
    lab.expect(
        reset.dst, "application/refused", (lab.address["server"], port), sender="server", by="transit", stage="connect",
        nat_client=outer_of(lab, reset.dst, port),
    )  # fmt: skip


def crashes(lab, many=4):
    """kill -9 of a server that has not read what its clients sent last."""
    process, clients = victim(lab, many, 7900)
    for client in clients:
        client.sendall(b"nobody reads this")
    names = [endpoint(client.getsockname()) for client in clients]
    far = (lab.address["server"], 7900)
    taken(clients)
    outer = [outer_of(lab, name, 7900) for name in names]
    process.kill()
    for client, name, seen in zip(clients, names, outer):
        assert was_reset(client)
        lab.expect(name, "application/crash", far, sender="server", by="transit", stage="established", nat_client=seen)


def taken(clients):
    """All that these sockets have sent is acknowledged, however far away the server is: it lies in that one's buffers."""
    for client in clients:
        wait_until("the acknowledgement", lambda client=client: not unacknowledged(client))
