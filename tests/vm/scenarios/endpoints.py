# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""Resets that an endpoint meant: application/*."""

import signal

from connection import dial, endpoint, linger_zero, quick, receive, unacknowledged, wait_until, was_reset
from lab import scenario
from victim import victim

BOTH = (4, 6)


@scenario("refused", families=BOTH)
def refused(lab):
    """A port nobody listens on."""
    sockets = []
    try:
        dial("client", lab.address["server"], 9, sockets.append)
    except ConnectionRefusedError:
        pass
    # The port it used is in the capture: a refused socket has forgotten it.
    reset = lab.seen_reset((lab.address["server"], 9))
    lab.expect(reset.dst, "application/refused", (lab.address["server"], 9), sender="server", by="transit", stage="connect")


@scenario("abort-by-server", families=BOTH)
def abort_by_server(lab):
    """The server closes with linger 0 after a normal exchange."""
    conn = lab.connect()
    conn.exchange()
    linger_zero(conn.server)
    conn.server.close()
    assert was_reset(conn.client)
    lab.expect(conn, "application/abort", sender="server", by="transit", stage="established")


@scenario("abort-by-client", families=BOTH)
def abort_by_client(lab):
    """The client closes with linger 0 after a normal exchange, nothing of the server's in flight."""
    conn = lab.connect()
    conn.exchange()
    linger_zero(conn.client)
    conn.client.close()
    assert was_reset(conn.server)
    lab.expect(conn, "application/abort", sender="client", by="transit", stage="established")


@scenario("abort-unread", families=BOTH)
def abort_unread(lab):
    """The server closes while data of the client is unread, after a normal exchange."""
    conn = lab.connect()
    conn.exchange()
    conn.client.sendall(b"never read")
    wait_until("the data to arrive", lambda: conn.server.recv(1, 2) == b"n")  # MSG_PEEK
    conn.server.close()
    assert was_reset(conn.client)
    lab.expect(conn, "application/abort", sender="server", by="transit", stage="established")


@scenario("server-killed", families=BOTH)
def server_killed(lab):
    """kill -9 of a server whose four connections hold data it has not read: a record each."""
    process, clients = victim(lab, 4, 7100)
    for client in clients:
        client.sendall(b"nobody reads this")
    names = [endpoint(client.getsockname()) for client in clients]
    for client in clients:  # the server has it
        wait_until("the acknowledgement", lambda client=client: not unacknowledged(client))
    process.send_signal(signal.SIGKILL)
    for client, name in zip(clients, names):
        assert was_reset(client)
        lab.expect(name, "application/crash", (lab.address["server"], 7100), sender="server", by="transit", also=("application/abort",))


@scenario("cancel-by-client", families=BOTH)
def cancel(lab):
    """The client gives up in the middle of a transfer: data is in flight and unread when it closes."""
    lab.delay("client", 20)
    conn = lab.connect()
    conn.client.sendall(b"give me all")
    receive(conn.server, 11)
    conn.server.setblocking(False)

    def push():
        try:
            while True:
                conn.server.send(b"x" * 65536)
        except BlockingIOError:
            return True

    push()
    for _ in range(8):
        receive(conn.client, 65536)
        push()
    conn.client.close()
    assert was_reset(conn.server)
    lab.expect(conn, "application/cancel", sender="client", by="transit")


@scenario("request-rejected", families=BOTH)
def request_rejected(lab):
    """The server takes the first data for wrong, and closes without reading or having sent any."""
    conn = lab.connect()
    conn.client.sendall(b"GET / HTTP/9.9\r\n\r\n")
    wait_until("the request to arrive", lambda: conn.server.recv(1, 2))
    conn.server.close()
    assert was_reset(conn.client)
    lab.expect(conn, "application/request-rejected", sender="server", by="transit", stage="request")


@scenario("late-data", families=BOTH)
def late_data(lab):
    """The server closes (FIN), the client keeps sending: its data meets a RST."""
    conn = lab.connect()
    conn.exchange()
    conn.server.close()
    wait_until("the FIN", lambda: conn.client.recv(1, 2) == b"" or True)
    quick(conn.client)
    conn.client.sendall(b"did you hear that?")
    assert was_reset(conn.client)
    lab.expect(conn, "application/late-data", sender="server", by="transit", stage="closing")

