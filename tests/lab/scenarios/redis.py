# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""
redis as it hangs up, is hung up on, and dies. What it does to its sockets was read off strace (7.0.15): each of its own closes is a
plain close() with nothing unread, a FIN; a killed one's is the kernel's.
"""

import signal

import server_redis
import servers
from actors import BOTH, crossed, masquerade
from capture import FIN
from connection import dial, endpoint, quick, wait_until, was_reset
from deaths import outer_of, taken
from lab import scenario
from server_redis import PORT, RedisClient


def late(lab, client, **kwargs):
    """redis has closed; the client's next command meets a closed socket."""
    crossed(lab, client.near, "the FIN", lambda s: s.src == client.far and s.flags & FIN)
    quick(client.sock)
    client.send("PING")
    assert was_reset(client.sock)
    lab.expect(
        client.near, "application/late-data", client.far, sender="server", by="transit", nat_client=outer_of(lab, client.near, PORT), **kwargs
    )  # fmt: skip


@scenario("redis-idle-timeout", families=BOTH)
def idle(lab):
    """timeout 3: redis closes who is idle; the connection of the pool is used once more."""
    server_redis.redis(lab, timeout=3)
    client = RedisClient(lab)
    client.ask("PING")
    late(lab, client, stage="closing")


@scenario("redis-idle-timeout-of-pool")
def idle_pool(lab):
    """The same behind NAT, a pool of four that fell idle one after the other."""
    masquerade("masquerade")
    server_redis.redis(lab, timeout=3)
    clients = [RedisClient(lab) for _ in range(4)]
    for client in clients:
        client.ask("PING")
        lab.silence(0.3)
    for client in clients:
        crossed(lab, client.near, "the FIN", lambda s: s.flags & FIN)
    for client in clients:
        late(lab, client, stage="closing")


@scenario("redis-client-killed", families=BOTH)
def killed_client(lab):
    """CLIENT KILL of one session by another, in the middle of its work."""
    server_redis.redis(lab)
    client, admin = RedisClient(lab), RedisClient(lab)
    number = client.ask("CLIENT ID")
    admin.ask(f"CLIENT KILL ID {number}")
    late(lab, client, stage="closing")


@scenario("redis-too-many-clients", families=BOTH)
def too_many(lab):
    """maxclients 3: the fourth is told so and hung up on, and then sends its first command."""
    server_redis.redis(lab, maxclients=3)
    servers.probes_gone(PORT)
    clients = [RedisClient(lab) for _ in range(3)]
    for client in clients:
        client.ask("PING")
    late(lab, RedisClient(lab), stage="closing")


@scenario("redis-output-limit", families=BOTH)
def output_limit(lab):
    """
    client-output-buffer-limit: a client asks for more and more and reads nothing. redis closes; what its kernel has not sent yet
    keeps the FIN back, and the client's next command is answered by RST.
    """
    server_redis.redis(lab, client_output_buffer_limit="normal 1mb 0 0")
    admin = RedisClient(lab)
    admin.ask("DEBUG POPULATE 1 k 300000")
    client = RedisClient(lab, lambda sock: sock.setsockopt(1, 8, 8192))  # SO_RCVBUF
    number = client.ask("CLIENT ID")

    def gone():
        admin.send("CLIENT LIST ID " + number)
        length = int(admin.line())
        listed = b""
        while len(listed) < length + 2:
            listed += admin.sock.recv(length + 2 - len(listed))
        return not length

    while not gone():
        try:
            client.send("GET k:0")
        except OSError:
            break
    if not lab.lan.resets(client.near):
        client.send("GET k:0")
    assert was_reset(client.sock)
    lab.expect(
        client.near, "application/late-data", client.far, sender="server", by="transit", accept=("application/abort",),
    )  # fmt: skip


@scenario("redis-sent-a-web-form", families=BOTH)
def web_form(lab):
    """A POST of 60 KB to redis: it takes the first line for a cross-protocol attack and closes, the rest unread."""
    process = server_redis.redis(lab)
    client = RedisClient(lab)
    servers.freeze(process.pid)  # so that all has arrived when it reads
    client.sock.sendall(b"POST / HTTP/1.1\r\nHost: server\r\nContent-Length: 50000\r\n\r\n" + bytes(50000))
    taken([client.sock])
    process.send_signal(signal.SIGCONT)
    assert was_reset(client.sock)
    lab.expect(client.near, "application/request-rejected", client.far, sender="server", by="transit", stage="request")


def killed_amid_requests(lab, many):
    """A slow command blocks redis, requests pile up, and it is killed (out of memory, or a watchdog)."""
    process = server_redis.redis(lab)
    admin, clients = RedisClient(lab), [RedisClient(lab) for _ in range(many)]
    for client in clients:
        client.ask("PING")
    admin.send("DEBUG SLEEP 60")
    taken([admin.sock])
    lab.silence(0.5)
    for client in clients:
        client.send("INCR hits")
    taken([client.sock for client in clients])
    process.kill()
    for client in clients:
        assert was_reset(client.sock)
        lab.expect(
            client.near, "application/crash", client.far, sender="server", by="transit", stage="established",
            nat_client=outer_of(lab, client.near, PORT),
        )  # fmt: skip


@scenario("redis-killed-amid-requests", families=BOTH)
def killed(lab):
    killed_amid_requests(lab, 4)


@scenario("redis-killed-behind-nat")
def killed_nat(lab):
    masquerade()
    killed_amid_requests(lab, 3)


@scenario("redis-shut-down", families=BOTH)
def shut_down(lab):
    """SHUTDOWN: a FIN to each client; two speak on, and who dials anew is refused."""
    process = server_redis.redis(lab)
    admin, clients = RedisClient(lab), [RedisClient(lab) for _ in range(2)]
    for client in clients:
        client.ask("PING")
    admin.send("SHUTDOWN NOSAVE")
    process.wait(30)
    for client in clients:
        late(lab, client, stage="closing")
    ports = []
    try:
        dial("client", lab.address["server"], PORT, lambda sock: ports.append(sock.bind((lab.address["client"], 0)) or endpoint(sock.getsockname())))
        raise AssertionError("somebody listens")
    except ConnectionRefusedError:
        pass
    wait_until("the refusal", lambda: lab.lan.resets(ports[0]))
    lab.expect(ports[0], "application/refused", (lab.address["server"], PORT), sender="server", by="transit", stage="connect")
