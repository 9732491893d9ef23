# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""A host loses all its connections and answers for them as a stranger: stale-state/host-lost."""

from actors import BOTH, acknowledged, masquerade, quiet_close, replace_server, windows
from connection import endpoint, was_reset
from lab import scenario
from victim import victim


def forgotten(lab, many, pause):
    """The server's sockets vanish without a word, and each client speaks again."""
    listener = lab.listen()
    conns = [lab.connect(listener) for _ in range(many)]
    for conn in conns:
        conn.exchange()
        acknowledged(lab, conn) if conn.near == conn.seen_by_server else None
    for conn in conns:
        quiet_close(conn.server)
    lab.silence(pause)
    for conn in conns:
        conn.client.sendall(b"where are you?")
    for conn in conns:
        assert was_reset(conn.client)
        nat = conn.seen_by_server if conn.near != conn.seen_by_server else None
        lab.expect(conn, "stale-state/host-lost", sender="server", by="transit", stage="established", nat_client=nat)


@scenario("host-lost-at-once", families=BOTH)
def at_once(lab):
    forgotten(lab, 4, 0.3)


@scenario("host-lost-behind-nat", families=BOTH)
def behind_nat(lab):
    masquerade()
    forgotten(lab, 4, 0.3)


@scenario("host-lost-after-silence")
def after_silence(lab):
    """The clients were silent for a while, as idle clients are: only the population tells it from a box."""
    windows("server")
    forgotten(lab, 5, 2)


@scenario("host-lost-one-connection")
def one(lab):
    """A single busy connection: nothing idle about it."""
    forgotten(lab, 1, 0.1)


# Exchanging a machine takes seconds here; the shortest silence that may be called idle is longer, as it is in reality.
PATIENT = {"verdict.idle_min_ms": "6000"}


def replaced(lab, busy):
    """Another machine takes over the server's addresses; so many clients speak in the meantime, the others afterwards."""
    _, clients = victim(lab, 4, 7200)

    def speak(some):
        for client in some:
            client.sendall(b"where are you?")

    replace_server(lambda: speak(clients[:busy]))
    speak(clients[busy:])
    for client in clients:
        name = endpoint(client.getsockname())
        assert was_reset(client, 40)
        lab.expect(name, "stale-state/host-lost", (lab.address["server"], 7200), sender="server", by="transit")


@scenario("host-replaced", families=BOTH, settings=PATIENT)
def replaced_unnoticed(lab):
    replaced(lab, 0)


@scenario("host-replaced-while-busy", families=BOTH, settings=PATIENT)
def replaced_busy(lab):
    replaced(lab, 2)
