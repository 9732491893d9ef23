# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""One side has lost the connection and opens it anew from the same port: application/half-open."""

import netns
from actors import BOTH, acknowledged, masquerade, quiet_close
from connection import dial
from lab import scenario

PORT = 40100


def from_port(lab):
    return lambda sock: sock.bind((lab.address["client"], PORT))


def restart(lab, data):
    listener = lab.listen()
    conn = lab.connect(listener, from_port(lab))
    conn.exchange()
    if data:
        conn.client.sendall(b"half a request")
        acknowledged(lab, conn)
    quiet_close(conn.client)
    lab.silence(0.5)
    again = lab.keep(dial("client", lab.address["server"], listener.getsockname()[1], from_port(lab)))
    reset = lab.seen_reset(conn.near)
    nat = conn.seen_by_server if conn.seen_by_server != conn.near else None
    lab.expect(conn, "application/half-open", sender="client", by="transit", nat_client=nat, reset_at=reset.at)
    again.sendall(b"and it works")
    lab.silence(0.3)


@scenario("client-restarts", families=BOTH)
def client_restarts(lab):
    restart(lab, False)


@scenario("client-restarts-behind-nat")
def behind_nat(lab):
    masquerade("masquerade")
    restart(lab, False)


@scenario("client-restarts-amid-request", families=BOTH)
def amid_request(lab):
    for namespace in ("client", "server"):
        netns.sysctl("net.ipv4.tcp_timestamps", 0, namespace)
    restart(lab, True)
