# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""An application resets, and only happens to do so after a silence: application/abort, never idle-timeout."""

import random

from actors import BOTH, masquerade, reset_from, windows
from connection import receive, wait_until, was_reset
from lab import scenario


def answered_by_abort(lab, unread, seconds=4):
    """The request after the silence is answered by the server's abort."""
    conn = lab.connect()
    conn.exchange()
    lab.silence(seconds)
    conn.client.sendall(b"a request that the server does not like")
    if unread:
        wait_until("the request", lambda: conn.server.recv(1, 2))
        conn.server.close()
    else:
        receive(conn.server, 39)
        reset_from(conn.server)
    assert was_reset(conn.client)
    nat = conn.seen_by_server if conn.seen_by_server != conn.near else None
    lab.expect(conn, "application/abort", sender="server", by="transit", stage="established", nat_client=nat)


@scenario("abort-after-silence", families=BOTH)
def linger(lab):
    answered_by_abort(lab, False)


@scenario("abort-of-a-question-thought-about", families=BOTH)
def thought_about(lab):
    """The server has the question, thinks for as long as that takes, and aborts without an answer."""
    conn = lab.connect()
    conn.exchange()
    conn.client.sendall(b"a hard question")
    receive(conn.server, 15)
    lab.silence(random.randrange(3, 8) + random.uniform(0.2, 0.9))
    reset_from(conn.server)
    assert was_reset(conn.client)
    lab.expect(conn, "application/abort", sender="server", by="transit", stage="established")


@scenario("abort-unread-after-silence", families=BOTH)
def unread(lab):
    answered_by_abort(lab, True)


@scenario("abort-after-silence-of-windows", families=BOTH)
def of_windows(lab):
    """Without timestamps there is less to prove a live socket by."""
    windows("server")
    answered_by_abort(lab, False, 3)


@scenario("abort-after-silence-behind-nat")
def behind_nat(lab):
    masquerade()
    answered_by_abort(lab, False, 3)


@scenario("client-aborts-after-answer", families=BOTH)
def client(lab):
    """The client asks again after a silence, gets its answer, and aborts."""
    conn = lab.connect()
    conn.exchange()
    lab.silence(4)
    conn.exchange()
    reset_from(conn.client)
    assert was_reset(conn.server)
    lab.expect(conn, "application/abort", sender="client", by="transit", stage="established")


@scenario("lives-through-silences", families=BOTH)
def lives(lab):
    """Long silences, all survived; nothing is reported."""
    conn = lab.connect()
    for pause in (2, 3, 2.5):
        conn.exchange()
        lab.silence(pause)
    conn.exchange()
    lab.no_reset()
