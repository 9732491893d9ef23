# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""
MariaDB as it hangs up, is hung up on, and dies. What it does to its sockets was read off strace (10.11): its timers set SO_LINGER 0
before they close, so that the client is reset; KILL and errors close plainly.
"""

import server_mariadb
import servers
from actors import BOTH, crossed, masquerade
from capture import FIN
from connection import quick, was_reset
from deaths import outer_of, taken
from lab import scenario
from server_mariadb import PING, PORT, QUERY, MariadbClient


def expect_of_server(lab, client, verdict, **kwargs):
    lab.expect(client.near, verdict, client.far, sender="server", by="transit", nat_client=outer_of(lab, client.near, PORT), **kwargs)


@scenario("mariadb-wait-timeout", families=BOTH)
def wait_timeout(lab):
    """wait_timeout, set by the session itself: MariaDB's own timer aborts the idle connection."""
    server_mariadb.mariadb(lab)
    client = MariadbClient(lab)
    client.order("set wait_timeout = 3")
    assert was_reset(client.sock)
    expect_of_server(lab, client, "idle-timeout/endpoint-timer", stage="established")


@scenario("mariadb-wait-timeout-behind-nat", families=BOTH)
def wait_timeout_nat(lab):
    """The server's wait_timeout, for a client behind NAT that had paused before."""
    masquerade()
    server_mariadb.mariadb(lab, wait_timeout=4)
    client = MariadbClient(lab)
    for pause in (1.1, 1.4):
        client.ping()
        lab.silence(pause)
    client.ping()
    assert was_reset(client.sock)
    expect_of_server(lab, client, "idle-timeout/endpoint-timer", stage="established")


@scenario("mariadb-pool-times-out", families=BOTH)
def pool(lab):
    """A pool of four, idle since the same half second: each is reset by its own timer, one right after the other."""
    server_mariadb.mariadb(lab, wait_timeout=4)
    clients = [MariadbClient(lab) for _ in range(4)]
    for client in clients:
        client.ping()
    for client in clients:
        assert was_reset(client.sock)
        expect_of_server(lab, client, "idle-timeout/endpoint-timer", stage="established")


@scenario("mariadb-connect-timeout")
def connect_timeout(lab):
    """connect_timeout: the client reads the greeting and never logs in."""
    server_mariadb.mariadb(lab, connect_timeout=3)
    client = MariadbClient(lab, session=False)
    assert was_reset(client.sock)
    expect_of_server(lab, client, "idle-timeout/endpoint-timer")


@scenario("mariadb-session-killed", families=BOTH)
def session_killed(lab):
    """KILL CONNECTION by another session: a FIN; the client, which does not look, sends its next command."""
    server_mariadb.mariadb(lab)
    client, admin = MariadbClient(lab), MariadbClient(lab)
    client.ping()
    admin.order(f"kill connection {client.number}")
    crossed(lab, client.near, "the FIN", lambda s: s.src == client.far and s.flags & FIN)
    quick(client.sock)
    client.send(PING)
    assert was_reset(client.sock)
    expect_of_server(lab, client, "application/late-data", stage="closing")


@scenario("mariadb-killed-amid-queries", families=BOTH)
def killed(lab):
    """MariaDB hangs, queries pile up, a watchdog kills it."""
    process = server_mariadb.mariadb(lab)
    clients = [MariadbClient(lab) for _ in range(4)]
    for client in clients:
        client.ping()
    servers.freeze(process.pid)
    for client in clients:
        client.send(QUERY, "select 1")
    taken([client.sock for client in clients])
    process.kill()
    for client in clients:
        assert was_reset(client.sock)
        expect_of_server(lab, client, "application/crash", stage="established")


@scenario("mariadb-sent-a-web-request", families=BOTH)
def web_request(lab):
    """GET / instead of a log-in: four bytes are read, found out of order, and the rest stays unread."""
    server_mariadb.mariadb(lab)
    client = MariadbClient(lab, session=False)
    client.sock.sendall(b"GET / HTTP/1.1\r\nHost: server\r\n\r\n")
    assert was_reset(client.sock)
    expect_of_server(lab, client, "application/abort", accept=("application/request-rejected",))
