# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""Real servers that close an idle or a finished connection by FIN, and a client that speaks once more: application/late-data."""

import os
import signal
import socket

import netns
import servers
from actors import BOTH, crossed, masquerade
from capture import FIN
from connection import endpoint, quick, receive, wait_until, was_reset
from lab import scenario
from victim import victim


def hung_up(lab, sock, near, far, say=b"GET / HTTP/1.1\r\nHost: server\r\n\r\n", **kwargs):
    """Once the server's FIN has come, the client says something all the same."""
    crossed(lab, near, "the FIN", lambda s: s.src == far and s.flags & FIN)
    quick(sock)
    sock.sendall(say)
    assert was_reset(sock)
    lab.expect(near, "application/late-data", far, sender="server", by="transit", stage="closing", **kwargs)


@scenario("nginx-hangs-up-keepalive", families=BOTH)
def nginx_keepalive(lab):
    """The race of every HTTP connection pool: nginx's keepalive_timeout has run out when the next request comes."""
    process = servers.nginx(lab, "")
    # The shared settings have an hour; reload with three seconds.
    with open("/tmp/nginx/nginx.conf", encoding="ascii") as config:
        text = config.read().replace("keepalive_timeout 3600;", "keepalive_timeout 3;")
    with open("/tmp/nginx/nginx.conf", "w", encoding="ascii") as config:
        config.write(text)
    process.send_signal(signal.SIGHUP)
    lab.silence(1)
    client = servers.HttpClient(lab, 80)
    client.get()
    hung_up(lab, client.sock, client.near, client.far)


@scenario("nginx-stops-late-request", families=BOTH)
def nginx_stops(lab):
    """nginx is stopped in order while three kept-alive connections are idle; each client sends another request."""
    masquerade("masquerade")
    process = servers.nginx(lab)
    clients = [servers.HttpClient(lab, 80) for _ in range(3)]
    for client in clients:
        client.get()
    process.send_signal(signal.SIGTERM)
    for client in clients:
        hung_up(lab, client.sock, client.near, client.far, nat_client=(lab.address["wan"], 0))


@scenario("postgres-session-timeout", families=BOTH)
def postgres_timeout(lab):
    """idle_session_timeout: PostgreSQL says why and closes; the client, which does not listen, sends its next query."""
    servers.postgres(lab)
    client = servers.PostgresClient(lab)
    client.query("set idle_session_timeout = 3000")
    hung_up(lab, client.sock, client.near, client.far, b"Q\0\0\0\x0dselect 1\0")


@scenario("postgres-backend-terminated")
def postgres_terminated(lab):
    """pg_terminate_backend() by another session; then the client queries."""
    servers.postgres(lab)
    client, admin = servers.PostgresClient(lab), servers.PostgresClient(lab)
    client.query("select 1")
    admin.query("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'")
    hung_up(lab, client.sock, client.near, client.far, b"Q\0\0\0\x0dselect 1\0")


@scenario("haproxy-client-timeout", families=BOTH)
def haproxy_timeout(lab):
    """haproxy's timeout http-keep-alive: a close, then the client's next request."""
    home = "/tmp/haproxy"
    os.makedirs(home, exist_ok=True)
    servers.nginx(lab)
    with open(home + "/short.cfg", "w", encoding="ascii") as config:
        config.write(
            "defaults\n\tmode http\n\ttimeout connect 5s\n\ttimeout client 3s\n\ttimeout server 60s\n\ttimeout http-keep-alive 2500ms\n"
            "frontend web\n\tbind :8090\n\tbind :::8090 v6only\n\tdefault_backend nginx\nbackend nginx\n\tserver one 127.0.0.1:80\n"
        )
    servers.start(lab, ["haproxy", "-db", "-f", home + "/short.cfg"], 8090, home)  # pylint: disable=protected-access
    client = servers.HttpClient(lab, 8090)
    client.get()
    hung_up(lab, client.sock, client.near, client.far)


@scenario("killed-idle-then-late", families=BOTH)
def killed_then_late(lab):
    """kill -9 with nothing unread sends FINs; five clients do not look and speak on a while later."""
    process, clients = victim(lab, 5, 7600)
    process.send_signal(signal.SIGKILL)
    process.wait()
    lab.silence(1.5)
    for client in clients:
        near = endpoint(client.getsockname())
        hung_up(lab, client, near, (lab.address["server"], 7600), b"anybody?", accept=("application/crash",))


@scenario("restarted-then-late", families=BOTH)
def restarted(lab):
    """The same, and a new server listens already on the same port."""
    process, clients = victim(lab, 3, 7600)
    process.send_signal(signal.SIGKILL)
    process.wait()
    lab.listen(7600)
    lab.silence(3.2)
    for client in clients:
        near = endpoint(client.getsockname())
        hung_up(lab, client, near, (lab.address["server"], 7600), b"anybody?", accept=("application/crash",))


@scenario("upload-cut-off", families=BOTH)
def upload(lab):
    """The server answers an upload early and closes; the client goes on with its upload over 30 ms of path."""
    lab.delay("client", 30)
    conn = lab.connect()
    conn.client.sendall(b"PUT /big HTTP/1.1\r\nContent-Length: 100000000\r\n\r\n")
    receive(conn.server, 48)
    conn.server.sendall(b"HTTP/1.1 413 Too Large\r\n\r\n")
    conn.server.close()
    conn.client.setblocking(False)
    for _ in range(20):
        try:
            conn.client.send(b"x" * 3000)
        except OSError:
            break
        lab.silence(0.02)
    lab.seen_reset(conn.near)
    lab.expect(conn, "application/late-data", sender="server", by="transit", stage="closing")


@scenario("half-closed-peer-gone", families=BOTH)
def fin_wait_expired(lab):
    """The client closes, the server's application does not: FIN_WAIT2 ends after two seconds, and the server's late word is reset."""
    netns.sysctl("net.ipv4.tcp_fin_timeout", 2, "client")
    conn = lab.connect()
    conn.exchange()
    conn.client.close()
    wait_until("the FIN", lambda: conn.server.recv(1, socket.MSG_PEEK) == b"")
    lab.silence(4.3)
    conn.server.sendall(b"by the way")
    assert was_reset(conn.server)
    lab.expect(conn, "application/late-data", sender="client", by="transit", stage="closing")


@scenario("nginx-stalled-reader", families=BOTH)
def stalled(lab):
    """nginx's send_timeout with reset_timedout_connection: the client stops reading a download; nginx resets after three seconds."""
    servers.nginx(lab, "send_timeout 3s;")
    client = servers.HttpClient(lab, 80)
    client.request("/big")
    receive(client.sock, 20000)
    lab.seen_reset(client.near, limit=30)
    lab.expect(
        client.near, "application/abort", client.far, sender="server", by="transit", stage="established",
        accept=("idle-timeout/endpoint-timer",),
    )  # fmt: skip
