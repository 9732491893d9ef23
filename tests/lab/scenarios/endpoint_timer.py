# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""The application's own idle timer aborts the connection: idle-timeout/endpoint-timer."""

import servers
from actors import BOTH, masquerade, reads_late, reset_from, windows
from connection import was_reset
from lab import scenario


def timer(lab, who, seconds, before=None):
    conn = lab.connect()
    conn.exchange()
    if before:
        before(conn)
    lab.silence(seconds)
    mine, other = (conn.server, conn.client) if who == "server" else (conn.client, conn.server)
    reset_from(mine)
    assert was_reset(other)
    nat = conn.seen_by_server if conn.seen_by_server != conn.near else None
    lab.expect(conn, "idle-timeout/endpoint-timer", sender=who, by="transit", stage="established", nat_client=nat)


@scenario("timer-of-server", families=BOTH)
def of_server(lab):
    timer(lab, "server", 4)


@scenario("timer-of-client", families=BOTH)
def of_client(lab):
    timer(lab, "client", 3)


@scenario("timer-after-window-update", families=BOTH)
def after_update(lab):
    """The last segment before the silence is a window update that comes late: nothing answers it."""
    timer(lab, "server", 4, lambda conn: reads_late(lab, conn.client, conn.server, conn.near))


@scenario("timer-of-windows-server")
def of_windows(lab):
    windows("server")
    timer(lab, "server", 3)


@scenario("timer-behind-nat")
def behind_nat(lab):
    masquerade()
    timer(lab, "server", 3)


@scenario("timer-of-nginx", families=BOTH)
def of_nginx(lab):
    """nginx's client_header_timeout with reset_timedout_connection: half a request, three seconds of silence, RST."""
    servers.nginx(lab, "client_header_timeout 3s;")
    client = servers.HttpClient(lab, 80)
    client.get()
    client.sock.sendall(b"GET /index.html HTTP/1.1\r\nHost:")
    assert was_reset(client.sock)
    lab.expect(client.near, "idle-timeout/endpoint-timer", client.far, sender="server", by="transit", stage="established")
