# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""Clients as they are: killed in a download, in a hurry, lazy in closing, with old stacks, over bad paths."""

import signal
import socket
import struct
import subprocess
import sys

import netns
import rawtcp
import servers
from actors import BOTH, crossed, half_dialled, masquerade, reset_from
from capture import ACK, FIN, RST, SYN
from connection import dial, endpoint, receive, wait_until, was_reset
from lab import scenario


# Where the machine's own slowness might look like a silence.
PATIENT = {"verdict.idle_min_ms": "6000"}


_DOWNLOADER = """
import socket, sys, time
sock = socket.create_connection((sys.argv[1], 80))
print(sock.getsockname()[1], flush=True)
sock.sendall(b"GET /big HTTP/1.1\\r\\nHost: server\\r\\n\\r\\n")
got = 0
while True:
    got += len(sock.recv(20000))
    if got > 200000:
        print("enough", flush=True)
        got = -1 << 60
    time.sleep(0.005)
"""


@scenario("downloader-killed", families=BOTH)
def killed(lab):
    """kill -9 of a client in the middle of a download from nginx, over a lossy path of 25 ms, behind NAT."""
    masquerade("masquerade")
    servers.nginx(lab)
    netns.netem("delay 25ms loss 2%", "server")
    process = lab.keep(netns.popen([sys.executable, "-c", _DOWNLOADER, lab.address["server"]], "client", stdout=subprocess.PIPE))
    near = (lab.address["client"], int(process.stdout.readline()))
    assert process.stdout.readline() == b"enough\n"
    process.send_signal(signal.SIGKILL)
    lab.seen_reset(near)
    lab.expect(near, "application/cancel", (lab.address["server"], 80), sender="client", by="transit", nat_client=(lab.address["wan"], 0))


@scenario("hasty-dialler", families=BOTH)
def hasty(lab):
    """Happy eyeballs: the client closes the slower one of its attempts after 250 ms; the SYN-ACK comes at 350."""
    lab.delay("server", 350)
    for _ in range(2):
        listener = lab.listen()
        sock, near = half_dialled(lab, lab.address["server"], listener.getsockname()[1])
        lab.silence(0.25)
        sock.close()
        lab.seen_reset(near)
        lab.expect(near, "application/connect-abandoned", listener.getsockname()[:2], sender="client", by="transit", stage="connect")


def scanner_syn(near, far, seq):
    """As nmap sends it: an MSS option and nothing else, a window of 1024."""
    packet = rawtcp.segment(near, far, SYN, seq, 0, 1024, doff=6, payload=struct.pack("!BBH", 2, 4, 1460))
    return packet


@scenario("scanner-finds-open-ports", families=BOTH)
def scanner(lab):
    """An nmap-like SYN scan over a path of 40 ms: two open ports, one closed."""
    lab.delay("server", 40)
    for port in (8022, 8023):
        lab.listen(port)
    for port in (8022, 8024, 8023):
        near, far = (lab.address["client"], 53211), (lab.address["server"], port)
        rawtcp.send("client", scanner_syn(near, far, 1 << 30))
        reset = wait_until("a RST", lambda far=far: next(iter(lab.lan.resets(far)), None))
        verdict = "application/refused" if port == 8024 else "noise/probe"
        lab.expect(near, verdict, far, sender="server" if port == 8024 else "client", by="transit", reset_at=reset.at, order=(8022, 8024, 8023).index(port))


@scenario("lazy-closer", families=BOTH)
def lazy(lab):
    """The server has answered and closed; the client, which wants no TIME_WAIT, answers the FIN by RST. Nothing was lost by it."""
    conn = lab.connect()
    conn.exchange()
    conn.server.close()
    wait_until("the FIN", lambda: conn.client.recv(1, socket.MSG_PEEK) == b"")
    lab.silence(0.3)
    reset_from(conn.client)
    lab.seen_reset(conn.near)
    lab.expect(conn, "application/abort", sender="client", by="transit", stage="closing", accept=("noise/after-close",))


@scenario("bare-stacks-abort", families=BOTH)
def bare(lab):
    """No timestamps, no window scaling, no SACK: the server aborts after a pause of three seconds, right upon a request."""
    for namespace in ("client", "server"):
        for key in ("tcp_timestamps", "tcp_window_scaling", "tcp_sack"):
            netns.sysctl("net.ipv4." + key, 0, namespace)
    conn = lab.connect()
    conn.exchange()
    lab.silence(3.3)
    conn.client.sendall(b"one more")
    receive(conn.server, 8)
    reset_from(conn.server)
    assert was_reset(conn.client)
    lab.expect(conn, "application/abort", sender="server", by="transit", stage="established")


@scenario("duplicating-path", families=BOTH)
def duplicated(lab):
    """The path doubles each segment of the server; one abort is one record."""
    netns.netem("duplicate 100%", "server")
    conn = lab.connect()
    conn.exchange()
    reset_from(conn.server)
    assert was_reset(conn.client)
    lab.silence(0.3)
    lab.expect(conn, "application/abort", sender="server", by="transit", stage="established", count=2)


