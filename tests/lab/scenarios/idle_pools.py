# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""Several connections that have been silent, and what ends them: one blow, timers of their own, or bare stacks that prove little."""

import socket
import subprocess
import sys

import netns
from actors import BOTH, masquerade, reset_from
from connection import dial, endpoint, receive, wait_until, was_reset
from lab import scenario

_SERVER = """
import select, socket, struct, sys, time
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
timer = float(sys.argv[2])
listener = socket.socket(family)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((sys.argv[1], 7700))
listener.listen()
print("listening", flush=True)
last = {}
while True:
    ready, _, _ = select.select([listener, *last], [], [], 0.05)
    for sock in ready:
        if sock is listener:
            new = listener.accept()[0]
            new.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            last[new] = time.monotonic()
        else:
            sock.sendall(sock.recv(1000))
            last[sock] = time.monotonic()
    for sock in [s for s, at in last.items() if timer and time.monotonic() - at > timer]:
        del last[sock]
        sock.close()
"""


def lingering_server(lab, timer):
    """An echo server whose sockets never linger: closing one, or dying, resets. Its own idle timer in seconds; 0 is none."""
    arguments = [sys.executable, "-c", _SERVER, lab.address["server"], str(timer)]
    process = lab.keep(netns.popen(arguments, "server", stdout=subprocess.PIPE))
    assert process.stdout.readline() == b"listening\n"
    return process


def ask(sock):
    sock.sendall(b"question")
    receive(sock, 8)


def pool(lab, count, apart):
    """Connections that fall silent one after another."""
    clients = []
    for _ in range(count):
        clients.append(lab.keep(dial("client", lab.address["server"], 7700)))
        ask(clients[-1])
        lab.silence(apart)
    return clients


@scenario("idle-pool-dies-at-once", families=BOTH)
def one_blow(lab):
    """kill -9 of a server that does not linger: four connections, silent since different moments, are reset in one go."""
    process = lingering_server(lab, 0)
    clients = pool(lab, 4, 0.7)
    lab.silence(2)
    process.kill()
    for client in clients:
        near = endpoint(client.getsockname())
        assert was_reset(client)
        lab.expect(
            near, "application/crash", (lab.address["server"], 7700), sender="server", by="transit", accept=("application/abort",)
        )  # fmt: skip


@scenario("idle-pool-behind-nat-dies", families=BOTH)
def one_blow_nat(lab):
    """The same behind NAT, all of them silent for as long within a fraction."""
    masquerade()
    process = lingering_server(lab, 0)
    clients = pool(lab, 5, 0.15)
    lab.silence(3.2)
    process.kill()
    for client in clients:
        near = endpoint(client.getsockname())
        assert was_reset(client)
        lab.expect(
            near, "application/crash", (lab.address["server"], 7700), sender="server", by="transit", accept=("application/abort",),
            nat_client=(lab.address["wan"], 0),
        )  # fmt: skip


@scenario("idle-pool-timed-out", families=BOTH)
def timers(lab):
    """Each connection's own timer of three seconds resets it, one after another."""
    lingering_server(lab, 3)
    for client in pool(lab, 4, 0.6):
        near = endpoint(client.getsockname())
        assert was_reset(client)
        lab.expect(near, "idle-timeout/endpoint-timer", (lab.address["server"], 7700), sender="server", by="transit")


def bare(*namespaces):
    for namespace in namespaces:
        netns.sysctl("net.ipv4.tcp_timestamps", 0, namespace)
        netns.sysctl("net.ipv4.tcp_window_scaling", 0, namespace)
        netns.sysctl("net.ipv6.auto_flowlabels", 0, namespace)


@scenario("bare-stack-aborts-when-woken", families=BOTH)
def bare_woken(lab):
    """No timestamps, no flow labels: the request after a silence is answered by the server's abort. Never an idle timeout."""
    bare("client", "server")
    conn = lab.connect()
    conn.exchange()
    lab.silence(3.4)
    conn.client.sendall(b"a request")
    receive(conn.server, 9)
    reset_from(conn.server)
    assert was_reset(conn.client)
    lab.expect(
        conn, "application/abort", sender="server", by="transit", stage="established", confidence=0.4, accept=("unknown/ambiguous",)
    )  # fmt: skip


@scenario("bare-client-aborts-unread", families=BOTH)
def bare_unread(lab):
    """The same stacks; a client closes with an answer unread, seconds after it came."""
    bare("client", "server")
    conn = lab.connect()
    conn.exchange()
    conn.client.sendall(b"ask")
    receive(conn.server, 3)
    conn.server.sendall(b"a" * 700)
    wait_until("the answer", lambda: len(conn.client.recv(2000, socket.MSG_PEEK)) == 700)
    lab.silence(2.7)
    conn.client.close()
    assert was_reset(conn.server)
    lab.expect(
        conn, "application/abort", sender="client", by="transit", stage="established", accept=("application/cancel", "unknown/ambiguous"),
        confidence=0.4,
    )  # fmt: skip


@scenario("half-closed-reader-killed", families=BOTH)
def half_closed(lab):
    """The client has shut down its side and reads a long answer; it is closed with half of that unread."""
    conn = lab.connect()
    conn.client.sendall(b"all of it, please")
    receive(conn.server, 17)
    conn.client.shutdown(socket.SHUT_WR)
    for _ in range(5):
        conn.server.sendall(b"x" * 1000)
        lab.silence(0.2)
    receive(conn.client, 2000)
    conn.server.sendall(b"x" * 1000)
    lab.silence(0.05)
    conn.client.close()
    assert was_reset(conn.server)
    lab.expect(
        conn, "application/cancel", sender="client", by="transit", stage="closing", accept=("application/abort", "application/late-data")
    )  # fmt: skip


@scenario("long-poll-server-dies", families=BOTH)
def long_poll(lab):
    """Four long polls that wait for their first answer: their server's listener and connections are destroyed at once (ss -K)."""
    listener = lab.listen(7701)
    conns = [lab.connect(listener) for _ in range(4)]
    for conn in conns:
        conn.client.sendall(b"GET /events")
        receive(conn.server, 11)
        lab.silence(0.3)
    lab.silence(1.3)
    netns.run("ss -K sport = 7701", "server")
    for conn in conns:
        lab.seen_reset(conn.near)
        lab.expect(
            conn, "application/crash", sender="server", by="transit", accept=("application/abort",)
        )  # fmt: skip
