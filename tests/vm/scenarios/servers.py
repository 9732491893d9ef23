# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""Debian's nginx, haproxy and PostgreSQL behind the gateway."""

import os
import signal

import netns
import servers
from connection import dial, receive, wait_until, was_reset
from lab import scenario

BOTH = (4, 6)


def forgetful_box():
    netns.nft("table inet box { chain forward { type filter hook forward priority 0; ct state invalid reject with tcp reset; } }", "box")
    netns.sysctl("net.netfilter.nf_conntrack_tcp_timeout_established", 2, "box")
    netns.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0, "box")


def woken_and_reset(lab, client, speak):
    lab.silence(4)
    woken = lab.now()
    speak()
    assert was_reset(client.sock)
    return lab.lan.gap(client.near, woken)


@scenario("nginx-keepalive-box-forgot", box=True, families=BOTH)
def nginx_box(lab):
    """A kept-alive HTTP connection to nginx, forgotten by a box; the next request is reset."""
    servers.nginx(lab)
    forgetful_box()
    client = servers.HttpClient(lab, 80)
    client.get()
    gap = woken_and_reset(lab, client, client.request)
    lab.expect(client.near, "idle-timeout/remote-on-next-packet", client.far, sender="server", by="transit", gap_ms=gap, stage="established")


@scenario("nginx-download-cancelled", families=BOTH)
def nginx_cancel(lab):
    """The client closes in the middle of a 64 MB download."""
    servers.nginx(lab)
    lab.delay("client", 20)
    client = servers.HttpClient(lab, 80)
    client.request("/big")
    receive(client.sock, 300000)
    wait_until("more to lie unread", lambda: len(client.sock.recv(65536, 2)) == 65536)
    client.sock.close()
    lab.seen_reset(client.near)
    lab.expect(client.near, "application/cancel", client.far, sender="client", by="transit")


@scenario("haproxy-keepalive-expired-here", families=BOTH)
def haproxy_expired(lab):
    """A kept-alive HTTP connection to haproxy that this gateway forgets and rejects."""
    servers.haproxy(lab)
    netns.nft("table inet filter { chain forward { type filter hook forward priority 0; ct state invalid reject with tcp reset; } }")
    netns.sysctl("net.netfilter.nf_conntrack_tcp_timeout_established", 2)
    netns.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0)
    client = servers.HttpClient(lab, 8080)
    client.get()
    gap = woken_and_reset(lab, client, client.request)
    lab.expect(
        client.near, "idle-timeout/gateway-expired-reject", client.far, sender="gateway", by="gateway-reject", gap_ms=gap,
        stage="established",
    )  # fmt: skip


@scenario("nginx-rejects-request", families=BOTH)
def nginx_rejects(lab):
    """nginx's "return 444" with reset_timedout_connection: a RST in answer to the request, never having sent anything."""
    servers.nginx(lab)
    client = servers.HttpClient(lab, 80)
    client.request("/secret")
    assert was_reset(client.sock)
    lab.expect(client.near, "application/request-rejected", client.far, sender="server", by="transit", stage="request")


@scenario("haproxy-rejects-connection", families=BOTH)
def haproxy_rejects(lab):
    """haproxy's tcp-request connection reject: accepted and reset at once, without a byte from either side."""
    servers.haproxy(lab)
    client = None
    try:
        client = dial("client", lab.address["server"], 8081, lambda sock: sock.bind((lab.address["client"], 8888)))
    except ConnectionResetError:
        pass  # so fast that connect() tells it
    lab.seen_reset((lab.address["client"], 8888))
    if client:
        client.close()  # not before the reset: a FIN of ours would be another story
    lab.expect(
        (lab.address["client"], 8888), "application/abort", (lab.address["server"], 8081), sender="server", by="transit",
        stage="accepted",
    )  # fmt: skip


@scenario("postgres-idle-session-remapped", families=BOTH)
def postgres_remap(lab):
    """An idle database session behind fully random NAT whose entry expired: the next query meets a stranger's port."""
    servers.postgres(lab)
    netns.nft("table inet nat { chain post { type nat hook postrouting priority 100; oifname wan masquerade fully-random; } }")
    client = servers.PostgresClient(lab)
    netns.sysctl("net.netfilter.nf_conntrack_tcp_timeout_established", 2)
    client.query("select 1")
    gap = woken_and_reset(lab, client, lambda: client.send_query("select 2"))
    lab.expect(
        client.near, "idle-timeout/gateway-expired-remap", client.far, sender="server", by="transit", gap_ms=gap,
        nat_client=(lab.address["wan"], 0), stage="established",
    )  # fmt: skip


def _postgres_pids():
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/comm", encoding="ascii") as comm:
                if comm.read().startswith("postgres"):
                    yield int(pid)
        except OSError:
            pass


@scenario("postgres-killed", families=BOTH)
def postgres_killed(lab):
    """kill -9 of PostgreSQL while three sessions are busy, each with a further query that it has not read."""
    servers.postgres(lab)
    clients = [servers.PostgresClient(lab) for _ in range(3)]
    for client in clients:
        client.send_query("select pg_sleep(60)")

    def busy():
        return sum(1 for pid in _postgres_pids() if b"SELECT" in open(f"/proc/{pid}/cmdline", "rb").read())

    wait_until("three busy sessions", lambda: busy() == 3)
    for client in clients:
        client.send_query("select 'never read'")
        sent = lab.lan.last(client.near)
        wait_until("the acknowledgement", lambda c=client, s=sent: lab.lan.last(c.far).ack == lab.lan.last(c.near).end() and s)
    # All at once: none may notice that another one died and say good-bye.
    victims = sorted(_postgres_pids())
    for blow in (signal.SIGSTOP, signal.SIGKILL):
        for pid in victims:
            os.kill(pid, blow)
    for client in clients:
        assert was_reset(client.sock)
        lab.expect(client.near, "application/crash", client.far, sender="server", by="transit", also=("application/abort",))