@scenario("lossy-path-abort", families=BOTH, settings=PATIENT)
def lossy(lab):
    """A fifth of what the server sends is lost, 30 ms away; it aborts at last, and the RST comes through or its echo does."""
    lab.delay("client", 30)
    conn = lab.connect()
    netns.netem("delay 10ms loss 20%", "server")
    for _ in range(4):
        conn.exchange(3000)
    netns.run("tc qdisc del dev eth0 root", "server")
    reset_from(conn.server)
    assert was_reset(conn.client)
    lab.expect(conn, "application/abort", sender="server", by="transit", stage="established")


@scenario("destroyed-by-admin", families=BOTH, settings=PATIENT)
def destroyed(lab):
    """ss -K on the server: a live socket is destroyed."""
    conn = lab.connect()
    conn.exchange()
    lab.silence(1)
    conn.exchange()
    netns.run(f"ss -K dport = {conn.near[1]}", "server")
    lab.seen_reset(conn.near)
    lab.expect(conn, "application/abort", sender="server", by="transit", stage="established")


@scenario("backlog-dies", families=BOTH)
def backlog_dies(lab):
    """The server closes its listener with four connections that it never accepted, two of them with a request."""
    listener = lab.listen()
    port = listener.getsockname()[1]
    clients = [lab.keep(dial("client", lab.address["server"], port)) for _ in range(4)]
    for client in clients[:2]:
        client.sendall(b"a request")
    names = [endpoint(client.getsockname()) for client in clients]
    for name in names[:2]:
        wait_until("the acknowledgement", lambda name=name: any(s.dst == name and s.ack == lab.lan.last(name).end() for s in lab.lan.of(name)))
    lab.silence(0.5)
    listener.close()
    for client, name in zip(clients, names):
        assert was_reset(client)
        lab.expect(
            name, "application/crash", (lab.address["server"], port), sender="server", by="transit", accept=("application/abort",)
        )  # fmt: skip


@scenario("browser-leaves", families=BOTH)
def leaves(lab):
    """The client closes with the answer unread in its buffer, nothing of the server's under way."""
    conn = lab.connect()
    conn.exchange()
    conn.client.sendall(b"GET /")
    receive(conn.server, 5)
    conn.server.sendall(b"a" * 1000)
    wait_until("the answer", lambda: len(conn.client.recv(2000, socket.MSG_PEEK)) == 1000)
    lab.silence(2.4)
    conn.client.close()
    assert was_reset(conn.server)
    lab.expect(conn, "application/abort", sender="client", by="transit", stage="established", accept=("application/cancel",))


@scenario("greeting-then-garbage", families=BOTH)
def garbage(lab):
    """A server that greets first (SSH) and is sent something else: it closes without reading it all."""
    conn = lab.connect(lab.listen(2222))
    conn.server.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
    receive(conn.client, 21)
    conn.client.sendall(b"GET / HTTP/1.1\r\n\r\n")
    wait_until("the request", lambda: conn.server.recv(1, socket.MSG_PEEK))
    conn.server.close()
    assert was_reset(conn.client)
    lab.expect(conn, "application/abort", sender="server", by="transit", accept=("application/request-rejected",))


@scenario("tls-to-plain-port", families=BOTH)
def tls(lab):
    """A TLS hello to nginx's plain port: nginx answers 400 and closes; what the client says then is late."""
    servers.nginx(lab, "lingering_close off;")
    client = servers.HttpClient(lab, 80)
    client.sock.sendall(bytes.fromhex("1603010200010001fc0303") + bytes(200))
    crossed(lab, client.near, "the FIN", lambda s: s.src == client.far and s.flags & FIN)
    client.sock.sendall(bytes(50))
    lab.seen_reset(client.near)
    lab.expect(client.near, "application/late-data", client.far, sender="server", by="transit", accept=("application/abort",))


@scenario("keepalive-into-dead-link", families=BOTH)
def dead_link(lab):
    """The client's link goes down; the server's keepalive (idle 2 s, every second, four) gives up. Behind NAT."""
    masquerade("masquerade")
    conn = lab.connect()
    conn.exchange()
    netns.run("ip link set eth0 down", "client")
    for option, value in ((socket.TCP_KEEPIDLE, 2), (socket.TCP_KEEPINTVL, 1), (socket.TCP_KEEPCNT, 4)):
        conn.server.setsockopt(socket.IPPROTO_TCP, option, value)
    conn.server.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    assert was_reset(conn.server, 30)
    reset = lab.seen_reset(conn.seen_by_server, lab.wan)
    lab.expect(
        conn, "idle-timeout/keepalive-expired", sender="server", by="transit", stage="established", nat_client=conn.seen_by_server,
        reset_at=reset.at,
    )  # fmt: skip


@scenario("user-timeout-of-keepalive", families=BOTH)
def user_timeout(lab):
    """TCP_USER_TIMEOUT of three seconds with keepalive: the client gives up after its probes got no answer."""
    conn = lab.connect()
    conn.exchange()
    netns.nft("table inet deaf { chain everything { type filter hook prerouting priority -300; meta l4proto tcp drop; } }", "server")
    for option, value in ((socket.TCP_KEEPIDLE, 2), (socket.TCP_KEEPINTVL, 1), (socket.TCP_KEEPCNT, 9), (socket.TCP_USER_TIMEOUT, 4000)):
        conn.client.setsockopt(socket.IPPROTO_TCP, option, value)
    conn.client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    assert was_reset(conn.client, 30)
    lab.expect(conn, "idle-timeout/keepalive-expired", sender="client", by="transit", stage="established")
